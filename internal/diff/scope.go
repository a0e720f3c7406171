package diff

import (
	"fmt"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// Covers reports whether a run with these options compares an object of a kind, its parts or its links. An empty name
// asks about the kind.
func (o Options) Covers(k *kind.Kind, name string) bool {
	if k.Owner != "" {
		k = kind.Of(k.Owner)
	}
	asked := o.comparesObjects(k) ||
		slices.ContainsFunc(kind.LinksFrom(k.Name), func(l *kind.LinkKind) bool { return o.selectsKind(l.Name) }) ||
		slices.ContainsFunc(kind.Parts(k.Name), func(p *kind.Kind) bool { return o.selectsKind(p.Name) })
	return asked && (name == "" || o.selectsName(name))
}

// CoversLink reports whether a run with these options compares the links of an owner in an environment.
func (o Options) CoversLink(k *kind.LinkKind, owner, env string) bool {
	return o.CoversEnvironment(env) && o.Covers(kind.Of(k.Owner), owner)
}

// CoversEnvironment reports whether a run with these options compares links in an environment. Links without an environment are
// always compared.
func (o Options) CoversEnvironment(env string) bool {
	return env == "" || len(o.Environments) == 0 || slices.Contains(o.Environments, env)
}

// selectsKind reports whether the options select the name of a kind or of a section.
func (o Options) selectsKind(name string) bool {
	return len(o.Kinds) == 0 || slices.Contains(o.Kinds, name)
}

// comparesObjects reports whether the objects of a kind without an owner are compared themselves, and not only their parts and
// links.
func (o Options) comparesObjects(k *kind.Kind) bool {
	return o.selectsKind(k.Name) || o.selectsKind(k.Section)
}

// ComparesInside reports whether parts or links of a kind are compared: the options must select their kind or the kind of the
// owner.
func (o Options) ComparesInside(name, owner string) bool {
	return o.selectsKind(name) || o.comparesObjects(kind.Of(owner))
}

func (o Options) selectsName(key string) bool {
	return len(o.Names) == 0 || slices.ContainsFunc(o.Names, func(glob string) bool { return kind.Glob(glob, key) })
}

// Unmatched warns of selected names and environments that match nothing. Without the warning, a run with a misspelled
// name would compare nothing and report no differences.
func (o Options) Unmatched(have kind.Actual, want kind.Desired) (out []Note) {
	for _, glob := range o.Names {
		is := func(kindName, name string) bool {
			return kind.Glob(glob, name) && o.Covers(kind.Of(kindName), "")
		}
		if !slices.ContainsFunc(want.Objects, func(d kind.Declared) bool { return is(d.Kind, d.Name()) }) &&
			!slices.ContainsFunc(have.Objects, func(x kind.Object) bool { return is(x.Kind, x.Name()) }) {
			out = append(out, Note{
				Message: "--name " + glob + " matches nothing that the files declare and nothing that was read from the gateway; correct it, or check that these are the right files and kinds",
			})
		}
	}
	if len(o.Kinds)+len(o.Names) > 0 {
		return out // the selected kinds and names may have nothing in an environment that exists
	}
	for _, env := range o.Environments {
		if !inUse(env, have, want) {
			out = append(out, Note{
				Message: "--only-environment " + env + ": the files declare nothing for this environment, and nothing was read for it; check its name",
			})
		}
	}
	return out
}

// inUse reports whether the files or the gateway have an environment, or a link or an object that is for it.
func inUse(env string, have kind.Actual, want kind.Desired) bool {
	here := func(o *kind.Object) bool {
		return kind.Of(o.Kind).EnvironmentOf(o.Value).Key == env || o.Kind == kind.AnEnvironment && o.Key == env
	}
	return slices.ContainsFunc(want.Links, func(l kind.DeclaredLink) bool { return l.To.Env == env }) ||
		slices.ContainsFunc(have.Links, func(l kind.Link) bool { return l.To.Env == env }) ||
		slices.ContainsFunc(want.Objects, func(d kind.Declared) bool { return here(&d.Object) }) ||
		slices.ContainsFunc(have.Objects, func(o kind.Object) bool { return here(&o) })
}

// fixed returns the paths of changed fields that cannot change in place.
func (c *Change) fixed() (paths []string) {
	for _, f := range c.Fields {
		if slices.Contains(kind.Of(c.Kind).Immutable, f.Path) {
			paths = append(paths, f.Path)
		}
	}
	return paths
}

// guard collects the refusals of all guards.
func (c *comparison) guard() {
	for _, ch := range pointers(c.plan.Changes) {
		if ch.removes() && ch.Want != nil && ch.Want.Protected {
			c.plan.Refusals = append(c.plan.Refusals, Refusal{
				Guard: "protected", Address: ch.Address,
				Reason: ch.Address + " is protected",
				Would:  fmt.Sprintf("it would have been %sd, since %s changed", ch.Action, strings.Join(ch.fixed(), " and ")),
			})
		}
	}
	c.plan.Refusals = append(c.plan.Refusals, c.plan.TooMany(c.options.MaxDeletes)...)
	c.plan.Refusals = append(c.plan.Refusals, c.plan.interruptions()...)
	c.guardPrune()
	c.guardSlots()
	c.guardEnvironments()
}

// removes reports whether the change deletes an object, either for good or to replace it.
func (c *Change) removes() bool { return c.Action == Delete || c.Action == Replace }

// mostNamed limits the objects or APIs that a refusal names.
const mostNamed = 5

// TooMany refuses a plan with more deletes and replaces than most. If most is negative, there is no limit.
func (p *Plan) TooMany(most int) []Refusal {
	var names []string
	for i := range p.Changes {
		if p.Changes[i].removes() {
			names = append(names, p.Changes[i].Address)
		}
	}
	if most < 0 || len(names) <= most {
		return nil
	}
	return []Refusal{{
		Guard:  "max-deletes",
		Reason: fmt.Sprintf("the plan deletes or replaces %d objects; at most %d are allowed", len(names), most),
		Would:  "it would have removed " + kind.FirstOf(names, mostNamed),
		Flag:   fmt.Sprintf("--max-deletes %d", len(names)),
	}}
}

// interruptions refuses changes that interrupt calls or that affect other gateways.
func (p *Plan) interruptions() (out []Refusal) {
	for _, ch := range pointers(p.Changes) {
		if ch.Have == nil || ch.Action == Unbind {
			continue
		}
		if why := kind.Of(ch.Kind).Interrupts(ch.Have.Value); why != "" {
			out = append(out, Refusal{
				Guard: "interruption", Address: ch.Address, Flag: "--allow-interruption",
				Reason: ch.Have.Address() + " " + why, Would: "it would have been " + strings.TrimSuffix(string(ch.Action), "e") + "ed",
			})
		}
	}
	return out
}

// guardPrune refuses to delete all objects of a kind that the files own if they declare none of these, since the usual
// cause is a missing folder. Declared objects whose names the files do not own do not count, unless
// they are renamed from a name that the files own.
func (c *comparison) guardPrune() {
	for _, k := range kind.All {
		if k.Section == "" {
			continue
		}
		declared := func(d kind.Declared) bool {
			return d.Kind == k.Name && (c.owned(k.Name, d.Key) || d.MovedFrom != "" && c.owned(k.Name, d.MovedFrom))
		}
		if !c.options.Prune || c.options.AllowEmpty || slices.ContainsFunc(c.want.Objects, declared) {
			continue
		}
		n := 0
		for _, p := range c.pairs[k.Name] {
			if p.want == nil {
				n++
			}
		}
		if n > 0 {
			c.plan.Refusals = append(c.plan.Refusals, Refusal{
				Guard:  "prune-all",
				Reason: fmt.Sprintf("the files own %s but declare none of them", k.Section),
				Would:  fmt.Sprintf("all %d that they own would have been deleted", n),
				Flag:   "--allow-empty",
			})
		}
	}
}
