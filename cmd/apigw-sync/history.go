package main

import (
	"fmt"
	"os"

	"github.com/apigw-sync/apigw-sync/internal/checks/drift"
	"github.com/apigw-sync/apigw-sync/internal/report/document"
)

// recall reads earlier drift reports about the same gateway from a folder, for formats that show drift
// over time. Files that are none become warnings of d.
func recall(folder string, out *printer, d *document.Drift) error {
	if folder == "" {
		return nil
	}
	past, odd, err := document.History(os.DirFS(folder), d.InstanceID)
	if err != nil {
		return fmt.Errorf("--history: %w", err)
	}
	out.style.History = past
	d.Warnings = append(d.Warnings, odd...)
	return nil
}

// managed lists the addresses of all that the files declare and the comparison looked at; nil when it
// was told to look at some only.
func (c *comparison) managed() []string {
	if len(c.run.Policy.Kinds)+len(c.run.Policy.Names) > 0 {
		return nil
	}
	return drift.Managed(&c.Desired)
}
