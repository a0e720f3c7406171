// Package judges lets parsers that others wrote read the formats of package report: the JSON Schema of
// SARIF, the parsers of Prometheus, of HTML as browsers read it, and of Markdown as GitHub writes it. It
// is a module of its own, so that the tool does not depend on them.
package judges
