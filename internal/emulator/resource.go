package emulator

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
)

// resource is a kind of object on a gateway, or a kind of binding. Each is defined in a file of its own. The rest of the emulator
// only uses the list of all resources.
type resource struct {
	routes []route
	quotas []quota

	// The sections of the state file with the objects of this resource. There are none if the objects are in the section of another
	// resource.
	sections []section
}

// section is a key of the state file.
type section struct {
	key string // a key that begins with "gateway." is inside the section gateway

	// load adds the content of the section; dump returns it. dump is nil if another section has the same content.
	load func(*loader, json.RawMessage) error
	dump func(*dumper) any
}

// allResources is in the order in which a state file is loaded: what others refer to comes first.
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

// sections returns the sections of all resources.
func (s *state) sections() (all []section) {
	for _, r := range s.resources {
		all = append(all, r.sections...)
	}
	return all
}

// quotas returns the quotas of all resources, sorted by name.
func (s *state) quotas() (all []quota) {
	for _, r := range s.resources {
		all = append(all, r.quotas...)
	}
	slices.SortFunc(all, func(a, b quota) int { return strings.Compare(a.name, b.name) })
	return all
}

// listSection returns a section that is a list of named items.
func listSection[F any](key string, name func(F) string, load func(*loader, F) error, dump func(*dumper) []F) section {
	return section{
		key: key,
		load: func(l *loader, raw json.RawMessage) error {
			var all []F
			if err := decodeStrict(raw, &all); err != nil {
				return err
			}
			return each(key, all, func(x F) (string, error) { return name(x), load(l, x) })
		},
		dump: func(d *dumper) any { return withoutEmptyMembers(dump(d)) },
	}
}

// withoutEmptyMembers returns items without the members whose values are empty, because loading sets these to the same values.
// Forms of the state file can thus share structs with bodies and answers of the API, which have all members.
func withoutEmptyMembers[F any](items []F) []any {
	out := make([]any, len(items))
	fields := reflect.VisibleFields(reflect.TypeFor[F]())
	for i, item := range items {
		if out[i] = item; reflect.TypeFor[F]().Implements(reflect.TypeFor[json.Marshaler]()) {
			continue
		}
		members, v := map[string]any{}, reflect.ValueOf(item)
		for _, f := range fields {
			name, option, _ := strings.Cut(f.Tag.Get("json"), ",")
			x := v.FieldByIndex(f.Index)
			empty := x.IsZero() && (x.Kind() != reflect.Bool || option == "omitempty")
			if name != "" && name != "-" && !empty && (x.Kind() != reflect.Slice || x.Len() > 0) {
				members[name] = x.Interface()
			}
		}
		out[i] = members
	}
	return out
}

// dumpAll returns a function that dumps all objects of a kind, with their ids and times.
func dumpAll[F any, T object](objects func(*state) *table[T], one func(*dumper, T) F) func(*dumper) []F {
	return dumpSome(objects, func(T) bool { return true }, one)
}

// dumpSome is like dumpAll, for some of the objects of a kind.
func dumpSome[F any, T object](objects func(*state) *table[T], which func(T) bool, one func(*dumper, T) F) func(*dumper) []F {
	return func(d *dumper) (out []F) {
		t := objects(d.state)
		for _, x := range t.rows {
			if i := x.ident(); which(x) {
				out = append(out, one(d, x))
				d.saveIdentity(t.kind+"/"+i.name, i.id, i.created, i.updated)
			}
		}
		return out
	}
}
