package reconcile_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/emulator"
	"github.com/apigw-sync/apigw-sync/internal/reconcile"
	"github.com/apigw-sync/apigw-sync/internal/remote"
)

// forgetful is a transport that removes a member from answers.
type forgetful struct {
	http.RoundTripper
	member string
}

func (f forgetful) RoundTrip(q *http.Request) (*http.Response, error) {
	a, err := f.RoundTripper.RoundTrip(q)
	if err != nil || f.member == "" {
		return a, err
	}
	body, err := io.ReadAll(a.Body)
	_ = a.Body.Close()
	body = bytes.ReplaceAll(body, []byte(`"`+f.member+`"`), []byte(`"forgotten"`))
	a.Body, a.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	a.Header.Del("Content-Length")
	return a, err
}

// TestPlacesUntold: the lists of APIs that a policy is not bound to may lack the name of the policy that each API has. Then the
// bindings are read in another way, and these slots never count as free.
func TestPlacesUntold(t *testing.T) {
	var state, file strings.Builder
	state.WriteString("gateway:\n  groups:\n    - name: orders\n      apis:\n")
	file.WriteString("version: apigw-sync/v1\nowns: {throttles: [ours]}\nthrottles:\n  - {name: ours, time_interval: 1, time_unit: SECOND, api_call_limits: 5, apis: [{group: orders}]}\n")
	for i := range 20 {
		fmt.Fprintf(&state, "        - {name: api_%d, method: GET, path: /%d, auth_type: NONE, published: [RELEASE]}\n", i, i)
	}
	state.WriteString("throttles:\n  - {name: ours, time_interval: 1, time_unit: SECOND, api_call_limits: 5}\n")
	for i := range 15 {
		fmt.Fprintf(&state, "  - {name: theirs_%d, time_interval: 1, time_unit: SECOND, api_call_limits: 5, apis: [orders/api_%d]}\n", i, i)
	}
	var plans [2]string
	for i, member := range []string{"", "throttle_name"} {
		g := gateway(t, []byte(state.String()), emulator.Behaviour{})
		c, err := remote.New(remote.Config{
			Endpoint: "http://localhost", ProjectID: emulator.DefaultProjectID, InstanceID: emulator.DefaultInstanceID,
			Credentials: remote.Credentials{Token: remote.NewSecret(emulator.DefaultToken)}, Transport: forgetful{emulator.Transport(g), member}, Parallelism: 8,
		})
		if err != nil {
			t.Fatal(err)
		}
		found := compare(t.Context(), t, &reconcile.Run{Caller: c, Options: diff.Options{MaxDeletes: -1}, Parallel: 8}, load(t, []byte(file.String())))
		asked := 0
		for _, e := range g.Journal() {
			if e.Operation == "ListApisUnbindedToRequestThrottlingPolicyV2" {
				asked++
			}
		}
		if asked != 1 {
			t.Errorf("asked %d times for free places", asked)
		}
		for _, ch := range found.Plan.Changes {
			for _, d := range ch.Displaces {
				plans[i] += ch.Address + " displaces " + d.Address() + "\n"
			}
		}
	}
	if n := strings.Count(plans[0], "\n"); n != 15 {
		t.Errorf("%d places are taken, want 15:\n%s", n, plans[0])
	}
	if d := cmp.Diff(plans[0], plans[1]); d != "" {
		t.Errorf("(-told +untold):\n%s", d)
	}
}

// TestRoomOnlyAsShown: if a gateway refuses a bind to a taken slot, the run unbinds only policies that the plan shows as displaced,
// and none that was bound after the comparison.
func TestRoomOnlyAsShown(t *testing.T) {
	const state = `
gateway:
  groups: [{name: orders, apis: [{name: get, method: GET, path: /get, auth_type: NONE, published: [RELEASE]}, {name: put, method: PUT, path: /put, auth_type: NONE, published: [RELEASE]}]}]
acls:
  - {name: shown, type: PERMIT, entity_type: IP, values: [10.0.0.1], apis: [orders/get]}
  - {name: later, type: PERMIT, entity_type: IP, values: [10.0.0.2]}
`
	acls := func(name, apis string) []byte {
		return fmt.Appendf(nil, "version: apigw-sync/v1\nacls:\n  - {name: %s, type: PERMIT, entity_type: IP, values: [10.0.0.2], apis: [%s]}\n", name, apis)
	}
	g := gateway(t, []byte(state), emulator.Behaviour{Rebind: "reject"})
	run := &reconcile.Run{Caller: client(t, g), Options: diff.Options{MaxDeletes: -1}, Parallel: 8}
	first := compare(t.Context(), t, run, load(t, acls("mine", "orders/get, orders/put")))
	later := run.Apply(t.Context(), compare(t.Context(), t, run, load(t, acls("later", "orders/put"))))
	if !later.Converged {
		t.Fatal(describe(later.Remaining))
	}
	g.ResetJournal()
	out := run.Apply(t.Context(), first)
	shown(t, out, g.Journal())
	got := map[string]string{}
	for _, r := range out.Results {
		got[r.Change.Address] = string(r.Status)
		if r.Error != nil {
			got[r.Change.Address] += " " + r.Error.ErrorMsg[strings.Index(r.Error.ErrorMsg, ";")+1:]
		}
	}
	want := map[string]string{
		"acl/mine":                            "succeeded",
		"acl_binding/mine/orders/get@RELEASE": "succeeded",
		"acl_binding/mine/orders/put@RELEASE": "failed  acl/later is bound there, which the plan does not show; compare again",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}
