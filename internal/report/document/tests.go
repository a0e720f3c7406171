package document

import (
	"fmt"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/calls/intent"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// Tests is the result of the command test: which cases pass.
type Tests struct {
	Head
	Summary TestSummary `json:"summary"`
	Cases   []TestCase  `json:"cases"` // in the order of the files
	Problems

	Explain bool `json:"-"` // text output also explains cases that passed
}

// TestSummary counts cases.
type TestSummary struct {
	Passed    int `json:"passed"`
	Failed    int `json:"failed"`
	Uncertain int `json:"uncertain"` // the case expects a certain answer, and the files do not give one
}

// TestCase is one case with its answer.
type TestCase struct {
	Name     string         `json:"name"`
	Status   intent.Status  `json:"status"`
	Source   kind.Source    `json:"source"`
	Question string         `json:"question"` // the call in words
	Call     intent.Call    `json:"call"`
	Checks   []intent.Check `json:"checks"`
	Answer   *intent.Answer `json:"answer"`
}

// NewTests returns the document of the outcomes of cases.
func NewTests(h Head, outcomes []intent.Outcome) *Tests {
	d := &Tests{Head: h, Cases: make([]TestCase, len(outcomes)), Problems: noProblems()}
	for i := range outcomes {
		o := &outcomes[i]
		d.Cases[i] = TestCase{
			Name: o.Name, Status: o.Status, Source: o.Source, Question: o.Call.String(), Call: o.Call, Checks: o.Checks, Answer: o.Answer,
		}
		switch o.Status {
		case intent.Passed:
			d.Summary.Passed++
		case intent.Failed:
			d.Summary.Failed++
		case intent.Unsure:
			d.Summary.Uncertain++
		}
	}
	return d
}

// AllPassed reports whether all cases passed.
func (d *Tests) AllPassed() bool { return d.Summary.Failed+d.Summary.Uncertain == 0 }

// Sum returns the last line of the output, which counts the cases.
func (d *Tests) Sum() string {
	s := d.Summary
	return fmt.Sprintf("%s: %d passed, %d failed, %d uncertain.", Count(len(d.Cases), "case", "cases"), s.Passed, s.Failed, s.Uncertain)
}

// Missed returns the expectations of a case that were not met, in words and made harmless.
func (c *TestCase) Missed() string {
	var parts []string
	for _, k := range c.Checks {
		if k.Status != intent.Passed {
			parts = append(parts, fmt.Sprintf("%s: expected %s, got %s", k.About, k.Expected, k.Got))
		}
	}
	return Clean(strings.Join(parts, "; "))
}

// Why returns the steps that a reader needs: for an unexpected answer, all steps that led to it; for an uncertain
// answer, the open ones; for a case that passed, all of them. A limit comes with the quota that applies, or may apply,
// in addition.
func (c *TestCase) Why() (out []intent.Step) {
	limited := c.Answer.Quota != nil || !c.Answer.QuotaKnown
	needed := func(s *intent.Step, k *intent.Check) bool {
		switch {
		case k.Key == "limit" && s.About == "quota":
			return limited && k.Status != intent.Unsure
		case k.About != s.About:
			return false
		case c.Status == intent.Passed:
			return !s.Open || !k.Sure()
		case k.Status == intent.Unsure:
			return s.Open
		}
		return k.Status == intent.Failed
	}
	for i := range c.Answer.Why {
		s := &c.Answer.Why[i]
		if s.About == "" || slices.ContainsFunc(c.Checks, func(k intent.Check) bool { return needed(s, &k) }) {
			out = append(out, *s)
		}
	}
	return out
}

// AsProblem returns a case that did not pass as a problem, at its position in the file.
func (c *TestCase) AsProblem() Problem {
	p := Problem{Address: "case/" + c.Name, Message: c.Question + ": " + c.Missed()}.At(&c.Source)
	for _, s := range c.Why() {
		p.Message += "; " + s.String()
		if p.Hint == "" {
			p.Hint = s.Fix
		}
	}
	return p
}
