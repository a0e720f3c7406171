package world

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// Group returns the name of the i-th API's group.
func (e *Estate) Group(i int) string { return fmt.Sprintf("group_%03d", i%e.Groups) }

// API returns the name of the i-th API.
func (e *Estate) API(i int) string { return fmt.Sprintf("api_%05d", i) }

// File returns the desired state as YAML: all objects, or only those with the given names.
func (e *Estate) File(names ...string) []byte {
	s, owned := State{}, map[string]any{}
	for _, section := range e.Sections {
		owned[section.Section] = []string{"*"}
		s[section.Section] = e.items(section, func(o *Object) bool { return len(names) == 0 || slices.Contains(names, o.Name) })
	}
	if len(names) > 0 {
		return render(s, nil)
	}
	return render(s, map[string]any{"owns": owned})
}

// Files returns the desired state in several files with at most that many objects each.
func (e *Estate) Files(most int) (out [][]byte) {
	for _, section := range e.Sections {
		for chunk := range slices.Chunk(section.Objects, most) {
			items := e.items(Section{section.Kind, chunk}, func(*Object) bool { return true })
			out = append(out, render(State{section.Section: items}, map[string]any{"owns": map[string]any{section.Section: []string{"*"}}}))
		}
	}
	return out
}

func (e *Estate) items(s Section, shown func(*Object) bool) []any {
	out := []any{}
	for i := range s.Objects {
		if o := &s.Objects[i]; shown(o) {
			out = append(out, e.item(s.Kind, o, !e.Sparse))
		}
	}
	return out
}

// item returns an object with its bindings; with all, also with an empty collection for each kind of part that it does not have.
func (e *Estate) item(k *kind.Kind, o *Object, all bool) map[string]any {
	item := maps.Clone(o.Item)
	for _, part := range kind.Parts(k.Name) {
		if _, has := item[part.Field]; !has && all {
			item[part.Field] = []any{}
			if part.Single {
				item[part.Field] = map[string]any{}
			}
		}
	}
	links := make([]any, len(o.Links))
	for i, at := range o.Links {
		links[i] = e.Group(at.API) + "/" + e.API(at.API)
		if at.Env > 0 {
			links[i] = map[string]any{"group": e.Group(at.API), "name": e.API(at.API), "environment": Environments[at.Env]}
		}
	}
	item["apis"] = links
	return item
}

// Bare returns the state of an emulated gateway that has only the APIs, and quotas that allow all other objects.
func (e *Estate) Bare() []byte { return e.state(false) }

// GatewayState returns the state of an emulated gateway that matches the files.
func (e *Estate) GatewayState() []byte { return e.state(true) }

// state returns JSON, which the emulator reads faster than YAML.
func (e *Estate) state(matching bool) []byte {
	const plenty = 1_000_000
	groups := make([]any, e.Groups)
	for g := range groups {
		apis := []any{}
		for i := g; i < e.APIs; i += e.Groups {
			apis = append(apis, map[string]any{"name": e.API(i), "method": "GET", "path": fmt.Sprintf("/v1/%d", i), "auth_type": "APP", "published": Environments})
		}
		groups[g] = map[string]any{"name": e.Group(g), "apis": apis}
	}
	doc := map[string]any{"version": "apigw-sync/v1", "gateway": map[string]any{
		"environments": Environments, "groups": groups,
		"quotas": map[string]int{"APP_NUM_LIMIT": plenty, "THROTTLE_NUM_LIMIT": plenty, "ACL_NUM_LIMIT": plenty, "PLUGIN_NUM_LIMIT": plenty},
	}}
	for _, s := range e.Sections {
		items := []any{}
		for i := range s.Objects {
			items = append(items, e.item(s.Kind, &s.Objects[i], false))
		}
		if matching {
			doc[s.Section] = items
		}
	}
	raw, err := json.Marshal(doc)
	if err != nil {
		panic(err) // plain maps always render
	}
	return raw
}
