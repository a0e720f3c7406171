package reconcile_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/apigw-sync/apigw-sync/internal/api"
	"github.com/apigw-sync/apigw-sync/internal/apply"
	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/emulator"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/reconcile"
	"github.com/apigw-sync/apigw-sync/internal/reconcile/compared"
	"github.com/apigw-sync/apigw-sync/internal/report/document"
	"github.com/apigw-sync/apigw-sync/internal/spec"
	"github.com/apigw-sync/apigw-sync/internal/world"
	"github.com/apigw-sync/apigw-sync/internal/world/chaos"
)

var chaosCases = flag.Uint64("chaos", 200, "random cases of TestChaos")

// TestChaos: whatever goes wrong with every fifth request, a run ends within bounds, reports correctly what became of every
// change, and creates nothing twice, and the next runs complete the rest. Time is virtual.
func TestChaos(t *testing.T) {
	var all written
	for seed := range world.Fewer(*chaosCases, 10) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c := newTrial(t, seed)
				c.written = &all
				c.run()
			})
		})
	}
	t.Cleanup(func() { all.complete(t, int(world.Fewer(*chaosCases, 10))) }) // when all cases have ended
}

// written counts the objects and links that were written in spite of faults, by kind.
type written struct {
	mu    sync.Mutex
	cases int
	times map[string]int
}

func (w *written) note(effects []emulator.Effect) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.times == nil {
		w.times = map[string]int{}
	}
	for _, e := range effects {
		w.times[e.Kind]++
	}
}

func (w *written) ended() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cases++
}

// complete checks that every kind was written, unless there were few cases.
func (w *written) complete(t *testing.T, cases int) {
	t.Helper()
	if w.cases < cases || cases < 20 {
		return
	}
	for _, name := range kindsAndLinks() {
		if w.times[name] == 0 {
			t.Errorf("in %d cases no %s was ever written under faults", cases, name)
		}
	}
	t.Logf("written under faults: %v", w.times)
}

// kindsAndLinks are the names of all kinds and links that a run can write.
func kindsAndLinks() (names []string) {
	for _, k := range kind.All {
		names = append(names, k.Name)
	}
	for _, k := range kind.Links {
		names = append(names, k.Name)
	}
	return names
}

// trial is one random case.
type trial struct {
	t       *testing.T
	rand    *rand.Rand
	gateway *emulator.Gateway
	want    *spec.State
	created map[string]int // creates of an object or generated code over all runs
	written *written

	rejects  bool // the gateway refuses a bind to a slot that is taken
	parallel int  // with 1, a case is reproducible
}

const (
	troubled     = 2               // runs with faults in each case
	longestRun   = 2 * time.Hour   // of virtual time
	requestsEach = 12              // writes for each change at most
	patience     = 5 * time.Second // longer than lists may be late
)

func newTrial(t *testing.T, seed uint64) *trial {
	r := rand.New(rand.NewPCG(seed, 0xc4a05))
	b := chaos.Behaviour(r)
	o := world.Options{Groups: 2, APIs: 4, Policies: 5, Generate: true, Features: true, OneSlot: b.ACLSlot == "one", Without: lacking(b)}
	o.Unmanaged = r.IntN(4) == 0 && !o.OneSlot // an undeclared ACL may have the one slot
	w := world.New(r, o)
	c := &trial{t: t, rand: r, created: map[string]int{}, rejects: b.Rebind == "reject", parallel: []int{1, 3, 8}[r.IntN(3)]}
	have := w.Gateway(w.Draw())
	c.want = load(t, w.File(wanted(w, seed)))
	c.gateway = emulator.New(emulator.Options{Behaviour: b, Seed: seed, Latency: 20 * time.Millisecond})
	if err := c.gateway.Load(have); err != nil {
		t.Fatalf("load the gateway: %v\n%s", err, have)
	}
	t.Logf("behaviour: %s", b)
	return c
}

func (c *trial) run() {
	defer c.written.ended()
	for range troubled {
		c.gateway.SetFaults(chaos.Faults(c.rand, chaos.Times{Slow: time.Minute, Window: "5 minute"}))
		c.troubledRun()
	}
	c.gateway.SetFaults(nil)
	c.quietRun()
}

// troubledRun is a run with faults.
func (c *trial) troubledRun() {
	c.t.Helper()
	c.gateway.ResetJournal()
	run, began := c.newRun(), time.Now()
	comparison, err := run.Compare(c.t.Context(), c.want)
	if err != nil {
		c.mustBeUntouched(err)
		return
	}
	applicable(c.t, comparison.Plan)
	out := run.Apply(c.t.Context(), comparison)
	if took := time.Since(began); took > longestRun {
		c.t.Errorf("the run took %s", took)
	}
	journal := c.gateway.Journal()
	c.written.note(chaos.Effects(journal))
	c.countCreates(journal)
	c.gateway.SetFaults(nil)
	c.bounded(comparison, out, journal)
	check := chaos.Check{Results: documentOf(out), Effects: chaos.Effects(journal), Misread: chaos.Misread(journal), Left: document.Changes(c.settled().Changes)}
	for _, wrong := range check.Contradictions() {
		c.t.Error(wrong)
	}
	if !c.rejects {
		for _, l := range newGuard(comparison).lapses(journal, out) {
			c.t.Error(l)
		}
	}
	if c.t.Failed() {
		c.t.Logf("results:\n%s\njournal:\n%s", told(out), chaos.Story(journal))
	}
}

func (c *trial) newRun() *reconcile.Run {
	return &reconcile.Run{Caller: client(c.t, c.gateway), Options: diff.Options{Prune: true, MaxDeletes: -1}, Parallel: c.parallel}
}

// mustBeUntouched checks that a run whose comparison failed has changed nothing.
func (c *trial) mustBeUntouched(err error) {
	c.t.Helper()
	for _, e := range c.gateway.Journal() {
		if e.Carried {
			c.t.Errorf("the comparison failed (%v), but %s was carried out", err, e.Operation)
		}
	}
}

// bounded checks that the run has counted its requests correctly, and that there were not too many repeats.
func (c *trial) bounded(comparison *compared.Result, out *reconcile.Outcome, journal []emulator.Entry) {
	c.t.Helper()
	reads, writes := 0, 0
	for _, e := range journal {
		if e.Method == "GET" {
			reads++
		} else {
			writes++
		}
	}
	if reads != out.Reads || writes != out.Writes {
		c.t.Errorf("the run tells of %d reads and %d writes; %d and %d arrived", out.Reads, out.Writes, reads, writes)
	}
	if most := requestsEach * (len(comparison.Plan.Steps) + len(comparison.Plan.Changes)); writes > most {
		c.t.Errorf("%d writes for %d steps", writes, len(comparison.Plan.Steps))
	}
}

// countCreates checks that no object and no generated code was created twice in all runs.
func (c *trial) countCreates(journal []emulator.Entry) {
	c.t.Helper()
	for _, e := range chaos.Effects(journal) {
		name := e.Kind + "/" + e.Name
		switch {
		case e.Kind == "app_code" && e.Action == "create":
			name = e.Kind + "/" + e.PolicyName
			c.created[name]++
		case kind.Of(e.Kind) == nil || kind.Of(e.Kind).Owner != "":
		case e.Action == "create":
			if c.created[name]++; c.created[name] > 1 {
				c.t.Errorf("%s was created %d times", name, c.created[name])
			}
		}
	}
}

// settled waits until lists show everything, and compares.
func (c *trial) settled() *diff.Plan {
	c.t.Helper()
	var last *diff.Plan
	for range 2 { // a list may show a change only at the next read
		time.Sleep(patience)
		last = compare(c.t.Context(), c.t, c.newRun(), c.want).Plan
	}
	return last
}

// quietRun is a run without faults, which must complete what is left.
func (c *trial) quietRun() {
	c.t.Helper()
	c.gateway.ResetJournal()
	run := c.newRun()
	comparison := compare(c.t.Context(), c.t, run, c.want)
	applicable(c.t, comparison.Plan)
	out := run.Apply(c.t.Context(), comparison)
	for _, r := range out.Results {
		if r.Status != apply.Succeeded {
			c.t.Errorf("without faults: %s %s: %s: %+v", r.Change.Action, r.Change.Address, r.Status, r.Error)
		}
	}
	c.countCreates(c.gateway.Journal())
	if left := c.settled(); !left.Empty() {
		c.t.Errorf("the runs do not converge:\n%s", describe(left.Changes))
	}
}

// documentOf is the result document of a run.
func documentOf(out *reconcile.Outcome) *document.Results {
	d := document.NewResults(document.Head{}, out.Results, out.Remaining)
	d.Advise(out.Results, map[api.Next]string{api.Apply: "apply", api.Diff: "diff", api.Doctor: "doctor"})
	return d
}

func describeResult(r apply.Result) string {
	return chaos.Describe(&documentOf(&reconcile.Outcome{Results: []apply.Result{r}}).Results[0])
}

func told(out *reconcile.Outcome) string {
	var lines []string
	for _, r := range out.Results {
		lines = append(lines, "    "+describeResult(r))
	}
	return strings.Join(lines, "\n")
}
