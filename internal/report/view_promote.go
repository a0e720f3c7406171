package report

import (
	"fmt"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/checks/promote"
)

func viewPromotion(d *Promotion) *view {
	s := d.Summary
	v := &view{
		Command: "promote", Head: Head{FormatVersion: d.FormatVersion, ToolVersion: d.ToolVersion}, Sum: d.sum(),
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
	v.fail(d.Errors)
	for i := range d.Differences {
		if x := &d.Differences[i]; x.Class == promote.Declared {
			v.Declared = append(v.Declared, d.line(x))
		} else {
			v.add(differenceRules[x.Class], d.problem(x))
		}
	}
	for _, target := range []string{d.From.Name, d.To.Name} {
		stuck, _ := d.lacks(target)
		for _, a := range stuck {
			v.add(ruleLacking, Problem{Address: a.Address, Message: target + " lacks this API: it " + missing(a), Hint: count(len(a.Bindings), "binding cannot follow", "bindings cannot follow")})
		}
		if list := d.pending(target); len(list) > 0 {
			v.add(rulePending, Problem{Message: fmt.Sprintf("%s differs from its files in what makes no difference here: %s", target, firstOf(list)), Hint: "see apigw-sync diff --target " + target})
		}
	}
	v.add(ruleWarning, d.Warnings...)
	v.sort()
	return v
}

// line is a declared difference in one line, made harmless.
func (d *Promotion) line(x *Difference) string {
	mark := diffMarks[x.mark()] + " " + Clean(x.Address)
	if x.Path == "" {
		return mark + gap + x.tells()
	}
	return mark + " " + x.values(foldValue) + gap + x.says()
}

// problem is a difference that no file declares, at the place of the files from which a side departs.
func (d *Promotion) problem(x *Difference) Problem {
	p := Problem{Address: x.Address, Message: strings.Join(d.reasons(x), "; ")}
	if x.Path != "" {
		p.Message = x.values(foldValue) + "; " + p.Message
	} else if about := x.tells(); about != "" {
		p.Message = about + "; " + p.Message
	}
	for _, a := range []promote.Aspect{x.To, x.From} {
		if a.State == promote.Departs && a.Source != nil {
			p.File, p.Line, p.Column = a.Source.File, a.Source.Line, a.Source.Column
		}
	}
	return p
}
