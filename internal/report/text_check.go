package report

import (
	"io"
	"strings"

	"github.com/fatih/color"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

func textCheck(w io.Writer, d *Check, s Style) error {
	p := newPage(w, s)
	word := p.paint("ok:", color.FgGreen)
	if d.Lint != nil {
		p.textLint(d.Lint)
		if d.Lint.Summary.Error > 0 {
			word = p.paint("not ok:", color.FgRed)
		}
	}
	p.linef("%s %s", word, d.sum())
	return p.Flush()
}

// sum counts what the files declare, section by section.
func (d *Check) sum() string {
	var parts []string
	for _, k := range kind.All {
		if n := d.Summary[k.Section]; k.Section != "" && n > 0 {
			parts = append(parts, count(n, k.Name, k.Section))
		}
	}
	if n := d.Summary["references"]; n > 0 {
		parts = append(parts, count(n, "reference to APIs", "references to APIs"))
	}
	if len(d.Warnings) > 0 {
		parts = append(parts, count(len(d.Warnings), "warning", "warnings"))
	}
	if len(parts) == 0 {
		parts = []string{"the files declare nothing"}
	}
	sum := strings.Join(parts, ", ")
	if d.Lint != nil {
		sum += "; " + d.Lint.sum()
	}
	return sum
}
