package report

import (
	"fmt"
	"io"

	"github.com/apigw-sync/apigw-sync/internal/report/document"
)

// htmlFleet is a page about many targets: a row for each, the worst first, and below them their reports.
type htmlFleet struct {
	*document.Fleet
	htmlFrame
	Columns htmlFleetColumns
	Rows    []htmlFleetRow
}

// htmlFleetColumns says which columns are not empty.
type htmlFleetColumns struct{ Differences, Certificates, Covered bool }

// htmlFleetRow is a target. All of its texts are harmless to display.
type htmlFleetRow struct {
	Anchor, Name, Where string
	State, Verdict      string
	Differences         string
	Certificates        string
	Covered             string // how many objects of the gateway the files declare
	Sum                 string
	Page                *htmlPage // nil for a target that was skipped
}

var htmlFleetVerdicts = map[string]string{
	document.StateOK: "well", document.StateDiffers: "look", document.StateSkipped: "look",
	document.StateError: "bad", document.StateIncomplete: "bad", document.StateRefused: "bad",
}

func writeFleetPage(w io.Writer, d *document.Fleet, _ Style) error {
	p := &htmlFleet{Fleet: d, htmlFrame: htmlFrame{Title: htmlTitles[d.Command] + " · " + document.Count(len(d.Targets), "target", "targets"), Verdict: "well"}}
	for i, m := range worstFirst(d) {
		row := newHTMLFleetRow(m, fmt.Sprintf("t%d", i))
		if i == 0 || row.Verdict == "bad" {
			p.Verdict = row.Verdict
		}
		p.Columns.Differences = p.Columns.Differences || row.Differences != ""
		p.Columns.Certificates = p.Columns.Certificates || row.Certificates != ""
		p.Columns.Covered = p.Columns.Covered || row.Covered != ""
		p.Rows = append(p.Rows, row)
	}
	return show(w, "fleet.tmpl", p)
}

func newHTMLFleetRow(m *document.Member, anchor string) htmlFleetRow {
	r := htmlFleetRow{
		Anchor: anchor, Name: document.Clean(m.Target), State: m.State(), Verdict: htmlFleetVerdicts[m.State()], Sum: document.Clip(document.Clean(m.Sum()), htmlMessageMost),
	}
	if m.Document == nil {
		return r
	}
	v := viewOf(m.Document)
	v.ID = anchor + "-"
	r.Where, r.Page = v.Where(), newHTMLPage(v, m.History)
	if r.Page.Verdict == "bad" { // such as a plan with an exposure
		r.Verdict = "bad"
	}
	if v.Failed {
		return r
	}
	r.Differences = fmt.Sprint(len(v.Items) + len(v.Extra))
	if v.Health != nil {
		r.Certificates = htmlSoonest(v.Health.Certificates)
		if c := v.Health.Coverage; c != nil {
			r.Covered = fmt.Sprintf("%d of %d", c.Declared, c.Declared+c.Undeclared)
		}
	}
	return r
}

// htmlSoonest returns words that say when the first certificate expires. The list is sorted by the time of expiry.
func htmlSoonest(list []document.Certificate) string {
	if len(list) == 0 {
		return "none ends soon"
	}
	if list[0].Expired {
		return document.Count(len(list), "ends or has ended", "end or have ended")
	}
	return document.Count(len(list), "ends", "end") + " in " + document.Count(list[0].Days, "day", "days")
}
