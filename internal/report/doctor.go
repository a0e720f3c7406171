package report

import (
	"fmt"
	"io"

	"github.com/fatih/color"

	"github.com/apigw-sync/apigw-sync/internal/checks/doctor"
)

// Diagnosis tells what would keep files and gateway apart.
type Diagnosis struct {
	Head
	Healthy  bool           `json:"healthy"` // no check failed
	Checks   []doctor.Check `json:"checks"`  // in the order in which they were made
	Requests Requests       `json:"requests"`
	Trouble
}

// NewDiagnosis is the document of checks.
func NewDiagnosis(h Head, checks []doctor.Check, reads int) *Diagnosis {
	d := &Diagnosis{Head: h, Healthy: true, Checks: append([]doctor.Check{}, checks...), Requests: Requests{Read: reads}, Trouble: noTrouble()}
	for _, c := range checks {
		d.Healthy = d.Healthy && c.Status != doctor.Failed
	}
	return d
}

// marks are how outcomes look, three columns wide.
var marks = map[doctor.Status]struct {
	symbol string
	paint  []color.Attribute
}{
	doctor.OK:      {"  ✓", []color.Attribute{color.FgGreen}},
	doctor.Warning: {"  !", []color.Attribute{color.FgYellow}},
	doctor.Failed:  {"  ✗", []color.Attribute{color.FgRed}},
	doctor.Skipped: {"  ·", []color.Attribute{color.Faint}},
}

// textDoctor writes a line for each check, and below it what to do.
func textDoctor(w io.Writer, d *Diagnosis, s Style) error {
	p := newPage(w, s)
	n := map[doctor.Status]int{}
	block := make([]row, len(d.Checks))
	for i := range d.Checks {
		c := &d.Checks[i]
		n[c.Status]++
		block[i] = row{symbol: marks[c.Status].symbol, paint: marks[c.Status].paint, cells: []string{Clean(c.Name), string(c.Status), Clean(c.Message)}}
		if c.Hint != "" {
			block[i].below = func() { p.linef("%s→ %s", indent, Clean(c.Hint)) }
		}
	}
	p.rows(block)
	sum := fmt.Sprintf("%d ok, %s, %d failed, %d skipped.", n[doctor.OK], count(n[doctor.Warning], "warning", "warnings"), n[doctor.Failed], n[doctor.Skipped])
	if d.Healthy {
		sum = "Healthy: " + sum
	} else {
		sum = "Not healthy: " + sum
	}
	p.linef("\n%s", p.paint(sum, color.Bold))
	return p.Flush()
}
