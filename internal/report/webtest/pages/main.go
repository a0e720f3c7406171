// Pages writes sample reports into the folder given as its argument, for tests in a browser.
package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/apigw-sync/apigw-sync/internal/report"
	"github.com/apigw-sync/apigw-sync/internal/report/document"
	"github.com/apigw-sync/apigw-sync/internal/report/sample"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: pages FOLDER")
		os.Exit(1)
	}
	if err := write(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "pages:", err)
		os.Exit(1)
	}
}

func write(folder string) error {
	html := report.Find("html")
	style := report.Style{History: sample.History()}
	pages := map[string]func(io.Writer) error{
		"drift":   func(w io.Writer) error { return html.Write(w, sample.Drift(), style) },
		"plan":    func(w io.Writer) error { return html.Write(w, sample.Plan(), style) },
		"apply":   func(w io.Writer) error { return html.Write(w, sample.Results(), style) },
		"failed":  func(w io.Writer) error { return html.Write(w, sample.Failed(), style) },
		"same":    func(w io.Writer) error { return html.Write(w, document.EmptyPlan(sample.Head), style) },
		"fleet":   func(w io.Writer) error { return html.Write(w, sample.Fleet(), style) },
		"many":    func(w io.Writer) error { return html.Write(w, sample.Many(5_000, 40), style) },
		"hostile": func(w io.Writer) error { return html.Write(w, sample.Poison(sample.Drift(), 0), style) },
	}
	for i := 3; i < len(sample.Hostile); i += 6 {
		pages[fmt.Sprintf("hostilefleet%d", i)] = func(w io.Writer) error { return html.Write(w, sample.PoisonedFleet(i), style) }
		pages[fmt.Sprintf("hostile%d", i)] = func(w io.Writer) error { return html.Write(w, sample.Poison(sample.Drift(), i), style) }
	}
	for name, page := range pages {
		f, err := os.Create(filepath.Join(folder, name+".html")) //nolint:gosec // the folder is the caller's
		if err != nil {
			return err
		}
		if err := page(f); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if err := f.Close(); err != nil {
			return err
		}
	}
	return nil
}
