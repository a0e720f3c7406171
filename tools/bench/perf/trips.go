//go:build unix

package main

import (
	"fmt"
	"log"
	"os/exec"
	"time"

	"github.com/apigw-sync/apigw-sync/tools/bench"
)

// trips writes the round trips of each command, which a test checks, and its duration if a round trip takes 20 ms.
func (p *perf) trips() error {
	p.say("%s", aboutTrips)
	p.say("| command | before | small gateway | time | before | large gateway | time | waits for, in turn |\n|---|---|---|---|---|---|---|---|\n")
	took := make([][2]time.Duration, len(bench.Trips))
	for i, large := range []bool{false, true} {
		g, err := bench.NewTripGateway(p.dir, large)
		if err != nil {
			return err
		}
		for j := range bench.Trips {
			if took[j][i], err = p.trip(g, &bench.Trips[j]); err != nil {
				return err
			}
		}
	}
	for j, t := range bench.Trips {
		p.say("| %s | %d | %d | %.2f s | %d | %d | %.2f s | %s |\n", t.Name, t.Before[0], t.Most[0], took[j][0].Seconds(), t.Before[1], t.Most[1], took[j][1].Seconds(), t.Waits)
	}
	p.say("%s", exceptTrips)
	return nil
}

// trip returns the shortest duration of a few runs of a command.
func (p *perf) trip(g *bench.TripGateway, t *bench.Trip) (least time.Duration, err error) {
	log.Printf("trips of %s", t.Name)
	for range 5 {
		args, err := g.Args(t)
		if err != nil {
			return 0, err
		}
		began := time.Now()
		cmd := exec.CommandContext(p.ctx, p.binary, append(args, "--emulator-fault", "op=* slow=20ms")...) //nolint:gosec // what was built
		if out, err := cmd.CombinedOutput(); err != nil {
			return 0, fmt.Errorf("%s: %w: %s", t.Args, err, out)
		}
		if took := time.Since(began); least == 0 || took < least {
			least = took
		}
	}
	return least, nil
}
