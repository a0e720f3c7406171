package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// behind is a change to the gateway that the files do not know about, and what each command should report about it.
type behind struct {
	apis   string // APIs that the file binds the throttle "limit" to
	groups string // the gateway's groups after the change; "" means ordinary
	bound  string // what the throttle is bound to after the change; "" means the same as apis
	more   string // further sections of the file

	wrong   string // problems of references, joined by commas; if there are any, diff and apply exit with 1, and drift with 2
	changes string // the differences, one per line
	note    string // text that a warning of every command contains
}

const (
	ordinary = `{name: orders, apis: [` + buy + `, ` + look + `]}`
	buy      = `{name: buy, method: POST, path: /buy, auth_type: APP, tags: [public], published: [RELEASE]}`
	look     = `{name: look, method: GET, path: /look, auth_type: APP, published: [RELEASE, STAGING]}`
	offline  = `{name: orders, apis: [{name: buy, method: POST, path: /buy, auth_type: APP, tags: [public], published: []}, ` + look + `]}`
	drafted  = `{name: orders, apis: [` + buy + `, ` + look + `, {name: draft, method: GET, path: /draft, auth_type: APP, tags: [public]}]}`
	renamed  = `{name: orders, apis: [{name: purchase, method: POST, path: /buy, auth_type: APP, tags: [public], published: [RELEASE]}, ` + look + `]}`
	moved    = `{name: orders, apis: [` + look + `]}, {name: shop, apis: [` + buy + `]}`
	regroup  = `{name: sales, apis: [` + buy + `, ` + look + `]}`
	without  = `{name: other, apis: []}`
	changed  = `{name: orders, apis: [{name: buy, method: PUT, path: /buy, auth_type: APP, tags: [public], published: [RELEASE]}, ` + look + `]}`
	doubled  = `{name: orders, apis: [` + buy + `, {name: sell, method: PUT, path: /buy, auth_type: APP, published: [RELEASE]}]}, {name: shop, apis: [` + buy + `]}`
	restage  = `{name: orders, apis: [{name: look, method: GET, path: /look, auth_type: APP, published: [RELEASE, STAGE]}]}`
	kept     = `[{group: orders, name: buy, offline: true}]` // how the emulator writes a binding to an API that was taken offline
	second   = `  - {name: second, time_interval: 1, time_unit: DAY, api_call_limits: 5, apis: [{group: shop}]}`
)

// TestBehindOurBack changes an API, a group or an environment outside of the tool. drift must report references that
// lead nowhere and compare the rest, diff and apply must refuse only what is referred to by name, and nothing may be
// unbound because an API is offline.
func TestBehindOurBack(t *testing.T) {
	for name, c := range map[string]behind{
		"nothing": {apis: `[orders/buy, {group: orders, name: look}]`},

		"offline, by text":             {apis: `[orders/buy]`, groups: offline, bound: kept, wrong: "not published"},
		"offline, by name":             {apis: `[{group: orders, name: buy}]`, groups: offline, bound: kept, wrong: "not published"},
		"offline, by method and path":  {apis: `[{method: POST, path: /buy}]`, groups: offline, bound: kept, wrong: "not published"},
		"offline, optional":            {apis: `[{group: orders, name: buy, optional: true}]`, groups: offline, bound: kept, note: "existing bindings to it stay"},
		"offline, by group":            {apis: `[{group: orders}]`, groups: offline, bound: `[{group: orders, name: buy, offline: true}, orders/look]`, note: "existing bindings to it stay"},
		"offline, by glob":             {apis: `[{name: "b*"}]`, groups: offline, bound: kept, note: "orders/buy (published nowhere) is not published in RELEASE"},
		"offline, by tag":              {apis: `[{tags: [public]}]`, groups: offline, bound: kept, note: "published nowhere"},
		"offline, and never bound":     {apis: `[{group: orders}]`, groups: offline, bound: `[orders/look]`, note: "published nowhere"},
		"offline, the rest has moved":  {apis: `[{group: orders}]`, groups: offline, bound: kept, note: "published nowhere", changes: "bind orders/look@RELEASE"},
		"offline, in one of two":       {apis: `[{group: orders, environment: STAGING}, orders/look]`, bound: `[{group: orders, name: look, environment: STAGING}, orders/look]`, note: "orders/buy (published in RELEASE) is not published in STAGING"},
		"offline, beside a wrong unit": {apis: `[orders/buy, orders/gone, orders/look]`, groups: offline, bound: kept, wrong: "not published,no such API", changes: "bind orders/look@RELEASE"},

		"deleted, by text":        {apis: `[orders/buy]`, groups: `{name: orders, apis: [` + look + `]}`, bound: `[]`, wrong: "no such API"},
		"deleted, optional":       {apis: `[{group: orders, name: buy, optional: true}]`, groups: `{name: orders, apis: [` + look + `]}`, bound: `[]`, note: "no API matches {group: orders, name: buy}"},
		"deleted, by group":       {apis: `[{group: orders}]`, groups: `{name: orders, apis: [` + look + `]}`, bound: `[orders/look]`},
		"renamed, by text":        {apis: `[orders/buy]`, groups: renamed, bound: `[orders/purchase]`, wrong: "no such API", changes: "unbind orders/purchase@RELEASE"},
		"renamed, by group":       {apis: `[{group: orders}]`, groups: renamed, bound: `[orders/purchase, orders/look]`},
		"renamed, by path":        {apis: `[{method: POST, path: /buy}]`, groups: renamed, bound: `[orders/purchase]`},
		"moved, by text":          {apis: `[orders/buy]`, groups: moved, bound: `[shop/buy]`, wrong: "no such API", changes: "unbind shop/buy@RELEASE"},
		"moved, by name":          {apis: `[{name: buy}]`, groups: moved, bound: `[shop/buy]`},
		"moved, by group":         {apis: `[{group: orders}]`, groups: moved, bound: `[shop/buy, orders/look]`, changes: "unbind shop/buy@RELEASE"},
		"moved, taken":            {apis: `[{name: buy}]`, groups: moved, bound: `[shop/buy]`, more: second, wrong: "place taken", changes: "create throttle/second"},
		"a draft comes, by group": {apis: `[{group: orders}]`, groups: drafted, bound: `[orders/buy, orders/look]`, note: "orders/draft (published nowhere)"},
		"a draft comes, by tag":   {apis: `[{tags: [public]}]`, groups: drafted, bound: `[orders/buy]`, note: "orders/draft (published nowhere)"},
		"nothing but drafts":      {apis: `[{group: orders}]`, groups: `{name: orders, apis: [{name: draft, method: GET, path: /draft, auth_type: APP}]}`, bound: `[]`, note: "published nowhere"},
		"published anew":          {apis: `[orders/buy, {tags: [public]}]`},

		"group renamed, by group": {apis: `[{group: orders}]`, groups: regroup, bound: `[sales/buy, sales/look]`, wrong: "no such API", changes: "unbind sales/buy@RELEASE\nunbind sales/look@RELEASE"},
		"group renamed, by text":  {apis: `[orders/buy]`, groups: regroup, bound: `[sales/buy]`, wrong: "no such API", changes: "unbind sales/buy@RELEASE"},
		"group deleted, by group": {apis: `[{group: orders}]`, groups: without, bound: `[]`, wrong: "no such API"},
		"group deleted, optional": {apis: `[{group: orders, optional: true}]`, groups: without, bound: `[]`, note: "no API matches {group: orders}"},
		"group made anew":         {apis: `[{group: orders}, orders/buy]`, bound: `[]`, changes: "bind orders/buy@RELEASE\nbind orders/look@RELEASE"},

		"method changed":                 {apis: `[{method: POST, path: /buy}]`, groups: changed, bound: `[orders/buy]`, wrong: "no such API", changes: "unbind orders/buy@RELEASE"},
		"two at the path":                {apis: `[{path: /buy}]`, groups: doubled, bound: `[orders/buy]`, changes: "bind orders/sell@RELEASE\nbind shop/buy@RELEASE"},
		"two of the name":                {apis: `[{name: buy}]`, groups: doubled, bound: `[orders/buy]`, changes: "bind shop/buy@RELEASE"},
		"a second of the name, a draft":  {apis: `[{name: buy}]`, groups: ordinary + `, {name: shop, apis: [{name: buy, method: POST, path: /buy, auth_type: APP}]}`, bound: `[orders/buy]`, note: "shop/buy (published nowhere)"},
		"environment renamed, by text":   {apis: `[{group: orders, name: look, environment: STAGING}]`, groups: restage, bound: `[{group: orders, name: look, environment: STAGE}]`, wrong: "no such environment", changes: "unbind orders/look@STAGE"},
		"environment renamed, by group":  {apis: `[{group: orders, environment: STAGING}]`, groups: restage, bound: `[{group: orders, name: look, environment: STAGE}]`, wrong: "no such environment", changes: "unbind orders/look@STAGE"},
		"environment deleted":            {apis: `[{group: orders, environment: TEST}]`, bound: `[]`, wrong: "no such environment"},
		"environment deleted, optional":  {apis: `[{group: orders, environment: TEST, optional: true}]`, bound: `[]`, note: "there is no environment TEST"},
		"an app that is gone, a special": {apis: `[orders/buy]`, more: "    specials: [{app: gone_app, call_limits: 1}]", wrong: "does not exist", changes: "create throttle_special/limit/app:gone_app"},
	} {
		t.Run(name, func(t *testing.T) { c.try(t) })
	}
}

func (b behind) try(t *testing.T) {
	dir := t.TempDir()
	file, state := filepath.Join(dir, "gateway.yaml"), filepath.Join(dir, "state.yaml")
	write := func(path, text string) {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if b.groups == "" {
		b.groups = ordinary
	}
	if b.bound == "" {
		b.bound = b.apis
	}
	const limit = "  - name: limit\n    time_interval: 1\n    time_unit: SECOND\n    api_call_limits: 10\n    apis: "
	write(file, "version: apigw-sync/v1\nthrottles:\n"+limit+b.apis+"\n"+b.more+"\n")
	environments := "[RELEASE, STAGING]"
	if strings.Contains(b.groups, "STAGE]") {
		environments = "[RELEASE, STAGE]"
	}
	write(state, "throttles:\n"+limit+b.bound+"\ngateway:\n  environments: "+environments+"\n  groups: ["+b.groups+"]\n")

	drifts := exitDone
	if b.changes != "" || b.wrong != "" {
		drifts = exitDiffers
	}
	d := b.run(t, file, state, "drift", "--traffic", "off")
	b.judge(t, "drift", d, drifts, b.changes)
	for _, r := range d.References {
		if r.Source.File == "" || r.Source.Line == 0 || r.Reference == "" {
			t.Errorf("drift: no place or name: %+v", r)
		}
	}
	if b.wrong != "" {
		for _, args := range [][]string{{"diff"}, {"apply", "--yes"}} {
			if got := b.run(t, file, state, args...); got.code != exitError || len(got.Errors) == 0 {
				t.Errorf("%s: exit code %d, errors %v", args[0], got.code, got.Errors)
			}
		}
		return
	}
	b.judge(t, "diff", b.run(t, file, state, "diff"), exitDone, b.changes)
	if got := b.run(t, file, state, "apply", "--yes"); got.code != exitDone {
		t.Errorf("apply: exit code %d, errors %v", got.code, got.Errors)
	}
	b.judge(t, "diff after apply", b.run(t, file, state, "diff", "--detailed-exitcode"), exitDone, "")
	after, err := os.ReadFile(state)
	if err != nil {
		t.Fatal(err)
	}
	if was, is := strings.Count(b.bound, "offline: true"), strings.Count(string(after), "offline: true"); was != is {
		t.Errorf("of %d bindings to what is offline %d are left", was, is)
	}
}

// told is the JSON output of a command.
type told struct {
	code       int
	Errors     []struct{ Message string }
	Warnings   []struct{ Message, Hint string }
	Changes    []struct{ Address, Action string }
	References []struct {
		Source struct {
			File string
			Line int
		}
		Reference, Environment, Problem string
	}
}

func (b behind) run(t *testing.T, file, state string, args ...string) (out told) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	p := &program{Stdin: &bytes.Buffer{}, Stdout: &stdout, Stderr: &stderr, Environ: []string{"APIGW_SYNC_ENDPOINT=emulator:" + state, "XDG_STATE_HOME=" + filepath.Dir(state)}}
	code := p.Main(append(args, "-f", file, "-o", "json"))
	if err := json.Unmarshal(stdout.Bytes(), &out); err != nil {
		t.Fatalf("%s: %v\n%s%s", args[0], err, stdout.String(), stderr.String())
	}
	out.code = code
	return out
}

// judge compares the output of a command with what the case expects.
func (b behind) judge(t *testing.T, name string, got told, code int, changes string) {
	t.Helper()
	var lines, problems, warnings []string
	for _, c := range got.Changes {
		lines = append(lines, c.Action+" "+strings.TrimPrefix(c.Address, "throttle_binding/limit/"))
	}
	for _, r := range got.References {
		problems = append(problems, r.Problem)
	}
	for _, w := range got.Warnings {
		warnings = append(warnings, w.Message+"; "+w.Hint)
		if strings.Contains(b.apis, "optional: true") && strings.Contains(w.Hint, "optional") {
			t.Errorf("%s: advises what is there already: %s", name, w.Hint)
		}
	}
	if got.code != code {
		t.Errorf("%s: exit code %d, want %d: %v", name, got.code, code, got.Errors)
	}
	if d := cmp.Diff(changes, strings.Join(lines, "\n")); d != "" {
		t.Errorf("%s: changes (-want +got):\n%s", name, d)
	}
	if d := cmp.Diff(b.wrong, strings.Join(problems, ",")); d != "" && name == "drift" {
		t.Errorf("%s: references (-want +got):\n%s", name, d)
	}
	if all := strings.Join(warnings, "\n"); !strings.Contains(all, b.note) || b.note == "" && all != "" {
		t.Errorf("%s: warnings\n%s\nwant %q", name, all, b.note)
	}
}
