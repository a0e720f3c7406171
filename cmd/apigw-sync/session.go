package main

import (
	"context"

	"github.com/apigw-sync/apigw-sync/internal/fetch"
)

// session is a gateway that is read for people who watch.
type session struct {
	*gateway
	reader *fetch.Reader
	quiet  func() // ends the progress
}

// dial connects for a command that only reads. Close it also after failures of what follows.
func (o *gatewayOptions) dial(ctx context.Context, p *program, g *globals) (*session, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	stderr := &shared{w: p.Stderr}
	log, err := g.log(stderr)
	if err != nil {
		return nil, err
	}
	gateway, err := o.connect(ctx, p, log, stderr)
	if err != nil {
		return nil, err
	}
	s := &session{gateway: gateway, reader: &fetch.Reader{Caller: gateway}, quiet: func() {}}
	if !g.quiet {
		told := watch(stderr, terminal(p.Stderr))
		s.quiet = told.close
		s.reader.Progress = func(n int) { told.report("read", n, 0) }
	}
	return s, nil
}
