package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/fatih/color"

	"github.com/apigw-sync/apigw-sync/internal/apply"
	"github.com/apigw-sync/apigw-sync/internal/diff"
)

// outcomes are how statuses look, three columns wide.
var outcomes = map[apply.Status]struct {
	symbol string
	paint  []color.Attribute
}{
	apply.Succeeded: {"  ✓", []color.Attribute{color.FgGreen}},
	apply.Failed:    {"  ✗", []color.Attribute{color.FgRed}},
	apply.Skipped:   {"  ·", []color.Attribute{color.FgYellow}},
	apply.Unknown:   {"  ?", []color.Attribute{color.FgMagenta}},
}

var past = map[diff.Action]string{
	diff.Create: "created", diff.Update: "updated", diff.Replace: "replaced", diff.Delete: "deleted",
	diff.Bind: "bound", diff.Unbind: "unbound",
}

func textResults(w io.Writer, d *Results, s Style) error {
	p := newPage(w, s)
	block := make([]row, len(d.Results))
	for i := range d.Results {
		r := &d.Results[i]
		look := outcomes[r.Status]
		block[i] = row{symbol: look.symbol, paint: look.paint, cells: []string{Clean(r.Address), r.story()}}
		if r.Advice != "" {
			block[i].below = func() { p.linef("%s%s", indent, Clean(r.Advice)) }
		}
	}
	p.rows(block)
	if len(block) > 0 {
		p.linef("")
	}
	p.warnings(d.Warnings)
	if rest := d.surprises(); len(rest) > 0 {
		p.linef("Read again after writing, these differences remain:")
		p.changes(rest)
		p.linef("")
	}
	if d.Stopped {
		p.linef("The run was stopped before everything was tried.")
	}
	p.undone(d.Undo)
	p.linef("%s", p.paint(d.sum(), color.Bold))
	return p.Flush()
}

// surprises are remaining differences that no failure above explains.
func (d *Results) surprises() (out []Change) {
	told := map[string]bool{}
	for i := range d.Results {
		if r := &d.Results[i]; r.Status != apply.Succeeded {
			told[r.Address] = true
		}
	}
	for i := range d.Remaining {
		if !told[d.Remaining[i].Address] {
			out = append(out, d.Remaining[i])
		}
	}
	return out
}

// story says in words what became of a change.
func (r *Result) story() string {
	var b strings.Builder
	switch r.Status {
	case apply.Succeeded:
		b.WriteString(past[r.Action])
		if r.Attempts > 1 {
			fmt.Fprintf(&b, " (%d requests)", r.Attempts)
		}
	case apply.Failed:
		b.WriteString(string(r.Action) + " failed: " + r.failure())
	case apply.Skipped:
		b.WriteString("skipped: " + r.failure())
	case apply.Unknown:
		b.WriteString(string(r.Action) + " unknown: " + r.failure())
	}
	if r.Remark != "" {
		b.WriteString("; " + r.Remark)
	}
	return Clean(b.String())
}

// failure is bind_id ID, API, status, code, message and request, as far as they are known.
func (r *Result) failure() string {
	var parts []string
	add := func(format string, args ...any) { parts = append(parts, fmt.Sprintf(format, args...)) }
	if r.BindID != "" {
		add("bind_id %s", r.BindID)
		if r.Binding != nil {
			add("API %s/%s", r.Binding.Group, r.Binding.API)
		}
	}
	e := r.Error
	if e == nil {
		return strings.Join(parts, ", ")
	}
	if code := strings.TrimPrefix(fmt.Sprintf("%d %s", e.HTTPStatus, e.ErrorCode), "0 "); code != "" {
		add("%s", strings.TrimSpace(code))
	}
	out := strings.Join(parts, ", ")
	if e.ErrorMsg != "" {
		out = strings.TrimPrefix(out+": "+e.ErrorMsg, ": ")
	}
	if e.RequestID != "" {
		out += " (request " + e.RequestID + ")"
	}
	return out
}

// sum is the last line of an apply.
func (d *Results) sum() string {
	s := d.Summary
	out := fmt.Sprintf("Apply: %d succeeded, %d failed, %d skipped, %d unknown.", s.Succeeded, s.Failed, s.Skipped, s.Unknown)
	switch {
	case d.Converged == nil && d.Saved:
		return out + " Whether the gateway is as the plan says could not be verified; make the plan again to find out."
	case d.Converged == nil:
		return out + " Whether the gateway matches the files could not be verified; " + d.check()
	case *d.Converged && d.Saved:
		return out + " The gateway is as the plan says."
	case *d.Converged:
		return out + " The gateway matches the files."
	case d.Saved:
		return out + " The gateway is not as the plan says yet; make the plan again for the rest."
	}
	return out + " The gateway does not match the files yet; " + d.rest()
}

// check is how to find out.
func (d *Results) check() string {
	if d.Summary.Succeeded == len(d.Results) {
		return "run diff to find out."
	}
	return d.rest()
}

// rest is how the rest gets done.
func (d *Results) rest() string {
	if slices.ContainsFunc(d.Results, func(r Result) bool { return r.lasting }) {
		return "a retry alone does not fix it, see above."
	}
	return "apply again to finish the rest."
}
