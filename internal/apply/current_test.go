package apply

import (
	"context"
	"testing"

	"github.com/apigw-sync/apigw-sync/internal/api"
	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
)

// maker is a gateway that chooses itself which app a badge belongs to.
type maker struct{}

func (maker) Call(_ context.Context, q api.Request, reply any) (int, error) {
	return say(q, `{"id": "new", "name": "b", "app_id": "made up"}`, reply)
}

// TestEncodeSeesTheGateway: an update is encoded with what the gateway holds, also for an object that this run created.
func TestEncodeSeesTheGateway(t *testing.T) {
	var seen []string
	k := kind.Define(kind.Def[badge, badgeWire]{
		Facts: kind.Facts{
			Name: "badge", Section: "badges", Path: "badges", ListField: "badges", Shape: shape.OfMap("A badge."),
			Ops: kind.Operations{List: "ListBadges", Create: "CreateBadge", Update: "UpdateBadge", Delete: "DeleteBadge"},
		},
		Key: func(_ string, b badge) string { return b.Name },
		Encode: func(w kind.Writing[badge]) (any, error) {
			if w.Have != nil {
				seen = append(seen, w.Have.App)
			}
			return badgeWire{Name: w.Want.Name, App: w.Want.App}, nil
		},
		Decode: func(w badgeWire) kind.Found[badge] {
			return kind.Found[badge]{ID: w.ID, Value: badge{w.Name, w.App}, Bound: kind.Unknown}
		},
	})
	t.Cleanup(kind.Add([]*kind.Kind{k}, nil))
	old := object("badge", "b", badge{"b", "old"})
	want := kind.Declared{Object: kind.Object{Kind: "badge", Key: "b", Value: badge{"b", "new"}}}
	one := []diff.Item{{Change: 0}}
	for _, tc := range []struct {
		action diff.Action
		steps  []diff.Step
		seen   string
	}{
		{diff.Update, []diff.Step{{Op: diff.OpUpdate, Kind: "badge", Items: one}}, "old"},
		{diff.Replace, []diff.Step{
			{Op: diff.OpStage, Kind: "badge", Items: one},
			{Op: diff.OpRename, Kind: "badge", After: []int{0}, Items: []diff.Item{{Change: 0, Needs: []int{0}}}},
		}, "made up"},
	} {
		seen = nil
		change := diff.Change{Address: "badge/b", Kind: "badge", Name: "b", Action: tc.action, Have: &old, Want: &want, TempName: "b_next"}
		_, _ = Run(t.Context(), maker{}, &diff.Plan{Changes: []diff.Change{change}, Steps: tc.steps}, kind.Actual{}, Options{Parallel: 1})
		if len(seen) != 1 || seen[0] != tc.seen {
			t.Errorf("%s saw %q", tc.action, seen)
		}
	}
}
