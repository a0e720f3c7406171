package writeback_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/emulator"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/reconcile"
	"github.com/apigw-sync/apigw-sync/internal/reconcile/compared"
	"github.com/apigw-sync/apigw-sync/internal/remote"
	"github.com/apigw-sync/apigw-sync/internal/spec"
	"github.com/apigw-sync/apigw-sync/internal/spec/writeback"
	"github.com/apigw-sync/apigw-sync/internal/world"
)

// TestUpdateThenDiff: for random files and gateways, after an update only reported differences are left, a second update
// has nothing to do, and objects that stay keep their comments.
func TestUpdateThenDiff(t *testing.T) {
	states := uint64(20)
	if s, set := os.LookupEnv("UPDATE_STATES"); set {
		n, err := strconv.ParseUint(s, 10, 32)
		if err != nil {
			t.Fatal(err)
		}
		states = n
	}
	for seed := range states {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 31))
			w := world.New(r, world.Options{Groups: 2, APIs: 4, Policies: 5, Generate: seed%2 == 0, Unmanaged: seed%3 == 0})
			before, after, odd := w.Draw(), w.Draw(), seed%4 == 3
			if odd {
				after = w.Irregular(after)
			}
			inputs := files(t, r, seed, w, before)
			run, g := read(t, w.Gateway(after))
			result, findings, err := writeback.Run(inputs, spec.Options{Lookup: variables}, g, diff.Options{})
			if odd && err != nil && strings.Contains(err.Error(), "_binding/acl_") {
				t.Skip("an ACL whose kind of entries cannot be written back has the place of another one in the files:", err)
			}
			if err != nil {
				t.Fatalf("%v\n%s", err, show(inputs))
			}
			wrong(t, findings)
			edited := apply(inputs, result)
			leavesOnlyReported(t, compare(t, run, edited), result, odd)
			again, _, err := writeback.Run(edited, spec.Options{Lookup: variables}, g, diff.Options{})
			if err != nil || len(again.Files) > 0 {
				t.Errorf("a second update edits %+v: %v", again.Files, err)
			}
			for i := range inputs {
				commentsKept(t, inputs[i].Data, edited[i].Data)
			}
			if t.Failed() {
				t.Logf("%s\n=== edited\n%s", show(inputs), show(edited))
			}
		})
	}
}

// files are a file as a program writes it, or the files of an export, sometimes with an overlay. All are restyled to look
// as if a person had written them.
func files(t *testing.T, r *rand.Rand, seed uint64, w *world.World, state world.State) (inputs []spec.Input) {
	t.Helper()
	if seed%2 == 0 {
		inputs = exported(t, w.Gateway(state), spec.Split(append(spec.Splits(), "")[seed/2%4]))
	} else {
		inputs = []spec.Input{{Name: "gateway.yaml", Data: w.File(state)}}
	}
	for i := range inputs {
		inputs[i].Data = styled(r, inputs[i].Data)
	}
	if throttles, _ := state["throttles"].([]any); seed%3 == 1 && len(throttles) > 0 {
		first, _ := throttles[0].(map[string]any)
		inputs = append(inputs, spec.Input{Name: "overlay.yaml", Overlay: true, Data: fmt.Appendf(nil,
			"version: apigw-sync/v1\nthrottles:\n  - name: %v # head\n    api_call_limits: 2000\n    ip_call_limits: null\n    remark: over # why\n    specials: []\n", first["name"])})
	}
	return inputs
}

// apply replaces inputs by their edited versions.
func apply(inputs []spec.Input, result *writeback.Result) []spec.Input {
	out := slices.Clone(inputs)
	for _, f := range result.Files {
		for i := range out {
			if out[i].Name == f.Name {
				out[i].Data = f.Data
			}
		}
	}
	return out
}

// leavesOnlyReported: only secrets and values from variables still differ, and they were reported.
func leavesOnlyReported(t *testing.T, c *compared.Result, result *writeback.Result, odd bool) {
	t.Helper()
	kept := map[string]bool{}
	for _, k := range result.Kept {
		kept[k.Address] = true
		if !strings.Contains(k.Text, "secret") && !strings.HasPrefix(k.Text, "comes from ${") && !strings.Contains(k.Text, "no gateway shows") && !odd {
			t.Errorf("%+v", k)
		}
	}
	for _, change := range c.Plan.Changes {
		owner := change.Address
		if l := kind.LinkOf(change.Kind); l != nil {
			owner = l.Owner + "/" + change.Name
		}
		if !kept[change.Address] && !kept[owner] {
			t.Errorf("%s %s is left over", change.Action, change.Address)
		}
	}
}

func show(inputs []spec.Input) string {
	var b strings.Builder
	for _, in := range inputs {
		fmt.Fprintf(&b, "--- %s\n%s", in.Name, in.Data)
	}
	return b.String()
}

// variables have values, except those of signature keys and certificates, for which a value would have to be valid.
func variables(name string) (string, bool) {
	if strings.HasSuffix(name, "_CERT_CONTENT") || strings.HasSuffix(name, "_PRIVATE_KEY") || strings.HasSuffix(name, "_TRUSTED_ROOT_CA") {
		return "", true
	}
	if strings.HasPrefix(name, "SIGNATURE_") || regexp.MustCompile(`^[A-Z0-9]*(ODD|O\d|A_B)[A-Z0-9_]*_(KEY|SECRET)$`).MatchString(name) && !strings.HasSuffix(name, "_APP_SECRET") && !strings.HasSuffix(name, "_CLIENT_SECRET") {
		return "", true
	}
	return "value-of-" + name, true
}

var named = regexp.MustCompile(`(?m)^ *-? *(?:- )?name: ((?:throttle|app|plugin|acl)_\d) *#(head \d+)\r?$`)

// commentsKept checks that objects that still exist kept the comment after their name.
func commentsKept(t *testing.T, before, after []byte) {
	t.Helper()
	for _, found := range named.FindAllSubmatch(before, -1) {
		name, comment := found[1], found[2]
		if regexp.MustCompile(`(?m)name: `+string(name)+`\b`).Match(after) && !bytes.Contains(after, append(comment, '\n')) && !bytes.Contains(after, append(comment, '\r')) {
			t.Errorf("%s lost its comment %s\n%s\n---\n%s", name, comment, before, after)
		}
	}
}

// styled rewrites a file as people write: with comments after and between lines, blank lines, and other line ends.
func styled(r *rand.Rand, file []byte) []byte {
	var out strings.Builder
	block := -1
	for i, line := range strings.Split(strings.TrimSuffix(string(file), "\n"), "\n") {
		indent := len(line) - len(strings.TrimLeft(line, " "))
		text := strings.TrimSpace(line)
		if block >= 0 && (text == "" || indent > block) {
			out.WriteString(line + "\n")
			continue
		}
		block = -1
		if strings.HasPrefix(text, "- ") && r.IntN(4) == 0 {
			out.WriteString("\n" + strings.Repeat(" ", indent) + fmt.Sprintf("# before %d\n", i))
		}
		out.WriteString(line)
		switch {
		case strings.HasSuffix(text, "|-") || strings.HasSuffix(text, "|"):
			block = indent
		case strings.Contains(text, "name: ") && !strings.Contains(text, "#"):
			fmt.Fprintf(&out, "  #head %d", i)
		case text != "" && !strings.ContainsAny(text, `'"#`) && r.IntN(4) == 0:
			fmt.Fprintf(&out, " # behind %d", i)
		}
		out.WriteString("\n")
	}
	text := out.String()
	if r.IntN(3) == 0 {
		text = "\ufeff" + strings.ReplaceAll(text, "\n", "\r\n")
	}
	return []byte(text)
}

// read reads a whole gateway.
func read(t testing.TB, state []byte) (*reconcile.Run, writeback.Gateway) {
	t.Helper()
	g := emulator.New(emulator.Options{})
	if err := g.Load(state); err != nil {
		t.Fatalf("load the gateway: %v\n%s", err, state)
	}
	c, err := remote.New(remote.Config{
		Endpoint: "http://localhost", ProjectID: emulator.DefaultProjectID, InstanceID: emulator.DefaultInstanceID,
		Credentials: remote.Credentials{Token: remote.NewSecret(emulator.DefaultToken)}, Transport: emulator.Transport(g), Parallelism: 8,
	})
	if err != nil {
		t.Fatal(err)
	}
	run := &reconcile.Run{Caller: c, Options: diff.Options{MaxDeletes: -1, Prune: true}, Parallel: 8}
	all, err := run.Everything(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return run, writeback.Gateway{Actual: all.Actual, Catalog: all.Catalog}
}

// exported are the files of an export of a gateway, with owns.
func exported(t *testing.T, state []byte, split spec.Split) (inputs []spec.Input) {
	t.Helper()
	_, g := read(t, state)
	files, err := spec.Write(spec.Export{Objects: g.Actual.Objects, Links: g.Actual.Links, Known: g.Catalog.APIs, Split: split})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		inputs = append(inputs, spec.Input{Name: "gateway/" + f.Name, Data: f.Data})
	}
	owns := "version: apigw-sync/v1\nowns: {throttles: [\"*\"], apps: [\"*\"], plugins: [\"*\"], acls: [\"*\"]}\n"
	return append(inputs, spec.Input{Name: "gateway/owns.yaml", Data: []byte(owns)})
}

func compare(t *testing.T, run *reconcile.Run, inputs []spec.Input) *compared.Result {
	t.Helper()
	state, findings := spec.Load(inputs, spec.Options{Lookup: variables})
	wrong(t, findings)
	c, err := run.Compare(t.Context(), state)
	if err != nil {
		t.Fatal(err)
	}
	wrong(t, c.Findings)
	return c
}

func wrong(t *testing.T, findings []spec.Finding) {
	t.Helper()
	for _, f := range findings {
		if !f.Warning {
			t.Fatal(f)
		}
	}
}
