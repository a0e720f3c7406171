package main

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/apigw-sync/apigw-sync/internal/world"
)

// TestUndoKilled kills an apply at any of its requests, before or after the gateway carries it out. undo must restore
// the gateway with only the file that the apply left, even if the first undo is killed, too.
func TestUndoKilled(t *testing.T) {
	for i, tc := range []struct{ twice, carried bool }{{false, false}, {false, true}, {true, false}, {true, true}} {
		t.Run(fmt.Sprintf("undo=%v carried=%v", tc.twice, tc.carried), func(t *testing.T) {
			t.Parallel()
			reached, step := true, 3 // TestUndoKilled of package reconcile covers the other requests
			if world.Raced {
				step = 9
			}
			for n := i % step; reached; n += step {
				r := newKilled(t, undoneGateway, []string{"apply"}, "--prune", "--yes", "--allow-interruption", "--parallelism", "2")
				keep(t, filepath.Join(r.folder, "gateway.yaml"), undoneFile)
				before := r.dump(t)
				r.killAt, r.carried = n, tc.carried
				reached = r.killed(t)
				if tc.twice {
					r.next(t, 7+n%9, !tc.carried)
					r.killed(t)
				}
				r.undone(t, before)
				if most := 100; n > most {
					t.Fatalf("the run takes more than %d requests", most)
				}
			}
		})
	}
}

// undone runs undo, and checks that the gateway is as it was before.
func (r *rotated) undone(t *testing.T, before []string) {
	t.Helper()
	at := fmt.Sprintf("killed at request %d, carried out: %v", r.killAt, r.carried)
	r.next(t, -1, false)
	if out, err := r.run(t.Context(), t); err != nil && !strings.Contains(r.told.String(), "there is no run to take back") {
		t.Errorf("%s: undo: %v\n%s%s", at, err, out, &r.told)
	}
	if d := cmp.Diff(before, r.dump(t)); d != "" {
		t.Errorf("%s (-before +after):\n%s\nundo says: %s", at, d, &r.told)
	}
}

// next makes undo the command to run, which is killed at its n-th request.
func (r *rotated) next(t *testing.T, n int, carried bool) {
	t.Helper()
	r.ctx, r.kill = t.Context(), func() {}
	again := newKilled(t, "", nil)
	r.ctx, r.kill = again.ctx, again.kill
	r.command, r.args, r.seen, r.killAt, r.carried = []string{"undo"}, []string{"--yes"}, 0, n, carried
}

var notKept = regexp.MustCompile(`(?m)^    [a-z_]+/.*: .*$|^  serial: .*$|app_(key|secret): [0-9a-f]{32,64}$`)

// dump returns what the gateway holds, without ids and times, as sorted lines.
func (r *rotated) dump(t *testing.T) []string {
	t.Helper()
	raw, err := r.gateway.Dump()
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(notKept.ReplaceAllString(string(raw), ""), "\n")
	for i, l := range lines {
		lines[i] = strings.TrimLeft(l, " -")
	}
	slices.Sort(lines)
	return slices.DeleteFunc(lines, func(l string) bool { return l == "" })
}

const undoneGateway = `
gateway:
  environments: [RELEASE, STAGING]
  settings:
    - {name: app_basic, enable: false, config: "off"}
    - {name: ratelimit, enable: true, config: '{"api_limits":200}'}
    - {name: request_body_size, enable: true, config: "12582912"}
  groups:
    - name: orders
      apis:
        - {name: get, method: GET, path: /get, auth_type: APP, published: [RELEASE, STAGING]}
        - {name: put, method: PUT, path: /put, auth_type: APP, published: [RELEASE]}
throttles:
  - {name: gold, time_interval: 1, time_unit: SECOND, api_call_limits: 10, apis: [orders/get], specials: [{app: mobile, call_limits: 3}]}
  - {name: bronze, time_interval: 1, time_unit: SECOND, api_call_limits: 5, apis: [orders/put]}
apps:
  - {name: mobile, app_key: mobile-key-1, app_secret: some-secret-1, access_control: {type: PERMIT, values: [10.0.0.1]}, apis: [orders/get]}
  - {name: old, remark: goes, access_control: {type: DENY, values: [10.0.0.2]}, apis: [orders/put]}
plugins:
  - {name: cross, type: cors, content: {allow_origin: "https://a.example"}, apis: [orders/get]}
acls:
  - {name: office, type: PERMIT, entity_type: IP, values: [10.0.0.9], apis: [orders/get]}
`

const undoneFile = `version: apigw-sync/v1
owns: {throttles: ["*"], apps: ["*"], plugins: ["*"], acls: ["*"]}
features: {app_basic: "on", ratelimit: {api_limits: 500, newer: 1}, request_body_size: 104857600}
throttles:
  - name: golden
    moved_from: gold
    time_interval: 1
    time_unit: SECOND
    api_call_limits: 20
    apis: [{group: orders, name: get, environment: STAGING}]
    specials: [{app: mobile, call_limits: 5}, {app: fresh, call_limits: 2}]
  - {name: silver, time_interval: 1, time_unit: SECOND, api_call_limits: 5, apis: [orders/get]}
apps:
  - {name: mobile, app_key: mobile-key-1, remark: new, access_control: {}, apis: [orders/put]}
  - {name: fresh, app_codes: {generate: 2}, apis: [orders/get]}
plugins:
  - {name: cross, type: cors, content: {allow_origin: "https://b.example"}, apis: [orders/put]}
acls:
  - {name: office, type: PERMIT, entity_type: IP, values: [10.0.0.8], apis: [orders/get, orders/put]}
`
