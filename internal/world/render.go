package world

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// Group is the name of the group of the i-th API.
func (e *Estate) Group(i int) string { return fmt.Sprintf("group_%03d", i%e.Groups) }

// API is the name of the i-th API.
func (e *Estate) API(i int) string { return fmt.Sprintf("api_%05d", i) }

// File is the desired state as YAML: all objects, or those of some names.
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

// Files is the desired state in files of at most so many objects each.
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

// item is an object with its bindings, and with collections that hold nothing where all are to be managed.
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

// Bare is the state of an emulated gateway that has the APIs and nothing else, with room for all the rest.
func (e *Estate) Bare() []byte { return e.state(false) }

// Held is the state of an emulated gateway that matches the files.
func (e *Estate) Held() []byte { return e.state(true) }

// state is JSON, which an emulator reads faster than YAML.
func (e *Estate) state(held bool) []byte {
	const room = 1_000_000
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
		"quotas": map[string]int{"APP_NUM_LIMIT": room, "THROTTLE_NUM_LIMIT": room, "ACL_NUM_LIMIT": room, "PLUGIN_NUM_LIMIT": room},
	}}
	for _, s := range e.Sections {
		items := []any{}
		for i := range s.Objects {
			items = append(items, e.item(s.Kind, &s.Objects[i], false))
		}
		if held {
			doc[s.Section] = items
		}
	}
	raw, err := json.Marshal(doc)
	if err != nil {
		panic(err) // plain maps always render
	}
	return raw
}
