package reconcile_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/apigw-sync/apigw-sync/internal/apply"
	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/emulator"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/reconcile"
	"github.com/apigw-sync/apigw-sync/internal/spec"
	"github.com/apigw-sync/apigw-sync/internal/testworld"
)

var chaosCases = flag.Uint64("chaos", 200, "random cases of TestChaos")

// TestChaos: whatever goes wrong with every fifth request, a run ends within bounds, tells the truth about
// every change, makes nothing twice, and the runs after it finish the rest. Time is virtual.
func TestChaos(t *testing.T) {
	for seed := range *chaosCases {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { newChaos(t, seed).run() })
		})
	}
}

// chaos is one random case.
type chaos struct {
	t       *testing.T
	rand    *rand.Rand
	gateway *emulator.Gateway
	want    *spec.State
	created map[string]int // creates of an object or generated code over all runs

	rejects  bool // the gateway has no room for two policies
	parallel int  // with 1, a case goes the same way each time
}

const (
	troubled     = 2               // runs with faults in each case
	longestRun   = 2 * time.Hour   // of virtual time
	faulty       = 0.2             // share of requests that meet a fault
	requestsEach = 12              // requests for each change at most, reads not counted
	patience     = 5 * time.Second // more than any lag of lists
)

func newChaos(t *testing.T, seed uint64) *chaos {
	r := rand.New(rand.NewPCG(seed, 0xc4a05))
	b := randomBehaviour(r)
	o := testworld.Options{Groups: 2, APIs: 4, Policies: 5, Generate: true, OneACLPerAPI: b.ACLSlot == "one", NoOwnKeys: b.AppSwitch == "off"}
	o.Unmanaged = r.IntN(4) == 0 && !o.OneACLPerAPI // what is not declared may claim the one slot
	w := testworld.New(r, o)
	c := &chaos{t: t, rand: r, created: map[string]int{}, rejects: b.Rebind == "reject", parallel: []int{1, 3, 8}[r.IntN(3)]}
	have := w.Gateway(w.Draw())
	c.want = load(t, w.File(w.Draw()))
	c.gateway = emulator.New(emulator.Options{Behaviour: b, Seed: seed, Latency: 20 * time.Millisecond})
	if err := c.gateway.Load(have); err != nil {
		t.Fatalf("load the gateway: %v\n%s", err, have)
	}
	t.Logf("behaviour: %s", b)
	return c
}

func (c *chaos) run() {
	for range troubled {
		c.gateway.SetFaults(randomFaults(c.rand))
		c.troubledRun()
	}
	c.gateway.SetFaults(nil)
	c.quietRun()
}

// troubledRun is a run with faults.
func (c *chaos) troubledRun() {
	c.t.Helper()
	c.gateway.ResetJournal()
	run, began := c.newRun(), time.Now()
	comparison, err := run.Compare(c.t.Context(), c.want)
	if err != nil {
		c.mustBeUntouched(err)
		return
	}
	out := run.Apply(c.t.Context(), comparison)
	if took := time.Since(began); took > longestRun {
		c.t.Errorf("the run took %s", took)
	}
	journal := c.gateway.Journal()
	c.countCreates(journal)
	c.gateway.SetFaults(nil)
	c.bounded(comparison, out, journal)
	truth{c.t, comparison, out, effects(journal), c.settled()}.check()
	if !c.rejects {
		for _, l := range newGuard(comparison).lapses(journal) {
			c.t.Error(l)
		}
	}
	if c.t.Failed() {
		c.t.Logf("results:\n%sjournal:\n%s", told(out), story(journal))
	}
}

func (c *chaos) newRun() *reconcile.Run {
	return &reconcile.Run{Caller: client(c.t, c.gateway), Policy: diff.Policy{Prune: true, MaxDeletes: -1}, Parallel: c.parallel}
}

// mustBeUntouched: a run whose reading failed has changed nothing.
func (c *chaos) mustBeUntouched(err error) {
	c.t.Helper()
	for _, e := range c.gateway.Journal() {
		if e.Carried {
			c.t.Errorf("the comparison failed (%v), but %s was carried out", err, e.Operation)
		}
	}
}

// bounded: what the run says that it sent is what arrived, and repeats have an end.
func (c *chaos) bounded(comparison *reconcile.Comparison, out *reconcile.Outcome, journal []emulator.Entry) {
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

// countCreates: no object and no generated code is made twice, over all runs.
func (c *chaos) countCreates(journal []emulator.Entry) {
	c.t.Helper()
	for _, e := range effects(journal) {
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

// settled compares once lists show everything.
func (c *chaos) settled() *diff.Plan {
	c.t.Helper()
	var last *diff.Plan
	for range 2 { // lists may be late by a read
		time.Sleep(patience)
		last = compare(c.t.Context(), c.t, c.newRun(), c.want).Plan
	}
	return last
}

// quietRun is a run without faults: it finishes what is left.
func (c *chaos) quietRun() {
	c.t.Helper()
	c.gateway.ResetJournal()
	run := c.newRun()
	comparison := compare(c.t.Context(), c.t, run, c.want)
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

// truth holds what a run tells against what happened.
type truth struct {
	t          *testing.T
	comparison *reconcile.Comparison
	out        *reconcile.Outcome
	effects    []emulator.Effect
	after      *diff.Plan // what was left to do
}

func (v truth) check() {
	v.t.Helper()
	left := map[string]bool{}
	for _, ch := range v.after.Changes {
		left[countable(ch.Address)] = true
		if link := kind.LinkOf(ch.Kind); link != nil && ch.Action == diff.Bind {
			left[link.Owner+"/"+ch.Name+" bindings"] = true
		}
	}
	done := map[string]apply.Result{}
	for _, r := range v.out.Results {
		address := countable(r.Change.Address)
		done[r.Change.Address] = r
		switch {
		case r.Status == apply.Succeeded && left[r.Change.Address]:
			v.t.Errorf("%s is called succeeded, but is still to do", describeResult(r))
		case r.Change.Action == diff.Replace && left[address+" bindings"]:
		case (r.Status == apply.Failed || r.Status == apply.Skipped) && !left[address]:
			v.t.Errorf("%s is called so, but is done", describeResult(r))
		case r.Status != apply.Succeeded && r.Error == nil && r.WaitedFor == "":
			v.t.Errorf("%s does not say why", describeResult(r))
		case r.Status == apply.Unknown && r.Error.Trouble.Next == "":
			v.t.Errorf("%s does not say how to find out", describeResult(r))
		}
	}
	v.generated()
	for _, e := range v.effects {
		if !v.told(e, done) {
			v.t.Errorf("nobody told of %+v", e)
		}
	}
}

// countable drops the number of a code that the gateway makes: the plans number those that are missing.
func countable(address string) string {
	before, _, _ := strings.Cut(address, "#generated-")
	return before
}

// generated: as many codes were made as the results tell.
func (v truth) generated() {
	v.t.Helper()
	made, told, perhaps := map[string]int{}, map[string]int{}, map[string]int{}
	given := map[string]bool{}
	for _, r := range v.out.Results {
		app, generated := r.Change.Name, strings.Contains(r.Change.Address, "#generated-")
		given[r.Change.Address] = true
		switch {
		case !generated:
		case r.Status == apply.Succeeded:
			told[app]++
		case r.Status == apply.Unknown:
			perhaps[app]++
		}
	}
	for _, e := range v.effects {
		if e.Kind == "app_code" && e.Action == "create" && !given["app_code/"+e.PolicyName+"/#"+e.Value] {
			made[e.PolicyName]++
		}
	}
	for app, n := range told {
		if made[app] < n {
			v.t.Errorf("%s: %d codes were made, %d told, %d unknown", app, made[app], n, perhaps[app])
		}
	}
	for app, n := range made {
		if n > told[app]+perhaps[app] {
			v.t.Errorf("%s: %d codes were made, %d told, %d unknown", app, n, told[app], perhaps[app])
		}
	}
}

// told reports whether an effect belongs to a change that the results do not call untouched.
func (v truth) told(e emulator.Effect, done map[string]apply.Result) bool {
	address, owner := v.addresses(e)
	if r, planned := done[address]; planned {
		return admits(r) || v.undone(e)
	}
	switch {
	case e.Kind == "app_code" && e.Action == "create":
		return true // generated counts them
	case owner != "":
		for _, r := range v.out.Results {
			if r.Change.Address == owner && (r.Change.Action == diff.Replace || r.Change.Action == diff.Delete) && admits(r) {
				return true
			}
		}
	}
	return e.Action == "delete" && v.displaced(e) || v.undone(e) || v.dropped(e)
}

// admits reports whether a result says that something was done.
func admits(r apply.Result) bool {
	return r.Status != apply.Skipped || r.Change.Action == diff.Replace && strings.Contains(r.Note, "half done")
}

// addresses are those of the change that has the effect, and of the owner's.
func (v truth) addresses(e emulator.Effect) (address, owner string) {
	switch k, link := kind.Of(e.Kind), kind.LinkOf(e.Kind); {
	case link != nil:
		policy := v.final(link.Owner, e.PolicyName)
		return e.Kind + "/" + policy + "/" + e.API + "@" + e.Env, link.Owner + "/" + policy
	case e.Kind == "app_secret":
		return "app/" + e.PolicyName, ""
	case e.Kind == "app_code":
		return "app_code/" + e.PolicyName + "/#" + e.Value, "app/" + e.PolicyName
	case e.Kind == "app_access_control":
		return e.Kind + "/" + e.PolicyName, "app/" + e.PolicyName
	case k != nil && k.Owner != "":
		return e.Kind + "/" + e.PolicyName + "/" + e.Name, k.Owner + "/" + e.PolicyName
	}
	return e.Kind + "/" + v.final(e.Kind, e.Name), ""
}

// final is the name that the successor of a replaced object is made for.
func (v truth) final(kindName, name string) string {
	for _, ch := range v.comparison.Plan.Changes {
		if ch.Kind == kindName && ch.Action == diff.Replace && ch.Via == name {
			return ch.Want.Key
		}
	}
	return name
}

// undone: what the effect did was put right again.
func (v truth) undone(e emulator.Effect) bool {
	balance := 0
	for _, other := range v.effects {
		if other.Kind == e.Kind && other.PolicyName == e.PolicyName && other.Name == e.Name && other.API == e.API && other.Env == e.Env && other.Value == e.Value {
			switch other.Action {
			case "create":
				balance++
			case "delete":
				balance--
			}
		}
	}
	return balance == 0 && e.Action != "update"
}

// displaced: the plan shows that a bind takes the place of the binding.
func (v truth) displaced(e emulator.Effect) bool {
	return slices.ContainsFunc(v.out.Results, func(r apply.Result) bool {
		return slices.ContainsFunc(r.Change.Displaces, func(d diff.Displaced) bool {
			return d.Link.Kind == e.Kind && d.Link.Owner == e.PolicyName && d.Link.API.Address()+"@"+d.Link.Env == e.API+"@"+e.Env
		})
	})
}

// dropped: the plan shows that it goes along with what is deleted.
func (v truth) dropped(e emulator.Effect) bool {
	address, _ := v.addresses(e)
	return e.Action == "delete" && slices.ContainsFunc(v.out.Results, func(r apply.Result) bool { return slices.Contains(r.Change.Along, address) })
}

func effects(journal []emulator.Entry) (out []emulator.Effect) {
	for _, e := range journal {
		out = append(out, e.Effects...)
	}
	return out
}

func describeResult(r apply.Result) string {
	why := ""
	if r.Error != nil {
		why = fmt.Sprintf(" %+v", *r.Error)
	}
	if r.WaitedFor != "" {
		why += " waited for " + r.WaitedFor
	}
	return fmt.Sprintf("%s %s: %s (%q%s, %d attempts)", r.Change.Action, r.Change.Address, r.Status, r.Note, why, r.Attempts)
}

func told(out *reconcile.Outcome) string {
	var b strings.Builder
	for _, r := range out.Results {
		b.WriteString("    " + describeResult(r) + "\n")
	}
	return b.String()
}

// story tells the writes of a journal.
func story(journal []emulator.Entry) string {
	var b strings.Builder
	for _, e := range journal {
		if e.Method == "GET" && e.Fault == "" {
			continue
		}
		fmt.Fprintf(&b, "%d %s %s %d %s fault %q carried %v\n", e.Seq, e.Operation, e.Path[strings.LastIndex(e.Path, "/"):], e.Status, e.Code, e.Fault, e.Carried)
		for _, x := range e.Effects {
			fmt.Fprintf(&b, "      %s %s %s %s %s %s@%s %s\n", x.Action, x.Kind, x.ID[:6], x.Name, x.PolicyName, x.API, x.Env, x.Value)
		}
	}
	return b.String()
}

// randomBehaviour chooses readings of what the vendor leaves open, each the unlikely one in a third of
// the cases.
func randomBehaviour(r *rand.Rand) emulator.Behaviour {
	odd := func(values ...string) string {
		if r.IntN(3) > 0 {
			return ""
		}
		return values[r.IntN(len(values))]
	}
	yes := func() bool { return r.IntN(3) == 0 }
	b := emulator.Behaviour{
		Rebind: odd("reject", "add"), ReplaceKeepsBindingID: yes(), ACLSlot: odd("one"), PublishIDStable: yes(),
		AppSecret: odd("masked"), PluginSecret: odd("masked"), InstanceWideAuths: odd("refused"), DeleteBound: odd("cascade"),
		UpdateOmittedLimit: odd("keeps"), EmptyRemark: odd("keeps"), BindPartial: odd("fewer-items"), DetachMissing: odd("404"),
		ACLValueOrder: odd("sort"), AppSwitch: odd("off"), SerialWrites: yes(), NullLists: yes(), OfflineOffset: yes(),
	}
	if yes() {
		b.BatchMax = 1 + r.IntN(4)
	}
	switch r.IntN(4) {
	case 0:
		b.BindingsVisibleAfter = emulator.Lag{Reads: 1}
	case 1:
		b.BindingsVisibleAfter = emulator.Lag{Time: time.Second}
	}
	return b
}

// troubles are the sorts of faults, without their share.
var troubles = []emulator.Fault{
	{Status: 500, Code: "APIG.9999"},
	{Status: 500, Code: "APIG.9999", After: true},
	{Status: 500, Code: "APIG.3500"},
	{Status: 500, Code: "APIG.9008"},
	{Status: 502, Code: "APIGW.0201", Message: "Backend unavailable", After: true},
	{Status: 429, Message: "The throttling threshold has been reached: policy user over ratelimit,limit:200,time:5 minute"},
	{Status: 429, Message: "The throttling threshold has been reached: policy user over ratelimit,limit:50,time:1 second", RetryAfter: time.Second},
	{LostReply: true},
	{Reset: true},
	{Refuse: true},
	{Torn: true},
	{WrongType: true},
	{Slow: time.Minute},
}

// randomFaults makes every fifth request meet one of some sorts of faults, and items of batches fail.
func randomFaults(r *rand.Rand) []emulator.Fault {
	sorts := r.Perm(len(troubles))[:1+r.IntN(len(troubles))]
	var out []emulator.Fault
	for _, i := range sorts {
		f := troubles[i]
		f.P = faulty / float64(len(sorts))
		out = append(out, f)
	}
	if r.IntN(2) == 0 {
		out = append(out, emulator.Fault{Bind: "*", Code: "APIG.9999", P: faulty})
	}
	return out
}
