package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/spec"
)

// everythingThere is a gateway with what files cannot create, namely APIs, and with a feature, because no feature can
// be unset.
const everythingThere = `features: {ratelimit: {api_limits: 500}}
gateway:
  groups:
    - name: shop
      apis:
        - {name: create_order, method: POST, path: /v1/orders, auth_type: APP, published: [RELEASE]}
        - {name: get_order, method: GET, path: "/v1/orders/{id}", auth_type: APP, published: [RELEASE]}
`

// everythingSecrets sets the variables of testdata/everything.yaml, and those that its export uses for the same
// secrets.
var everythingSecrets = []string{
	"ORDERS_SECRET=Xn4uQ8vLz2TqR7mC", "ORDERS_MOBILE_APP_SECRET=Xn4uQ8vLz2TqR7mC", "ORDERS_CODE=" + strings.Repeat("aB3", 22),
	"SIGN_KEY=orders_key_1", "ORDERS_SIGNING_KEY=orders_key_1", "SIGN_SECRET=Xn4uQ8vLz2TqR7mCXn4", "ORDERS_SIGNING_SECRET=Xn4uQ8vLz2TqR7mCXn4",
	"SHOP_CERT=" + madePEM("cert_content"), "SHOP_2026_CERT_CONTENT=" + madePEM("cert_content"),
	"SHOP_KEY=" + madePEM("private_key"), "SHOP_2026_PRIVATE_KEY=" + madePEM("private_key"),
}

// madePEM returns the PEM text that generated certificates have in a field.
func madePEM(key string) string {
	return kind.Of("certificate").Shape.Field(key).Samples["ECC"][0].(string)
}

// everything runs commands against gateways whose state is kept in files.
type everything struct {
	*testing.T
	dir string
}

// run runs a command against a gateway and checks its exit code.
func (e *everything) run(code int, gateway string, args ...string) string {
	e.Helper()
	var out, errs bytes.Buffer
	p := &program{Stdin: &bytes.Buffer{}, Stdout: &out, Stderr: &errs, Environ: append([]string{"XDG_STATE_HOME=" + e.dir}, everythingSecrets...)}
	if got := p.Main(append(args, "--endpoint", "emulator:"+gateway)); got != code {
		e.Fatalf("%s: exit code %d, want %d\n%s%s", strings.Join(args, " "), got, code, &out, &errs)
	}
	return out.String()
}

// same checks that a gateway matches a file, and that applying the file again writes nothing.
func (e *everything) same(gateway, file string) {
	e.Helper()
	e.run(exitDone, gateway, "diff", "-f", file, "--detailed-exitcode")
	before := content(e.T, gateway)
	var d struct{ Requests struct{ Write int } }
	if err := json.Unmarshal([]byte(e.run(exitDone, gateway, "apply", "-f", file, "--yes", "-o", "json")), &d); err != nil {
		e.Fatal(err)
	}
	if d.Requests.Write != 0 {
		e.Errorf("apply of %s again writes %d times", file, d.Requests.Write)
	}
	if diff := cmp.Diff(before, content(e.T, gateway)); diff != "" {
		e.Errorf("apply of %s again changes the gateway:\n%s", file, diff)
	}
}

// TestEverything creates an object of every kind on an empty gateway from one file, in one run. An export of that
// gateway must create an identical second one, and a file that owns everything and declares nothing must empty it.
func TestEverything(t *testing.T) {
	e := &everything{t, t.TempDir()}
	one, other := filepath.Join(e.dir, "one.yaml"), filepath.Join(e.dir, "other.yaml")
	for _, gateway := range []string{one, other} {
		keep(t, gateway, everythingThere)
	}
	before := e.run(exitDone, one, "export", "--all-kinds", "--with-apis")

	file := filepath.Join("..", "..", "testdata", "everything.yaml")
	holdsEverything(t, file)
	e.run(exitDone, one, "apply", "-f", file, "--yes", "--allow-interruption")
	e.same(one, file)

	export := filepath.Join(e.dir, "export.yaml")
	keep(t, export, e.run(exitDone, one, "export", "--all-kinds"))
	e.same(one, export)
	e.run(exitDone, other, "apply", "-f", export, "--yes", "--allow-interruption")
	e.same(other, export)
	if d := cmp.Diff(content(t, export), e.run(exitDone, other, "export", "--all-kinds")); d != "" {
		t.Errorf("the gateway made from an export is another one (-first +second):\n%s", d)
	}

	nothing := filepath.Join(e.dir, "nothing.yaml")
	keep(t, nothing, emptied())
	e.run(exitRefused, one, "apply", "-f", nothing, "--prune", "--yes")
	e.run(exitDone, one, "apply", "-f", nothing, "--prune", "--yes", "--allow-empty", "--allow-interruption", "--max-deletes", "1000")
	if d := cmp.Diff(before, e.run(exitDone, one, "export", "--all-kinds", "--with-apis")); d != "" {
		t.Errorf("the emptied gateway is not what it was at first (-first +emptied):\n%s", d)
	}
}

// holdsEverything checks that a file declares an object of each kind and a reference for each kind of link.
func holdsEverything(t *testing.T, file string) {
	t.Helper()
	state, findings := spec.Load([]spec.Input{{Name: file, Data: []byte(content(t, file))}}, spec.Options{Lookup: func(name string) (string, bool) {
		i := slices.IndexFunc(everythingSecrets, func(s string) bool { return strings.HasPrefix(s, name+"=") })
		return everythingSecrets[max(i, 0)][len(name)+1:], i >= 0
	}})
	for _, f := range findings {
		t.Errorf("%s", f)
	}
	for _, k := range kind.All {
		if !slices.ContainsFunc(state.Objects, func(d kind.Declared) bool { return d.Kind == k.Name }) {
			t.Errorf("%s declares no %s: add one", file, k.Name)
		}
	}
	for _, l := range kind.Links {
		if !slices.ContainsFunc(state.References, func(r spec.Reference) bool { return r.Kind == l.Name }) {
			t.Errorf("%s asks for no %s: add one", file, l.Name)
		}
	}
}

// emptied returns a file that owns what testdata/everything.yaml declares, and declares nothing.
func emptied() string {
	var owns, sections strings.Builder
	for _, k := range kind.All {
		if k.Section == "" {
			continue
		}
		glob := "*"
		if k.Name == kind.AGroup {
			glob = "orders*" // the other group has APIs, so it cannot be deleted
		}
		fmt.Fprintf(&owns, "  %s: [%q]\n", k.Section, glob)
		fmt.Fprintf(&sections, "%s: []\n", k.Section)
	}
	return "version: apigw-sync/v1\nowns:\n" + owns.String() + sections.String()
}
