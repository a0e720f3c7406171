package bench

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/reconcile"
	"github.com/apigw-sync/apigw-sync/internal/reconcile/compared"
	"github.com/apigw-sync/apigw-sync/internal/spec"
	"github.com/apigw-sync/apigw-sync/internal/world"
)

const (
	latency  = 20 * time.Millisecond
	parallel = 10
)

// TestRequests compares the requests of a run with the lower bounds, and its duration with that of its requests. Time is virtual:
// it shows which requests waited for each other, and does not depend on the speed of the machine.
func TestRequests(t *testing.T) {
	sizes := []world.Size{world.OfBindings(100), world.OfBindings(1000), world.E}
	if !world.Raced { // the detector makes large estates such as E slow
		sizes = append(sizes, world.OfBindings(10_000))
	}
	for _, size := range sizes {
		t.Run(fmt.Sprint(size.Bindings), func(t *testing.T) {
			t.Parallel()
			e := world.NewEstate(size, 1)
			state := load(t, e.File())
			t.Run("diff", func(t *testing.T) { synctest.Test(t, func(t *testing.T) { unchanged(t, e, state) }) })
			t.Run("apply", func(t *testing.T) { synctest.Test(t, func(t *testing.T) { applied(t, e, state) }) })
		})
	}
}

func site(t *testing.T, state []byte) *Site {
	t.Helper()
	s, err := NewSite(state, latency, parallel)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func load(t *testing.T, file []byte) *spec.State {
	t.Helper()
	state, err := Load(file)
	if err != nil {
		t.Fatal(err)
	}
	return state
}

func compare(t *testing.T, s *Site, state *spec.State, p diff.Options) (*reconcile.Run, *compared.Result) {
	t.Helper()
	run, c, err := s.Compare(t.Context(), state, p)
	if err != nil {
		t.Fatal(err)
	}
	return run, c
}

// unchanged compares files with a gateway that matches them.
func unchanged(t *testing.T, e *world.Estate, state *spec.State) {
	s := site(t, e.GatewayState())
	began := time.Now()
	_, c := compare(t, s, state, diff.Options{})
	took := time.Since(began)
	if !c.Plan.Empty() {
		t.Fatalf("%d changes, such as %s", len(c.Plan.Changes), c.Plan.Changes[0].Address)
	}
	sent, bound := s.Sent(), Reads(e)
	if n, least := Total(sent.Reads), bound.Sum(); 100*n > 102*least || c.Reads != n {
		t.Errorf("%d reads, told as %d; %d are unavoidable\n%v\n%v", n, c.Reads, least, sent.Reads, bound)
	}
	onTime(t, e, took, Total(sent.Reads))
}

// applied fills an empty gateway, and then moves every tenth binding.
func applied(t *testing.T, e *world.Estate, state *spec.State) {
	s := site(t, e.Bare())
	began := time.Now()
	least := FirstWrites(e)
	n := apply(t, s, state, least)
	onTime(t, e, time.Since(began), n)
	other := e.Churn(10, 2)
	apply(t, s, load(t, other.File()), Binds(e, other))
}

// apply applies a comparison, compares its writes with the lower bound, and counts all requests.
func apply(t *testing.T, s *Site, state *spec.State, least Bound) int {
	t.Helper()
	run, c := compare(t, s, state, diff.Options{})
	before := Total(s.Sent().Reads)
	out := run.Apply(t.Context(), c)
	if !out.Converged || len(out.Warnings) > 0 {
		t.Errorf("converged %v, %d changes remain; %v", out.Converged, len(out.Remaining), out.Warnings)
	}
	sent := s.Sent()
	found := Bound{}
	for op, n := range sent.Writes {
		found[subjects[op]] += n
	}
	for _, what := range slices.Sorted(maps.Keys(least)) {
		if found[what] != least[what] {
			t.Errorf("%s: %d requests, %d are enough", what, found[what], least[what])
		}
	}
	if found.Sum() != least.Sum() || found.Sum() != len(c.Plan.Steps) || sent.Refused > 0 {
		t.Errorf("%d writes, planned %d, refused %d: %v", found.Sum(), len(c.Plan.Steps), sent.Refused, sent.Writes)
	}
	return before + Total(sent.Reads) + found.Sum()
}

// subjects has the keys in bounds for operations.
var subjects = operations()

func operations() map[string]string {
	out := map[string]string{}
	for _, k := range kind.All {
		out[k.Ops.Create] = k.Name
	}
	for _, l := range kind.Links {
		for _, w := range l.Bind {
			out[w.Operation] = Bind(l)
		}
		for _, w := range l.Unbind {
			out[w.Operation] = Unbind(l)
		}
	}
	return out
}

// onTime allows a run 15 % more time than its requests need. Small runs consist of a few round trips that wait for each other.
func onTime(t *testing.T, e *world.Estate, took time.Duration, requests int) {
	t.Helper()
	ideal := time.Duration(requests) * latency / parallel
	if e.Bindings >= 1000 && 100*took > 115*ideal {
		t.Errorf("%s for %d requests, which take %s", took, requests, ideal)
	}
}

// TestPullRequest: one throttle and its two bindings in estate E need few reads, both with small files and with a narrowed run.
func TestPullRequest(t *testing.T) {
	e := world.NewEstate(world.E, 1)
	gateway, err := NewSite(e.GatewayState(), 0, parallel)
	if err != nil {
		t.Fatal(err)
	}
	changed := &e.Of("throttle")[7]
	name, first := changed.Name, changed.Links[0].API
	changed.Links = changed.Links[:2]
	changed.Item["remark"] = "changed"
	group, route := e.Group(first), fmt.Sprintf("/v1/%d", first)
	small := "version: apigw-sync/v1\nthrottles:\n- {name: " + name + ", time_interval: 1, time_unit: SECOND, api_call_limits: 499, apis: [%s]}\n"
	for _, tc := range []struct {
		name    string
		file    []byte
		options diff.Options
		most    int
	}{
		{"small file", e.File(name), diff.Options{}, 5},
		{"all files, --kind and --name", e.File(), diff.Options{Kinds: []string{"throttle"}, Names: []string{name}}, 5},
		{"by path", fmt.Appendf(nil, small, "{method: GET, path: "+route+"}"), diff.Options{}, 6},       // including which policy has the slot
		{"by group", fmt.Appendf(nil, small, "{group: "+group+", name: \"api_*\"}"), diff.Options{}, 8}, // likewise, for the whole group
	} {
		t.Run(tc.name, func(t *testing.T) {
			gateway.Sent()
			_, c := compare(t, gateway, load(t, tc.file), tc.options)
			sent := gateway.Sent()
			if n := Total(sent.Reads); n > tc.most {
				t.Errorf("%d reads, %d are enough: %v", n, tc.most, sent.Reads)
			}
			if len(c.Plan.Changes) == 0 {
				t.Error("no change is seen")
			}
		})
	}
}

// TestSparse: if the files of an estate manage less, fewer reads are needed.
func TestSparse(t *testing.T) {
	e := world.NewEstate(world.OfObjects(2000), 1)
	s, err := NewSite(e.GatewayState(), 0, parallel)
	if err != nil {
		t.Fatal(err)
	}
	state, err := Load(e.Files(100)...)
	if err != nil {
		t.Fatal(err)
	}
	_, c := compare(t, s, state, diff.Options{})
	if n, least := Total(s.Sent().Reads), Reads(e).Sum(); n != least || !c.Plan.Empty() {
		t.Errorf("%d reads, %d are unavoidable; %d changes", n, least, len(c.Plan.Changes))
	}
}
