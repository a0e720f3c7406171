package diff

import (
	"slices"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// needsUpdate reports whether an update needs the request that writes the object itself, and not only separate requests
// (kind.SeparateWrite).
func needsUpdate(k *kind.Kind, ch *Change) bool {
	return slices.ContainsFunc(ch.Fields, func(f Field) bool { return !k.IsSeparate(f.Path) })
}

// separateRequests adds the steps of the separate requests of an object, one after another and all after the step that creates
// or updates the object.
func (b *builder) separateRequests(k *kind.Kind, change int, after ...int) (added []int) {
	ch := &b.plan.Changes[change]
	var have any
	if ch.Have != nil {
		have = ch.Have.Value
	}
	for i, a := range k.SeparateWrites {
		if !a.Needed(ch.Want.Value, have, ch.Action == Create) {
			continue
		}
		for n := range a.Times(have) {
			step := b.add(Step{Op: OpSet, Kind: k.Name, Operation: a.Operation, Write: i, Nth: n, Items: []Item{{Change: change, Needs: slices.Clone(after)}}})
			added, after = append(added, step), []int{step}
		}
	}
	return added
}
