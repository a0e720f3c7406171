package apply

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/apigw-sync/apigw-sync/internal/api"
	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// TestFold: a change has the worst status of its items.
func TestFold(t *testing.T) {
	why := &Failure{ErrorMsg: "why"}
	for _, tc := range []struct {
		name     string
		outcomes []outcome
		want     Result
	}{
		{"nothing ran", []outcome{{}}, Result{Status: Skipped}},
		{"all succeeded", []outcome{{status: Succeeded, attempts: 1}, {status: Succeeded, attempts: 2}}, Result{Status: Succeeded, Attempts: 3}},
		{"a note stays", []outcome{{status: Succeeded, note: "was gone"}, {status: Succeeded}}, Result{Status: Succeeded, Note: "was gone"}},
		{"skipped after a success", []outcome{{status: Succeeded}, {status: Skipped, waitedFor: "acl/a"}}, Result{Status: Skipped, WaitedFor: "acl/a"}},
		{"unknown is worse than skipped", []outcome{{status: Skipped, waitedFor: "acl/a"}, {status: Unknown, failure: why}}, Result{Status: Unknown, Error: why}},
		{"failed is the worst", []outcome{{status: Failed, failure: why, bindID: "1"}, {status: Unknown}, {}}, Result{Status: Failed, Error: why, BindID: "1"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := Result{Status: Succeeded}
			for i := range tc.outcomes {
				addOutcome(&got, &tc.outcomes[i])
			}
			if d := cmp.Diff(tc.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

// TestHalfDone: the result of a replace that was begun and not finished says so.
func TestHalfDone(t *testing.T) {
	for _, action := range []diff.Action{diff.Replace, diff.Update} {
		plan := &diff.Plan{
			Changes: []diff.Change{{Address: "acl/a", Action: action}},
			Steps:   []diff.Step{{Items: []diff.Item{{}}}, {Items: []diff.Item{{}}}},
		}
		r := newRunner(nil, plan, kind.Actual{})
		r.outcomes[0][0].status = Succeeded
		got := r.results()[0]
		if half := got.Note != ""; got.Status != Skipped || half != (action == diff.Replace) {
			t.Errorf("%s: %+v", action, got)
		}
	}
}

// needs is a plan that creates a policy, binds it to two APIs, unbinds the old policy from one of them, and deletes the old
// policy.
func needs() *runner {
	link := func(owner, api string) kind.Link {
		return kind.Link{Kind: "acl_binding", Owner: owner, OwnerID: "id-" + owner, ID: owner + api, To: (&kind.API{ID: api, Group: "g", Name: api}).Publication("RELEASE", "", "")}
	}
	plan := &diff.Plan{
		Changes: []diff.Change{
			{Address: "acl/new"},
			{Address: "acl_binding/new/g/1@RELEASE"},
			{Address: "acl_binding/new/g/2@RELEASE"},
			{Address: "acl_binding/old/g/1@RELEASE"},
			{Address: "acl/old", Have: &kind.Object{ID: "id-old"}},
		},
		Steps: []diff.Step{
			{Op: diff.OpCreate, Kind: "acl", Items: []diff.Item{{Change: 0}}},
			{Op: diff.OpBind, Kind: "acl_binding", Items: []diff.Item{{Change: 1, Link: link("new", "1"), Needs: []int{0}}, {Change: 2, Link: link("new", "2"), Needs: []int{0}}}},
			{Op: diff.OpUnbind, Kind: "acl_binding", Items: []diff.Item{{Change: 3, Link: link("old", "1"), Needs: []int{1}}}},
			{Op: diff.OpDelete, Kind: "acl", Items: []diff.Item{{Change: 4, Needs: []int{2}}}},
		},
	}
	return newRunner(nil, plan, kind.Actual{})
}

// TestNeeds: an item that needs a failed change is skipped and names the change that failed first; other items run.
func TestNeeds(t *testing.T) {
	why := &Failure{ErrorMsg: "no answer"}
	for _, tc := range []struct {
		name   string
		before []outcome // of steps 0, 1 (API 1), 1 (API 2), 2
		step   int
		want   *outcome // nil: it runs
	}{
		{"all is well", []outcome{{status: Succeeded}}, 1, nil},
		{"the policy failed", []outcome{{status: Failed}}, 1, &outcome{status: Skipped, waitedFor: "acl/new"}},
		{"the root is named, not the next", []outcome{{status: Failed}, {status: Skipped, waitedFor: "acl/new"}}, 2, &outcome{status: Skipped, waitedFor: "acl/new"}},
		{"only its own API matters", []outcome{{status: Succeeded}, {status: Succeeded}, {status: Failed}}, 2, nil},
		{"its own bind failed", []outcome{{status: Succeeded}, {status: Failed}, {status: Succeeded}}, 2, &outcome{status: Skipped, waitedFor: "acl_binding/new/g/1@RELEASE"}},
		{"its bind is unknown, and so is what it replaced", []outcome{{status: Succeeded}, {status: Unknown, failure: why}}, 2, &outcome{status: Unknown, failure: why}},
		{"still bound, so not deleted", []outcome{{}, {}, {}, {status: Failed}}, 3, &outcome{status: Skipped, waitedFor: "acl_binding/old/g/1@RELEASE"}},
		{"stopped before its need ran", []outcome{{}}, 1, &outcome{status: Skipped, waitedFor: "acl/new"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := needs()
			slots := []*outcome{&r.outcomes[0][0], &r.outcomes[1][0], &r.outcomes[1][1], &r.outcomes[2][0]}
			for i := range tc.before {
				*slots[i] = tc.before[i]
			}
			var got outcome
			s := &r.plan.Steps[tc.step]
			if settled := r.isDecided(s, &s.Items[0], &got); settled != (tc.want != nil) {
				t.Fatalf("settled: %v, %+v", settled, got)
			}
			if tc.want != nil && fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", *tc.want) {
				t.Errorf("got %+v, want %+v", got, *tc.want)
			}
		})
	}
}

// TestFreedIsDone: an unbind whose link was unbound early, to free its slot, has succeeded, whatever became of the bind.
func TestFreedIsDone(t *testing.T) {
	r := needs()
	r.outcomes[1][0].status = Failed
	r.freed.Store("old1", outcome{status: Succeeded, attempts: 2})
	var got outcome
	if s := &r.plan.Steps[2]; !r.isDecided(s, &s.Items[0], &got) || got.status != Succeeded || got.attempts != 2 {
		t.Errorf("%+v", got)
	}
}

// TestFail: failures carry the gateway's error, and a change that was never sent because of a stop counts as skipped.
func TestFail(t *testing.T) {
	refusal := &api.Error{Status: 400, Code: "APIG.3206", Message: "the name is taken", RequestID: "r1"}
	stop := fmt.Errorf("%w: %w", api.ErrNotSent, context.Canceled)
	for _, tc := range []struct {
		name     string
		err      error
		attempts int
		status   Status
		failure  *Failure
	}{
		{"refused", fmt.Errorf("create: %w", refusal), 1, Failed, &Failure{HTTPStatus: 400, ErrorCode: "APIG.3206", ErrorMsg: "the name is taken; and more", RequestID: "r1"}},
		{"no answer", errors.New("connection reset"), 1, Failed, &Failure{ErrorMsg: "connection reset; and more"}},
		{"stopped before", stop, 0, Skipped, nil},
		{"stopped between attempts", stop, 1, Failed, &Failure{ErrorMsg: stop.Error() + "; and more"}},
		{"not sent for another reason", api.ErrNotSent, 0, Failed, &Failure{ErrorMsg: api.ErrNotSent.Error() + "; and more"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			j := &job{out: &outcome{attempts: tc.attempts}}
			j.fail(tc.err, "and more")
			if j.out.status != tc.status {
				t.Errorf("%s, want %s", j.out.status, tc.status)
			}
			if j.out.failure != nil {
				j.out.failure.Trouble = api.Trouble{} // see TestRemedy
			}
			if d := cmp.Diff(tc.failure, j.out.failure); d != "" {
				t.Error(d)
			}
		})
	}
}

// TestCount: a request counts once for each change that it serves.
func TestCount(t *testing.T) {
	a, b := &diff.Change{}, &diff.Change{}
	jobs := []*job{{change: a, out: &outcome{}}, {change: a, out: &outcome{}}, {change: b, out: &outcome{}}, {out: &outcome{}}}
	countAttempts(jobs, 2)
	var got []int
	for _, j := range jobs {
		got = append(got, j.out.attempts)
	}
	if d := cmp.Diff([]int{2, 0, 2, 2}, got); d != "" {
		t.Error(d)
	}
}

// TestBackoff: the wait before each repeat doubles, and varies by a quarter at most.
func TestBackoff(t *testing.T) {
	for n, want := range []time.Duration{time.Second, 2 * time.Second, 4 * time.Second} {
		for range 100 {
			if got := backoff(n); got < want*3/4 || got > want*5/4 {
				t.Errorf("repeat %d after %s, want about %s", n, got, want)
			}
		}
	}
}
