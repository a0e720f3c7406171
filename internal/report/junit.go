package report

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/apigw-sync/apigw-sync/internal/apply"
	"github.com/apigw-sync/apigw-sync/internal/calls/intent"
	"github.com/apigw-sync/apigw-sync/internal/checks/drift"
	"github.com/apigw-sync/apigw-sync/internal/report/document"
)

// junit has a test case for each object and binding that the files declare or a command affects, in one suite for each
// kind. Failures agree with the exit code, so that a build fails exactly when the command does:
//
//	command  case          outcome
//	diff     change        passes, with the planned change as its output: a plan is not a failure
//	apply    succeeded     passes
//	apply    failed        failure
//	apply    unknown       error
//	apply    skipped       skipped
//	drift    difference    failure
//	drift    not applied   skipped: the files are ahead
//	validate lint          failure where its severity is error, else passes
//	all      unchanged     passes
//	test     case          passes, or failure: failed and uncertain ones
//	all      finding       in the suite "findings": error, failure (warnings of a drift report), or passes
var junit = &Format{
	Name: "junit", Failures: true, Commands: []string{"diff", "apply", "undo", "validate", "drift", "test"},
	Many: true, Write: byView(writeJUnit, writeFleetJUnit),
}

type junitSuites struct {
	XMLName xml.Name `xml:"testsuites"`
	Name    string   `xml:"name,attr"`
	junitCounts
	Suites []*junitSuite `xml:"testsuite"`
}

type junitCounts struct {
	Tests    int `xml:"tests,attr"`
	Failures int `xml:"failures,attr"`
	Errors   int `xml:"errors,attr"`
	Skipped  int `xml:"skipped,attr"`
}

type junitSuite struct {
	Name string `xml:"name,attr"`
	junitCounts
	Timestamp string      `xml:"timestamp,attr,omitempty"`
	Cases     []junitCase `xml:"testcase"`
}

type junitCase struct {
	Name    string        `xml:"name,attr"`
	Class   string        `xml:"classname,attr"`
	File    string        `xml:"file,attr,omitempty"`
	Line    int           `xml:"line,attr,omitempty"`
	Failure *junitOutcome `xml:"failure"`
	Error   *junitOutcome `xml:"error"`
	Skipped *junitOutcome `xml:"skipped"`
	Output  string        `xml:"system-out,omitempty"`
}

type junitOutcome struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr,omitempty"`
	Text    string `xml:",chardata"`
}

func writeJUnit(w io.Writer, v *view, _ Style) error { return newJUnit(v).write(w) }

func newJUnit(v *view) *junitSuites {
	j := &junitSuites{Name: strings.TrimSuffix("apigw-sync "+v.Command+" · "+v.Where(), " · ")}
	if v.Command == "test" {
		v.Findings = slices.DeleteFunc(v.Findings, func(f finding) bool { return f.Rule == ruleCaseFailed || f.Rule == ruleCaseUncertain })
		j.findings(v)
		j.cases(v.Cases)
	} else {
		j.impact(v)
		j.coverage(v)
		j.findings(v)
		j.items(v)
		j.managed(v)
	}
	for _, s := range j.Suites {
		if !v.At.IsZero() {
			s.Timestamp = v.At.UTC().Format(time.RFC3339)
		}
	}
	return j
}

// write adds up the counts and writes the suites.
func (j *junitSuites) write(w io.Writer) error {
	for _, s := range j.Suites {
		j.Tests += s.Tests
		j.Failures += s.Failures
		j.Errors += s.Errors
		j.Skipped += s.Skipped
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(j); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

// suite returns the suite of that name, and creates it if necessary.
func (j *junitSuites) suite(name string) *junitSuite {
	i := slices.IndexFunc(j.Suites, func(s *junitSuite) bool { return s.Name == name })
	if i < 0 {
		i = len(j.Suites)
		j.Suites = append(j.Suites, &junitSuite{Name: name})
	}
	return j.Suites[i]
}

func (s *junitSuite) add(c junitCase) {
	c.Class = "apigw-sync." + s.Name
	s.Tests++
	switch {
	case c.Error != nil:
		s.Errors++
	case c.Failure != nil:
		s.Failures++
	case c.Skipped != nil:
		s.Skipped++
	}
	s.Cases = append(s.Cases, c)
}

// impact adds what a plan means to callers; a level for which a guard refuses the plan fails.
func (j *junitSuites) impact(v *view) {
	for i := range v.Impact {
		f := &v.Impact[i]
		c := junitCase{Name: f.Rule.ID + ": " + document.Clean(v.ImpactTable.Rows[i].Where), File: document.Clean(f.File), Line: f.Line, Output: f.Message}
		if slices.Contains(v.ImpactTable.Refused, v.ImpactTable.Rows[i].Level) {
			c.Output, c.Failure = "", &junitOutcome{Message: f.Message, Type: f.Rule.ID, Text: f.Rule.Help}
		}
		j.suite("impact").add(c)
	}
}

// coverage adds how much of the gateway a drift report covers; it never fails.
func (j *junitSuites) coverage(v *view) {
	if v.Cover == "" {
		return
	}
	lines := []string{v.Cover}
	for _, u := range v.Health.Undeclared {
		lines = append(lines, document.Clean(u.Address))
	}
	j.suite("coverage").add(junitCase{Name: "coverage", Output: strings.Join(lines, "\n")})
}

// findings adds the findings that no case of an object reports.
func (j *junitSuites) findings(v *view) {
	seen := map[string]int{}
	for i := range v.Findings {
		f := &v.Findings[i]
		if v.Command == "apply" && statusRules[apply.Status(f.Rule.ID)] != nil {
			continue
		}
		text := f.String()
		c := junitCase{Name: f.name(seen), File: document.Clean(f.File), Line: f.Line}
		outcome := &junitOutcome{Message: text, Type: f.Rule.ID, Text: f.Rule.Help}
		switch {
		case f.Rule.Level == failure && v.hasRule(f.Rule):
			c.Failure = outcome
		case f.Rule.Level == failure && v.Command != "drift", f.Rule == ruleError:
			c.Error = outcome
		case v.Command == "drift" && f.Rule != ruleWarning, f.Rule == ruleRemaining:
			c.Failure = outcome
		default:
			c.Output = text
		}
		j.suite("findings").add(c)
	}
}

// name identifies a finding in later reports, where its figures and its line may differ. Findings with the same name
// are numbered; seen counts them.
func (f *finding) name(seen map[string]int) string {
	name := f.Rule.ID + ": " + document.Clean(cmp.Or(f.Address, f.Path, f.Message))
	if seen[name]++; seen[name] > 1 {
		name += fmt.Sprintf(" (%d)", seen[name])
	}
	return name
}

func (j *junitSuites) items(v *view) {
	for i := range v.Items {
		item := &v.Items[i]
		c := junitCase{Name: document.Clean(item.Address)}
		if item.Source != nil {
			c.File, c.Line = document.Clean(item.Source.File), item.Source.Line
		}
		text := item.annotationText()
		outcome := &junitOutcome{Message: text, Type: item.Rule.ID, Text: item.leaves()}
		switch {
		case item.Status == apply.Failed, v.Command == "drift" && item.Moved != drift.Files:
			c.Failure = outcome
		case item.Status == apply.Unknown:
			c.Error = outcome
		case item.Status == apply.Skipped, v.Command == "drift":
			c.Skipped = &junitOutcome{Message: text}
		default:
			c.Output = text + "\n" + item.leaves()
		}
		j.suite(document.Clean(item.Kind)).add(c)
	}
}

// managed adds what matches the files: by name if the names are known, else as one case.
func (j *junitSuites) managed(v *view) {
	differs := make(map[string]bool, len(v.Items))
	for i := range v.Items {
		differs[v.Items[i].Address] = true
	}
	for _, address := range v.Managed {
		if !differs[address] {
			kind, _, _ := strings.Cut(address, "/")
			j.suite(document.Clean(kind)).add(junitCase{Name: document.Clean(address)})
		}
	}
	if len(v.Managed) == 0 && v.Unchanged > 0 {
		j.suite("unchanged").add(junitCase{Name: document.Count(v.Unchanged, "object or binding", "objects and bindings") + " unchanged"})
	}
	if len(j.Suites) == 0 {
		j.suite(v.Command).add(junitCase{Name: v.Sum})
	}
}

// leaves returns the changed leaves, one on each line.
func (c *item) leaves() string {
	var b strings.Builder
	if c.Divergence != "" {
		for i := range c.Fields {
			b.WriteString(c.Fields[i].Sides(c.Divergence, foldValue) + "\n")
		}
		return b.String()
	}
	for _, f := range c.Details() {
		b.WriteString(f.Line(c.Action, foldValue) + "\n")
	}
	return b.String()
}

// cases adds a suite for each file of cases, and a test case for each case.
func (j *junitSuites) cases(list []document.TestCase) {
	for i := range list {
		c := &list[i]
		t := junitCase{Name: document.Clean(c.Name), File: document.Clean(c.Source.File), Line: c.Source.Line}
		var why strings.Builder
		why.WriteString(document.Clean(c.Question) + "\n")
		for _, s := range c.Why() {
			why.WriteString(document.Clean(s.String()) + "\n")
		}
		if c.Status == intent.Passed {
			t.Output = why.String()
		} else {
			t.Failure = &junitOutcome{Message: c.Missed(), Type: string(c.Status), Text: why.String()}
		}
		j.suite(document.Clean(c.Source.File)).add(t)
	}
}
