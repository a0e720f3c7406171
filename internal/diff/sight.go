package diff

import (
	"fmt"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// environmentOf is the environment that an object is for, as a variable is; "" when it is for all. An environment itself is for all:
// its bindings are out of sight where it is not looked at, what it is called is not.
func environmentOf(k *kind.Kind, value any) string {
	for _, ref := range k.Refs(value) {
		if ref.Kind == kind.AnEnvironment {
			return ref.Key
		}
	}
	return ""
}

// SeesObject reports whether options let a run look at an object, by the environment that it is for.
func (o Options) SeesObject(x *kind.Object) bool {
	return len(o.Environments) == 0 || o.Sees(environmentOf(kind.Of(x.Kind), x.Value))
}

// inSight leaves out links, or objects, in environments that options do not look at.
func inSight[L any](o Options, links []L, env func(*L) string) []L {
	if len(o.Environments) == 0 {
		return links
	}
	var out []L
	for i := range links {
		if o.Sees(env(&links[i])) {
			out = append(out, links[i])
		}
	}
	return out
}

// guardSight refuses to take away what is bound, or holds something, in environments that are out of sight: there it would be
// missed. An environment that is out of sight itself is refused whatever is there.
func (c *comparison) guardSight() {
	if len(c.options.Environments) == 0 {
		return
	}
	unseen := map[string][]string{} // by address
	note := func(address, env string) {
		if !slices.Contains(unseen[address], env) {
			unseen[address] = append(unseen[address], env)
		}
	}
	for _, l := range pointers(c.have.Links) {
		if !c.options.Sees(l.To.Env) {
			note(kind.LinkOf(l.Kind).Owner+"/"+l.Owner, l.To.Env)
		}
	}
	for _, o := range pointers(c.have.Objects) {
		switch {
		case o.Kind == kind.AnEnvironment && !c.options.Sees(o.Key):
			note(o.Address(), o.Key)
		case o.Owner != "" && !c.options.SeesObject(o):
			note(kind.Of(o.Kind).Owner+"/"+o.Owner, environmentOf(kind.Of(o.Kind), o.Value))
		}
	}
	for _, ch := range pointers(c.plan.Changes) {
		if !ch.removes() || ch.Have == nil || len(unseen[ch.Have.Address()]) == 0 {
			continue
		}
		c.plan.Refusals = append(c.plan.Refusals, unsighted(ch, unseen[ch.Have.Address()]))
	}
}

// unsighted refuses to take an object away that is in use in some environments that are out of sight.
func unsighted(ch *Change, envs []string) Refusal {
	slices.Sort(envs)
	r := Refusal{Guard: "only-environment", Address: ch.Address, Would: fmt.Sprintf("it would have been %sd there, too", ch.Action)}
	switch in := strings.Join(envs, ", "); {
	case ch.Kind == kind.AnEnvironment:
		r.Reason, r.Would = fmt.Sprintf("--only-environment leaves %s out of sight", in), fmt.Sprintf("it would have been %sd", ch.Action)
	case len(kind.LinksFrom(ch.Kind)) > 0:
		r.Reason = fmt.Sprintf("%s is bound in %s, which --only-environment leaves out of sight", ch.Have.Address(), in)
	default:
		r.Reason = fmt.Sprintf("%s holds something for %s, which --only-environment leaves out of sight", ch.Have.Address(), in)
	}
	return r
}
