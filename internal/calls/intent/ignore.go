package intent

import (
	"fmt"
	"slices"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// ignored is the rule that lets the gateway differ from what the files say about objects of a kind and name,
// or links of that owner; nil when there is none. Remarks, and when a quota first begins anew, may differ: no answer hangs
// on them.
func (w *World) ignored(kindName, name string) *kind.Ignore {
	for i := range w.ignores {
		r := &w.ignores[i]
		harmless := len(r.Fields) > 0 && !slices.ContainsFunc(r.Fields, func(f string) bool { return f != "/remark" && f != "/reset_time" })
		if r.Kind == kindName && kind.Glob(r.Name, name) && !w.lapsed(r) && !harmless {
			return r
		}
	}
	return nil
}

func (w *World) lapsed(r *kind.Ignore) bool { return r.Until != "" && r.Until < w.today }

// ignoredWhole is whether a rule leaves an object to the gateway, whatever is in it.
func (w *World) ignoredWhole(kindName, name string) bool {
	return slices.ContainsFunc(w.ignores, func(r kind.Ignore) bool {
		return r.Kind == kindName && len(r.Fields) == 0 && kind.Glob(r.Name, name) && !w.lapsed(&r)
	})
}

// doubt leaves open whether b is as the files say, where an ignore rule lets the gateway differ.
func (w *World) doubt(k *kind.LinkKind, b *bound) {
	for _, what := range []string{k.Name, k.Owner} {
		if r := w.ignored(what, b.owner.Key); r != nil && b.truth == yes && !b.exported {
			b.truth = open
			b.why = fmt.Sprintf("the ignore rule at %s:%d lets the gateway differ", r.Source.File, r.Source.Line)
			b.fix = fixIgnore
		}
	}
}

// unknown tells why it is not known what an object has of a kind, and what would settle it.
func (w *World) unknown(owner *kind.Declared, kindName, what string) (why, fix string) {
	if r := w.ignored(kindName, owner.Key); r != nil {
		return fmt.Sprintf("the ignore rule at %s:%d lets %s of %s differ on the gateway", r.Source.File, r.Source.Line, what, owner.Address()), fixIgnore
	}
	return "the files do not manage " + what + " of " + owner.Address(), fixManage
}
