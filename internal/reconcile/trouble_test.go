package reconcile_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
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
	"github.com/apigw-sync/apigw-sync/internal/remote"
	"github.com/apigw-sync/apigw-sync/internal/world/chaos"
)

// apis is the state of a gateway with n APIs in the group orders, all in RELEASE.
func apis(n int) string {
	var b strings.Builder
	b.WriteString("gateway:\n  environments: [RELEASE]\n  groups:\n    - name: orders\n      apis:\n")
	for i := range n {
		fmt.Fprintf(&b, "        - {name: api_%d, method: GET, path: /a/%d, auth_type: APP, published: [RELEASE]}\n", i, i)
	}
	return b.String()
}

// throttles declares n throttles.
func throttles(n int) string {
	var b strings.Builder
	b.WriteString("version: apigw-sync/v1\nthrottles:\n")
	for i := range n {
		fmt.Fprintf(&b, "  - {name: throttle_%d, time_interval: 1, time_unit: SECOND, api_call_limits: 100}\n", i)
	}
	return b.String()
}

// specials declares throttles, each with a number of special limits for accounts.
func specials(throttles, each int) string {
	var b strings.Builder
	b.WriteString("version: apigw-sync/v1\nthrottles:\n")
	for i := range throttles {
		fmt.Fprintf(&b, "  - {name: throttle_%d, time_interval: 1, time_unit: SECOND, api_call_limits: 100, specials: [", i)
		for j := range each {
			fmt.Fprintf(&b, "{user: \"%032d\", call_limits: 5}, ", j)
		}
		b.WriteString("]}\n")
	}
	return b.String()
}

const acl = "version: apigw-sync/v1\nacls:\n  - {name: office, type: PERMIT, entity_type: IP, values: [10.0.0.1], apis: %s}\n"

// bench is a gateway and a run that talks to it.
type bench struct {
	t       *testing.T
	gateway *emulator.Gateway
	run     *reconcile.Run
	client  *remote.Client
	context context.Context
}

func newBench(t *testing.T, state string, o emulator.Options, c remote.Config) *bench {
	t.Helper()
	g := emulator.New(o)
	if err := g.Load([]byte(state)); err != nil {
		t.Fatal(err)
	}
	c.Endpoint, c.ProjectID, c.InstanceID = "http://localhost", emulator.DefaultProjectID, emulator.DefaultInstanceID
	c.Credentials = remote.Credentials{Token: remote.NewSecret(emulator.DefaultToken)}
	c.Transport = emulator.Transport(g)
	client, err := remote.New(c)
	if err != nil {
		t.Fatal(err)
	}
	run := &reconcile.Run{Caller: client, Options: diff.Options{Prune: true, MaxDeletes: -1}, Parallel: max(c.Parallelism, 10)}
	return &bench{t: t, gateway: g, run: run, client: client, context: t.Context()}
}

func (b *bench) apply(file string) *reconcile.Outcome {
	b.t.Helper()
	c := compare(b.t.Context(), b.t, b.run, load(b.t, []byte(file)))
	b.gateway.ResetJournal()
	return b.run.Apply(b.context, c)
}

// faults sets rules for faults, given as text.
func (b *bench) faults(rules ...string) {
	b.t.Helper()
	var all []emulator.Fault
	for _, r := range rules {
		f, err := emulator.ParseFault(r)
		if err != nil {
			b.t.Fatal(err)
		}
		all = append(all, f)
	}
	b.gateway.SetFaults(all)
}

// writes are the requests in the journal that are not reads.
func (b *bench) writes() (out []emulator.Entry) {
	for _, e := range b.gateway.Journal() {
		if e.Method != "GET" {
			out = append(out, e)
		}
	}
	return out
}

// TestPartsOfABatch: the failed items of a batch are reported one by one, the others have succeeded, and the next run repeats only
// the failed ones.
func TestPartsOfABatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, apis(20), emulator.Options{}, remote.Config{})
		b.apply(fmt.Sprintf(acl, "[{group: orders}]"))
		none := fmt.Sprintf(acl, "[]")
		c := compare(t.Context(), t, b.run, load(t, []byte(none)))
		b.unbind(c.Actual.Links, "api_19") // by somebody else, after the gateway was read
		b.faults("op=BatchDelete* bind=orders/api_[358] code=APIG.9999")
		b.gateway.ResetJournal()
		out := b.run.Apply(t.Context(), c)

		told := map[string][]string{}
		for _, r := range out.Results {
			how := string(r.Status) + " " + r.Note
			if r.Error != nil {
				how += r.Error.ErrorCode
			}
			if (r.Status == apply.Failed) != (r.BindID == r.Change.Link.ID) {
				t.Errorf("%s has the bind id %q", describeResult(r), r.BindID)
			}
			told[how] = append(told[how], r.Change.Link.To.API.Name)
		}
		if len(told["succeeded "]) != 16 || !slices.Equal(told["succeeded was already gone"], []string{"api_19"}) ||
			!slices.Equal(told["failed APIG.9999"], []string{"api_3", "api_5", "api_8"}) || len(b.writes()) != 1 {
			t.Errorf("%d requests: %v", len(b.writes()), told)
		}

		b.faults()
		rest := b.apply(none)
		if s := apply.Summarize(rest.Results); s != (apply.Summary{Succeeded: 3}) || len(b.writes()) != 1 || len(b.writes()[0].Effects) != 3 {
			t.Errorf("the next run: %+v", s)
		}
	})
}

// unbind removes the link of an API directly on the gateway.
func (b *bench) unbind(links []kind.Link, name string) {
	b.t.Helper()
	at := slices.IndexFunc(links, func(l kind.Link) bool { return l.To.API.Name == name })
	k := kind.LinkOf(links[at].Kind)
	if _, err := b.client.Call(b.t.Context(), k.Unbind[0].Request(links[at:at+1]), nil); err != nil {
		b.t.Fatal(err)
	}
}

// TestRateLimit: on a gateway that accepts 20 requests a second, 500 changes take hardly longer than necessary, and hardly any
// request is refused.
func TestRateLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, apis(1), emulator.Options{Latency: 80 * time.Millisecond, Limit: emulator.RateLimit{Requests: 20}}, remote.Config{})
		began := time.Now()
		out := b.apply(specials(20, 24))
		took := time.Since(began)
		if s := apply.Summarize(out.Results); s.Succeeded != 500 || !out.Converged {
			t.Fatalf("%+v, converged %v", s, out.Converged)
		}
		attempts, refused := 0, 0
		for _, e := range b.gateway.Journal() {
			if attempts++; e.Status == http.StatusTooManyRequests {
				refused++
			}
		}
		carried := attempts - refused
		ideal := time.Duration(carried) * time.Second / 20
		t.Logf("%d requests, %d refused, took %s; %s at best", attempts, refused, took, ideal)
		if took > ideal*13/10 {
			t.Errorf("took %s, at best %s", took, ideal)
		}
		if refused*20 > attempts {
			t.Errorf("%d of %d requests were refused", refused, attempts)
		}
	})
}

// TestRetryBudget: if a gateway fails every write, the run stops repeating them.
func TestRetryBudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const budget = 25
		b := newBench(t, apis(1), emulator.Options{Latency: 10 * time.Millisecond}, remote.Config{RetryBudget: budget})
		b.faults("op=CreateRequest* status=500 code=APIG.9999")
		out := b.apply(throttles(60))
		if n := len(b.writes()); n > 60+budget+len(b.gateway.Journal())/10 {
			t.Errorf("%d writes for 60 changes and %d repeats", n, budget)
		}
		for _, r := range out.Results {
			if r.Status != apply.Failed || r.Error.HTTPStatus != 500 {
				t.Error(describeResult(r))
			}
		}
	})
}

// TestAttempts: each result has the number of requests for it.
func TestAttempts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, apis(3), emulator.Options{}, remote.Config{})
		b.faults("op=CreateAcl* count=1 reset", "op=CreateApiAcl* count=2 status=429")
		out := b.apply(fmt.Sprintf(acl, "[orders/api_0, orders/api_2]"))
		for _, r := range out.Results {
			want := 2 // a create whose connection broke, and its repeat
			if r.Change.Link != nil {
				want = 3 // one bind for both, refused twice
			}
			if r.Status != apply.Succeeded || r.Attempts != want {
				t.Errorf("%s, want %d attempts", describeResult(r), want)
			}
		}
	})
}

// TestUnknown: a write is unknown if neither the answer nor the gateway shows whether it was carried out.
func TestUnknown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, apis(1), emulator.Options{}, remote.Config{})
		file := "version: apigw-sync/v1\napps:\n  - {name: shop, app_codes: {generate: 2}}\n"
		b.faults("op=CreateAppCodeAuto* lost-reply", "op=ListAppCodes* status=503")
		out := b.apply(file)
		for _, r := range out.Results {
			generated := r.Change.Kind == "app_code"
			if generated && (r.Status != apply.Unknown || r.Attempts != 1 || !strings.Contains(r.Error.ErrorMsg, "its state could not be read afterwards")) {
				t.Error(describeResult(r))
			}
		}
		b.faults()
		if again := b.apply(file); len(again.Results) != 0 {
			t.Errorf("the codes were made, but the next run plans %d changes", len(again.Results))
		}
	})
}

// TestNoAnswerNoCode: the create of a code is not repeated if the gateway may still carry out the first request.
func TestNoAnswerNoCode(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, apis(1), emulator.Options{}, remote.Config{})
		b.faults("op=CreateAppCodeAuto* reset")
		out := b.apply("version: apigw-sync/v1\napps:\n  - {name: shop, app_codes: {generate: 1}}\n")
		for _, r := range out.Results {
			if r.Change.Kind == "app_code" && (r.Status != apply.Unknown || r.Attempts != 1) {
				t.Error(describeResult(r))
			}
		}
	})
}

// TestStop: after a stop no further step starts, requests in flight end within ten seconds, and every change has a status.
func TestStop(t *testing.T) {
	for _, tc := range []struct {
		name    string
		latency time.Duration
		fault   string
		within  time.Duration
	}{
		{"fast", 50 * time.Millisecond, "", time.Second},
		{"hanging", 50 * time.Millisecond, "op=CreateRequest* slow=1h", 10 * time.Second},
		{"throttled", 50 * time.Millisecond, "op=CreateRequest* skip=20 status=429", time.Second},
		{"failing", 50 * time.Millisecond, "op=CreateRequest* skip=20 status=500", time.Second},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t, apis(1), emulator.Options{Latency: tc.latency}, remote.Config{Parallelism: 4})
				if tc.fault != "" {
					b.faults(tc.fault)
				}
				ctx, stop := context.WithCancelCause(t.Context())
				b.context = ctx
				c := compare(t.Context(), t, b.run, load(t, []byte(throttles(200))))
				b.gateway.ResetJournal()
				var stopped time.Time
				time.AfterFunc(700*time.Millisecond, func() {
					stopped = time.Now()
					stop(errors.New("stopped by the signal interrupt"))
				})
				out := b.run.Apply(ctx, c)
				if took := time.Since(stopped); took > tc.within {
					t.Errorf("ended %s after the stop", took)
				}
				b.stoppedWell(out)
			})
		})
	}
}

// stoppedWell checks that results agree with the gateway, and that changes that were not begun are skipped.
func (b *bench) stoppedWell(out *reconcile.Outcome) {
	b.t.Helper()
	made := map[string]bool{}
	for _, e := range chaos.Effects(b.gateway.Journal()) {
		made[e.Name] = true
	}
	sent := 0
	for _, r := range out.Results {
		sent += r.Attempts
		ok := r.Status == apply.Succeeded && made[r.Change.Name] || r.Status == apply.Skipped && !made[r.Change.Name] && r.Attempts == 0 ||
			r.Status == apply.Unknown && r.Attempts > 0 || r.Status == apply.Failed && !made[r.Change.Name] && r.Attempts > 0
		if !ok {
			b.t.Errorf("%s; made: %v", describeResult(r), made[r.Change.Name])
		}
	}
	s := apply.Summarize(out.Results)
	b.t.Logf("%+v", s)
	if !out.Stopped || s.Skipped == 0 {
		b.t.Errorf("stopped: %v, %+v", out.Stopped, s)
	}
	if n := len(b.writes()); n != sent || n != out.Writes {
		b.t.Errorf("%d writes arrived, the results tell of %d, the run of %d", n, sent, out.Writes)
	}
}

// TestNoRoomForCodes: the plan has a warning if old and new codes together exceed the quota of an app.
func TestNoRoomForCodes(t *testing.T) {
	b := newBench(t, apis(1), emulator.Options{}, remote.Config{})
	codes := func(from, n int) string {
		var list []string
		for i := range n {
			list = append(list, fmt.Sprint(strings.Repeat("c", 64), from+i))
		}
		return "version: apigw-sync/v1\napps:\n  - {name: shop, app_codes: [" + strings.Join(list, ", ") + "]}\n"
	}
	b.apply(codes(0, 4))
	for _, tc := range []struct {
		file string
		want int
	}{{codes(10, 1), 0}, {codes(10, 3), 1}} {
		plan := compare(t.Context(), t, b.run, load(t, []byte(tc.file))).Plan
		if len(plan.Warnings) != tc.want {
			t.Errorf("%d changes: warnings %+v, want %d", len(plan.Changes), plan.Warnings, tc.want)
		}
	}
}
