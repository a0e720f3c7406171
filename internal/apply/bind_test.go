package apply

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/apigw-sync/apigw-sync/internal/api"
	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// throttleLink binds the throttle with that id to an API; an empty bind id makes a link that is yet to be.
func throttleLink(owner, name, bindID string) kind.Link {
	to := &kind.API{ID: name, Group: "g", Name: name}
	return kind.Link{Kind: "throttle_binding", Owner: owner, OwnerID: owner, To: to.Publication("RELEASE", "e", "p"+name), ID: bindID}
}

// moving is a plan that binds new to some APIs; for those that old has, it replaces old.
func moving(apis, held string) (*diff.Plan, kind.Actual) {
	have := kind.Actual{Objects: []kind.Object{
		{Kind: "throttle", Key: "old", ID: "old", Value: kind.Throttle{Name: "old"}}, {Kind: "throttle", Key: "new", ID: "new", Value: kind.Throttle{Name: "new"}},
	}}
	plan := &diff.Plan{Steps: []diff.Step{{Op: diff.OpBind, Kind: "throttle_binding"}, {Op: diff.OpUnbind, Kind: "throttle_binding", After: []int{0}}}}
	add := func(step int, action diff.Action, l kind.Link, needs ...int) {
		plan.Steps[step].Items = append(plan.Steps[step].Items, diff.Item{Change: len(plan.Changes), Link: l, Needs: needs})
		plan.Changes = append(plan.Changes, diff.Change{Address: string(action) + " " + l.To.API.Name, Kind: l.Kind, Name: l.Owner, Action: action, Link: &l})
	}
	for a := range strings.FieldsSeq(apis) {
		add(0, diff.Bind, throttleLink("new", a, ""))
	}
	for a := range strings.FieldsSeq(held) {
		l := throttleLink("old", a, "b"+a)
		have.Links = append(have.Links, l)
		add(1, diff.Unbind, l, 0)
	}
	return plan, have
}

// bound is the answer to a bind of some APIs.
func bound(apis string) string {
	var rows []string
	for a := range strings.FieldsSeq(apis) {
		rows = append(rows, fmt.Sprintf(`{"id": "n%s", "publish_id": "p%s", "strategy_id": "new"}`, a, a))
	}
	return `{"throttle_applys": [` + strings.Join(rows, ", ") + `]}`
}

// listed is the list of the APIs of a throttle.
func listed(apis string) string {
	var rows []string
	for a := range strings.FieldsSeq(apis) {
		rows = append(rows, fmt.Sprintf(`{"throttle_apply_id": "n%s", "id": %q, "name": %q, "publish_id": "p%s", "run_env_id": "e", "run_env_name": "RELEASE"}`, a, a, a, a))
	}
	return fmt.Sprintf(`{"total": %d, "size": %d, "apis": [%s]}`, len(rows), len(rows), strings.Join(rows, ", "))
}

const (
	occupiedAnswer = "400 APIG.3309 The API has been bound to another policy"
	unboundAll     = `{"success_count": 1, "failure": []}`
)

// TestBind: links that the answer names are bound; bindings are read for those that it does not name; a refused batch is
// halved, or the links in its slots are unbound first and restored if the bind fails all the same.
func TestBind(t *testing.T) {
	for _, tc := range []struct {
		name, apis, held string
		script           string
		want             string // change by change
		asked            string
	}{
		{"the answer names all", "1 2", "", "Associate*: " + bound("1 2"), "succeeded|succeeded", "Associate"},
		{
			"the answer names one, the list the other", "1 2", "", "Associate*: " + bound("1") + "\nListApis*: " + listed("1 2"),
			"succeeded|succeeded, the answer was lost; the binding was found", "Associate List",
		},
		{
			"what no list shows is bound again", "1 2", "", "Associate*: lost" + strings.Repeat("\nListApis*: "+listed("1"), 3) + "\nAssociate*: " + bound("2"),
			"succeeded, the answer was lost; the binding was found|succeeded", "Associate List List List Associate!",
		},
		{
			"halving finds the refused item", "1 2 3 4", "", "Associate*: 404 APIG.3015 no\nAssociate*: " + bound("1 2") + "\nAssociate*: 404 APIG.3015 no\nAssociate*: " + bound("3") + "\nAssociate*: 404 APIG.3015 no",
			"succeeded|succeeded|succeeded|failed: APIG.3015 no", "Associate Associate Associate Associate Associate",
		},
		{
			"the list cannot be read", "1", "", "Associate*: lost\nListApis*: 503 APIG.9998 busy",
			"unknown: connection reset; its state could not be read afterwards (ListApisBindedToRequestThrottlingPolicyV2: GET /v2: 503 APIG.9998: busy)", "Associate List",
		},
		{
			"a gateway that replaces", "1", "1", "Associate*: " + bound("1") + "\nBatch*: {\"failure\": [{\"bind_id\": \"b1\", \"error_code\": \"APIG.3012\"}]}",
			"succeeded|succeeded, was removed when its successor was bound", "Associate BatchDisassociate",
		},
		{
			"a gateway that refuses a taken slot", "1", "1", "Associate*: " + occupiedAnswer + "\nBatch*: " + unboundAll + "\nAssociate*: " + bound("1"),
			"succeeded|succeeded, was unbound first, since the gateway takes only one at a time", "Associate BatchDisassociate Associate",
		},
		{
			"only taken slots are cleared, and bound first", "1 2", "1", "Associate*: " + occupiedAnswer + "\nBatch*: " + unboundAll + "\nAssociate*: " + bound("1") + "\nAssociate*: " + bound("2"),
			"succeeded|succeeded|succeeded, was unbound first, since the gateway takes only one at a time", "Associate BatchDisassociate Associate Associate",
		},
		{
			"what was unbound for a failed bind is restored", "1", "1", "Associate*: " + occupiedAnswer + "\nBatch*: " + unboundAll + "\nAssociate*: 404 APIG.3015 no\nAssociate*: " + strings.ReplaceAll(bound("1"), "new", "old"),
			"failed: APIG.3015 no|skipped", "Associate BatchDisassociate Associate Associate",
		},
		{
			"what was unbound for a failed bind and cannot be restored is reported", "1", "1", "Associate*: " + occupiedAnswer + "\nBatch*: " + unboundAll + "\nAssociate*: 404 APIG.3015 no\nAssociate*: 404 APIG.3005 gone",
			"failed: APIG.3015 no; old, which was bound there before, was unbound and could not be bound again|succeeded, was unbound first, since the gateway takes only one at a time", "Associate BatchDisassociate Associate Associate",
		},
		{
			"what cannot be unbound is named", "1", "1", "Associate*: " + occupiedAnswer + "\nBatch*: {\"failure\": [{\"bind_id\": \"b1\", \"error_code\": \"APIG.9999\", \"error_msg\": \"busy\"}]}\nAssociate*: " + occupiedAnswer + "\nListRequest*: {\"total\": 0}",
			"failed: APIG.3309 The API has been bound to another policy; old, which is bound there, could not be unbound: APIG.9999 busy|skipped", "Associate BatchDisassociate Associate List",
		},
		{"invalid input unbinds nothing", "1", "1", "Associate*: 400 APIG.2012 too many", "failed: APIG.2012 too many|skipped", "Associate"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a := script(t, tc.script)
				plan, have := moving(tc.apis, tc.held)
				results, _ := Run(t.Context(), a, plan, have, Options{})
				var got []string
				for i := range results {
					got = append(got, told(&results[i]))
				}
				if strings.Join(got, "|") != tc.want {
					t.Errorf("\ngot  %s\nwant %s", strings.Join(got, "|"), tc.want)
				}
				if asked := shortened(a.asked); asked != tc.asked {
					t.Errorf("\nasked %s\nwant  %s", asked, tc.asked)
				}
			})
		})
	}
}

// TestOneSlotForAll: a gateway may take one ACL for an API, whatever its entity type, and its lists may not show yet which one
// that is. Then the one goes that the plan unbinds.
func TestOneSlotForAll(t *testing.T) {
	acl := func(name, entityType string) kind.Object {
		return kind.Object{Kind: "acl", Key: name, ID: name, Value: kind.ACL{Name: name, EntityType: entityType}}
	}
	link := func(owner, id string) kind.Link {
		l := throttleLink(owner, "1", id)
		l.Kind = "acl_binding"
		return l
	}
	have := kind.Actual{Objects: []kind.Object{acl("old", "DOMAIN"), acl("new", "IP")}, Links: []kind.Link{link("old", "b1")}}
	gone, made := link("old", "b1"), link("new", "")
	plan := &diff.Plan{
		Changes: []diff.Change{
			{Address: "bind 1", Kind: "acl_binding", Name: "new", Action: diff.Bind, Link: &made},
			{Address: "unbind 1", Kind: "acl_binding", Name: "old", Action: diff.Unbind, Link: &gone},
		},
		Steps: []diff.Step{
			{Op: diff.OpBind, Kind: "acl_binding", Items: []diff.Item{{Change: 0, Link: made}}},
			{Op: diff.OpUnbind, Kind: "acl_binding", After: []int{0}, Items: []diff.Item{{Change: 1, Link: gone, Needs: []int{0}}}},
		},
	}
	gateway := script(t, "Create*: "+occupiedAnswer+"\nListAclPolicy*: {\"total\": 0, \"size\": 0, \"acls\": []}\nBatch*: "+unboundAll+
		"\nCreate*: {\"acl_bindings\": [{\"id\": \"n1\", \"api_id\": \"1\", \"env_id\": \"e\", \"acl_id\": \"new\"}]}")
	synctest.Test(t, func(t *testing.T) {
		results, _ := Run(t.Context(), gateway, plan, have, Options{Parallel: 1})
		for i, want := range []string{"succeeded", "succeeded, was unbound first, since the gateway takes only one at a time"} {
			if got := told(&results[i]); got != want {
				t.Errorf("%s: %s, want %s", results[i].Change.Address, got, want)
			}
		}
	})
}

// TestHalves: a cross product is divided between owners as long as it has several.
func TestHalves(t *testing.T) {
	jobs := func(pairs string) (out []*job) {
		for p := range strings.FieldsSeq(pairs) {
			out = append(out, &job{Item: diff.Item{Link: kind.Link{OwnerID: p[:1], ID: p}}})
		}
		return out
	}
	for _, tc := range []struct {
		by          kind.Grouping
		pairs, a, b string
	}{
		{kind.ByOwner, "a1 a2 a3", "a1", "a2 a3"},
		{kind.Together, "a1 b1 a2 b2", "a1 b1", "a2 b2"},
		{kind.Cross, "a1 b1 a2 b2", "a1 a2", "b1 b2"},
		{kind.Cross, "a1 b1 c1", "a1", "b1 c1"},
		{kind.Cross, "a1 a2 a3", "a1", "a2 a3"},
	} {
		halves := halves(tc.by, jobs(tc.pairs))
		if a, b := names(halves[0]), names(halves[1]); a != tc.a || b != tc.b {
			t.Errorf("%s %s: %s and %s", tc.by, tc.pairs, a, b)
		}
	}
}

func names(work []*job) string {
	var out []string
	for _, j := range work {
		out = append(out, j.Link.ID)
	}
	return strings.Join(out, " ")
}

// TestRefusals: which refusals may be about single items, and which about a taken slot.
func TestRefusals(t *testing.T) {
	for _, tc := range []struct {
		err                 error
		divisible, occupied bool
	}{
		{&api.Error{Status: 400, Code: "APIG.3309"}, true, true},
		{&api.Error{Status: 400, Code: "APIG.2012"}, true, false},
		{&api.Error{Status: 400}, true, false},
		{&api.Error{Status: 403, Code: "APIG.3447"}, false, true},
		{&api.Error{Status: 404, Code: "APIG.3015"}, true, false},
		{&api.Error{Status: 404, Code: "APIG.3005"}, false, false},
		{&api.Error{Status: 413, Code: "APIGW.0201"}, true, false},
		{&api.Error{Status: 500, Code: "APIG.9999"}, false, false},
		{errors.New("connection reset"), false, false},
	} {
		if d, o := divisible(tc.err), kind.LinkOf("throttle_binding").Codes.Occupied(tc.err); d != tc.divisible || o != tc.occupied {
			t.Errorf("%v: divisible %v, occupied %v", tc.err, d, o)
		}
	}
}
