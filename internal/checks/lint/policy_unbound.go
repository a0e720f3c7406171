package lint

import "github.com/apigw-sync/apigw-sync/internal/kind"

var policyUnbound = &Rule{
	ID: "AGS003", Name: "policy-unbound", Severity: Warning, Gateway: MoreWithExport,
	Title: "A policy or app is not bound to any API",
	Reason: "A policy that is not bound has no effect: it neither limits calls, nor blocks them, nor allows them. Without an " +
		"export, the rule reports an empty `apis: []`, and an empty `apps: []` of an app quota. With an export, it also " +
		"reports objects whose references match no API, and objects that have no binding in either the files or the " +
		"gateway.",
	check: func(s *subject) {
		asked, bound := map[string]bool{}, map[string]bool{}
		for i := range s.State.References {
			r := &s.State.References[i]
			asked[r.Kind+"/"+r.Owner] = true
		}
		if s.Gateway != nil {
			for _, b := range s.bound() {
				bound[b.kind+"/"+b.owner] = true
			}
		}
		for i := range s.State.Objects {
			d := &s.State.Objects[i]
			for _, link := range kind.LinksFrom(d.Kind) {
				at := link.Name + "/" + d.Key
				if bound[at] {
					continue
				}
				nothing := "is bound to no " + link.ToWord()
				const hint = "bind it, or remove it"
				switch manages := d.ManagesKind(link.Name); {
				case manages && !asked[at]:
					s.report(d, "/"+link.Field, nothing, hint)
				case link.Target != kind.APublication || s.Gateway == nil: // what else is bound on the gateway is not known
				case manages:
					s.report(d, "/"+link.Field, nothing+": no reference matches one that is published", hint)
				default:
					s.report(d, "/name", nothing+": the files leave its bindings alone, and the gateway has none", hint)
				}
			}
		}
	},
}
