package report

import (
	"github.com/fatih/color"

	"github.com/apigw-sync/apigw-sync/internal/report/document"
)

func (p *page) textCheck(d *document.Check) {
	word := p.paint("ok:", color.FgGreen)
	if d.Lint != nil {
		p.textLint(d.Lint)
		if d.Lint.Summary.Error > 0 {
			word = p.paint("not ok:", color.FgRed)
		}
	}
	p.linef("%s %s", word, d.Sum())
}
