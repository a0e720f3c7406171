package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/reconcile"
	"github.com/apigw-sync/apigw-sync/internal/report/document"
	"github.com/apigw-sync/apigw-sync/internal/spec"
	"github.com/apigw-sync/apigw-sync/internal/spec/writeback"
)

// updateFiles writes what the gateway holds back into files. It writes the first file only when the new content of all
// files is ready.
func (o *exportOptions) updateFiles(p *program, all *reconcile.Everything) error {
	o.compare.files.files = o.update
	inputs, err := o.compare.files.inputs(p)
	if err != nil {
		return err
	}
	p.warnSkipped(o.compare.files.skipped)
	result, findings, err := writeback.Run(inputs, o.compare.files.options(p), writeback.Gateway{Actual: all.Actual, Catalog: all.Catalog, Unread: all.Unread, Adopt: o.adopt}, o.compare.diffOptions())
	if err != nil {
		result.Files, result.Notes, result.Variables = nil, nil, nil
		if len(result.Kept) > 0 {
			_, _ = io.WriteString(p.Stderr, updateText(result))
		}
		return err
	}
	if _, err := problemsIn(findings); err != nil {
		return err
	}
	if err := replaceFiles(inputs, result.Files); err != nil {
		return err
	}
	if _, err := io.WriteString(p.Stderr, updateText(result)); err != nil {
		return err
	}
	return writebackError(result)
}

// replaceFiles writes edited files, unless one of them was changed since it was read.
func replaceFiles(inputs []spec.Input, files []writeback.File) error {
	read := map[string][]byte{}
	for _, in := range inputs {
		read[in.Name] = in.Data
	}
	for _, f := range files {
		now, err := os.ReadFile(filepath.FromSlash(f.Name))
		if err != nil {
			return err
		}
		if !bytes.Equal(now, read[f.Name]) {
			return hinted{fmt.Errorf("%s was changed meanwhile; nothing was written", f.Name), "run it again"}
		}
	}
	for i, f := range files {
		err := writeBytes(filepath.FromSlash(f.Name), sharedMode, f.Data)
		if err != nil && i > 0 {
			return coded{exitIncomplete, fmt.Errorf("%w; %d of %d files were written", err, i, len(files))}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// writebackError returns the error for what could not be written back; nil if everything was.
func writebackError(result *writeback.Result) error {
	if len(result.Kept) == 0 {
		return nil
	}
	err := hinted{errors.New(document.Count(len(result.Kept), "difference", "differences") + " could not be written back"), "see above"}
	if len(result.Files) > 0 {
		return coded{exitIncomplete, err}
	}
	return err
}

// actionMarks are the marks of changes in the files.
var actionMarks = map[diff.Action]string{diff.Create: "+", diff.Update: "~", diff.Delete: "-"}

// updateText lists what was changed in each file, and what was not.
func updateText(result *writeback.Result) string {
	var b strings.Builder
	for _, f := range result.Files {
		fmt.Fprintf(&b, "%s: %s\n", f.Name, document.Count(len(f.Changes), "change", "changes"))
		for _, c := range f.Changes {
			b.WriteString("  " + actionMarks[c.Action] + " " + c.Address)
			if c.Field != nil {
				b.WriteString(" " + document.Leaf(*c.Field))
			}
			b.WriteString("\n")
		}
	}
	list := func(head string, about []writeback.Kept) {
		if len(about) > 0 {
			b.WriteString(head + "\n")
		}
		for _, k := range about {
			at := ""
			if k.Source.File != "" {
				at = fmt.Sprintf("%s:%d:%d: ", k.Source.File, k.Source.Line, k.Source.Column)
			}
			b.WriteString("  " + at + strings.TrimSpace(k.Address+" "+k.Path) + ": " + document.Clean(k.Text) + "\n")
		}
	}
	list("to know:", result.Notes)
	list("cannot be written back:", result.Kept)
	if len(result.Variables) > 0 {
		b.WriteString("new variables that stand for secrets; set them where the files are applied to another gateway:\n")
	}
	for _, v := range result.Variables {
		fmt.Fprintf(&b, "  %s  %s %s\n", v.Name, v.Address, v.Path)
	}
	if b.Len() == 0 {
		return "No changes. The files say what the gateway holds.\n"
	}
	return b.String()
}
