package format

import (
	"bytes"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
	"github.com/apigw-sync/apigw-sync/internal/spec"
	"github.com/apigw-sync/apigw-sync/internal/spec/edit"
)

const quoted = yaml.DoubleQuotedStyle | yaml.SingleQuotedStyle

// needsNoQuotes matches texts without characters that are special in YAML.
var needsNoQuotes = shape.Expression(`^[\pL_0-9][\pL\pN_./-]*( [\pL\pN_./-]+)*$`)

// scalar writes a scalar or alias in a list or mapping at a column. All its lines but the first lack the indentation of
// that list or mapping.
func (p *printer) scalar(v *edit.Value, flow bool, column int) []string {
	raw := string(p.data[v.Inner:v.End])
	style := v.Node.Style
	switch {
	case style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 && !flow:
		return block(raw, column)
	case style&quoted != 0 && style&yaml.TaggedStyle == 0 && needsNoQuotes().MatchString(v.Node.Value) && spec.IsText(v.Node.Value):
		return []string{v.Node.Value}
	}
	lines := strings.Split(raw, "\n")
	for i := range lines {
		if i > 0 {
			lines[i] = strings.TrimLeft(lines[i], " \t")
		}
		if i < len(lines)-1 {
			lines[i] = strings.TrimRight(lines[i], " \t")
		}
	}
	return lines
}

// block removes the indentation of a block scalar in a list or mapping at a column. A digit in the header sets the
// indentation of a text that begins with blanks.
func block(raw string, column int) []string {
	lines := strings.Split(raw, "\n")
	header := []byte(strings.TrimRight(lines[0], " \t"))
	indent := -1
	if i := bytes.IndexAny(bytes.SplitN(header, []byte(" "), 2)[0], "123456789"); i >= 0 {
		indent = max(column, 0) + int(header[i]-'0')
		header[i] = '2'
	}
	out := []string{string(header)}
	for _, line := range lines[1:] {
		text := strings.TrimLeft(line, " ")
		if indent < 0 && text != "" {
			indent = len(line) - len(text)
		}
		out = append(out, line[min(max(indent, 0), len(line)-len(text)):])
	}
	return out
}
