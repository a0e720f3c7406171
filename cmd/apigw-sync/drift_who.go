package main

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"github.com/apigw-sync/apigw-sync/internal/checks/trail"
	"github.com/apigw-sync/apigw-sync/internal/fetch"
	"github.com/apigw-sync/apigw-sync/internal/report/document"
	"github.com/apigw-sync/apigw-sync/internal/saved/journal"
)

// askWho looks up in the audit trail who made the differences, if there are any. If that fails, it returns warnings:
// the report must be made in any case.
func (o *driftOptions) askWho(ctx context.Context, p *program, c *prepared, reader *fetch.Reader, now time.Time) (map[string]trail.Author, []document.Problem) {
	if !o.who || o.compare.gateway.against != "" || len(c.Plan.Changes)+len(c.Plan.Extra) == 0 {
		return nil, nil
	}
	found, err := trail.Read(ctx, reader, now)
	by := found.Authors(c.Plan, c.Actual, trail.Run{InstanceID: c.session.instanceID, Requests: ownRequests(p, c.session.gateway), KeyID: c.session.keyID})
	if err != nil {
		return by, []document.Problem{{Message: "who made the differences is not known, or not of all: the audit trail could not be read: " + err.Error()}}
	}
	return by, nil
}

// ownRequests returns the ids of the requests that earlier runs on this machine sent to a gateway, from their undo
// files. If a file cannot be read, the only consequence is that writes of this tool look like those of its user.
func ownRequests(p *program, g *gateway) map[string]bool {
	out := map[string]bool{}
	folder, err := undoFolder(p, g)
	if err != nil {
		return out
	}
	names, _ := undoFiles(folder)
	for _, name := range names {
		f, err := os.Open(filepath.Join(folder, name)) //nolint:gosec // a file in the tool's own folder
		if err != nil {
			continue
		}
		entries, _, _ := journal.Read(f)
		_ = f.Close()
		for i := range entries {
			out[entries[i].RequestID] = true
		}
	}
	return out
}
