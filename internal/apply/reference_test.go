package apply

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/apigw-sync/apigw-sync/internal/api"
	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
)

// badge is a made-up kind of object that refers to an app by its id.
type badge struct {
	Name string `json:"name"`
	App  string `json:"app"`
}

type badgeWire struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	App  string `json:"app_id"`
}

// addBadges registers the kind of badges for a test.
func addBadges(t *testing.T) {
	t.Helper()
	k := kind.Define(kind.Def[badge, badgeWire]{
		Facts: kind.Facts{
			Name: "badge", Section: "badges", Path: "badges", ListField: "badges", Shape: shape.OfMap("A badge."), RefersTo: "app",
			Ops: kind.Operations{List: "ListBadges", Create: "CreateBadge", Update: "UpdateBadge", Delete: "DeleteBadge"},
		}, Hooks: kind.Hooks[badge]{
			Refs: func(b badge) []kind.Ref { return []kind.Ref{{Kind: "app", Key: b.App, Path: "/app"}} },
		},
		Key: func(_ string, b badge) string { return b.Name },
		Encode: func(w kind.Writing[badge]) (any, error) {
			id, ok := w.IDs.ID("app", w.Want.App)
			if !ok {
				return badgeWire{}, fmt.Errorf("no app named %s", w.Want.App)
			}
			return badgeWire{Name: w.Want.Name, App: id}, nil
		},
		Decode: func(w badgeWire) kind.Found[badge] {
			return kind.Found[badge]{ID: w.ID, Value: badge{w.Name, w.App}, Bound: kind.Unknown}
		},
	})
	t.Cleanup(kind.Add([]*kind.Kind{k}, nil))
}

// slow is a gateway that answers one operation late, and may refuse another.
type slow struct {
	mu      sync.Mutex
	takes   string
	refuses string
	done    []string // operations in the order in which they ended
}

func (s *slow) Call(_ context.Context, q api.Request, reply any) (int, error) {
	if q.Operation == s.takes {
		time.Sleep(time.Second)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.done = append(s.done, q.Operation)
	if q.Operation == s.refuses {
		return 1, &api.Error{Operation: q.Operation, Status: 403, Code: "APIG.3102", Message: "no"}
	}
	return say(q, fmt.Sprintf(`{"id": "id%d", "name": "any_app", "app_name": "any_app"}`, len(s.done)), reply)
}

func object(kindName, key string, value any) kind.Object {
	return kind.Object{Kind: kindName, Key: key, ID: "id-" + key, Value: value, Bound: 0}
}

// TestReferences: what an object refers to is created before it and deleted after it, whatever the names of their kinds.
func TestReferences(t *testing.T) {
	addBadges(t)
	mine, office := object("app", "mine", kind.App{Name: "mine"}), object("app", "office", kind.App{Name: "office"})
	ofMine, ofOffice := object("badge", "b", badge{"b", "mine"}), object("badge", "b", badge{"b", "office"})
	for _, tc := range []struct {
		name           string
		have, want     []kind.Object
		takes, refuses string
		done           string
		results        string
	}{
		{"both are created", nil, []kind.Object{ofMine, mine}, "CreateAnAppV2", "", "CreateAnAppV2 CreateBadge", "app/mine succeeded, badge/b succeeded"},
		{"what is referred to cannot be created", nil, []kind.Object{ofMine, mine}, "", "CreateAnAppV2", "CreateAnAppV2", "app/mine failed, badge/b skipped for app/mine"},
		{"both are deleted", []kind.Object{mine, ofMine}, nil, "DeleteBadge", "", "DeleteBadge DeleteAppV2", "app/mine succeeded, badge/b succeeded"},
		{"what refers cannot be deleted", []kind.Object{mine, ofMine}, nil, "", "DeleteBadge", "DeleteBadge", "app/mine skipped for badge/b, badge/b failed"},
		{
			"another is referred to",
			[]kind.Object{mine, ofMine},
			[]kind.Object{office, ofOffice},
			"CreateAnAppV2", "",
			"CreateAnAppV2 UpdateBadge DeleteAppV2", "app/mine succeeded, app/office succeeded, badge/b succeeded",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				have, want := kind.Actual{Objects: tc.have}, kind.Desired{Owns: map[string][]string{"app": {"*"}, "badge": {"*"}}}
				for _, o := range tc.want {
					o.ID = ""
					want.Objects = append(want.Objects, kind.Declared{Object: o})
				}
				plan := diff.Between(have, want, diff.Options{Prune: true, AllowEmpty: true, MaxDeletes: -1})
				if len(plan.Errors) > 0 {
					t.Fatal(plan.Errors)
				}
				s := &slow{takes: tc.takes, refuses: tc.refuses}
				results, _ := Run(t.Context(), s, plan, have, Options{Parallel: 4})
				var got []string
				for _, r := range results {
					text := r.Change.Address + " " + string(r.Status)
					if r.WaitedFor != "" {
						text += " for " + r.WaitedFor
					}
					got = append(got, text)
				}
				slices.Sort(got)
				if done := strings.Join(s.done, " "); done != tc.done || strings.Join(got, ", ") != tc.results {
					t.Errorf("sent %s\nwant %s\ngot  %s\nwant %s", done, tc.done, strings.Join(got, ", "), tc.results)
				}
			})
		})
	}
}

// plain is a made-up kind with nothing but a name.
func plain(name string, refs ...kind.Ref) *kind.Kind {
	return kind.Define(kind.Def[badge, badgeWire]{
		Facts: kind.Facts{
			Name: name, Section: name + "s", Path: name, ListField: name, Shape: shape.OfMap("Made up."),
			Ops: kind.Operations{List: "List " + name, Create: "Create " + name, Update: "Update " + name, Delete: "Delete " + name},
		},
		Hooks:  kind.Hooks[badge]{Refs: func(badge) []kind.Ref { return refs }},
		Key:    func(_ string, b badge) string { return b.Name },
		Encode: func(w kind.Writing[badge]) (any, error) { return badgeWire{Name: w.Want.Name}, nil },
		Decode: func(w badgeWire) kind.Found[badge] {
			return kind.Found[badge]{ID: w.ID, Value: badge{Name: w.Name}, Bound: kind.Unknown}
		},
	})
}

// to is a made-up kind of links from seals to a target.
func to(name, target string) *kind.LinkKind {
	send := func(operation string) []kind.Write {
		return []kind.Write{{By: kind.Together, Operation: operation, Max: 10, Request: func(l []kind.Link) api.Request {
			return api.Request{Operation: operation, Path: []string{l[0].OwnerID, l[0].To.ListedBy(), l[0].To.EnvID, l[0].To.ID}}
		}}}
	}
	return &kind.LinkKind{
		Name: name, Owner: "seal", Target: target, Bind: send("Bind " + name), Unbind: send("Unbind " + name),
		Answer: kind.AnswerOf("bound", func(r badgeWire) kind.Row { return kind.Row{ID: "b", TargetID: r.ID} }),
	}
}

// TestTargets: the target of a link may be an object of any kind, also one that is created in the same run; its ids are looked
// up when the request is sent. Bound objects are deleted after their bindings.
func TestTargets(t *testing.T) {
	create := kind.Ref{Kind: kind.AnyAPI, Key: "orders/create_order"}
	t.Cleanup(kind.Add(
		[]*kind.Kind{plain("seal"), plain("door"), plain(kind.AnEnvironment), plain(kind.AnyAPI), plain(kind.APublication, create, kind.Ref{Kind: kind.AnEnvironment, Key: "TEST"})},
		[]*kind.LinkKind{to("seal_door", "door"), to("seal_api", kind.APublication)}))
	onDoor := kind.Link{Kind: "seal_door", Owner: "red", To: &kind.Target{Kind: "door", Name: "front"}}
	onAPI := kind.Link{Kind: "seal_api", Owner: "red", To: (&kind.API{Group: "orders", Name: "create_order"}).Publication("TEST", "", "")}
	if got := onDoor.Address() + " " + onAPI.Address(); got != "seal_door/red/front seal_api/red/orders/create_order@TEST" {
		t.Error(got)
	}
	manages := []string{"seal_door", "seal_api"}
	declared := func(kindName, key string) kind.Declared {
		return kind.Declared{Object: kind.Object{Kind: kindName, Key: key, Value: badge{Name: key}}, Manages: manages}
	}
	all := []kind.Declared{
		declared(kind.APublication, "orders/create_order@TEST"), declared(kind.AnEnvironment, "TEST"), declared(kind.AnyAPI, create.Key), declared("door", "front"), declared("seal", "red"),
	}
	owns := map[string][]string{"seal": {"*"}, "door": {"*"}}
	options := diff.Options{Prune: true, AllowEmpty: true, MaxDeletes: -1}
	plan := diff.Between(kind.Actual{}, kind.Desired{Objects: all, Links: []kind.DeclaredLink{{Link: onDoor}, {Link: onAPI}}}, options)
	s := &paths{}
	results, _ := Run(t.Context(), s, plan, kind.Actual{}, Options{Parallel: 4})
	for _, r := range results {
		if r.Status != Succeeded {
			t.Errorf("%s %s: %+v", r.Status, r.Change.Address, r.Error)
		}
	}
	for _, want := range []string{"Bind seal_door id-seal/id-door//id-door", "Bind seal_api id-seal/id-api/id-environment/id-publication"} {
		if !slices.Contains(s.asked, want) {
			t.Errorf("%q is not among %q", want, s.asked)
		}
	}

	s = &paths{refuses: "Create " + kind.APublication}
	results, _ = Run(t.Context(), s, plan, kind.Actual{}, Options{Parallel: 4})
	for _, r := range results {
		want := Succeeded
		switch r.Change.Address {
		case onAPI.To.Address():
			want = Failed
		case onAPI.Address():
			want = Skipped
		}
		if r.Status != want {
			t.Errorf("without a publication: %s %s, want %s", r.Status, r.Change.Address, want)
		}
	}

	onDoor.OwnerID, onDoor.ID, onDoor.To.ID = "id-red", "b1", "id-front"
	have := kind.Actual{Objects: []kind.Object{object("door", "front", badge{Name: "front"}), object("seal", "red", badge{Name: "red"})}, Links: []kind.Link{onDoor}}
	s = &paths{}
	results, _ = Run(t.Context(), s, diff.Between(have, kind.Desired{Owns: owns}, options), have, Options{Parallel: 4})
	if at := slices.Index(s.asked, "Unbind seal_door id-red/id-front//id-front"); at != 0 || len(s.asked) != 3 {
		t.Errorf("the link is not removed first: %q %v", s.asked, results)
	}
}

// paths is a gateway that names the id of each object after its kind, and records the paths of binds and unbinds.
type paths struct {
	mu      sync.Mutex
	asked   []string
	refuses string // an operation
}

func (p *paths) Call(_ context.Context, q api.Request, reply any) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if q.Operation == p.refuses {
		return 1, &api.Error{Status: 400, Code: "APIG.2011"}
	}
	verb, what, _ := strings.Cut(q.Operation, " ")
	p.asked = append(p.asked, q.Operation+" "+strings.Join(q.Path, "/"))
	switch verb {
	case "Create":
		return say(q, fmt.Sprintf(`{"id": "id-%s", "name": "any"}`, what), reply)
	case "Bind":
		return say(q, fmt.Sprintf(`{"bound": [{"id": %q}]}`, q.Path[1]), reply)
	}
	return say(q, `{"success_count": 1, "failure": []}`, reply)
}
