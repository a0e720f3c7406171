package bench

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/world"
)

// inEstates are the kinds that TestRequests is about. Features, of which a gateway has a fixed list, are in neither.
var inEstates = map[string]bool{"acl": true, "app": true, "plugin": true, "throttle": true}

// beyondLists are the kinds of which a list does not tell all that files say, so that each object is read, too.
var beyondLists = map[string]bool{"certificate": true, "channel": true, "orchestration": true}

// toldByOwner are the kinds of what lives inside others that the list of these tells.
var toldByOwner = map[string]bool{"domain": true}

// made is how much of what lives inside an object takes a write: not what every one has as it is.
func made(part *kind.Kind, inside any) (n int) {
	items, isList := inside.([]any)
	if !isList && inside != nil {
		items = []any{inside}
	}
	for _, item := range items {
		if !slices.ContainsFunc(part.Items("", item), func(o kind.Object) bool { return part.Untouched(&o) }) {
			n++
		}
	}
	return n
}

// TestRequestsOfKinds holds what kinds that are not in estates take against what is unavoidable: a write for each object and
// what lives in it, a list of each kind, what lists leave out, and one list for each object of what lives in it.
func TestRequestsOfKinds(t *testing.T) {
	const each = 8 // fewer than any quota allows
	for _, k := range kind.All {
		if k.Owner != "" || inEstates[k.Name] || k.Given {
			continue
		}
		t.Run(k.Name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(7, 7))
			reads, writes, items := 1+calls(each), each, []any{} // the gateway itself, and the list
			if slices.ContainsFunc(kind.Parts(k.Name), func(p *kind.Kind) bool { return p.Refers != "" }) {
				reads++ // the list of what it refers to
			}
			if beyondLists[k.Name] {
				reads += each
			}
			for i := range each {
				o := world.Object{Item: world.Example(k, r, fmt.Sprintf("%s_%02d", k.Name, i))}
				for _, part := range kind.Parts(k.Name) {
					if !toldByOwner[part.Name] {
						reads++
					}
					writes += made(part, o.Item[part.Field])
				}
				if _, has := o.Item["debug_domain"]; has {
					writes++ // which no create takes
				}
				items = append(items, o.Item)
			}
			file, err := json.Marshal(map[string]any{"version": "apigw-sync/v1", k.Section: items})
			if err != nil {
				t.Fatal(err)
			}
			s, err := NewSite([]byte("version: apigw-sync/v1\ngateway: {environments: [RELEASE], groups: []}\n"), 0, parallel)
			if err != nil {
				t.Fatal(err)
			}
			state := load(t, file)
			run, c := compare(t, s, state, diff.Policy{})
			if out := run.Apply(t.Context(), c); !out.Converged {
				t.Fatalf("%d changes remain: %+v", len(out.Remaining), out.Remaining)
			}
			if sent := s.Sent(); Total(sent.Writes) != writes || sent.Refused > 0 {
				t.Errorf("%d writes, %d are unavoidable, %d refused: %v", Total(sent.Writes), writes, sent.Refused, sent.Writes)
			}
			_, c = compare(t, s, state, diff.Policy{})
			if sent := s.Sent(); Total(sent.Reads) != reads || !c.Plan.Empty() {
				t.Errorf("%d reads, %d are unavoidable, %d changes: %v", Total(sent.Reads), reads, len(c.Plan.Changes), sent.Reads)
			}
		})
	}
}
