package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/report/document"
)

func writeFleetMarkdown(w io.Writer, d *document.Fleet, _ Style) error {
	_, err := io.WriteString(w, fleetMarkdown(d))
	return err
}

// fleetMarkdown returns a table with a line for each target, followed, as far as they fit, by the reports of those that
// need attention.
func fleetMarkdown(d *document.Fleet) string {
	var b sizedBuilder
	b.add(fmt.Sprintf("<!-- apigw-sync:%s -->\n### apigw-sync %s\n\n**%s**\n", d.Command, d.Command, d.Sum()))
	b.add("\n| Target | Result | |\n|---|---|---|\n")
	for i := range d.Targets {
		m := &d.Targets[i]
		line := fmt.Sprintf("| %s | %s%s | %s |\n", cellCode(document.Clip(m.Target, 100)), strings.TrimSpace(fleetLooks[m.State()].text)+" ", m.State(), cellCode(document.Clip(m.Sum(), 200)))
		if b.used+units(line) > markdownKept {
			b.add(fmt.Sprintf("\n%s not shown.\n", document.Count(len(d.Targets)-i, "target is", "targets are")))
			break
		}
		b.add(line)
	}
	for _, m := range worstFirst(d) {
		if m.State() == document.StateOK || m.Document == nil {
			continue
		}
		head := fmt.Sprintf("\n#### %s\n\n", code(document.Clip(m.Target, 100)))
		_, body, _ := strings.Cut(viewOf(m.Document).markdown(), "\n\n") // without its own mark and heading
		if room := markdownMost - markdownTail - b.used; units(head)+units(body) > room {
			body = fmt.Sprintf("%s. Its report does not fit here; reports in other formats include it.\n", cellCode(document.Clip(m.Sum(), 200)))
			if units(head)+units(body) > room {
				break
			}
		}
		b.add(head + body)
	}
	return b.String()
}
