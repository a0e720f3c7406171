package intent

import (
	"fmt"
	"slices"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// ignoreRule returns the rule that lets the gateway differ from what the files say about objects of a kind and name, or
// about links of that owner; nil if there is none. Rules about remarks and about the first reset of a quota are left
// out, because no answer depends on these.
func (w *Model) ignoreRule(kindName, name string) *kind.Ignore {
	for i := range w.ignores {
		r := &w.ignores[i]
		harmless := len(r.Fields) > 0 && !slices.ContainsFunc(r.Fields, func(f string) bool { return f != "/remark" && f != "/reset_time" })
		if r.Kind == kindName && kind.Glob(r.Name, name) && r.AppliesOn(w.today) && !harmless {
			return r
		}
	}
	return nil
}

// ignoresObject reports whether a rule ignores a whole object, not only some of its fields.
func (w *Model) ignoresObject(kindName, name string) bool {
	return slices.ContainsFunc(w.ignores, func(r kind.Ignore) bool {
		return r.Kind == kindName && len(r.Fields) == 0 && kind.Glob(r.Name, name) && r.AppliesOn(w.today)
	})
}

// applyIgnoreRules makes b open if an ignore rule lets the gateway differ from the files.
func (w *Model) applyIgnoreRules(k *kind.LinkKind, b *bound) {
	for _, what := range []string{k.Name, k.Owner} {
		if r := w.ignoreRule(what, b.owner.Key); r != nil && b.truth == yes && !b.exported {
			b.truth = open
			b.why = fmt.Sprintf("the ignore rule at %s:%d lets the gateway differ", r.Source.File, r.Source.Line)
			b.fix = fixIgnore
		}
	}
}

// whyUnknown returns why the parts or links of a kind that an object has are not known, and how to settle it.
func (w *Model) whyUnknown(owner *kind.Declared, kindName, what string) (why, fix string) {
	if r := w.ignoreRule(kindName, owner.Key); r != nil {
		return fmt.Sprintf("the ignore rule at %s:%d lets %s of %s differ on the gateway", r.Source.File, r.Source.Line, what, owner.Address()), fixIgnore
	}
	return "the files do not manage " + what + " of " + owner.Address(), fixManage
}
