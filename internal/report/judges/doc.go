// Package judges checks the formats of package report with third-party parsers: the JSON Schema of SARIF, and the parsers
// of Prometheus, of HTML as browsers read it, and of GitHub's Markdown. It is a module of its own, so that the tool does
// not depend on them.
package judges
