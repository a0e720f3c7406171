package bench

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/spec"
	"github.com/apigw-sync/apigw-sync/internal/world"
)

// inEstates are the kinds that TestRequests covers.
var inEstates = map[string]bool{"acl": true, "app": true, "plugin": true, "throttle": true}

// beyondLists are the kinds whose lists do not report everything that files can declare, so that each object is read as well.
var beyondLists = map[string]bool{"certificate": true, "channel": true, "orchestration": true}

// toldByOwner are the kinds of parts that the list of their owners reports.
var toldByOwner = map[string]bool{"domain": true}

// made returns the number of parts of an object that need a write. Parts that every object has as they are need none.
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

// TestRequestsOfKinds checks that kinds that are not in estates need no more requests than necessary: a write for each object and
// each part, a list for each kind, a read for each object of which the list does not report everything, and a list of parts for each
// object.
func TestRequestsOfKinds(t *testing.T) {
	const each = 8 // fewer than any quota allows
	for _, k := range kind.All {
		if k.Owner != "" || inEstates[k.Name] || k.AllExist {
			continue
		}
		t.Run(k.Name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(7, 7))
			reads, writes, items := 1+calls(each), each, []any{} // the gateway itself, and the list
			if slices.ContainsFunc(kind.Parts(k.Name), func(p *kind.Kind) bool { return p.RefersTo != "" }) {
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
					writes++ // a create cannot have it
				}
				items = append(items, o.Item)
			}
			kept(t, bare(t), map[string]any{k.Section: items}, writes, reads)
		})
	}
}

func bare(t *testing.T) *Site {
	t.Helper()
	return gatewayOf(t, "gateway: {environments: [RELEASE], groups: []}\n")
}

func gatewayOf(t *testing.T, state string) *Site {
	t.Helper()
	s, err := NewSite([]byte(state), 0, parallel)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// kept applies files to a gateway, and checks the number of writes of the apply and of reads of the comparison after it.
func kept(t *testing.T, s *Site, sections map[string]any, writes, reads int) {
	t.Helper()
	matching(t, s, sections, writes)
	_, c := compare(t, s, declared(t, sections), diff.Options{})
	if sent := s.Sent(); Total(sent.Reads) != reads || !c.Plan.Empty() {
		t.Errorf("%d reads, %d are unavoidable, %d changes: %v", Total(sent.Reads), reads, len(c.Plan.Changes), sent.Reads)
	}
}

// matching makes a gateway match files, and checks the number of writes.
func matching(t *testing.T, s *Site, sections map[string]any, writes int) {
	t.Helper()
	run, c := compare(t, s, declared(t, sections), diff.Options{})
	if out := run.Apply(t.Context(), c); !out.Converged {
		t.Fatalf("%d changes remain: %+v", len(out.Remaining), out.Remaining)
	}
	if sent := s.Sent(); Total(sent.Writes) != writes || sent.Refused > 0 {
		t.Errorf("%d writes, %d are unavoidable, %d refused: %v", Total(sent.Writes), writes, sent.Refused, sent.Writes)
	}
}

func declared(t *testing.T, sections map[string]any) *spec.State {
	t.Helper()
	doc := maps.Clone(sections)
	doc["version"] = spec.Version
	file, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	return load(t, file)
}

// TestRequestsOfFeatures: each feature needs one write, and a single list reports all of them.
func TestRequestsOfFeatures(t *testing.T) {
	for _, k := range kind.All {
		if k.AllExist {
			settings := k.Shape.Example.(map[string]any)
			kept(t, bare(t), map[string]any{k.Section: settings}, len(settings), 2)
		}
	}
}

// TestRequestsOfBindings checks that bindings of kinds that are not in estates need no more requests than necessary. Each owner is
// bound to a few targets of its own, which needs one write and one list for each owner.
func TestRequestsOfBindings(t *testing.T) {
	const owners, each = 8, 3
	for _, l := range kind.Links {
		if inEstates[l.Owner] {
			continue
		}
		t.Run(l.Name, func(t *testing.T) {
			state, targets := targetsOf(l, owners*each)
			s, r, items := gatewayOf(t, state), rand.New(rand.NewPCG(8, 8)), []any{}
			for i := range owners {
				item := world.Example(kind.Of(l.Owner), r, fmt.Sprintf("%s_%02d", l.Owner, i))
				item[l.Field] = targets[i*each : (i+1)*each]
				items = append(items, item)
			}
			files := map[string]any{kind.Of(l.Owner).Section: items}
			kept(t, s, files, owners+owners, 1+calls(owners)+calls(len(targets))+owners)
			for _, item := range items {
				item.(map[string]any)[l.Field] = []any{}
			}
			matching(t, s, files, owners*each) // no request can remove several
		})
	}
}

// targetsOf returns a gateway with that many possible targets of a kind of link, and references to them.
func targetsOf(l *kind.LinkKind, n int) (state string, refs []any) {
	section, apis := []any{}, []any{}
	for i := range n {
		name := fmt.Sprintf("target_%02d", i)
		if l.Target != kind.APublication {
			section, refs = append(section, map[string]any{"name": name}), append(refs, name)
			continue
		}
		apis = append(apis, map[string]any{"name": name, "method": "GET", "path": "/" + name, "auth_type": "APP", "published": []string{"RELEASE"}})
		refs = append(refs, "orders/"+name)
	}
	doc := map[string]any{"gateway": map[string]any{"environments": []string{"RELEASE"}, "groups": []any{map[string]any{"name": "orders", "apis": apis}}}}
	if l.Target != kind.APublication {
		doc[kind.Of(l.Target).Section] = section
	}
	raw, err := json.Marshal(doc)
	if err != nil {
		panic(err) // plain maps always render
	}
	return string(raw), refs
}

// TestRequestsOfReferences: channels with references need no more requests than channels without. The list reports names and ids,
// and channels that no file declares are not read.
func TestRequestsOfReferences(t *testing.T) {
	const canaries, backends = 3, 4
	channel := func(name string, more map[string]any) any {
		o := map[string]any{"name": name, "port": 80, "balance_strategy": "uri_hash"}
		maps.Copy(o, more)
		return o
	}
	groups := func(name string) map[string]any {
		return map[string]any{"type": "reference", "member_groups": []any{map[string]any{"name": "old", "reference_channel": name}, map[string]any{"name": "new", "reference_channel": "there"}}}
	}
	var items []any
	for i := range canaries {
		items = append(items, channel(fmt.Sprintf("canary_%d", i), groups(fmt.Sprintf("backend_%d", i))))
	}
	for i := range backends {
		items = append(items, channel(fmt.Sprintf("backend_%d", i), nil))
	}
	file, err := json.Marshal(map[string]any{"version": "apigw-sync/v1", "channels": items})
	if err != nil {
		t.Fatal(err)
	}
	s, err := NewSite([]byte("version: apigw-sync/v1\nchannels: [{name: there, port: 80, balance_strategy: uri_hash}]\n"), 0, parallel)
	if err != nil {
		t.Fatal(err)
	}
	state := load(t, file)
	run, c := compare(t, s, state, diff.Options{})
	if out := run.Apply(t.Context(), c); !out.Converged {
		t.Fatalf("%d changes remain: %+v", len(out.Remaining), out.Remaining)
	}
	if sent := s.Sent(); Total(sent.Writes) != canaries+backends || sent.Refused > 0 {
		t.Errorf("%d writes, %d refused: %v", Total(sent.Writes), sent.Refused, sent.Writes)
	}
	_, c = compare(t, s, state, diff.Options{})
	if sent, bound := s.Sent(), 1+calls(canaries+backends+1)+canaries+backends; Total(sent.Reads) != bound || !c.Plan.Empty() {
		t.Errorf("%d reads, %d are unavoidable, %d changes: %v", Total(sent.Reads), bound, len(c.Plan.Changes), sent.Reads)
	}
}
