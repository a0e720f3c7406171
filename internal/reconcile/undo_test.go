package reconcile_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"sigs.k8s.io/yaml"

	"github.com/apigw-sync/apigw-sync/internal/api"
	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/emulator"
	"github.com/apigw-sync/apigw-sync/internal/reconcile"
	"github.com/apigw-sync/apigw-sync/internal/reconcile/compared"
	"github.com/apigw-sync/apigw-sync/internal/report/document"
	"github.com/apigw-sync/apigw-sync/internal/saved/journal"
	"github.com/apigw-sync/apigw-sync/internal/saved/planfile"
	"github.com/apigw-sync/apigw-sync/internal/spec"
	"github.com/apigw-sync/apigw-sync/internal/world"
)

// TestUndo: the undo of a run leaves the gateway as it was before, apart from the losses that it lists.
func TestUndo(t *testing.T) {
	inEveryBehaviour(t, 10, func(t *testing.T, have, want []byte, b emulator.Behaviour) {
		t.Helper()
		synctest.Test(t, func(t *testing.T) { newUndoing(t, have, want, b).thereAndBack(t, -1, false) })
	})
}

var undoKills = flag.Int("undo-kills", 2, "requests at which TestUndoKilled kills each run")

// TestUndoKilled: the same for a run that was killed at any of its requests, before or after the gateway carried that out.
func TestUndoKilled(t *testing.T) {
	for i, tc := range behaviours {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			o := world.Options{Groups: 1, APIs: 3, Policies: 2, Generate: true, Features: true}
			if tc.world != nil {
				tc.world(&o)
			}
			r := rand.New(rand.NewPCG(uint64(i), 11))
			w := world.New(r, o)
			have, want := w.Gateway(w.Draw()), w.File(wanted(w, uint64(i)))
			all := 0
			synctest.Test(t, func(t *testing.T) {
				u := newUndoing(t, have, want, tc.b)
				u.thereAndBack(t, -1, false)
				all = u.dead.seen
			})
			for n := range all {
				if r.IntN(all) >= *undoKills {
					continue
				}
				for _, carried := range []bool{false, true} {
					t.Run(fmt.Sprintf("%d/%v", n, carried), func(t *testing.T) {
						synctest.Test(t, func(t *testing.T) { newUndoing(t, have, want, tc.b).thereAndBack(t, n, carried) })
					})
				}
			}
		})
	}
}

// undoing is a run with an undo file.
type undoing struct {
	gateway *emulator.Gateway
	state   *spec.State
	file    tape
	dead    mortal
	untold  []diff.Loss // what the gateway does not return

	dieBackAt int // the request at which the first undo of a killed run is killed, too; 0 lets every second one be killed somewhere
}

func newUndoing(t *testing.T, have, want []byte, b emulator.Behaviour) *undoing {
	t.Helper()
	if b.PluginContents == "newer" {
		have = filled(t, have)
	}
	b.FeatureChanges = "any-time" // else unclear outcomes would be settled while the run waits to change a feature
	u := &undoing{gateway: gateway(t, have, b), state: load(t, want)}
	if b.DomainRedirect != "told" {
		u.untold = []diff.Loss{untoldRedirects}
	}
	return u
}

// filled is a state with the members that newer gateways fill in.
func filled(t *testing.T, state []byte) []byte {
	t.Helper()
	var doc map[string]any
	if err := yaml.Unmarshal(state, &doc); err != nil {
		t.Fatal(err)
	}
	plugins, _ := doc["plugins"].([]any)
	for _, p := range plugins {
		if c, ok := p.(map[string]any)["content"].(map[string]any); ok && c["edition"] == nil {
			c["edition"] = "standard"
		}
	}
	out, err := yaml.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// tape is the undo file of a process that may be killed.
type tape struct {
	mu   sync.Mutex
	text bytes.Buffer
	dead *mortal
}

func (f *tape) Write(b []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.dead != nil && f.dead.is() {
		return len(b), nil
	}
	return f.text.Write(b)
}

func (f *tape) Sync() error { return nil }

// mortal is a caller whose process is killed at a request.
type mortal struct {
	api.Caller
	kill    context.CancelFunc
	at      int // negative: never
	carried bool

	mu   sync.Mutex
	seen int
	dead bool
}

func (m *mortal) is() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.dead
}

func (m *mortal) Call(ctx context.Context, r api.Request, reply any) (int, error) {
	m.mu.Lock()
	dead, now := m.dead, m.seen == m.at
	m.seen++
	m.dead = m.dead || now
	m.mu.Unlock()
	switch {
	case now:
		if m.carried {
			_, _ = m.Caller.Call(context.WithoutCancel(ctx), r, nil)
		}
		m.kill()
		return 1, errors.New("killed")
	case dead:
		return 0, api.ErrNotSent
	}
	return m.Caller.Call(ctx, r, reply)
}

// thereAndBack applies, is killed at the n-th request, and takes back what was done.
func (u *undoing) thereAndBack(t *testing.T, n int, carried bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	before := naked(t, u.gateway)
	run := &reconcile.Run{Options: diff.Options{Prune: true, MaxDeletes: -1}, Parallel: 8}
	run.Caller = client(t, u.gateway)
	c := compare(ctx, t, run, u.state)
	applicable(t, c.Plan)
	alive, kill := context.WithCancel(ctx)
	defer kill()
	u.dead = mortal{Caller: run.Caller, kill: kill, at: n, carried: carried}
	u.file.dead = &u.dead
	u.keep(t, run, c, "")
	out := run.Apply(alive, c)
	if n < 0 {
		settled(t, out)
	}
	everything(t, &reconcile.Run{Caller: client(t, u.gateway), Parallel: 8}) // lists may show a change only at the next read
	var lost []diff.Loss
	if u.dieBackAt == 0 && n >= 0 && n%2 == 0 {
		u.dieBackAt = n/2 + 3
	}
	if u.dieBackAt > 0 {
		lost = u.dieBack(ctx, t, u.dieBackAt, carried)
	}
	back := u.takeBack(ctx, t)
	back.losses = renamedLosses(c.Plan, slices.Concat(back.losses, lost, u.untold))
	after := underOldNames(c.Plan, back.losses, naked(t, u.gateway))
	if d := changedLines(without(t, before, back.losses), without(t, after, back.losses)); d != "" {
		t.Errorf("not as before (- before, + after):\n%s\nnot restorable: %v\nforth:\n%s\nback:\n%s\n%s",
			d, back.losses, describe(c.Plan.Changes), describe(back.plan.Changes), u.lines())
	}
}

// underOldNames is what a gateway holds, in which objects that could not be renamed back have the names that they had before
// the run: what refers to them follows their names.
func underOldNames(p *diff.Plan, losses []diff.Loss, text string) string {
	for i := range p.Changes {
		ch := &p.Changes[i]
		if ch.Have == nil || ch.Want == nil || ch.Have.Key == ch.Want.Key || ch.Link != nil {
			continue
		}
		if slices.ContainsFunc(losses, func(l diff.Loss) bool {
			return l.Address == ch.Have.Address() && strings.HasSuffix(l.Reason, "as "+ch.Want.Key)
		}) {
			text = strings.ReplaceAll(text, " "+ch.Want.Key+"\n", " "+ch.Have.Key+"\n")
		}
	}
	return text
}

// renamedLosses are losses, where the loss of a whole object that the run has renamed is also listed by its new name.
func renamedLosses(p *diff.Plan, losses []diff.Loss) []diff.Loss {
	for i := range p.Changes {
		ch := &p.Changes[i]
		for _, l := range losses {
			if ch.Have != nil && ch.Want != nil && l == (diff.Loss{Address: ch.Have.Address(), Reason: l.Reason}) {
				losses = append(losses, diff.Loss{Address: ch.Want.Address()})
			}
		}
	}
	return losses
}

func (u *undoing) lines() string {
	_, rest, _ := strings.Cut(u.file.text.String(), "\n")
	return rest
}

// keep starts the undo file of a run.
func (u *undoing) keep(t *testing.T, run *reconcile.Run, c *compared.Result, of string) {
	t.Helper()
	e, err := run.Before(c)
	if err != nil {
		t.Fatal(err)
	}
	f, err := planfile.New(document.NewPlan(document.Head{FormatVersion: document.FormatVersion}, c.Plan, 0), e, planfile.Options{
		Purpose: planfile.ForUndo, Key: []byte("0123456789abcdef"), TakesBack: of,
	})
	if err != nil {
		t.Fatal(err)
	}
	head, err := planfile.HeadOfRecord(f)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"sapp_", strings.Repeat("s", 60), "value-of-"} {
		if at := bytes.Index(head, []byte(secret)); at >= 0 {
			t.Fatalf("the undo file holds %s in %s", secret, head[max(0, at-200):at+50])
		}
	}
	u.file.text.Write(head)
	j := journal.New(&u.dead, "", time.Now)
	j.AddFile(&u.file)
	run.Caller = j
}

// takenBack is the result of an undo.
type takenBack struct {
	plan   *diff.Plan
	losses []diff.Loss
}

// dieBack starts an undo of the run, which is killed at its n-th request.
func (u *undoing) dieBack(ctx context.Context, t *testing.T, n int, carried bool) []diff.Loss {
	t.Helper()
	alive, kill := context.WithCancel(ctx)
	defer kill()
	m := &mortal{Caller: client(t, u.gateway), kill: kill, at: n, carried: carried}
	run := &reconcile.Run{Caller: m, Options: diff.Options{MaxDeletes: -1}, Parallel: 8}
	c, _, undo, err := u.back(alive, t, run)
	if err != nil {
		return nil
	}
	run.Apply(alive, c)
	return append(undo.Losses, planfile.NewIDs(c.Plan)...)
}

func (u *undoing) takeBack(ctx context.Context, t *testing.T) takenBack {
	t.Helper()
	run := &reconcile.Run{Caller: client(t, u.gateway), Options: diff.Options{MaxDeletes: -1}, Parallel: 8}
	c, notes, undo, err := u.back(ctx, t, run)
	if err != nil {
		t.Fatalf("%v\n%s", err, u.lines())
	}
	for _, s := range undo.Stale {
		t.Errorf("stale: %s %s\n%s", s.Address, s, u.lines())
	}
	for _, n := range notes {
		t.Errorf("stale: %s: %s", n.Address, n.Message)
	}
	if len(c.Plan.Changes) > 0 {
		settled(t, run.Apply(ctx, c))
	}
	return takenBack{c.Plan, append(undo.Losses, planfile.NewIDs(c.Plan)...)}
}

func (u *undoing) back(ctx context.Context, t *testing.T, run *reconcile.Run) (c *compared.Result, notes []diff.Note, undo *planfile.Undo, err error) {
	t.Helper()
	r, err := planfile.DecodeRecord(u.file.text.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	touched, err := run.Touched(ctx, r)
	if err != nil {
		return nil, nil, nil, err
	}
	if undo, err = r.Undo(touched.Now, reveal(u.state)); err != nil {
		return nil, nil, nil, err
	}
	c, notes, err = run.TakeBack(ctx, touched, r, undo.Extract, false)
	return c, notes, undo, err
}
