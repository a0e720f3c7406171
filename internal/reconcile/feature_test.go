package reconcile_test

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/apigw-sync/apigw-sync/internal/apply"
	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/emulator"
	"github.com/apigw-sync/apigw-sync/internal/reconcile"
)

// TestFeatureChangesOnceAMinute: a gateway accepts one change of a feature per minute, so a second run waits, and reports that.
func TestFeatureChangesOnceAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := gateway(t, []byte("gateway: {environments: [RELEASE]}\n"), emulator.Behaviour{})
		for i, limit := range []string{"500", "600"} {
			var waited []string
			run := &reconcile.Run{
				Caller: client(t, g), Options: diff.Options{MaxDeletes: -1}, Parallel: 8,
				Waiting: func(address string, d time.Duration) { waited = append(waited, address+" "+d.String()) },
			}
			state := load(t, []byte("version: apigw-sync/v1\nfeatures: {ratelimit: {api_limits: "+limit+"}, app_basic: \"on\"}\n"))
			c := compare(t.Context(), t, run, state)
			g.ResetJournal()
			out := run.Apply(t.Context(), c)
			if sent := slices.DeleteFunc(g.Journal(), func(e emulator.Entry) bool { return e.Method == "GET" }); len(sent) != out.Writes || len(sent) != 2 {
				t.Errorf("%d writes are told of, %d were sent", out.Writes, len(sent))
			}
			if s := apply.Summarize(out.Results); !out.Converged || s.Succeeded != 2-i || len(out.Warnings) > 0 {
				t.Fatalf("apply: %+v, converged %v, warnings %v", s, out.Converged, out.Warnings)
			}
			if len(waited) != i || i == 1 && waited[0] != "feature/ratelimit 1m0s" {
				t.Errorf("waited: %v", waited)
			}
		}
	})
}
