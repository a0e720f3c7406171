package report

import (
	"fmt"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/checks/promote"
	"github.com/apigw-sync/apigw-sync/internal/report/document"
)

func viewPromotion(d *document.Promotion) *view {
	s := d.Summary
	v := &view{
		Command: "promote", Head: document.Head{FormatVersion: d.FormatVersion, ToolVersion: d.ToolVersion}, Sum: d.Sum(),
		About: d.From.String() + " → " + d.To.String(), Requests: d.Requests, Unchanged: s.Equal, Ignored: s.Ignored,
		Tallies: []tally{
			{"undeclared", s.Undeclared},
			{"only_from", s.OnlyFrom},
			{"only_to", s.OnlyTo},
			{"declared", s.Declared},
			{"equal", s.Equal},
			{"ignored", s.Ignored},
		},
	}
	v.addImpact(&d.ImpactTable, d.Next)
	v.fail(d.Errors)
	for i := range d.Differences {
		if x := &d.Differences[i]; x.Class == promote.Declared {
			v.Declared = append(v.Declared, declaredLine(x))
		} else {
			v.add(differenceRules[x.Class], differenceProblem(d, x))
		}
	}
	for _, target := range []string{d.From.Name, d.To.Name} {
		stuck, _ := d.Lacking(target)
		for _, a := range stuck {
			v.add(ruleLacking, document.Problem{Address: a.Address, Message: target + " lacks this API: it " + document.Missing(a), Hint: document.Count(len(a.Bindings), "binding cannot follow", "bindings cannot follow")})
		}
		if list := d.Pending(target); len(list) > 0 {
			v.add(rulePending, document.Problem{Message: fmt.Sprintf("%s differs from its files in what makes no difference here: %s", target, document.FirstOf(list)), Hint: "see apigw-sync diff --target " + target})
		}
	}
	v.add(ruleWarning, d.Warnings...)
	v.sort()
	return v
}

// declaredLine returns a declared difference in one line, made harmless.
func declaredLine(x *document.Difference) string {
	mark := diffMarks[x.Action()] + " " + document.Clean(x.Address)
	if x.Path == "" {
		return mark + gap + x.Details()
	}
	return mark + " " + x.Values(foldValue) + gap + x.DeclaredAt()
}

// differenceProblem returns a difference that no file declares, at the line of the files that a side does not match.
func differenceProblem(d *document.Promotion, x *document.Difference) document.Problem {
	p := document.Problem{Address: x.Address, Message: strings.Join(d.Reasons(x), "; ")}
	if x.Path != "" {
		p.Message = x.Values(foldValue) + "; " + p.Message
	} else if about := x.Details(); about != "" {
		p.Message = about + "; " + p.Message
	}
	for _, a := range []promote.Aspect{x.To, x.From} {
		if a.State == promote.Departs {
			p = p.At(a.Source)
		}
	}
	return p
}
