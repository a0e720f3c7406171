package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/apigw-sync/apigw-sync/internal/remote"
	"github.com/apigw-sync/apigw-sync/internal/report"
	"github.com/apigw-sync/apigw-sync/internal/report/document"
)

// member is the run for one target among many.
type member struct {
	name      string
	common    *common
	overrides map[string]string // values of flags that are the target's own; "" leaves the flag at its default
	writes    bool              // the result goes into a file of its own, too
	file      string            // what an export writes
	wave      int               // of an apply; 0 for other commands

	// An apply closes ready once it has a plan to carry out, and waits for what proceed says: nil, or why not.
	ready   chan struct{}
	proceed chan error
	plan    *document.Plan // nil until there is one
	changes int            // of the plan, once it is ready

	done     chan struct{} // closed at the end; what follows is set then
	document document.Document
	style    report.Style // with what the document does not hold, such as the past
	code     int
	skipped  string // why its turn did not come; "" when it did
}

// common is what the runs for many targets share.
type common struct {
	stderr    *shared
	prefixed  bool // lines on stderr begin with the target
	terminal  bool
	quiet     bool
	stdin     []byte
	emulators *emulators
	bound     *remote.Bound // of requests in flight
}

// common reads stdin where files come from there, for all.
func (f *fleet) common(p *program, cmd *cobra.Command) (*common, error) {
	c := &common{stderr: &shared{w: p.Stderr}, prefixed: p.logFormat != "json", terminal: terminal(p.Stderr), quiet: p.quiet, emulators: &emulators{}}
	c.bound = remote.NewBound(remote.MostInAll)
	if n, ok := inFlightOf(cmd.Flags()); ok && p.given["parallelism"] && n > 0 {
		c.bound = remote.NewBound(int(n))
	}
	for _, flag := range []string{"file", "overlay"} {
		if found := cmd.Flags().Lookup(flag); found != nil && slices.Contains(valuesOf(found), "-") {
			text, err := io.ReadAll(p.Stdin)
			if err != nil {
				return nil, fmt.Errorf("stdin: %w", err)
			}
			c.stdin = text
		}
	}
	return c, nil
}

// inFlightOf is what --parallelism says.
func inFlightOf(flags *pflag.FlagSet) (inFlight, bool) {
	if f := flags.Lookup("parallelism"); f != nil {
		if n, ok := f.Value.(*inFlight); ok {
			return *n, true
		}
	}
	return 0, false
}

// watch begins to tell how far all are.
func (c *common) watch() *progress {
	if c.quiet {
		return nil
	}
	return watch(c.stderr, c.terminal)
}

// run runs the command for the target, as if it were alone.
func (m *member) run(ctx context.Context, p *program, args []string) {
	defer close(m.done)
	one := &program{Stdin: bytes.NewReader(m.common.stdin), Stdout: io.Discard, Stderr: m.stderr(), Environ: p.Environ, member: m, stopped: p.stopped}
	cmd, err := one.execute(ctx, args)
	m.code = exitCode(err)
	if cmd.Flags().Lookup("output") == nil && err == nil {
		return // of an export nothing is told but its file
	}
	if m.document == nil {
		m.document = document.Empty(cmd.Name(), head(""), time.Now())
		m.document.Fail(problemsOf(err)...)
	}
	if h := m.document.Begins(); h.Gateway == nil {
		h.Gateway = gatewayOf(cmd.Flags(), m.name)
	}
}

// settle gives flags the values that are the target's own.
func (m *member) settle(flags *pflag.FlagSet) error {
	for name, value := range m.overrides {
		f := flags.Lookup(name)
		if err := f.Value.Set(value); err != nil {
			return fmt.Errorf("--%s: %w", name, err)
		}
	}
	return assign(flags.Lookup("target"), []string{m.name})
}

// stderr is where lines of this run go.
func (m *member) stderr() io.Writer {
	if !m.common.prefixed {
		return m.common.stderr
	}
	return &prefixed{to: m.common.stderr, prefix: m.name + ": "}
}

// prefixed writes whole lines, each behind a prefix.
type prefixed struct {
	to     io.Writer
	prefix string
}

func (w *prefixed) Write(b []byte) (int, error) {
	var out bytes.Buffer
	for line := range bytes.Lines(b) {
		out.WriteString(w.prefix)
		out.Write(line)
	}
	_, err := w.to.Write(out.Bytes())
	return len(b), err
}

// errNotStarted is why a run ends whose turn did not come.
var errNotStarted = errors.New("nothing was changed: the run ended before its turn")

// await has a run wait until it may write. It fails with why it may not.
func (m *member) await(ctx context.Context, n int) error {
	m.changes = n
	close(m.ready)
	select {
	case <-ctx.Done():
		return fmt.Errorf("nothing was changed: %w", context.Cause(ctx))
	case err := <-m.proceed:
		return err
	}
}

// emulators are those inside the process, so that targets with one state file share one gateway.
type emulators struct {
	mu   sync.Mutex
	open map[string]*openEmulator
}

type openEmulator struct {
	*startedEmulator
	users int
}

// start starts the emulator with the state of a file, or joins it. The last one who ends saves it.
func (e *emulators) start(key, file string, start func() (*startedEmulator, error)) (*startedEmulator, error) {
	if file == "" {
		return start()
	}
	if full, err := filepath.Abs(file); err == nil {
		key += "\n" + full
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.open[key] == nil {
		s, err := start()
		if err != nil {
			return nil, err
		}
		if e.open == nil {
			e.open = map[string]*openEmulator{}
		}
		e.open[key] = &openEmulator{startedEmulator: s}
	}
	o := e.open[key]
	o.users++
	return &startedEmulator{gateway: o.gateway, save: func() error {
		e.mu.Lock()
		defer e.mu.Unlock()
		if o.users--; o.users > 0 {
			return nil
		}
		delete(e.open, key)
		return o.startedEmulator.save()
	}}, nil
}
