package emulator

import (
	"encoding/json"
	"slices"
	"strings"
)

// resource is one kind of thing on a gateway, or one way to bind things. All about it is in a file of its own; the
// rest of the emulator walks the list of all.
type resource struct {
	routes []route
	quotas []quota

	// What the state file says of it: the keys of sections, loaded in the order of resources, and dumped. What is
	// inside another's section has none of its own.
	sections []section
}

// section is one key of the state file.
type section struct {
	key string // below gateway: where it begins with "gateway."

	// load adds what the section says; dump returns what it must say, and is nil for what another section says.
	load func(*loader, json.RawMessage) error
	dump func(*dumper) any
}

// allResources are in the order in which a state file is loaded: what is referred to comes first.
func allResources() []resource {
	return []resource{
		environmentResource, instanceResource, certificateResource, groupResource, domainResource, gatewayResponseResource, apiResource, publishResource, statisticsResource,
		appResource, appCodeResource, appACLResource, authResource,
		throttleResource, specialResource, throttleBindingResource,
		pluginResource, attachResource,
		aclResource, aclBindingResource,
		appQuotaResource,
		signKeyResource, signKeyBindingResource,
		authorizerResource, channelResource, orchestrationResource, envVariableResource, trailResource,
	}
}

// sections are those of all resources.
func (s *state) sections() (all []section) {
	for _, r := range s.resources {
		all = append(all, r.sections...)
	}
	return all
}

// quotas are those of all resources, by name.
func (s *state) quotas() (all []quota) {
	for _, r := range s.resources {
		all = append(all, r.quotas...)
	}
	slices.SortFunc(all, func(a, b quota) int { return strings.Compare(a.name, b.name) })
	return all
}

// sectionOf is the section of a list of named items.
func sectionOf[F any](key string, name func(F) string, load func(*loader, F) error, dump func(*dumper) []F) section {
	return section{
		key: key,
		load: func(l *loader, raw json.RawMessage) error {
			var all []F
			if err := strict(raw, &all); err != nil {
				return err
			}
			return each(key, all, func(x F) (string, error) { return name(x), load(l, x) })
		},
		dump: func(d *dumper) any { return dump(d) },
	}
}

// dumped is all objects of a kind, each as a file has it, with their ids and times.
func dumped[F any, T object](objects func(*state) *table[T], one func(*dumper, T) F) func(*dumper) []F {
	return dumpedIf(objects, func(T) bool { return true }, one)
}

// dumpedIf is those of all objects of a kind that a section is for.
func dumpedIf[F any, T object](objects func(*state) *table[T], which func(T) bool, one func(*dumper, T) F) func(*dumper) []F {
	return func(d *dumper) (out []F) {
		t := objects(d.state)
		for _, x := range t.rows {
			if i := x.ident(); which(x) {
				out = append(out, one(d, x))
				d.note(t.kind+"/"+i.name, i.id, i.created, i.updated)
			}
		}
		return out
	}
}
