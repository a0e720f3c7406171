package report

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/apigw-sync/apigw-sync/internal/apply"
	"github.com/apigw-sync/apigw-sync/internal/report/document"
)

// sarif is SARIF 2.1.0: a result for each finding and each change, at its file and line. Sites that accept SARIF refuse
// results without a file, so what no file declares gets the first file of the document, without a line, and its address
// as the logical location.
//
// Reference: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
var sarif = &Format{
	Name: "sarif", Failures: true, Commands: []string{"diff", "apply", "undo", "validate", "drift", "test"},
	Many: true, Write: byView(writeSarif, writeFleetSarif),
}

const sarifSchema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

type sarifLog struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool struct {
		Driver sarifDriver `json:"driver"`
	} `json:"tool"`
	Automation  sarifAutomation   `json:"automationDetails"`
	Invocations []sarifInvocation `json:"invocations"`
	Columns     string            `json:"columnKind"`
	Results     []sarifResult     `json:"results"`
	Properties  map[string]int    `json:"properties,omitempty"` // the numbers of the summary
}

type sarifDriver struct {
	Name    string      `json:"name"`
	Version string      `json:"version,omitempty"`
	Rules   []sarifRule `json:"rules"`
}

type sarifRule struct {
	ID      string            `json:"id"`
	Short   sarifText         `json:"shortDescription"`
	Full    sarifText         `json:"fullDescription"`
	Help    sarifText         `json:"help"`
	Default map[string]string `json:"defaultConfiguration"` // its level
}

type sarifText struct {
	Text string `json:"text"`
}

type sarifAutomation struct {
	ID          string     `json:"id"`
	Description *sarifText `json:"description,omitempty"` // the gateway of the run
}

type sarifInvocation struct {
	Successful bool       `json:"executionSuccessful"`
	End        *time.Time `json:"endTimeUtc,omitempty"`
}

type sarifResult struct {
	RuleID       string            `json:"ruleId"`
	RuleIndex    int               `json:"ruleIndex"`
	Level        string            `json:"level"`
	Message      sarifText         `json:"message"`
	Locations    []sarifLocation   `json:"locations"`
	Fingerprints map[string]string `json:"partialFingerprints"`
	Properties   map[string]string `json:"properties,omitempty"`
}

type sarifLocation struct {
	Physical struct {
		Artifact struct {
			URI string `json:"uri"`
		} `json:"artifactLocation"`
		Region *sarifRegion `json:"region,omitempty"`
	} `json:"physicalLocation"`
	Logical []sarifLogical `json:"logicalLocations,omitempty"`
}

type sarifRegion struct {
	Line   int `json:"startLine"`
	Column int `json:"startColumn,omitempty"`
}

type sarifLogical struct {
	Name string `json:"fullyQualifiedName"`
	Kind string `json:"kind"`
}

func writeSarif(w io.Writer, v *view, _ Style) error { return writeSarifLog(w, v) }

// writeSarifLog has a run for each view.
func writeSarifLog(w io.Writer, views ...*view) error {
	log := &sarifLog{Schema: sarifSchema, Version: "2.1.0", Runs: make([]sarifRun, len(views))}
	for i, v := range views {
		log.Runs[i] = newSarifRun(v)
	}
	return writeJSON(w, log)
}

func newSarifRun(v *view) sarifRun {
	rules := append(allRules(), v.Rules...)
	run := sarifRun{
		Automation:  sarifAutomation{ID: "apigw-sync/" + v.Command + "/" + v.ID + url.PathEscape(v.InstanceID)},
		Invocations: []sarifInvocation{{Successful: !slices.ContainsFunc(v.Findings, func(f finding) bool { return f.Rule == ruleError })}},
		Columns:     "unicodeCodePoints",
		Results:     []sarifResult{},
		Properties:  map[string]int{},
	}
	run.Tool.Driver = sarifDriver{Name: "apigw-sync", Version: document.Clean(v.ToolVersion), Rules: make([]sarifRule, len(rules))}
	if about := strings.Trim(v.Where()+". "+v.Cover, ". "); about != "" {
		run.Automation.Description = &sarifText{about}
	}
	if !v.At.IsZero() {
		run.Invocations[0].End = &v.At
	}
	for i, r := range rules {
		run.Tool.Driver.Rules[i] = sarifRule{ID: r.ID, Short: sarifText{r.Title}, Full: sarifText{r.Title}, Help: sarifText{r.Help}, Default: map[string]string{"level": r.Level.sarif()}}
	}
	for _, t := range v.numbers() {
		run.Properties[t.Name] = t.N
	}
	if v.Health != nil && v.Health.Coverage != nil {
		run.Properties["declared"], run.Properties["undeclared"] = v.Health.Coverage.Declared, v.Health.Coverage.Undeclared
	}
	home, seen := v.home(), map[string]int{}
	for _, f := range slices.Concat(v.Impact, v.Findings) {
		run.Results = append(run.Results, newSarifResult(rules, f.Rule, f.Rule.Level, &f.Problem, document.Clean(f.Text()), home, seen))
	}
	for i := range v.Items {
		c := &v.Items[i]
		if statusRules[c.Status] != nil || c.Status == apply.Succeeded {
			continue // a finding says so already, or nothing is wrong
		}
		p := c.About("")
		r := newSarifResult(rules, c.Rule, c.Level, &p, c.annotationText(), home, seen)
		r.Properties = map[string]string{"kind": document.Clean(c.Kind), "action": string(c.Action), "moved": string(c.Moved)}
		run.Results = append(run.Results, r)
	}
	return run
}

func newSarifResult(rules []*rule, r *rule, level severity, p *document.Problem, text, home string, seen map[string]int) sarifResult {
	var at sarifLocation
	at.Physical.Artifact.URI = home
	if p.File != "" {
		at.Physical.Artifact.URI = fileURI(p.File)
		if p.Line > 0 {
			at.Physical.Region = &sarifRegion{p.Line, p.Column}
		}
	}
	if p.Address != "" {
		at.Logical = []sarifLogical{{document.Clean(p.Address), "object"}}
		text = document.Clean(p.Address) + ": " + text
	}
	return sarifResult{
		RuleID: r.ID, RuleIndex: slices.IndexFunc(rules, func(x *rule) bool { return x.ID == r.ID }), Level: level.sarif(),
		Message: sarifText{sarifMessage(text)}, Locations: []sarifLocation{at},
		Fingerprints: map[string]string{"apigwSyncAddress/v1": fingerprint(r, p, seen)},
	}
}

// fingerprint identifies a result in later reports: by its rule and object, which stay the same when lines and figures
// change. Results with the same rule and object are numbered; seen counts them.
func fingerprint(r *rule, p *document.Problem, seen map[string]int) string {
	parts := []string{r.ID, p.Address, p.Path}
	if p.Address == "" {
		parts = append(parts, p.File, p.Message)
	}
	key := strings.Join(parts, "\x00")
	seen[key]++
	sum := sha256.Sum256([]byte(key + "\x00" + strconv.Itoa(seen[key])))
	return hex.EncodeToString(sum[:])
}

func (s severity) sarif() string { return [...]string{"note", "warning", "error"}[s] }

// home returns the file for results without one: the first file of the document, else the one that is read by default.
func (v *view) home() string {
	first := ""
	see := func(file string) {
		if file != "" && file != "-" && (first == "" || file < first) {
			first = file
		}
	}
	for i := range v.Findings {
		see(v.Findings[i].File)
	}
	for i := range v.Items {
		if s := v.Items[i].Source; s != nil {
			see(s.File)
		}
	}
	if first == "" {
		first = "gateway.yaml"
	}
	return fileURI(first)
}

// fileURI returns a path as a URI reference.
func fileURI(path string) string {
	u := url.URL{Path: strings.TrimPrefix(path, "./")}
	if strings.HasPrefix(path, "/") {
		u.Scheme = "file"
	}
	return u.String()
}

var placeholder = regexp.MustCompile(`\{([0-9]+)\}`)

// sarifMessage escapes text, so that readers of SARIF do not take parts of it for links or placeholders.
func sarifMessage(s string) string {
	if strings.Contains(s, "](") {
		s = strings.NewReplacer("[", `\[`, "]", `\]`).Replace(s)
	}
	return placeholder.ReplaceAllString(s, "{{$1}}")
}
