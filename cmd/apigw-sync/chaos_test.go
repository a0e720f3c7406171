package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/apigw-sync/apigw-sync/internal/apply"
	"github.com/apigw-sync/apigw-sync/internal/emulator"
	"github.com/apigw-sync/apigw-sync/internal/report/document"
	"github.com/apigw-sync/apigw-sync/internal/world"
	"github.com/apigw-sync/apigw-sync/internal/world/chaos"
)

// chaosRuns is the environment variable that sets the number of runs of TestChaos.
const chaosRuns = "APIGW_SYNC_TEST_CHAOS"

// TestChaos disturbs about one in five requests to a gateway behind a socket: they fail, are slow, or get a wrong answer.
// The command must still write one document, whose content and exit code agree with what the gateway did, and the next
// run must finish the rest.
func TestChaos(t *testing.T) {
	t.Parallel() // spends most of its time waiting
	runs := 20
	if world.Raced {
		runs = 8 // enough to find races; runs without the detector cover the faults
	}
	if text := os.Getenv(chaosRuns); text != "" {
		var err error
		if runs, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	}
	const atOnce = 20
	var all sync.WaitGroup
	free := make(chan struct{}, atOnce)
	for seed := range uint64(runs) {
		free <- struct{}{}
		all.Go(func() {
			defer func() { <-free }()
			t.Run(fmt.Sprint(seed), func(t *testing.T) { newTrial(t, seed).run() })
		})
	}
	all.Wait()
}

// trial is one random run against a gateway with faults.
type trial struct {
	*testing.T
	rand    *rand.Rand
	gateway *emulator.Gateway
	environ []string
	file    string
}

func newTrial(t *testing.T, seed uint64) *trial {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 0xc4a06))
	b := chaos.Behaviour(r)
	b.SignSecret = ""             // if it is masked, changing a key without its secret is refused
	b.FeatureChanges = "any-time" // otherwise runs wait for a real minute
	o := world.Options{Groups: 1, APIs: 4, Policies: 4, Generate: true, Features: true, OneSlot: b.ACLSlot == "one"}
	o.Without = []string{"trusted_root_ca"} // an update that would lose it is refused
	if b.AppSwitch == "off" {
		o.Without = append(o.Without, "app_key", "app_secret")
	}
	w := world.New(r, o)
	g := emulator.New(emulator.Options{Behaviour: b, Seed: seed})
	if err := g.Load(w.Gateway(w.Draw())); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(g)
	t.Cleanup(server.Close)
	dir := t.TempDir()
	v := &trial{T: t, rand: r, gateway: g, file: filepath.Join(dir, "gateway.yaml")}
	file := string(w.File(w.Draw()))
	keep(t, v.file, file)
	v.environ = []string{
		"APIGW_SYNC_ENDPOINT=" + server.URL, "APIGW_SYNC_PROJECT_ID=" + emulator.DefaultProjectID, "APIGW_SYNC_INSTANCE_ID=" + emulator.DefaultInstanceID,
		"APIGW_SYNC_TOKEN=" + emulator.DefaultToken, "APIGW_SYNC_REQUEST_TIMEOUT=1s", "APIGW_SYNC_MAX_DELETES=1000", "APIGW_SYNC_ALLOW_EMPTY=true", "APIGW_SYNC_ALLOW_INTERRUPTION=true",
		"XDG_STATE_HOME=" + dir,
	}
	for _, m := range regexp.MustCompile(`\$\{([A-Z_]+)\}`).FindAllStringSubmatch(file, -1) {
		v.environ = append(v.environ, m[1]+"=value-of-"+m[1])
	}
	t.Logf("behaviour: %s", b)
	return v
}

func (v *trial) run() {
	v.gateway.SetFaults(chaos.Faults(v.rand, chaos.Times{Slow: 3 * time.Second, Window: "5 second"}))
	results := &document.Results{}
	code := v.command(results, "apply", "--prune", "--yes")
	journal := v.gateway.Journal()
	v.gateway.SetFaults(nil)
	v.codes(code, results, journal)
	v.counted(results, journal)

	left := v.left()
	check := chaos.Check{Results: results, Effects: chaos.Effects(journal), Misread: chaos.Misread(journal), Left: left}
	wrong := check.Contradictions()
	if len(results.Results) == 0 {
		wrong = check.Unreported() // the run ended before it had a plan
	}
	for _, w := range wrong {
		v.Error(w)
	}
	if results.Matches() && len(left) > 0 {
		v.Errorf("the gateway is told to match the files; %d changes are left", len(left))
	}
	if v.Failed() {
		v.Logf("journal:\n%s", chaos.Story(journal))
	}

	if code := v.command(&document.Results{}, "apply", "--prune", "--yes"); code != 0 {
		v.Errorf("without faults: exit code %d", code)
	}
	if left := v.left(); len(left) > 0 {
		v.Errorf("the runs do not converge: %d changes are left", len(left))
	}
}

// command runs a command, and decodes its output, which must be one JSON document.
func (v *trial) command(into any, args ...string) int {
	v.Helper()
	var out, log bytes.Buffer
	p := &program{Stdin: &bytes.Buffer{}, Stdout: &out, Stderr: &log, Environ: v.environ}
	code := p.Main(append(args, "-f", v.file, "-o", "json"))
	if err := json.Unmarshal(out.Bytes(), into); err != nil {
		v.Fatalf("%s: exit code %d, %v:\n%s%s", strings.Join(args, " "), code, err, &out, &log)
	}
	return code
}

// left returns the changes that remain, as found once lists no longer lag behind writes.
func (v *trial) left() []document.Change {
	v.Helper()
	var plan document.Plan
	for range 2 { // lists may lag by one read or by one second
		time.Sleep(time.Second)
		plan = document.Plan{}
		if code := v.command(&plan, "diff", "--prune"); code != 0 {
			v.Fatalf("diff without faults: exit code %d: %v", code, plan.Errors)
		}
	}
	return plan.Changes
}

// codes checks that the exit code agrees with the document.
func (v *trial) codes(code int, d *document.Results, journal []emulator.Entry) {
	v.Helper()
	carried := 0
	for _, e := range journal {
		if e.Carried {
			carried++
		}
	}
	s := d.Summary.Summary
	switch {
	case code == exitDone && (s != apply.Summary{Succeeded: len(d.Results)} || !d.Matches()),
		code == exitError && carried > 0,
		code == exitIncomplete && carried == 0 && s.Unknown == 0,
		code == exitRefused && (carried > 0 || d.Refusals[0].Guard != "instance"), // a fault in the answer about the gateway's state causes this guard
		code == exitDiffers:
		v.Errorf("exit code %d, %+v, converged %v, %d writes carried out, %v", code, s, d.Matches(), carried, d.Refusals)
	}
}

// counted checks that the document counts the requests that arrived. A difference of one is allowed for each broken
// connection: net/http repeats reads by itself if a reused connection breaks, and a request that was sent on such a
// connection may not have arrived.
func (v *trial) counted(d *document.Results, journal []emulator.Entry) {
	v.Helper()
	reads, writes, broken := 0, 0, 0
	for _, e := range journal {
		if e.Method == http.MethodGet {
			reads++
		} else {
			writes++
		}
		if e.Status == 0 {
			broken++
		}
	}
	far := func(told, arrived int) bool { return max(told-arrived, arrived-told) > broken }
	if told := d.Requests; len(d.Results) > 0 && (far(told.Read, reads) || far(told.Write, writes)) {
		v.Errorf("the run tells of %d reads and %d writes; %d and %d arrived, %d on connections that broke", told.Read, told.Write, reads, writes, broken)
	}
}
