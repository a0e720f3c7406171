package lint

import (
	"slices"
	"strconv"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/spec"
)

var globMatchesNothing = &Rule{
	ID: "AGS008", Name: "glob-matches-nothing", Severity: Warning, Gateway: MoreWithExport,
	Title: "A glob matches nothing",
	Reason: "A misspelled glob under `owns` leaves objects unmanaged that the files were meant to own; a misspelled glob in " +
		"an ignore rule does not ignore the difference that it was written for. Without an export, the rule reports a " +
		"glob under `owns` if the files declare objects of the kind and the glob matches none of them, and an ignore rule " +
		"if only declared objects can match it. With an export, objects on the gateway count as matches too, and " +
		"references are also checked.",
	check: func(s *subject) {
		names := s.names()
		for _, k := range kind.All {
			places := s.Places.OfOwns(k.Name)
			for i, glob := range s.State.Owns[k.Name] {
				s.checkOwnedGlob(k, glob, places[i], names)
			}
		}
		for i := range s.State.Ignore {
			s.checkIgnoreRule(i, names)
		}
		s.unmatchedReferences()
	},
}

// knownNames are the names of objects by kind, sorted.
type knownNames struct{ declared, onGateway map[string][]string }

// names lists the names of objects; for parts, the names of their owners and their own keys.
func (s *subject) names() knownNames {
	n := knownNames{map[string][]string{}, map[string][]string{}}
	for i := range s.State.Objects {
		d := &s.State.Objects[i]
		n.declared[d.Kind] = append(n.declared[d.Kind], d.Name(), d.Key)
		if d.MovedFrom != "" {
			n.onGateway[d.Kind] = append(n.onGateway[d.Kind], d.MovedFrom)
		}
	}
	for _, o := range s.onGateway {
		n.onGateway[o.Kind] = append(n.onGateway[o.Kind], o.Name(), o.Key)
	}
	for _, l := range kind.Links {
		n.declared[l.Name], n.onGateway[l.Name] = n.declared[l.Owner], n.onGateway[l.Owner]
	}
	for _, by := range []map[string][]string{n.declared, n.onGateway} {
		for _, list := range by {
			slices.Sort(list)
		}
	}
	return n
}

// matches reports whether a glob matches one of the sorted names.
func matches(glob string, names []string) bool {
	prefix := glob
	if i := strings.IndexAny(glob, kind.Wildcards); i >= 0 {
		prefix = glob[:i]
	}
	from, _ := slices.BinarySearch(names, prefix)
	for _, name := range names[from:] {
		if !strings.HasPrefix(name, prefix) {
			break
		}
		if kind.Glob(glob, name) {
			return true
		}
	}
	return false
}

// checkOwnedGlob reports a glob of owns that matches no object.
func (s *subject) checkOwnedGlob(k *kind.Kind, glob string, at spec.Place, n knownNames) {
	if glob == "*" || matches(glob, n.declared[k.Name]) || s.Gateway != nil && matches(glob, n.onGateway[k.Name]) ||
		s.Gateway == nil && len(n.declared[k.Name]) == 0 { // perhaps no such object should exist
		return
	}
	hint := similarGlob(glob, n.declared[k.Name], "correct it, or suppress this finding if no such "+k.Section+" should exist")
	message := "owns matches no " + k.Name + " in the files"
	if s.Gateway != nil {
		message += ", and none on the gateway"
	}
	s.add(at, nil, strconv.Quote(glob)+" under "+message, hint)
}

// similarGlob is the hint about a glob that matches nothing: a similar name, or the beginning of a name up to an
// underscore, followed by *. If nothing is similar, it is otherwise.
func similarGlob(glob string, names []string, otherwise string) string {
	if !strings.HasSuffix(glob, "*") {
		return spec.DidYouMean(glob, names, otherwise)
	}
	var globs []string
	for _, name := range names {
		for i := range name {
			if name[i] == '_' {
				globs = append(globs, name[:i+1]+"*")
			}
		}
	}
	return spec.DidYouMean(glob, slices.Compact(globs), otherwise)
}

// checkIgnoreRule reports an ignore rule that matches no object.
func (s *subject) checkIgnoreRule(i int, n knownNames) {
	r := &s.State.Ignore[i]
	if matches(r.Name, n.declared[r.Kind]) {
		return
	}
	message := ""
	switch {
	case len(r.Fields) > 0:
		message = "no " + r.Kind + " in the files matches, and fields of undeclared objects are never compared"
	case s.Gateway != nil && !matches(r.Name, n.onGateway[r.Kind]):
		message = "no " + r.Kind + " in the files or on the gateway matches"
	case len(s.State.Owns[owner(r.Kind)]) == 0:
		message = "no " + r.Kind + " in the files matches, and owns covers none either"
	default:
		return
	}
	s.addIgnore(i, "/name", "ignores nothing: "+message, similarGlob(r.Name, n.declared[r.Kind], "correct the name, or remove the rule"))
}

// owner is the kind whose names identify the objects or links of a kind.
func owner(kindName string) string {
	if l := kind.LinkOf(kindName); l != nil {
		return l.Owner
	}
	if k := kind.Of(kindName); k.Owner != "" {
		return k.Owner
	}
	return kindName
}

// unmatchedReferences reports references that match no API of the gateway.
func (s *subject) unmatchedReferences() {
	if s.Gateway == nil {
		return
	}
	for i, apis := range s.State.Matches(s.Gateway.Catalog) {
		if r := &s.State.References[i]; len(apis) == 0 && !s.matchesObject(r) {
			link := kind.LinkOf(r.Kind)
			s.add(s.Places.OfReference(r, ""), s.byAddress[link.Owner+"/"+r.Owner], "no "+link.ToWord()+" matches "+r.String(), "correct or remove it")
		}
	}
}

// matchesObject reports whether a reference means an object of the files or of the gateway.
func (s *subject) matchesObject(r *spec.Reference) bool {
	means := func(o *kind.Object) bool { return o.Kind == r.Target() && kind.Glob(r.Text, o.Key) }
	return slices.ContainsFunc(s.State.Objects, func(d kind.Declared) bool { return means(&d.Object) }) ||
		slices.ContainsFunc(s.Gateway.Objects, func(o kind.Object) bool { return means(&o) })
}
