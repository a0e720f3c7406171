package emulator_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/apigw-sync/apigw-sync/internal/emulator"
)

// manyObjects returns a state with n APIs, n throttles that are bound once each, and n apps that are authorized for two
// APIs each.
func manyObjects(n int) []byte {
	var b bytes.Buffer
	b.WriteString("version: apigw-sync/v1\ngateway:\n  groups:\n")
	groups := max(1, n/500)
	for g := range groups {
		fmt.Fprintf(&b, "  - name: group_%d\n    apis:\n", g)
		for i := g; i < n; i += groups {
			fmt.Fprintf(&b, "    - {name: api_%d, method: GET, path: /v1/%d, auth_type: APP, published: [RELEASE]}\n", i, i)
		}
	}
	b.WriteString("throttles:\n")
	for i := range n {
		fmt.Fprintf(&b, "- {name: throttle_%d, time_interval: 1, time_unit: SECOND, api_call_limits: 10, apis: [group_%d/api_%d]}\n", i, i%groups, i)
	}
	b.WriteString("apps:\n")
	for i := range n {
		next := (i + 1) % n
		fmt.Fprintf(&b, "- {name: app_%d, apis: [group_%d/api_%d, group_%d/api_%d]}\n", i, i%groups, i, next%groups, next)
	}
	return b.Bytes()
}

// TestLargeStateSurvivesADump checks that a state large enough to be dumped as JSON loads as the same state.
func TestLargeStateSurvivesADump(t *testing.T) {
	c := newClient(t, string(manyObjects(3000)))
	first, err := c.g.Dump()
	if err != nil {
		t.Fatal(err)
	}
	again := newClient(t, string(first))
	second, err := again.g.Dump()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first, second) {
		t.Error("a dump of what was loaded differs")
	}
	if total := again.do("GET", "/app-auths/binded-apps?limit=1", nil, 200)["total"]; total != 6000.0 {
		t.Errorf("%v authorizations, want 6000", total)
	}
}

// BenchmarkLoad measures loading a state with many objects.
func BenchmarkLoad(b *testing.B) {
	text := manyObjects(10_000)
	for b.Loop() {
		if err := emulator.New(emulator.Options{}).Load(text); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkDump measures dumping a state with many objects.
func BenchmarkDump(b *testing.B) {
	g := emulator.New(emulator.Options{})
	if err := g.Load(manyObjects(10_000)); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := g.Dump(); err != nil {
			b.Fatal(err)
		}
	}
}
