package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/apigw-sync/apigw-sync/internal/remote/notify"
	"github.com/apigw-sync/apigw-sync/internal/report/document"
	"github.com/apigw-sync/apigw-sync/internal/spec"
)

// notifyNone is the value of --notify that overrides the target's setting, so that nobody is notified.
const notifyNone = "none"

// hooks returns the webhooks to notify. An error identifies a wrong one by its number, since its URL is a secret.
func (o *driftOptions) hooks(p *program) ([]*notify.Hook, error) {
	lookup := func(name string) (string, bool) {
		if value, ok := p.Lookup(name); ok {
			return value, ok
		}
		value, ok := p.vars[name]
		return value, ok
	}
	var out []*notify.Hook
	for i, raw := range o.notify {
		if raw == notifyNone {
			continue
		}
		text, err := spec.Expand(raw, lookup)
		if err != nil {
			return nil, fmt.Errorf("--notify, URL %d: %w", i+1, err)
		}
		hook, err := notify.Parse(text)
		if err != nil {
			return nil, fmt.Errorf("--notify, URL %d: %w", i+1, err)
		}
		out = append(out, hook)
	}
	return out, nil
}

// notifyHooks sends news to the webhooks. If that fails, it returns warnings: the report must be written in any case.
func (o *driftOptions) notifyHooks(ctx context.Context, out *printer, d *document.Drift) []document.Problem {
	hooks, err := o.hooks(out.program)
	if err != nil || len(hooks) == 0 || !d.IsNews(out.style.History) {
		return problemsOf(err)
	}
	m := d.Message()
	warnings := make([]document.Problem, len(hooks))
	var wg sync.WaitGroup
	for i, hook := range hooks {
		wg.Go(func() {
			if err := hook.Send(ctx, notify.Message{Text: m.Text, Data: m}, nil); err != nil {
				warnings[i] = document.Problem{Message: "no message was sent about this: " + strings.ToValidUTF8(err.Error(), "?")}
			}
		})
	}
	wg.Wait()
	return slices.DeleteFunc(warnings, func(p document.Problem) bool { return p.Message == "" })
}
