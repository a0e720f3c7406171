package promote

import (
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// union is the catalog of a side with what only the other one has added: so the files tell which bindings they ask
// for that the side cannot have.
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
			published := *apis[i]
			published.Published = append(slices.Clone(published.Published), kind.Publication{Env: own.Env})
			apis[i] = &published
		}
	}
	return kind.NewCatalog(apis)
}

// lacking lists the APIs that are live on one side and not on the other, those first whose bindings cannot follow.
func lacking(has, lacks *ledger, bindings map[string][]string) (out []API) {
	if has.APIs == nil || lacks.APIs == nil {
		return nil
	}
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
		stuck := slices.Clone(bindings[a.Address()])
		slices.Sort(stuck)
		out = append(out, API{
			Address: a.Address(), Method: a.Method, Path: a.Path, Lacks: lacks.Target, Absent: there == nil, Bindings: append([]string{}, stuck...),
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
