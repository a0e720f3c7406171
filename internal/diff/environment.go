package diff

import (
	"fmt"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// CoversEnvironmentOf reports whether a run with these options compares an object, by the environment that it is for.
func (o Options) CoversEnvironmentOf(x *kind.Object) bool {
	return len(o.Environments) == 0 || o.CoversEnvironment(kind.Of(x.Kind).EnvironmentOf(x.Value).Key)
}

// covered returns the links or objects of environments that a run with these options compares.
func covered[L any](o Options, links []L, env func(*L) string) []L {
	if len(o.Environments) == 0 {
		return links
	}
	var out []L
	for i := range links {
		if o.CoversEnvironment(env(&links[i])) {
			out = append(out, links[i])
		}
	}
	return out
}

// guardEnvironments refuses to delete or replace objects that are bound, or hold something, in environments that
// --only-environment leaves out: calls there may need them. It refuses to remove an environment that is left out
// itself, whatever is in it.
func (c *comparison) guardEnvironments() {
	if len(c.options.Environments) == 0 {
		return
	}
	leftOut := map[string][]string{} // by address
	note := func(address, env string) {
		if !slices.Contains(leftOut[address], env) {
			leftOut[address] = append(leftOut[address], env)
		}
	}
	for _, l := range pointers(c.have.Links) {
		if !c.options.CoversEnvironment(l.To.Env) {
			note(l.OwnerAddress(), l.To.Env)
		}
	}
	for _, o := range pointers(c.have.Objects) {
		switch {
		case o.Kind == kind.AnEnvironment && !c.options.CoversEnvironment(o.Key):
			note(o.Address(), o.Key)
		case o.Owner != "" && !c.options.CoversEnvironmentOf(o):
			note(kind.Of(o.Kind).Owner+"/"+o.Owner, kind.Of(o.Kind).EnvironmentOf(o.Value).Key)
		}
	}
	for _, ch := range pointers(c.plan.Changes) {
		if !ch.removes() || ch.Have == nil || len(leftOut[ch.Have.Address()]) == 0 {
			continue
		}
		c.plan.Refusals = append(c.plan.Refusals, leftOutRefusal(ch, leftOut[ch.Have.Address()]))
	}
}

// leftOutRefusal returns the refusal to delete or replace an object that is in use in environments which are left out.
func leftOutRefusal(ch *Change, envs []string) Refusal {
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
