// Package intent answers questions about calls from desired-state files without a gateway: who gets through, what refuses
// other callers, and how often a caller may call. Cases say what the answers must be.
//
// Answers follow the rules of package precedence. They use three truth values (ADR 12): what the files, the known APIs and the
// call do not settle is open, and an answer that depends on it is uncertain.
package intent

import (
	"fmt"
	"slices"

	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/spec"
)

// Suite is the content of files of cases.
type Suite struct {
	Cases        []Case
	APIs         []API
	DefaultLimit int64 // calls a second; 0 if not known
	NoUnmanaged  bool  // collections that desired-state files leave out count as empty
}

// Case is one question with the answer that it must have.
type Case struct {
	Name   string // unique
	Table  string // name of the case in the file of which this is a row; equal to Name if it is the only one
	Call   Call
	Expect Expect
	Source kind.Source
}

// Call is the call that a question is about. "" means not known.
type Call struct {
	API         string `json:"api,omitempty"` // group/name; "" if Method and Path are given
	Method      string `json:"method,omitempty"`
	Path        string `json:"path,omitempty"`
	Environment string `json:"environment"`
	App         string `json:"app,omitempty"`
	AppID       string `json:"app_id,omitempty"`
	User        string `json:"user,omitempty"`
	Domain      string `json:"domain,omitempty"`
	DomainID    string `json:"domain_id,omitempty"`
	From        string `json:"from,omitempty"`
	Proxy       string `json:"proxy,omitempty"`
	Anonymous   bool   `json:"anonymous,omitempty"` // the caller has neither app nor user nor account
}

// Expect is what an answer must be. nil means that it does not matter.
type Expect struct {
	Allowed  *Access      // Allowed, Denied or Uncertain
	DeniedBy string       // "" if it does not matter
	Limit    *LimitExpect // the limit of the call
	Quota    *LimitExpect // the quota of the app
	Plugins  *PluginsExpect
}

// LimitExpect is what the limit of an answer must be: uncertain, none, or Limit.
type LimitExpect struct {
	Uncertain, None bool
	Limit
	AnyShared bool // Shared does not matter
}

// PluginsExpect is which plugins must be in force.
type PluginsExpect struct {
	Uncertain bool
	Names     []string
}

// Load reads files of cases in their order. The suite is usable only if no finding is an error. Environment is the default
// for calls without an environment in files without one.
func Load(inputs []spec.Input, environment string, lookup func(string) (string, bool)) (*Suite, []spec.Finding) {
	l := loader{suite: &Suite{}, environment: environment, names: map[string]kind.Source{}, apis: map[string]kind.Source{}}
	for _, in := range inputs {
		documents, findings := spec.ReadChecked(in, fileShape, lookup)
		l.findings = append(l.findings, findings...)
		if slices.ContainsFunc(findings, func(f spec.Finding) bool { return !f.Warning }) {
			continue // further findings may only be consequences
		}
		for i := range documents {
			l.document(&documents[i])
		}
	}
	spec.Sort(l.findings)
	return l.suite, l.findings
}

type loader struct {
	suite       *Suite
	environment string
	names, apis map[string]kind.Source
	findings    []spec.Finding
}

type fileOf struct {
	Environment  string   `json:"environment"`
	Unmanaged    string   `json:"unmanaged"`
	DefaultLimit int64    `json:"default_limit"`
	APIs         []API    `json:"apis"`
	Cases        []caseOf `json:"cases"`
}

// document takes a document whose values are valid.
func (l *loader) document(d *spec.Checked) {
	var f fileOf
	if err := kind.Fill(d.Value, &f); err != nil {
		l.findings = append(l.findings, d.Finding("", "cannot be read as cases: "+err.Error(), ""))
		return
	}
	if n := l.suite.DefaultLimit; n != 0 && f.DefaultLimit != 0 && n != f.DefaultLimit {
		l.findings = append(l.findings, d.Finding("/default_limit", fmt.Sprintf("another document says %d", n), "say it once"))
	}
	if f.DefaultLimit != 0 {
		l.suite.DefaultLimit = f.DefaultLimit
	}
	l.suite.NoUnmanaged = l.suite.NoUnmanaged || f.Unmanaged == "none"
	for i := range f.APIs {
		a := &f.APIs[i]
		a.Source = d.At(fmt.Sprintf("/apis/%d", i))
		l.claimName(d, fmt.Sprintf("/apis/%d", i), "API "+a.Address(), l.apis)
		l.suite.APIs = append(l.suite.APIs, *a)
	}
	for i := range f.Cases {
		l.table(d, fmt.Sprintf("/cases/%d", i), &f.Cases[i], f.Environment)
	}
}

// claimName claims a name.
func (l *loader) claimName(d *spec.Checked, pointer, name string, taken map[string]kind.Source) {
	if first, ok := taken[name]; ok {
		l.findings = append(l.findings, d.Finding(pointer, fmt.Sprintf("the %s appears twice, first at %s:%d", name, first.File, first.Line), "remove or rename one of them"))
		return
	}
	taken[name] = d.At(pointer)
}
