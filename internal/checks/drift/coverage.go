package drift

import (
	"context"
	"slices"
	"sync"

	"github.com/apigw-sync/apigw-sync/internal/api"
	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/fetch"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/reconcile/compared"
)

// Coverage counts the objects of a gateway that the files declare, within the scope of the run. Parts, bindings, and
// objects that every gateway has are not counted.
type Coverage struct {
	Kinds      []CoveredKind // in the order of kinds
	NotCounted []string      // kinds that the gateway does not list, sorted
	Undeclared []string      // addresses of what is not declared, sorted; nil unless they were asked for
	Narrowed   bool          // kinds or names were left out on purpose

	Environments []string // whose bindings alone were looked at; none means all
}

// CoveredKind is the coverage of one kind. Declared counts the objects of the files, even those that the gateway lacks.
type CoveredKind struct {
	Kind                 string
	Declared, Undeclared int
}

// countCoverage counts the objects of the gateway. Kinds that the comparison has listed completely need no request;
// other kinds need one request each, or more if names are requested.
func countCoverage(ctx context.Context, reader *fetch.Reader, c *compared.Result, o Options) (*Coverage, []diff.Note) {
	type count struct {
		CoveredKind
		addresses []string
		err       error
	}
	var kinds []*kind.Kind
	for _, k := range kind.All {
		if k.Owner == "" && !k.AllExist && k.ListField != "" && o.Compared.Covers(k, "") {
			kinds = append(kinds, k)
		}
	}
	counts := make([]count, len(kinds))
	var wg sync.WaitGroup
	for i, k := range kinds {
		wg.Go(func() {
			n := &counts[i]
			n.CoveredKind, n.addresses, n.err = countKind(ctx, reader, c, k, o)
		})
	}
	wg.Wait()
	out := &Coverage{Narrowed: len(o.Compared.Kinds)+len(o.Compared.Names) > 0, Environments: o.Compared.Environments}
	if o.Undeclared {
		out.Undeclared = []string{}
	}
	var notes []diff.Note
	for i := range counts {
		n := &counts[i]
		if n.err != nil {
			out.NotCounted = append(out.NotCounted, kinds[i].Name)
			if !api.MayAnswerOthers(n.err) {
				notes = append(notes, diff.Note{Message: "the number of objects of the kind " + kinds[i].Name + " could not be read: " + n.err.Error()})
			}
			continue
		}
		out.Kinds, out.Undeclared = append(out.Kinds, n.CoveredKind), append(out.Undeclared, n.addresses...)
	}
	slices.Sort(out.NotCounted)
	slices.Sort(out.Undeclared)
	return out, notes
}

// countKind counts one kind and, if requested, lists the names of what is not declared.
func countKind(ctx context.Context, reader *fetch.Reader, c *compared.Result, k *kind.Kind, o Options) (out CoveredKind, addresses []string, err error) {
	whole, held := c.Whole[k.Name], slices.DeleteFunc(slices.Clone(c.Actual.Objects), func(x kind.Object) bool { return x.Kind != k.Name })
	counted := !whole && !o.Undeclared && len(o.Compared.Names) == 0
	if !whole && !counted {
		if held, err = reader.Objects(ctx, []fetch.Want{{Kind: k, All: true}}); err != nil {
			return out, nil, err
		}
	}
	out = CoveredKind{Kind: k.Name}
	var declared map[string]bool
	declared, out.Declared = declaredNames(c.Desired.Objects, held, k, o)
	if counted {
		total, err := reader.Count(ctx, k)
		out.Undeclared = max(0, total-len(k.BuiltIn))
		for i := range held {
			if x := &held[i]; declared[x.Key] && !slices.Contains(k.BuiltIn, x.Key) {
				out.Undeclared = max(0, out.Undeclared-1)
			}
		}
		return out, nil, err
	}
	for i := range held {
		if x := &held[i]; !slices.Contains(k.BuiltIn, x.Key) && !declared[x.Key] && o.Compared.Covers(k, x.Key) {
			out.Undeclared++
			addresses = append(addresses, x.Address())
		}
	}
	if !o.Undeclared {
		addresses = nil
	}
	return out, addresses, nil
}

// declaredNames are those of a kind under which the gateway has what the files declare, and the number of the declared.
// An object has the name that it is renamed from only as long as none has the new one.
func declaredNames(desired []kind.Declared, held []kind.Object, k *kind.Kind, o Options) (names map[string]bool, declared int) {
	holds := map[string]bool{}
	for i := range held {
		holds[held[i].Key] = true
	}
	names = map[string]bool{}
	for i := range desired {
		d := &desired[i]
		if d.Kind != k.Name || !o.Compared.Covers(k, d.Name()) {
			continue
		}
		names[d.Key] = true
		if !holds[d.Key] {
			names[d.MovedFrom] = true
		}
		if !slices.Contains(k.BuiltIn, d.Key) {
			declared++
		}
	}
	return names, declared
}
