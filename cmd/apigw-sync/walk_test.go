package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/apigw-sync/apigw-sync/internal/emulator"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/report/sample"
	"github.com/apigw-sync/apigw-sync/internal/world"
)

// Checks that do not apply to some kinds, with the reason for each.
var (
	noQuotaShown = map[string]string{
		"plugin":        "gateways do not tell how many plugins they take",
		"app_quota":     "gateways do not tell how many quotas of apps they take",
		"authorizer":    "gateways do not tell how many authorizers they take",
		"certificate":   "certificates are those of the project, of which gateways tell no quota",
		"channel":       "gateways do not tell how many channels they take",
		"feature":       "every gateway has those that it supports",
		"orchestration": "gateways do not tell how many orchestration rules they take",
	}
	noRotation = map[string]string{
		"certificate": "its key changes with it: a renewed one in the files updates it in place",
		"plugin":      "its secrets are those of other systems, which files change",
		"signature":   "backends verify with it, so that nothing but a change of the files, at a time of their choice, is right",
	}
)

// walker checks every part of the program with one object of each kind, bound to one API.
type walker struct {
	*testing.T
	dir    string
	items  map[string]map[string]any // by kind: an object with parts of each kind
	others map[string]map[string]any // other values for the same objects

	drawnOnce map[string][]turn // by kind: see turns
}

func newWalker(t *testing.T) *walker {
	w := &walker{T: t, dir: t.TempDir(), items: map[string]map[string]any{}, others: map[string]map[string]any{}, drawnOnce: map[string][]turn{}}
	r := rand.New(rand.NewPCG(1, 1))
	for _, k := range kind.All {
		if k.Section != "" {
			w.items[k.Name], w.others[k.Name] = world.Example(k, r, "one_"+k.Name), world.Example(k, r, "one_"+k.Name)
		}
	}
	return w
}

// TestEveryKindIsKnownEverywhere runs each part of the program to check that it knows each kind and each kind of
// link. A failure says what is missing, and where to add it.
func TestEveryKindIsKnownEverywhere(t *testing.T) {
	w := newWalker(t)
	w.keep("gateway.yaml", w.file(w.items))
	t.Run("files", w.inFiles)
	t.Run("apply", w.applied)
	t.Run("emulator", w.emulated)
	t.Run("write back", w.writtenBack)
	t.Run("documentation", w.documented)
	t.Run("random", w.drawn)
}

// sub returns the walker for a subtest.
func (w *walker) sub(t *testing.T) *walker { v := *w; v.T = t; return &v }

const walkedAPI = `{"environments": ["RELEASE"], "groups": [{"name": "orders", "apis": [{"name": "create", "method": "POST", "path": "/orders", "auth_type": "APP", "published": ["RELEASE"]}]}]}`

// file returns a file with an object of each kind, bound to the API or to the link's target.
func (w *walker) file(items map[string]map[string]any) map[string]any {
	doc := map[string]any{"version": "apigw-sync/v1"}
	for name, item := range items {
		item = maps.Clone(item)
		for _, link := range kind.LinksFrom(name) {
			item[link.Field] = []any{"orders/create"}
			if link.Target != kind.APublication {
				item[link.Field] = []any{"one_" + link.Target}
			}
		}
		if doc[kind.Of(name).Section] = []any{item}; kind.Of(name).AllExist {
			doc[kind.Of(name).Section] = map[string]any{item["name"].(string): item["config"]}
		}
	}
	return doc
}

func (w *walker) keep(name string, doc map[string]any) string {
	w.Helper()
	raw, err := yaml.Marshal(doc)
	path := filepath.Join(w.dir, name)
	if err == nil {
		err = os.WriteFile(path, raw, 0o600)
	}
	if err != nil {
		w.Fatal(err)
	}
	return path
}

// gateway serves an emulator with the API and these objects.
func (w *walker) gateway(items map[string]map[string]any) (g *emulator.Gateway, url string) {
	w.Helper()
	return w.loaded(emulator.Behaviour{}, w.file(items))
}

// loaded serves an emulator with this behaviour, the API and a document.
func (w *walker) loaded(b emulator.Behaviour, doc map[string]any) (g *emulator.Gateway, url string) {
	w.Helper()
	doc = maps.Clone(doc)
	doc["gateway"] = json.RawMessage(walkedAPI)
	raw, err := json.Marshal(doc)
	if err != nil {
		w.Fatal(err)
	}
	g = emulator.New(emulator.Options{Behaviour: b})
	if err := g.Load(raw); err != nil {
		w.Fatalf("the emulator does not load what files have: %v\nlet the resource's file in internal/emulator have a section that takes every key of the kind's shape\n%s", err, raw)
	}
	server := httptest.NewServer(g)
	w.Cleanup(server.Close)
	return g, server.URL
}

// run runs the program; url is "" if it needs no gateway.
func (w *walker) run(url string, args ...string) (stdout string, code int) {
	w.Helper()
	var out, errs bytes.Buffer
	p := &program{Stdin: &bytes.Buffer{}, Stdout: &out, Stderr: &errs, Environ: []string{"XDG_STATE_HOME=" + w.dir}}
	if url != "" {
		p.Environ = append(p.Environ, "APIGW_SYNC_ENDPOINT="+url, "APIGW_SYNC_PROJECT_ID="+emulator.DefaultProjectID,
			"APIGW_SYNC_INSTANCE_ID="+emulator.DefaultInstanceID, "APIGW_SYNC_TOKEN="+emulator.DefaultToken, "APIGW_SYNC_CTS_ENDPOINT="+url)
	}
	for _, name := range []string{"KAFKA_PASSWORD", "OIDC_SECRET"} { // variables of the examples
		p.Environ = append(p.Environ, name+"=correct-horse")
	}
	code = p.Main(args)
	if code != 0 && errs.Len() > 0 {
		w.Logf("%s: exit code %d\n%.1500s", strings.Join(args, " "), code, errs.String())
	}
	return out.String(), code
}

// allKinds returns the names of all kinds of objects and links.
func allKinds() (all []string) {
	for _, k := range kind.All {
		all = append(all, k.Name)
	}
	for _, l := range kind.Links {
		all = append(all, l.Name)
	}
	return all
}

// tells checks that a text contains each of these words.
func (w *walker) tells(text string, words []string, complaint string) {
	w.Helper()
	for _, word := range words {
		if !strings.Contains(text, word) {
			w.Errorf(complaint, word)
		}
	}
}

func inQuotes(words []string) (out []string) {
	for _, word := range words {
		out = append(out, `"`+word+`"`)
	}
	return out
}

// inFiles checks the commands that need only files.
func (w *walker) inFiles(t *testing.T) {
	w = w.sub(t)
	file := filepath.Join(w.dir, "gateway.yaml")
	if _, code := w.run("", "validate", "-f", file); code != 0 {
		w.Errorf("the loader refuses a file with an object of each kind; see Shape, Check and CheckIn of the kind in internal/kind")
	}
	schema, _ := w.run("", "schema", "config")
	for _, k := range kind.All {
		path := k.Section
		if k.Owner != "" {
			path = kind.Of(k.Owner).Section + "." + k.Field
		}
		if !strings.Contains(schema, `"`+first(k.Section, k.Field)+`"`) {
			w.Errorf("the JSON Schema has no key %s: give %s a Section, or its owner's Shape a field, in internal/kind", path, k.Name)
		}
		if out, code := w.run("", "explain-field", path); code != 0 || out == "" {
			w.Errorf("explain-field knows nothing of %s: the Shape of %s lacks words", path, k.Name)
		}
	}
	for _, k := range kind.All {
		if k.Section == "" || len(w.secretsOf(k)) == 0 {
			continue
		}
		inClear := !strings.Contains(fmt.Sprint(w.items[k.Name]), "${")
		if out, _ := w.run("", "validate", "--lint", "-f", file, "-o", "json"); inClear && !strings.Contains(out, `"`+k.Name+"/one_"+k.Name+`"`) {
			w.Errorf("lint says nothing of the secrets of %s, which the file has in clear: let Secrets of the kind name them, or add a rule in internal/checks/lint", k.Name)
		}
		if help, _ := w.run("", "rotate", "--help"); !strings.Contains(help, k.Name) && noRotation[k.Name] == "" {
			w.Errorf("rotate knows no secrets of %s: add a command in internal/checks/rotate, or the reason to noRotation in this file", k.Name)
		}
	}
}

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// secretsOf returns the pointers to the secrets of the kind's object.
func (w *walker) secretsOf(k *kind.Kind) []string {
	o, err := k.Declare(w.items[k.Name])
	if err != nil {
		w.Fatal(err)
	}
	return k.SecretsIn(o.Value)
}

// applied checks the commands that show a plan, apply it, or read the gateway afterwards.
func (w *walker) applied(t *testing.T) {
	w = w.sub(t)
	file := filepath.Join(w.dir, "gateway.yaml")
	_, url := w.gateway(nil)
	plan, _ := w.run(url, "diff", "-f", file, "-o", "json")
	w.tells(plan, inQuotes(allKinds()), "diff plans no change of kind %s, though the file has one: see fetch and diff, which walk kind.All and kind.Links")
	drift, _ := w.run(url, "drift", "-f", file, "-o", "json")
	w.tells(drift, inQuotes(allKinds()), "drift tells nothing of kind %s: see internal/checks/drift")
	doctor, _ := w.run(url, "doctor", "-f", file, "-o", "json")
	for _, k := range kind.All {
		if k.Section != "" && noQuotaShown[k.Name] == "" && !strings.Contains(doctor, "quota of "+k.Section) {
			w.Errorf("doctor does not look whether there is room for %s: give %s the name of its quota, Limit, in internal/kind, or the reason in noQuotaShown of this file", k.Section, k.Name)
		}
	}
	if _, code := w.run(url, "apply", "-f", file, "--yes", "--allow-interruption"); code != 0 {
		w.Fatalf("apply fails on an object of each kind: exit code %d; see Encode of the kinds and the emulator's refusals", code)
	}
	if _, code := w.run(url, "diff", "-f", file, "--detailed-exitcode"); code != 0 {
		w.Errorf("something is left after apply: what Encode of a kind sends, Decode must read back")
	}
	folder := filepath.Join(w.dir, "export")
	if _, code := w.run(url, "export", "--all-kinds", "--output-file", folder, "--split", "kind"); code != 0 {
		w.Errorf("export fails: exit code %d", code)
	}
	exported := w.read(folder)
	explained, _ := w.run(url, "explain", "orders/create", "-f", file, "-o", "json")
	for _, k := range kind.All {
		if k.Section != "" {
			w.tells(exported, []string{k.Section + ":", w.called(k)}, "the export has no %s: internal/spec/write.go walks kind.All")
			w.explained(explained, k)
		} else if !strings.Contains(exported, k.Field+":") {
			w.Errorf("the export has no %s of %s: see Items and Tree of %s", k.Field, k.Owner, k.Name)
		}
	}
	w.changed(url)
}

// changed updates all objects with one apply, and removes them with another.
func (w *walker) changed(url string) {
	w.Helper()
	owns := map[string]any{}
	for _, k := range kind.All {
		if k.Section != "" && !k.AllExist {
			owns[k.Section] = []any{"one_*"}
		}
	}
	nothing := map[string]any{"version": "apigw-sync/v1", "owns": owns}
	for _, x := range []struct {
		doing string
		file  map[string]any
	}{{"updates", w.file(w.others)}, {"deletes", nothing}} {
		path := w.keep(x.doing+".yaml", x.file)
		out, code := w.run(url, "apply", "-f", path, "--yes", "--allow-interruption", "--max-deletes", "-1", "--prune", "--allow-empty")
		if code != 0 {
			w.Errorf("apply ends with exit code %d; see the routes of %s in internal/emulator\n%s", code, x.doing, out)
		}
	}
}

// explained checks that explain shows an object that is bound to the API, or to the app that may call it.
func (w *walker) explained(text string, k *kind.Kind) {
	w.Helper()
	if len(kind.LinksFrom(k.Name)) == 0 {
		return
	}
	if !strings.Contains(text, `"name": "one_`+k.Name+`"`) {
		w.Errorf("explain does not show the %s that is bound to the API or to its app: list it in internal/calls/explain and in text_explain.go of internal/report", k.Name)
	}
}

// read returns the text of all files in a folder.
func (w *walker) read(folder string) string {
	w.Helper()
	var all strings.Builder
	files, err := filepath.Glob(filepath.Join(folder, "*"))
	if err != nil {
		w.Fatal(err)
	}
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			w.Fatal(err)
		}
		all.Write(raw)
	}
	return all.String()
}

// emulated checks what the emulator loads, dumps and counts.
func (w *walker) emulated(t *testing.T) {
	w = w.sub(t)
	g, url := w.gateway(w.items)
	if _, code := w.run(url, "diff", "-f", filepath.Join(w.dir, "gateway.yaml"), "--detailed-exitcode"); code != 0 {
		w.Errorf("a gateway that loaded the file differs from it: load in the resource's file of internal/emulator leaves something out")
	}
	dump, err := g.Dump()
	if err != nil {
		w.Fatal(err)
	}
	again := emulator.New(emulator.Options{})
	if err := again.Load(dump); err != nil {
		w.Errorf("the emulator does not load what it dumped: %v", err)
	}
	server := httptest.NewServer(again)
	defer server.Close()
	if _, code := w.run(server.URL, "diff", "-f", filepath.Join(w.dir, "gateway.yaml"), "--detailed-exitcode"); code != 0 {
		w.Errorf("a gateway that loaded its own dump differs from the file: dump in the resource's file of internal/emulator leaves something out")
	}
	twice, err := again.Dump()
	if d := cmp.Diff(w.parsed(dump), w.parsed(twice)); err != nil || d != "" {
		w.Errorf("a dump that was loaded is dumped otherwise (%v): dump and load of a resource in internal/emulator disagree\n%s", err, d)
	}
	for _, k := range kind.All {
		if k.Section == "" {
			if !strings.Contains(string(dump), k.Field+":") {
				w.Errorf("the emulator dumps no %s of %s: see the file of the owner's resource in internal/emulator", k.Field, k.Owner)
			}
			continue
		}
		w.tells(string(dump), []string{k.Section + ":", w.called(k)}, "the emulator dumps no %s: its resource in internal/emulator needs a section with dump")
		if noQuotaShown[k.Name] == "" && !w.counted(k) {
			w.Errorf("no quota of the emulator counts %s: give its resource in internal/emulator one, and ask for room where it is created", k.Section)
		}
	}
}

// called returns how documents name the object of a kind.
func (w *walker) called(k *kind.Kind) string {
	name, _ := w.items[k.Name]["name"].(string)
	if k.AllExist {
		return name
	}
	return "name: " + name
}

func (w *walker) parsed(document []byte) (v any) {
	w.Helper()
	if err := yaml.Unmarshal(document, &v); err != nil {
		w.Fatal(err)
	}
	return v
}

// counted reports whether the gateway counts an object of the kind against a quota.
func (w *walker) counted(k *kind.Kind) bool {
	w.Helper()
	used := func(items map[string]map[string]any) (n float64) {
		_, url := w.gateway(items)
		answer, err := sender(w.T, url)("GET", "/"+strings.Join(kind.ListQuotas().Path, "/")+"?limit=500", nil)
		if err != nil {
			answer, err = sender(w.T, url)("GET", "/../../../"+strings.Join(kind.ListQuotas().Path, "/"), nil)
		}
		if err != nil {
			w.Fatal(err)
		}
		list, _ := answer["configs"].([]any)
		for _, x := range list {
			q, _ := x.(map[string]any)
			u, _ := q["used"].(float64)
			n += u
		}
		return n
	}
	return used(map[string]map[string]any{k.Name: w.items[k.Name]}) > used(nil)
}

// writtenBack checks that export --update writes changes of the gateway into the files.
func (w *walker) writtenBack(t *testing.T) {
	w = w.sub(t)
	_, url := w.gateway(w.others)
	edited := w.keep("edited.yaml", w.file(w.items))
	if _, code := w.run(url, "export", "--update", edited); code != 0 && code != 3 { // 3, because secrets are not written
		w.Errorf("export --update fails: exit code %d", code)
	}
	left, _ := w.run(url, "diff", "-f", edited, "-o", "json")
	type field struct {
		Path      string
		Sensitive bool
	}
	var plan struct {
		Changes []struct {
			Kind, Address string
			Fields        []field
		}
	}
	if err := json.Unmarshal([]byte(left), &plan); err != nil {
		w.Fatal(err)
	}
	for _, c := range plan.Changes {
		secret := slices.ContainsFunc(c.Fields, func(f field) bool { return f.Sensitive || slices.Contains(kind.Of(c.Kind).WriteOnly, f.Path) })
		if !secret {
			w.Errorf("export --update leaves %s in the files as it was: see Pack and Place of %s in internal/kind, and internal/spec/writeback", c.Address, c.Kind)
		}
	}
}

// documented checks the reference pages and the samples of reports.
func (w *walker) documented(t *testing.T) {
	w = w.sub(t)
	pages := map[string]string{}
	for _, page := range []string{"files", "operations"} {
		raw, err := os.ReadFile(filepath.Join("..", "..", "docs", "reference", page+".md"))
		if err != nil {
			w.Fatal(err)
		}
		pages[page] = string(raw)
	}
	shown := map[string]bool{}
	for _, c := range sample.Changes() {
		shown[c.Kind] = true
	}
	operations := map[string][]string{}
	for _, k := range kind.All {
		w.tells(pages["files"], []string{first(k.Section, k.Field)}, "docs/reference/files.md does not tell of %s; run make docs")
		operations[k.Name] = []string{k.Ops.List, k.Ops.Create, k.Ops.Delete}
	}
	for _, l := range kind.Links {
		operations[l.Name] = []string{l.OfOwner.Operation, l.Bind[0].Operation, l.Unbind[0].Operation}
	}
	for _, name := range allKinds() {
		w.tells(pages["operations"], operations[name], "docs/reference/operations.md lacks %s: add it with its permission in internal/api/operations.go and run make docs")
		if !shown[name] {
			w.Errorf("no sample of a report shows a change of %s: internal/report/sample draws kinds that it does not name", name)
		}
	}
}

// drawn checks that random states contain each kind of object and link.
func (w *walker) drawn(t *testing.T) {
	w = w.sub(t)
	r := rand.New(rand.NewPCG(2, 2))
	found := map[string]bool{}
	for range 20 {
		v := world.New(r, world.Options{Groups: 1, APIs: 4, Policies: 3})
		for section, list := range v.Draw() {
			for _, x := range list.([]any) {
				item := x.(map[string]any)
				found[section] = true
				for key, inside := range item {
					if fmt.Sprint(inside) != "[]" && fmt.Sprint(inside) != "map[]" {
						found[section+"."+key] = true
					}
				}
			}
		}
	}
	for _, k := range kind.All {
		path := k.Section
		if k.Owner != "" {
			path = kind.Of(k.Owner).Section + "." + k.Field
		}
		if !found[path] && !k.AllExist { // the gateway has no objects with made-up names
			w.Errorf("random states hold no %s: world draws %s from its Shape; give it an Example or Made", path, k.Name)
		}
	}
	for _, l := range kind.Links {
		if !found[kind.Of(l.Owner).Section+"."+l.Field] {
			w.Errorf("random states bind no %s: world draws links of kind.Links", l.Owner)
		}
	}
}
