package intent

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/spec"
)

// caseOf is a case in a file: one call, or a table of calls.
type caseOf struct {
	Name   string           `json:"name"`
	Call   map[string]any   `json:"call"`
	Expect map[string]any   `json:"expect"`
	Each   []map[string]any `json:"each"`
}

// mostCases limits the cases of one table: the lists of several keys multiply.
const mostCases = 10_000

// table makes a case of each row, and of each combination of the lists in it.
func (l *loader) table(d *spec.Checked, at string, c *caseOf, environment string) {
	l.claimName(d, at+"/name", "case "+c.Name, l.names)
	rows := []map[string]any{{}}
	if c.Each != nil {
		rows = c.Each
	}
	used := map[string]int{}
	for i, row := range rows {
		pointer := at
		if c.Each != nil {
			pointer = fmt.Sprintf("%s/each/%d", at, i)
		}
		call, expect := overlay(c.Call, row), c.Expect
		if over, ok := row["expect"].(map[string]any); ok {
			expect = overlayExpect(c.Expect, over)
		}
		label, _ := row["name"].(string)
		delete(call, "name")
		delete(call, "expect")
		e, problem := expectOf(expect)
		if problem == "" {
			problem = checkCall(call)
		}
		if problem != "" {
			l.findings = append(l.findings, d.Finding(pointer, problem, ""))
			continue
		}
		calls := combinations(call)
		if len(calls) > mostCases {
			l.findings = append(l.findings, d.Finding(pointer, fmt.Sprintf("makes %d cases; at most %d are allowed", len(calls), mostCases), "shorten its lists"))
			continue
		}
		for _, one := range calls {
			l.add(Case{Table: c.Name, Name: caseName(c, label, row, call, one, used), Call: l.callOf(one, environment), Expect: e, Source: d.At(pointer)})
		}
	}
}

func (l *loader) add(c Case) { l.suite.Cases = append(l.suite.Cases, c) }

// overlay returns base, overridden by the keys of over.
func overlay(base, over map[string]any) map[string]any {
	out := map[string]any{}
	maps.Copy(out, base)
	maps.Copy(out, over)
	return out
}

// overlayExpect returns base, overridden by the expectations of over. If over expects anything about access, this replaces
// all expectations of base about access.
func overlayExpect(base, over map[string]any) map[string]any {
	out := overlay(base, over)
	for key, other := range map[string]string{"allowed": "denied_by", "denied_by": "allowed"} {
		if over[key] != nil && over[other] == nil {
			delete(out, other)
		}
	}
	return out
}

func checkCall(call map[string]any) string {
	_, api := call["api"]
	_, method := call["method"]
	_, path := call["path"]
	_, app := call["app"]
	anonymous, _ := call["anonymous"].(bool)
	switch {
	case api && (method || path):
		return "the call names its API twice; leave out api, or method and path"
	case !api && !(method && path):
		return "the call needs an api, or a method and a path"
	case anonymous && (app || call["user"] != nil || call["domain"] != nil || call["domain_id"] != nil || call["app_id"] != nil):
		return "an anonymous caller has no app, user or account; leave one of them out"
	case call["proxy"] != nil && call["from"] == nil:
		return "a proxy needs the address of the caller; add from"
	}
	return ""
}

// combinations returns one call for each combination of the entries of the lists in a call. The last key changes
// fastest.
func combinations(call map[string]any) []map[string]any {
	out := []map[string]any{call}
	for _, key := range slices.Sorted(maps.Keys(call)) {
		list, ok := call[key].([]any)
		if !ok {
			continue
		}
		var next []map[string]any
		for _, c := range out {
			for _, v := range list {
				next = append(next, overlay(c, map[string]any{key: v}))
			}
			if len(next) > mostCases {
				return next
			}
		}
		out = next
	}
	return out
}

// caseName returns the name of a case: that of its table, followed by what distinguishes its row. Used counts the
// names.
func caseName(c *caseOf, label string, row, call, one map[string]any, used map[string]int) string {
	var details []string
	if label != "" {
		details = append(details, label)
	}
	for _, key := range []string{"api", "method", "path", "environment", "app", "user", "domain", "domain_id", "from", "proxy"} {
		_, list := call[key].([]any)
		_, own := row[key]
		if v, ok := one[key].(string); ok && (list || own && label == "") {
			details = append(details, key+" "+v)
		}
	}
	if one["anonymous"] == true && row["anonymous"] != nil && label == "" {
		details = append(details, "anonymous")
	}
	name := c.Name
	if len(details) > 0 {
		name += " (" + strings.Join(details, ", ") + ")"
	}
	if used[name]++; used[name] > 1 {
		name += fmt.Sprintf(" #%d", used[name])
	}
	return name
}

func (l *loader) callOf(m map[string]any, environment string) Call {
	var c Call
	if err := kind.Fill(m, &c); err != nil {
		panic(err) // the shape allows nothing else
	}
	c.Environment = cmp.Or(c.Environment, environment, l.environment, spec.DefaultEnvironment)
	return c
}

// expectOf reads expectations; problem is "" or what is wrong with them together.
func expectOf(m map[string]any) (e Expect, problem string) {
	if v, ok := m["allowed"]; ok {
		a := map[any]Access{true: Allowed, false: Denied, uncertainWord: Uncertain}[v]
		e.Allowed = &a
	}
	e.DeniedBy, _ = m["denied_by"].(string)
	e.Limit, e.Quota = limitOf(m["limit"]), limitOf(m["quota"])
	switch v := m["plugins"].(type) {
	case string:
		e.Plugins = &PluginsExpect{Uncertain: true}
	case []any:
		e.Plugins = &PluginsExpect{}
		for _, name := range v {
			text, _ := name.(string)
			e.Plugins.Names = append(e.Plugins.Names, text)
		}
		slices.Sort(e.Plugins.Names)
	}
	switch {
	case e.Allowed == nil && e.DeniedBy == "" && e.Limit == nil && e.Quota == nil && e.Plugins == nil:
		return e, "nothing is expected, so that nothing is tested; add expect, such as expect: {allowed: true}"
	case e.DeniedBy != "" && e.Allowed != nil && *e.Allowed != Denied:
		return e, "denied_by and allowed contradict each other; leave out allowed"
	}
	return e, ""
}

// limitOf reads the expectation of a limit; nil if there is none.
func limitOf(v any) *LimitExpect {
	switch v := v.(type) {
	case string:
		return &LimitExpect{Uncertain: v == uncertainWord, None: v == "none"}
	case map[string]any:
		limit := &LimitExpect{Limit: Limit{Interval: 1, Unit: "SECOND"}}
		if err := kind.Fill(v, &limit.Limit); err != nil {
			panic(err) // the shape allows nothing else
		}
		_, shared := v["shared"]
		limit.AnyShared = !shared
		return limit
	}
	return nil
}
