package judges

import (
	"bytes"
	"fmt"
	"math"
	"strings"
	"testing"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	rendered "github.com/yuin/goldmark/renderer/html"
	"golang.org/x/net/html"

	"github.com/apigw-sync/apigw-sync/internal/report"
	"github.com/apigw-sync/apigw-sync/internal/report/document"
	"github.com/apigw-sync/apigw-sync/internal/report/sample"
)

// documents are samples, and samples full of texts that break formats which do not escape them.
func documents() map[string]document.Document {
	out := map[string]document.Document{
		"plan": sample.Plan(), "failed": sample.Failed(), "results": sample.Results(), "drift": sample.Drift(), "check": sample.Check(),
		"same": document.EmptyPlan(sample.Head), "many": sample.Many(5_000, 40),
	}
	for i := range sample.Hostile {
		out[fmt.Sprint("hostile plan ", i)] = sample.Poison(sample.Plan(), i)
		out[fmt.Sprint("hostile failed ", i)] = sample.Poison(sample.Failed(), i)
		out[fmt.Sprint("hostile results ", i)] = sample.Poison(sample.Results(), i)
		out[fmt.Sprint("hostile drift ", i)] = sample.Poison(sample.Drift(), i)
		out[fmt.Sprint("hostile check ", i)] = sample.Poison(sample.Check(), i)
	}
	return out
}

// each calls f with every document that the format supports.
func each(t *testing.T, name string, f func(t *testing.T, out []byte)) {
	format := report.Find(name)
	style := report.Style{History: sample.History()}
	for name, doc := range documents() {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			if _, check := doc.(*document.Check); check && !format.Has("validate") {
				return
			}
			if err := format.Write(&b, doc, style); err != nil {
				t.Fatal(err)
			}
			f(t, b.Bytes())
		})
	}
}

// TestPrometheus checks metrics with the parser of Prometheus.
func TestPrometheus(t *testing.T) {
	each(t, "prometheus", func(t *testing.T, out []byte) {
		p := expfmt.NewTextParser(model.LegacyValidation)
		families, err := p.TextToMetricFamilies(bytes.NewReader(out))
		if err != nil {
			t.Fatal(err)
		}
		for name, f := range families {
			if f.GetHelp() == "" || f.GetType() != dto.MetricType_GAUGE || !strings.HasPrefix(name, "apigw_sync_") || strings.HasSuffix(name, "_total") {
				t.Errorf("%s: help %q, type %s", name, f.GetHelp(), f.GetType())
			}
			seen := map[string]bool{}
			for _, m := range f.GetMetric() {
				if key := fmt.Sprint(m.GetLabel()); seen[key] {
					t.Errorf("%s has %s twice", name, key)
				} else {
					seen[key] = true
				}
				if math.IsNaN(m.GetGauge().GetValue()) {
					t.Errorf("%s is no number", name)
				}
			}
		}
		if families["apigw_sync_success"] == nil || families["apigw_sync_findings"] == nil {
			t.Error("what alerts need is missing")
		}
	})
}

// harmless are the elements allowed on a page and in rendered Markdown.
const harmless = " html head meta style title body a header div p h1 h2 h3 h4 span dl dt dd code bdi time nav ul li main section b strong" +
	" br details summary table thead tbody tr th td svg rect path figure figcaption form label input button fieldset legend mark footer kbd script pre "

// scan checks every element of a page and returns the number of scripts.
func scan(t *testing.T, page []byte) (scripts int) {
	t.Helper()
	root, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		if !strings.Contains(harmless, " "+n.Data+" ") {
			t.Errorf("there is an element %s", n.Data)
		}
		if n.Data == "script" {
			scripts++
		}
		for _, a := range n.Attr {
			if strings.HasPrefix(a.Key, "on") || a.Key == "style" || a.Key == "src" || a.Key == "href" && !strings.HasPrefix(a.Val, "#") {
				t.Errorf("%s has the attribute %s=%q", n.Data, a.Key, a.Val)
			}
		}
	}
	return scripts
}

// TestHTML checks that pages have exactly one script, whatever the texts in a document are.
func TestHTML(t *testing.T) {
	each(t, "html", func(t *testing.T, out []byte) {
		if n := scan(t, out); n != 1 {
			t.Errorf("there are %d scripts", n)
		}
	})
}

// Markdown is rendered with raw HTML enabled, so that text outside of code would become elements.
func TestMarkdown(t *testing.T) {
	tables := extension.NewTable(extension.WithTableCellAlignMethod(extension.TableCellAlignAttribute))
	site := goldmark.New(goldmark.WithExtensions(tables, extension.Linkify, extension.Strikethrough, extension.TaskList), goldmark.WithRendererOptions(rendered.WithUnsafe()))
	each(t, "markdown", func(t *testing.T, out []byte) {
		var page bytes.Buffer
		if err := site.Convert(out, &page); err != nil {
			t.Fatal(err)
		}
		if n := scan(t, page.Bytes()); n != 0 {
			t.Errorf("there are %d scripts", n)
		}
		root, err := html.Parse(&page)
		if err != nil {
			t.Fatal(err)
		}
		for n := range root.Descendants() {
			if n.Type == html.TextNode && strings.Contains(n.Data, "@") && !within(n, "code") {
				t.Errorf("a mention is outside of code: %q", n.Data)
			}
		}
		if n := count(root, "details") - count(root, "summary"); n != 0 {
			t.Errorf("folds and their titles differ by %d", n)
		}
	})
}

func within(n *html.Node, element string) bool {
	for p := range n.Ancestors() {
		if p.Data == element {
			return true
		}
	}
	return false
}

func count(root *html.Node, element string) (n int) {
	for d := range root.Descendants() {
		if d.Type == html.ElementNode && d.Data == element {
			n++
		}
	}
	return n
}
