package main

import (
	"context"
	"log/slog"
	"time"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/fetch"
	"github.com/apigw-sync/apigw-sync/internal/reconcile"
)

// session is a gateway with the log and the progress of the command that uses it.
type session struct {
	*gateway
	log      *slog.Logger
	progress *progress // nil with --quiet, and in a run for several targets
}

// dial prepares to send requests to the gateway. The caller must end the session, even after failures.
func (o *gatewayOptions) dial(ctx context.Context, p *program) (*session, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	stderr := &shared{w: p.Stderr}
	log, err := p.log(stderr)
	if err != nil {
		return nil, err
	}
	gateway, err := o.connect(ctx, p, log, stderr)
	if err != nil {
		return nil, err
	}
	s := &session{gateway: gateway, log: log}
	if !p.quiet && p.member == nil {
		s.progress = watch(stderr, terminal(p.Stderr))
	}
	return s, nil
}

// reader returns a reader for single lists and objects. The progress counts its requests after those that were sent
// before.
func (s *session) reader(before int) *fetch.Reader {
	return &fetch.Reader{Caller: s.Caller, Progress: func(n int) { s.progress.report("read", before+n, 0) }}
}

// run returns a run that compares, reads and writes with options.
func (s *session) run(options diff.Options, parallel int) *reconcile.Run {
	return &reconcile.Run{Caller: s.Caller, Options: options, Parallel: parallel, Progress: s.progress.report, Waiting: func(address string, d time.Duration) {
		s.log.Info(address+" has just changed; waiting until the gateway accepts another change of it", "wait", d.String())
	}}
}

// end closes the progress and the connection.
func (s *session) end() error {
	s.progress.close()
	s.log.Debug("requests in flight", "most", s.maxInFlight())
	return s.close()
}
