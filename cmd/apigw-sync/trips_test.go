package main

import (
	"bytes"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/apigw-sync/apigw-sync/internal/world"
	"github.com/apigw-sync/apigw-sync/tools/bench"
)

// TestRoundTrips checks that commands need no more consecutive round trips than docs/performance.md promises. The
// emulator answers each request after a minute of virtual time, and any number may be in flight, so the minutes are
// the round trips.
func TestRoundTrips(t *testing.T) {
	for i, size := range []string{"small", "large"} {
		if world.Raced && size == "large" {
			continue // too slow with the race detector, which finds nothing new here
		}
		g, err := bench.NewTripGateway(t.TempDir(), size == "large")
		if err != nil {
			t.Fatal(err)
		}
		for _, trip := range bench.Trips {
			t.Run(size+" "+trip.Args, func(t *testing.T) {
				args, err := g.Args(&trip)
				if err != nil {
					t.Fatal(err)
				}
				if n := roundTrips(t, args...); n != trip.Most[i] {
					t.Errorf("%d round trips, want %d", n, trip.Most[i])
				}
			})
		}
	}
}

func roundTrips(t *testing.T, args ...string) (n int) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		var stdout, stderr bytes.Buffer
		p := &program{Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: &stderr}
		began := time.Now()
		args = append(args, "--parallelism", "10000", "--request-timeout", "1h", "--emulator-fault", "op=* slow=1m")
		if _, err := p.execute(t.Context(), args); err != nil {
			t.Errorf("%v\n%s", err, stderr.String())
		}
		n = int(time.Since(began) / time.Minute)
	})
	return n
}
