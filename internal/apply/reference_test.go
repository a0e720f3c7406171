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

// badge is a made-up kind that stands alone and belongs to an app by its id.
type badge struct {
	Name string `json:"name"`
	App  string `json:"app"`
}

type badgeWire struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	App  string `json:"app_id"`
}

// addBadges makes badges known for a test.
func addBadges(t *testing.T) {
	t.Helper()
	k := kind.Define(kind.Def[badge, badgeWire]{Facts: kind.Facts{
		Name: "badge", Section: "badges", Path: "badges", ListField: "badges", Shape: shape.OfMap("A badge."), Refers: "app",
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

// slow is a gateway that takes its time with one operation, and may refuse another.
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

// TestReferences: what an object refers to is made before it, and goes after it, whatever the names of their kinds.
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
		{"both come", nil, []kind.Object{ofMine, mine}, "CreateAnAppV2", "", "CreateAnAppV2 CreateBadge", "app/mine succeeded, badge/b succeeded"},
		{"what is referred to cannot come", nil, []kind.Object{ofMine, mine}, "", "CreateAnAppV2", "CreateAnAppV2", "app/mine failed, badge/b skipped for app/mine"},
		{"both go", []kind.Object{mine, ofMine}, nil, "DeleteBadge", "", "DeleteBadge DeleteAppV2", "app/mine succeeded, badge/b succeeded"},
		{"what refers stays", []kind.Object{mine, ofMine}, nil, "", "DeleteBadge", "DeleteBadge", "app/mine skipped for badge/b, badge/b failed"},
		{
			"another is referred to", []kind.Object{mine, ofMine}, []kind.Object{office, ofOffice}, "CreateAnAppV2", "",
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
				plan := diff.Between(have, want, diff.Policy{Prune: true, AllowEmpty: true, MaxDeletes: -1})
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
