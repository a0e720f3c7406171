package intent

import (
	"slices"
	"strings"
)

// Status is the outcome of a case, or of one of its expectations.
type Status string

// The statuses. Unsure: the case expects a certain answer that the files do not settle, so it does not pass.
const (
	Passed Status = "passed"
	Failed Status = "failed"
	Unsure Status = "uncertain"
)

// Check is one expectation and its outcome.
type Check struct {
	Key      string `json:"key"`   // allowed, denied_by, limit, quota or plugins
	About    string `json:"about"` // the part of the answer that it checks: access, limit, quota or plugins
	Status   Status `json:"status"`
	Expected string `json:"expected"`
	Got      string `json:"got"`
}

// Sure reports whether the answer was sure, and as expected.
func (c *Check) Sure() bool { return c.Status == Passed && c.Expected != uncertainWord }

// Outcome is a case with its answer.
type Outcome struct {
	Case
	Answer *Answer
	Checks []Check
	Status Status // the worst of the checks
}

// Run answers the question of a case, and compares the answer with what the case expects.
func (w *Model) Run(c Case) Outcome {
	a := w.Ask(&c.Call)
	o := Outcome{Case: c, Answer: a, Status: Passed}
	e := &c.Expect
	if e.Allowed != nil {
		o.add("allowed", aboutAccess, a.allowed(*e.Allowed), string(*e.Allowed), a.accessText())
	}
	if e.DeniedBy != "" {
		o.add("denied_by", aboutAccess, a.deniedBy(e.DeniedBy), "denied by "+e.DeniedBy, a.accessText())
	}
	if e.Limit != nil {
		status, got := a.limitIs(e.Limit)
		o.add("limit", aboutLimit, status, e.Limit.text(), got)
	}
	if e.Quota != nil {
		have := limited{known: a.QuotaKnown}
		if a.Quota != nil {
			have.limits = []Limit{*a.Quota}
		}
		o.add("quota", aboutQuota, have.check(e.Quota), e.Quota.text(), have.text())
	}
	if e.Plugins != nil {
		status := a.pluginsAre(e.Plugins)
		expected := uncertainWord
		if !e.Plugins.Uncertain {
			expected = listText(e.Plugins.Names)
		}
		o.add("plugins", aboutPlugins, status, expected, a.pluginsText())
	}
	return o
}

func (o *Outcome) add(key, about string, s Status, expected, got string) {
	o.Checks = append(o.Checks, Check{Key: key, About: about, Status: s, Expected: expected, Got: got})
	if s == Failed || o.Status == Passed {
		o.Status = s
	}
}

func passedIf(is bool) Status {
	if is {
		return Passed
	}
	return Failed
}

func (a *Answer) allowed(want Access) Status {
	switch a.Access {
	case want:
		return Passed
	case Uncertain:
		return Unsure
	}
	return Failed
}

func (a *Answer) deniedBy(what string) Status {
	switch {
	case slices.Contains(a.DeniedBy, what):
		return Passed
	case slices.Contains(a.mayDeny, what) || a.API == "" && !a.noAPI:
		return Unsure
	}
	return Failed
}

func (a *Answer) accessText() string {
	by := a.DeniedBy
	switch {
	case a.Access == Denied && len(by) == 0:
		return "denied by one of " + strings.Join(a.mayDeny, ", ")
	case a.Access == Denied:
		return "denied by " + strings.Join(by, " and ")
	}
	return string(a.Access)
}

func (a *Answer) limitIs(want *LimitExpect) (Status, string) {
	have := limited{known: a.LimitKnown, limits: a.Limits}
	if want.Per != "" && a.per != nil {
		have = a.per[want.Per]
	}
	return have.check(want), have.text()
}

// check compares the answer with an expectation.
func (l limited) check(want *LimitExpect) Status {
	switch {
	case want.Uncertain:
		return passedIf(!l.known)
	case !l.known:
		return Unsure
	case want.None:
		return passedIf(len(l.limits) == 0)
	}
	out := Failed
	for _, l := range l.limits {
		if want.AnyShared {
			l.Shared = want.Shared
		}
		if want.Per == "" {
			l.Per = ""
		}
		by := l.By
		if want.By == "" || by == "" {
			l.By = want.By
		}
		switch {
		case !l.equal(want.Limit):
		case want.By != "" && by == "":
			out = Unsure
		default:
			return Passed
		}
	}
	return out
}

func (l limited) text() string {
	switch {
	case !l.known:
		return uncertainWord
	case len(l.limits) == 0:
		return "no limit"
	}
	var out []string
	for i := range l.limits {
		out = append(out, l.limits[i].String())
	}
	return strings.Join(out, "; ")
}

func (e *LimitExpect) text() string {
	switch {
	case e.Uncertain:
		return uncertainWord
	case e.None:
		return "no limit"
	}
	l := e.Limit
	out := l.short()
	if l.Per != "" {
		out += " per " + l.Per
	}
	if !e.AnyShared {
		out += map[bool]string{true: ", shared", false: ", not shared"}[l.Shared]
	}
	if l.By != "" {
		out += ", by " + l.By
	}
	return out
}

func (a *Answer) pluginsAre(want *PluginsExpect) Status {
	known := len(a.Open) == 0 && (a.API != "" || a.noAPI)
	if want.Uncertain {
		return passedIf(!known)
	}
	if slices.ContainsFunc(a.Plugins, func(name string) bool { return !slices.Contains(want.Names, name) }) {
		return Failed
	}
	for _, name := range want.Names {
		if known && !slices.Contains(a.Plugins, name) || a.API != "" && !slices.Contains(a.Plugins, name) && !slices.Contains(a.Open, name) {
			return Failed
		}
	}
	if !known {
		return Unsure
	}
	return Passed
}

func (a *Answer) pluginsText() string {
	if a.API == "" && !a.noAPI {
		return uncertainWord
	}
	out := listText(a.Plugins)
	if len(a.Open) > 0 {
		out += ", perhaps " + listText(a.Open)
	}
	return out
}

func listText(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}
