package impact_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/apigw-sync/apigw-sync/internal/calls/impact"
)

// Similar entries share a row with a count, names as short as possible, and the calls of all of them.
func TestRollup(t *testing.T) {
	gone := []impact.Aspect{{Name: impact.Authorization, Level: impact.Outage, Before: "mobile", After: "none", Sure: true}}
	open := []impact.Aspect{{Name: impact.Access, Level: impact.Exposure, Before: "2 networks", After: "anyone"}}
	n := func(v int64) *int64 { return &v }
	got := impact.Rollup([]impact.Entry{
		{API: "shop/b", Environment: "RELEASE", Aspects: open, Because: []string{"acl/a"}, Calls: n(7)},
		{API: "orders/a", Environment: "RELEASE", Aspects: gone, Because: []string{"app/mobile"}, Calls: n(1)},
		{API: "orders/b", Environment: "RELEASE", Aspects: gone, Because: []string{"app/mobile"}, Calls: n(2)},
		{API: "shop/c", Environment: "STAGING", Aspects: open, Because: []string{"acl/b"}},
		{Aspects: open, Because: []string{"acl/c"}},
	})
	want := []impact.Row{
		{Level: impact.Exposure, Aspects: open, Where: "2 APIs", Names: []string{"shop/b@RELEASE", "shop/c@STAGING"}, Because: []string{"acl/a", "acl/b"}},
		{Level: impact.Outage, Aspects: gone, Where: "2 APIs of orders@RELEASE", Names: []string{"a", "b"}, Because: []string{"app/mobile"}, Calls: n(3)},
		{Level: impact.Exposure, Aspects: open, Where: "what is bound to acl/c", Because: []string{"acl/c"}},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	if got := (impact.Counts{Exposure: 1, Change: 3}).Headline(); got != "1 exposure, 3 changes" {
		t.Error(got)
	}
}
