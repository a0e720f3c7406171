package main

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestProgressLines checks the lines that report progress if stderr is not a terminal.
func TestProgressLines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var b bytes.Buffer
		p := watch(&shared{w: &b}, false)
		p.report("read", 1, 0)
		time.Sleep(900 * time.Millisecond)
		synctest.Wait()
		p.report("write", 0, 40)
		time.Sleep(12 * time.Second)
		p.report("write", 30, 40)
		p.report("write", 29, 40) // arrives out of order
		time.Sleep(10 * time.Second)
		p.close()
		want := "writing changes: 0 of 40\nwriting changes: 0 of 40\nwriting changes: 30 of 40\n"
		if d := cmp.Diff(want, b.String()); d != "" {
			t.Errorf("-want +got:\n%s", d)
		}
	})
}

// TestProgressBar checks that the bar appears late, shows the share of writes, does not mix with log lines, and is
// cleared at the end.
func TestProgressBar(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var b bytes.Buffer
		out := &shared{w: &b}
		p := watch(out, true)
		p.report("write", 1, 40)
		time.Sleep(900 * time.Millisecond)
		synctest.Wait()
		if b.Len() > 0 {
			t.Errorf("too early: %q", b.String())
		}
		p.report("write", 20, 40)
		time.Sleep(time.Second)
		synctest.Wait()
		if !strings.Contains(b.String(), "writing changes  50%") || !strings.Contains(b.String(), "20/40") {
			t.Errorf("no bar: %q", b.String())
		}
		slog.New(slog.NewTextHandler(out, nil)).Info("beside the bar")
		p.close()
		last := b.String()[strings.LastIndexByte(b.String(), '\n')+1:]
		if got := strings.TrimSpace(strings.ReplaceAll(afterReturn(last), "\x1b[K", "")); got != "" {
			t.Errorf("the bar stays: %q", got)
		}
		for l := range strings.Lines(b.String()) {
			if text := afterReturn(strings.TrimSuffix(l, "\n")); strings.HasSuffix(l, "\n") && !strings.HasPrefix(text, "time=") && !strings.Contains(text, "\x1b[Ktime=") {
				t.Errorf("a log line runs into the bar: %q", l)
			}
		}
	})
}

// afterReturn returns what a terminal shows of a line: the text after the last carriage return.
func afterReturn(s string) string { return s[strings.LastIndexByte(s, '\r')+1:] }

// TestProgressPauses checks that a pause clears the bar.
func TestProgressPauses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var b bytes.Buffer
		p := watch(&shared{w: &b}, true)
		p.report("read", 1, 0) // the total is unknown, so a spinner is shown
		time.Sleep(3 * time.Second)
		synctest.Wait()
		p.pause()
		before := b.Len()
		if before == 0 || strings.TrimSpace(afterReturn(b.String())) != "" {
			t.Errorf("not cleared: %q", b.String())
		}
		time.Sleep(5 * time.Second)
		synctest.Wait()
		if b.Len() > before {
			t.Errorf("shown while pausing: %q", b.String()[before:])
		}
		p.close()
	})
}

// TestProgressIsSilentForShortRuns checks that a run of less than a second prints no progress.
func TestProgressIsSilentForShortRuns(t *testing.T) {
	for _, terminal := range []bool{true, false} {
		t.Run(fmt.Sprint(terminal), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var b bytes.Buffer
				p := watch(&shared{w: &b}, terminal)
				for i := range 9 {
					p.report("read", i, 0)
					time.Sleep(100 * time.Millisecond)
				}
				p.close()
				if b.Len() > 0 {
					t.Errorf("got %q", b.String())
				}
			})
		})
	}
}
