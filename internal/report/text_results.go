package report

import (
	"io"

	"github.com/fatih/color"

	"github.com/apigw-sync/apigw-sync/internal/apply"
	"github.com/apigw-sync/apigw-sync/internal/report/document"
)

// outcomes are how statuses look, three columns wide.
var outcomes = map[apply.Status]look{
	apply.Succeeded: painted("  ✓", color.FgGreen),
	apply.Failed:    painted("  ✗", color.FgRed),
	apply.Skipped:   painted("  ·", color.FgYellow),
	apply.Unknown:   painted("  ?", color.FgMagenta),
}

func (p *page) textResults(d *document.Results) {
	var block []row
	if done := d.Done(); d.Shown && done != "" {
		block = append(block, row{look: outcomes[apply.Succeeded], cells: []string{done}})
	}
	for i := range d.Results {
		r := &d.Results[i]
		if d.Shown && r.Plain() {
			continue // the plan has shown it
		}
		x := row{look: outcomes[r.Status], cells: []string{document.Clean(r.Address), r.OutcomeText()}}
		if r.Advice != "" {
			x.below = func() { p.linef("%s%s", indent, document.Clean(r.Advice)) }
		}
		block = append(block, x)
	}
	p.rows(block)
	if len(block) > 0 {
		p.linef("")
	}
	p.warnings(d.Warnings)
	if rest := d.Unexplained(); len(rest) > 0 {
		p.linef("Read again after writing, these differences remain:")
		p.changes(rest, each(p.change))
	}
	if d.Stopped {
		p.linef("The run was stopped before everything was tried.")
	}
	p.undoFile(d.Undo)
	p.linef("%s", p.paint(d.Sum(), color.Bold))
}

// undoFile writes how a run is taken back, and what that cannot bring back.
func (p *page) undoFile(u *document.Undo) {
	if u == nil {
		return
	}
	file := ""
	if u.UserNamed {
		file = " " + document.Clean(u.File)
	}
	p.linef("Undo: apigw-sync undo%s takes this back.", file)
	p.losses(u.NotRestorable)
	p.linef("")
}

func (p *page) losses(list []document.Loss) {
	if len(list) > 0 {
		p.linef("It cannot bring back:")
	}
	for _, l := range list {
		what := l.Address
		if l.Path != "" {
			what += " " + l.Path
		}
		p.linef("%s%s: %s", indent, document.Clean(what), document.Clean(l.Reason))
	}
}

// TextOfTakesBack writes the gateway, the run that is taken back (nil for none), and whether anything of it is left.
func TextOfTakesBack(w io.Writer, h *document.Head, t *document.TakesBack, left bool, s Style) error {
	if t == nil {
		return nil
	}
	p := newPage(w, s)
	p.where(h)
	h.Shown = true
	of := "the run"
	if t.Undo {
		of = "the undo"
	}
	p.linef("Takes back %s of %s.", of, document.Clean(t.Created))
	p.losses(t.NotRestorable)
	if !left {
		p.linef("Nothing of it is left to take back.")
		return p.Flush()
	}
	p.linef("")
	return p.Flush()
}
