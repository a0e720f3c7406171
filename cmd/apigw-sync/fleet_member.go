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

// member is the run for one of several targets.
type member struct {
	name      string
	common    *common
	overrides map[string]string // values of flags for this target alone; "" leaves the flag at its default
	writes    bool              // the result is also written to a file of the target
	file      string            // the file that an export writes
	wave      int               // the wave of an apply; 0 for other commands

	// An apply closes ready when it has a plan to carry out, and then waits for proceed: nil, or the error why it must
	// not write.
	ready   chan struct{}
	proceed chan error
	plan    *document.Plan // nil until the plan is made
	changes int            // number of changes in the plan; set before ready is closed

	done     chan struct{} // closed at the end of the run; the fields below are set by then
	document document.Document
	style    report.Style // has what the document does not contain, such as earlier reports
	code     int
	skipped  string // why the run never got permission to write; "" if it did
}

// common is what the runs for several targets share.
type common struct {
	stderr    *shared
	prefixed  bool // lines on stderr begin with the name of the target
	terminal  bool
	quiet     bool
	stdin     []byte
	emulators *emulators
	bound     *remote.Bound // the limit of requests in flight
}

// common prepares what the runs share. If files come from stdin, it reads them once for all runs.
func (f *fleet) common(p *program, cmd *cobra.Command) (*common, error) {
	c := &common{stderr: &shared{w: p.Stderr}, prefixed: p.logFormat != "json", terminal: terminal(p.Stderr), quiet: p.quiet, emulators: &emulators{}}
	c.bound = remote.NewBound(remote.MostInAll)
	if n, ok := inFlightOf(cmd.Flags()); ok && p.given["parallelism"] && n > 0 {
		c.bound = remote.NewBound(int(n))
	}
	for _, flag := range []string{"file", "overlay"} {
		if found := cmd.Flags().Lookup(flag); found != nil && slices.Contains(flagValues(found), "-") {
			text, err := io.ReadAll(p.Stdin)
			if err != nil {
				return nil, fmt.Errorf("stdin: %w", err)
			}
			c.stdin = text
		}
	}
	return c, nil
}

// inFlightOf returns the value of --parallelism.
func inFlightOf(flags *pflag.FlagSet) (inFlight, bool) {
	if f := flags.Lookup("parallelism"); f != nil {
		if n, ok := f.Value.(*inFlight); ok {
			return *n, true
		}
	}
	return 0, false
}

// watch starts to show the progress of all runs.
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
		return // the only result of an export is its file
	}
	if m.document == nil {
		m.document = document.Empty(cmd.Name(), head(""), time.Now())
		m.document.Fail(problemsOf(err)...)
	}
	if h := m.document.Header(); h.Gateway == nil {
		h.Gateway = gatewayOf(cmd.Flags(), m.name)
	}
}

// setOverrides sets the flags that have a value for this target alone.
func (m *member) setOverrides(flags *pflag.FlagSet) error {
	for name, value := range m.overrides {
		f := flags.Lookup(name)
		if err := f.Value.Set(value); err != nil {
			return fmt.Errorf("--%s: %w", name, err)
		}
	}
	return setFlag(flags.Lookup("target"), []string{m.name})
}

// stderr returns the writer for the messages of this run.
func (m *member) stderr() io.Writer {
	if !m.common.prefixed {
		return m.common.stderr
	}
	return &prefixed{to: m.common.stderr, prefix: m.name + ": "}
}

// prefixed writes complete lines, each after a prefix.
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

// errNotStarted is the error of a run that ended before it was allowed to write.
var errNotStarted = errors.New("nothing was changed: the run ended before its wave started")

// waitToWrite makes a run wait until it may write. It returns an error if the run must not.
func (m *member) waitToWrite(ctx context.Context, n int) error {
	m.changes = n
	close(m.ready)
	select {
	case <-ctx.Done():
		return fmt.Errorf("nothing was changed: %w", context.Cause(ctx))
	case err := <-m.proceed:
		return err
	}
}

// emulators are the emulators in this process. Targets with the same state file share one.
type emulators struct {
	mu   sync.Mutex
	open map[string]*openEmulator
}

type openEmulator struct {
	*startedEmulator
	users int
}

// start starts an emulator with the state in a file, or returns the one that is running. The last run that ends saves
// the state.
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
