package spec

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestPlaces: single values are found in files and overlays, including those of parts, references and ignore rules.
func TestPlaces(t *testing.T) {
	const file = `version: apigw-sync/v1
owns: {throttles: [a, b]}
throttles:
  - name: orders
    time_interval: 1
    time_unit: SECOND
    api_call_limits: 800
    specials:
      - {user: one, call_limits: 1}
      - {user: two, call_limits: 2}
    apis:
      - {group: orders, name: x}
ignore:
  - {kind: acl, name: x}
  - {kind: acl, name: z, until: 2027-01-01}
`
	const overlay = `version: apigw-sync/v1
throttles:
  - api_call_limits: 900
    name: orders
`
	state, places, findings := LoadPlaces([]Input{{Name: "a", Data: []byte(file)}, {Name: "b", Data: []byte(overlay), Overlay: true}}, Options{}, "none")
	for _, f := range findings {
		t.Fatal(f)
	}
	show := func(p Place) string { return location(p.Source) + " " + p.Path }
	got := []string{
		show(places.Of(&state.Objects[0], "")),
		show(places.Of(&state.Objects[0], "/time_unit")),
		show(places.Of(&state.Objects[0], "/api_call_limits")),
		show(places.Of(&state.Objects[0], "/remark")),
		show(places.Of(&state.Objects[2], "/call_limits")),
		show(places.OfReference(&state.References[0], "/name")),
		show(places.OfIgnore(1, "/until")),
		show(places.OfOwns("throttle")[1]),
	}
	for _, s := range places.ItemStarts(&state.Objects[2]) {
		got = append(got, "begins "+location(s))
	}
	want := []string{
		"a:4:5 /throttles/0",
		"a:6:16 /throttles/0/time_unit",
		"b:3:22 /throttles/0/api_call_limits",
		"a:4:5 /throttles/0",
		"a:10:34 /throttles/0/specials/1/call_limits",
		"a:12:31 /throttles/0/apis/0/name",
		"a:15:33 /ignore/1/until",
		"a:2:23 /owns/throttles/1",
		"begins a:4:5", "begins b:3:5",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
}
