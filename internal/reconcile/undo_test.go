package reconcile_test

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/emulator"
	"github.com/apigw-sync/apigw-sync/internal/planfile"
	"github.com/apigw-sync/apigw-sync/internal/reconcile"
	"github.com/apigw-sync/apigw-sync/internal/report"
)

// TestUndo: an apply that is taken back leaves the gateway as it was, apart from what is listed.
func TestUndo(t *testing.T) {
	inEveryBehaviour(t, 10, thereAndBack)
}

func thereAndBack(t *testing.T, have, want []byte, b emulator.Behaviour) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	g := gateway(t, have, b)
	before := naked(t, g)
	state := load(t, want)
	run := &reconcile.Run{Caller: client(t, g), Deep: true, Policy: diff.Policy{Prune: true, MaxDeletes: -1}, Parallel: 8}
	c := compare(ctx, t, run, state)
	out := run.Apply(ctx, c)
	settled(t, out)
	e, losses, err := run.Undo(ctx, c, out)
	if err != nil {
		t.Fatal(err)
	}
	f, err := planfile.New(report.NewPlan(report.Head{FormatVersion: report.FormatVersion}, e.Plan, 0), e, planfile.Options{
		Purpose: planfile.ForUndo, Key: []byte("0123456789abcdef"),
	})
	if err != nil {
		t.Fatal(err)
	}
	file, err := f.Encode()
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"secret-one-one", "secret-two-two", strings.Repeat("c", 60), "value-of-"} {
		if bytes.Contains(file, []byte(secret)) {
			at := bytes.Index(file, []byte(secret))
			t.Fatalf("the undo file holds %s in %s", secret, file[max(0, at-200):at+50])
		}
	}
	back := refresh(ctx, t, run, file, state)
	settled(t, run.Apply(ctx, back))
	if d := changedLines(without(t, before, losses), without(t, naked(t, g), losses)); d != "" {
		t.Errorf("not as before (- before, + after):\n%s\nnot restorable: %v\nforth:\n%s\nback:\n%s", d, losses, describe(c.Plan.Changes), describe(back.Plan.Changes))
	}
}
