package impact_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/apigw-sync/apigw-sync/internal/calls/impact"
	"github.com/apigw-sync/apigw-sync/internal/world"
)

// TestQuotaOracle compares the impact of quotas with a model that does not use plans: for each app that exists before and after, it
// finds how often the app may call, from the drawn states. Some states leave it to the gateway to which apps a quota applies; the
// result must then not be sure unless that was read.
func TestQuotaOracle(t *testing.T) {
	seen, silent := map[impact.Level]int{}, 0
	for seed := range *pairs {
		r := rand.New(rand.NewPCG(seed, 41))
		w := world.New(r, world.Options{Groups: 1, APIs: 1, Policies: 4})
		have, want := w.Draw(), w.Draw()
		left := false
		for _, x := range section(want, "app_quotas") {
			if r.IntN(6) == 0 {
				delete(x, "apps")
				left = true
			}
		}
		got, sure := map[impact.Level]bool{}, map[impact.Level]bool{}
		for _, e := range of(t, string(w.Gateway(have)), string(w.File(want))) {
			if e.API != impact.EveryAPI && !slices.ContainsFunc(e.Because, ofQuota) {
				continue
			}
			for _, a := range e.Aspects {
				got[a.Level] = true
				seen[a.Level]++
				if a.Sure {
					sure[a.Level] = true
				} else if !left {
					t.Errorf("seed %d: %+v: all was read", seed, a)
				}
			}
		}
		levels := quotaLevels(have, want)
		for _, l := range impact.Levels {
			if levels[l] && !got[l] || sure[l] && !levels[l] || !left && got[l] != levels[l] {
				t.Fatalf("seed %d: got %v, of which sure %v, want %v\nhave\n%s\nwant\n%s", seed, got, sure, levels, w.Gateway(have), w.File(want))
			}
		}
		if len(got) == 0 {
			silent++
		}
	}
	if seen[impact.Exposure] < 5 || seen[impact.Change] < 5 || silent < 2 {
		t.Errorf("the states are too simple: %v, %d without", seen, silent)
	}
}

func ofQuota(address string) bool { return strings.HasPrefix(address, "app_quota/") }

// quotaLevels compares, in periods of each length, how often each app may call.
func quotaLevels(have, want world.State) map[impact.Level]bool {
	out := map[impact.Level]bool{}
	for _, app := range section(have, "apps") {
		before := quotaOn(have, app["name"])
		after := quotaOn(want, app["name"])
		if named(want, "apps", app["name"]) == nil {
			continue // it is removed, since the files own everything
		}
		if after == nil && before != nil { // a quota whose apps the files do not manage keeps them
			if q := named(want, "app_quotas", before["name"]); q != nil && q["apps"] == nil {
				after = q
			}
		}
		b, a := often(before), often(after)
		for i := range b {
			if a[i] > b[i] {
				out[impact.Exposure] = true
			}
			if a[i] < b[i] {
				out[impact.Change] = true
			}
		}
	}
	return out
}

// quotaOn is the quota that names an app.
func quotaOn(s world.State, app any) map[string]any {
	for _, q := range section(s, "app_quotas") {
		if names, _ := q["apps"].([]any); slices.Contains(names, app) {
			return q
		}
	}
	return nil
}

// often is how many calls a quota allows in a second, a minute, an hour and a day, in calls × 100 days.
func often(q map[string]any) [4]int {
	const never = 1 << 60
	out := [4]int{never, never, never, never}
	if q == nil {
		return out
	}
	length := number(q["time_interval"]) * periods[q["time_unit"].(string)]
	for i, w := range []int{1, 60, 3600, 86400} {
		out[i] = number(q["call_limits"]) * 8640000 * max(w, length) / length
	}
	return out
}

func section(s world.State, name string) (out []map[string]any) {
	list, _ := s[name].([]any)
	for _, x := range list {
		out = append(out, x.(map[string]any))
	}
	return out
}

func named(s world.State, of string, name any) map[string]any {
	for _, x := range section(s, of) {
		if x["name"] == name {
			return x
		}
	}
	return nil
}
