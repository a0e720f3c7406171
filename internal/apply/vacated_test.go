package apply

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// quotaLink binds the quota with that id to an app.
func quotaLink(owner, id string) kind.Link {
	return kind.Link{Kind: "app_quota_binding", Owner: owner, OwnerID: owner, ID: id, To: &kind.Target{Kind: "app", Name: "shop", ID: "shop"}}
}

// TestVacated: an app that is unbound from its quota, and then cannot be bound to the new one, gets the former back, or the
// error says that it could not; also if the run is stopped in between.
func TestVacated(t *testing.T) {
	const bound = `{"applies": [{"app_quota_id": "%", "app_id": "shop"}]}`
	to := func(quota string) string { return "Associate*: " + strings.ReplaceAll(bound, "%", quota) }
	for _, tc := range []struct {
		name, script string
		stop         bool   // after the unbind
		own          bool   // the unbind is a change of its own
		want         string // change by change
		asked        string
	}{
		{"taken", "Disassociate*: {}\n" + to("new"), false, true, "succeeded|succeeded", "Disassociate Associate"},
		{"not taken", "Disassociate*: {}\nAssociate*: 403 APIG.3100 no\n" + to("old"), false, true, "failed: APIG.3100 no; old, which was bound there before, is bound again|skipped", "Disassociate Associate Associate"},
		{"not taken, as a part of the bind", "Disassociate*: {}\nAssociate*: 403 APIG.3100 no\n" + to("old"), false, false, "failed: APIG.3100 no; old, which was bound there before, is bound again", "Disassociate Associate Associate"},
		{
			"nor back", "Disassociate*: {}\nAssociate*: 403 APIG.3100 no\nAssociate*: 403 APIG.3100 no", false, true,
			"failed: APIG.3100 no; old, which was bound there before, was unbound and could not be bound again|succeeded", "Disassociate Associate Associate",
		},
		{"stopped in between", "Disassociate*: {}\n" + to("old"), true, true, "skipped|skipped", "Disassociate Associate"},
		{"stopped in between, and not back", "Disassociate*: {}\nAssociate*: 403 APIG.3100 no", true, true, "failed: old, which was bound there before, was unbound and could not be bound again|succeeded", "Disassociate Associate"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, stop := context.WithCancel(t.Context())
				defer stop()
				plan := &diff.Plan{
					Changes: []diff.Change{{Address: "app_quota_binding/new/shop", Kind: "app_quota_binding", Name: "new", Action: diff.Bind}},
					Steps: []diff.Step{
						{Op: diff.OpUnbind, Kind: "app_quota_binding", Items: []diff.Item{{Link: quotaLink("old", "old/shop")}}},
						{Op: diff.OpBind, Kind: "app_quota_binding", After: []int{0}, Items: []diff.Item{{Link: quotaLink("new", ""), Needs: []int{0}}}},
					},
				}
				if tc.own {
					plan.Changes = append(plan.Changes, diff.Change{Address: "app_quota_binding/old/shop", Kind: "app_quota_binding", Name: "old", Action: diff.Unbind})
					plan.Steps[0].Items[0].Change = 1
				}
				have := kind.Actual{Objects: []kind.Object{{Kind: "app_quota", Key: "old", ID: "old"}, {Kind: "app_quota", Key: "new", ID: "new"}, {Kind: "app", Key: "shop", ID: "shop"}}}
				a := script(t, tc.script)
				results, _ := Run(ctx, a, plan, have, Options{Progress: func(done, _ int) {
					if tc.stop && done == 1 {
						stop()
					}
				}})
				var got []string
				for i := range results {
					got = append(got, told(&results[i]))
				}
				if strings.Join(got, "|") != tc.want {
					t.Errorf("\ngot  %s\nwant %s", strings.Join(got, "|"), tc.want)
				}
				var asked []string
				for _, op := range a.asked {
					verb, _, _ := strings.Cut(op, "App")
					asked = append(asked, verb)
				}
				if strings.Join(asked, " ") != tc.asked {
					t.Errorf("\nasked %s\nwant  %s", strings.Join(asked, " "), tc.asked)
				}
			})
		})
	}
}
