package promote

import (
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// union is the catalog of a side, plus the APIs that only the other side has. With it, the files show which bindings they
// declare that the side cannot have.
func union(own, other *Side) *kind.Catalog {
	if other.APIs == nil {
		return own.APIs
	}
	apis, at := slices.Clone(own.APIs.APIs), map[string]int{}
	for i, a := range apis {
		at[a.Address()] = i
	}
	for _, o := range other.APIs.APIs {
		if _, live := o.In(other.Env); !live {
			continue
		}
		i, known := at[o.Address()]
		if !known {
			added := *o
			added.ID, added.Published = "only "+other.Target+" "+o.ID, nil
			i, apis = len(apis), append(apis, &added)
			at[o.Address()] = i
		}
		if _, live := apis[i].In(own.Env); !live {
			apis[i] = apis[i].Copy()
			apis[i].Publish(own.Env, "", "")
		}
	}
	out := kind.NewCatalog(apis)
	out.OtherTargets = own.APIs.OtherTargets
	return out
}

// missingAPIs lists the APIs that are published on only one side. APIs with bindings that the other side cannot have
// come first.
func (c *promotion) missingAPIs(has, lacks *sideIndex) (out []API) {
	if has.APIs == nil || lacks.APIs == nil {
		return nil
	}
	stuck := c.blockedBindings(has, lacks)
	for _, a := range has.APIs.APIs {
		if _, live := a.In(has.Env); !live {
			continue
		}
		there := lacks.apis[a.Address()]
		if there != nil {
			if _, live := there.In(lacks.Env); live {
				continue
			}
		}
		out = append(out, API{
			Address: a.Address(), Method: a.Method, Path: a.Path, Lacks: lacks.Target, Absent: there == nil,
			Bindings: append([]string{}, slices.Sorted(slices.Values(stuck[a.Address()]))...),
		})
	}
	slices.SortFunc(out, func(a, b API) int {
		if (len(a.Bindings) > 0) != (len(b.Bindings) > 0) {
			return len(b.Bindings) - len(a.Bindings)
		}
		return strings.Compare(a.Address, b.Address)
	})
	return out
}

// blockedBindings returns, by API, the addresses of the bindings in a side's own environment that the other side should
// have, too: all bindings apart from those that only the files of the first side declare.
func (c *promotion) blockedBindings(has, lacks *sideIndex) map[string][]string {
	out := map[string][]string{}
	for i := range has.Have.Links {
		x := &has.Have.Links[i]
		e := has.edge(x)
		if x.To.API == nil || e.env != "" || !c.covers(x.Kind, x.Owner) || c.rules.Object(x.Kind, x.Owner) || c.rules.Object(kind.LinkOf(x.Kind).Owner, x.Owner) {
			continue
		}
		if has.bound[e] == nil || lacks.bound[e] != nil {
			out[e.target] = append(out[e.target], x.Address())
		}
	}
	return out
}
