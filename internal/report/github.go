package report

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/report/document"
)

// github is the format for jobs of GitHub Actions: annotations at the lines of the files, the Markdown report as job
// summary, and numbers as outputs of the step.
//
// GitHub shows the first ten annotations of each severity in a step, so the worst must come first: what a plan means to
// callers, then the rest. Annotations that do not fit are counted, and appear in the summary.
//
//	output               value
//	result               one sentence
//	changes, deletes     numbers; a replace counts as a delete; deletes not of a drift report
//	errors, warnings     numbers of findings
//	refused, drifted     true or false; drifted of a drift report only
//	declared, undeclared  numbers of objects; of a drift report, and of differences of a comparison of targets
//	converged            true or false; of an apply only
//	impact_exposure, …    numbers of APIs in an environment by what a plan means to their callers; where it means anything
//	create, update, …    the numbers of the summary, under the names that they have in JSON; those of a
//	                     comparison of targets take the place of changes and deletes
//	report               the Markdown report
var github = &Format{
	Name: "github", Failures: true, Commands: []string{"diff", "apply", "undo", "validate", "drift", "test", "promote"},
	Many: true, Write: byView(writeGitHub, writeFleetGitHub),
}

// The variables of a job that name the files to append to.
const (
	githubSummary = "GITHUB_STEP_SUMMARY"
	githubOutput  = "GITHUB_OUTPUT"
)

const (
	githubMost    = 10    // annotations of a severity
	githubMessage = 1_000 // characters of an annotation
)

func writeGitHub(w io.Writer, v *view, s Style) error {
	out := bufio.NewWriter(w)
	annotate(out, v.annotations())
	if where := v.Where(); where != "" {
		_, _ = fmt.Fprintln(out, where)
	}
	_, _ = fmt.Fprintln(out, strings.TrimSpace(v.Sum+" "+v.Cover))
	report := v.markdown()
	err := out.Flush()
	if s.Append != nil {
		err = errors.Join(err, s.Append(githubSummary, report+"\n"), s.Append(githubOutput, v.outputs(report)))
	}
	return err
}

// annotation is a finding with its severity on GitHub.
type annotation struct {
	target string // in a run for many targets; else ""
	rule   *rule
	level  severity
	about  document.Problem
}

// annotations returns the exposures and outages of a plan, the findings, and the changes that no finding is about.
// Other effects on callers appear only in the summary.
func (v *view) annotations() (out []annotation) {
	for i := range v.Impact {
		if f := &v.Impact[i]; f.Rule.Level != notice {
			out = append(out, annotation{rule: f.Rule, level: f.Rule.Level, about: f.Problem})
		}
	}
	for i := range v.Findings {
		f := &v.Findings[i]
		out = append(out, annotation{rule: f.Rule, level: f.Rule.Level, about: f.Problem})
	}
	for i := range v.Items {
		if c := &v.Items[i]; statusRules[c.Status] == nil {
			out = append(out, annotation{rule: c.Rule, level: c.Level, about: c.About(c.annotationText())})
		}
	}
	return out
}

// annotate writes as many annotations of each severity as GitHub shows, the worst first, and counts the rest.
func annotate(w io.Writer, all []annotation) {
	for level := failure; level >= notice; level-- {
		var list []annotation
		for _, a := range all {
			if a.level == level {
				list = append(list, a)
			}
		}
		shown := len(list)
		if shown > githubMost {
			shown = githubMost - 1
		}
		for _, a := range list[:shown] {
			a.write(w)
		}
		if more := len(list) - shown; more > 0 {
			command(w, level.String(), "apigw-sync", &document.Problem{}, fmt.Sprintf("%d more of this severity are in the job summary", more))
		}
	}
}

// annotationText returns words that say what a change does, or how it ended, and why.
func (c *item) annotationText() string {
	gist := c.Summary()
	if c.Divergence != "" {
		gist = c.DivergenceSummary()
	}
	if c.Status != "" || c.Explanation == "" {
		return strings.TrimSuffix(strings.TrimPrefix(c.Explanation+"; "+gist, "; ")+"; "+c.Advice, "; ")
	}
	return gist + " (" + c.Explanation + ")"
}

func (a *annotation) write(w io.Writer) {
	p := &a.about
	message := document.Clean(p.Text())
	if p.Address != "" {
		message = document.Clean(p.Address) + ": " + message
	} else if p.Path != "" {
		message = document.Clean(p.Path) + ": " + message
	}
	title := "apigw-sync " + a.rule.ID
	if a.target != "" {
		title = document.Clean(a.target) + ": " + title
	}
	command(w, a.level.String(), title, p, document.Clip(message, githubMessage))
}

// command writes a workflow command, which is one line.
func command(w io.Writer, name, title string, p *document.Problem, message string) {
	properties := []string{"title=" + property(title)}
	if p.File != "" {
		properties = append(properties, "file="+property(document.Clean(p.File)))
		if p.Line > 0 {
			properties = append(properties, "line="+strconv.Itoa(p.Line))
			if p.Column > 0 {
				properties = append(properties, "col="+strconv.Itoa(p.Column))
			}
		}
	}
	_, _ = fmt.Fprintf(w, "::%s %s::%s\n", name, strings.Join(properties, ","), commandText.Replace(message)) // Flush tells
}

// Characters that would end a message or a property of a workflow command are percent-encoded.
var (
	commandText     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	commandProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

func property(s string) string { return commandProperty.Replace(s) }

// outputs returns the outputs of the step in the format of the file that collects them.
func (v *view) outputs(report string) string {
	var b strings.Builder
	removed, _ := v.split()
	refused := false
	for i := range v.Findings {
		refused = refused || v.Findings[i].Rule == ruleRefused
	}
	_, _ = b.WriteString(multiline("result", v.Sum))
	fmt.Fprintf(&b, "errors=%d\nwarnings=%d\nrefused=%t\n", v.count(failure), v.count(warning), refused)
	if !v.Failed && v.About == "" {
		fmt.Fprintf(&b, "changes=%d\n", len(v.Items))
		if v.Health == nil {
			fmt.Fprintf(&b, "deletes=%d\n", len(removed))
		}
	}
	if v.Health != nil && !v.Failed {
		fmt.Fprintf(&b, "drifted=%t\n", v.Health.Drifted)
		if c := v.Health.Coverage; c != nil {
			fmt.Fprintf(&b, "declared=%d\nundeclared=%d\n", c.Declared, c.Undeclared)
		}
	}
	if v.Converged != nil {
		fmt.Fprintf(&b, "converged=%t\n", *v.Converged)
	}
	if len(v.Impact) > 0 {
		for level, n := range v.ImpactTable.All() {
			fmt.Fprintf(&b, "impact_%s=%d\n", level, n)
		}
	}
	for _, t := range v.numbers() {
		fmt.Fprintf(&b, "%s=%d\n", t.Name, t.N)
	}
	_, _ = b.WriteString(multiline("report", report))
	return b.String()
}

// multiline returns an output whose value may contain anything: the line that ends it differs from all of its lines.
func multiline(name, value string) string {
	end := "end"
	for sum := []byte(value); strings.Contains(value, end); {
		next := sha256.Sum256(sum)
		sum = next[:]
		end = "end_" + hex.EncodeToString(sum)
	}
	return name + "<<" + end + "\n" + strings.TrimSuffix(value, "\n") + "\n" + end + "\n"
}
