package main

import (
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
)

const (
	showAfter = time.Second      // a shorter stage shows nothing
	lineEvery = 10 * time.Second // if stderr is not a terminal
	drawEvery = 100 * time.Millisecond
)

// stages are the texts that are shown for the stages of a run.
var stages = map[string]string{"read": "reading the gateway", "write": "writing changes", "verify": "reading the changes back", "targets": "processing targets"}

// progress shows on Stderr how far a run is: as a bar on a terminal, otherwise as a line every 10 seconds. A nil
// progress shows nothing.
type progress struct {
	out      *shared
	terminal bool
	screen   screen // used only inside out.do

	mu          sync.Mutex // guards the fields below
	stage       string     // "" while there is nothing to show
	done, total int

	stop chan struct{}
	over sync.WaitGroup
}

// watch starts to show progress. close ends it.
func watch(out *shared, terminal bool) *progress {
	p := &progress{out: out, terminal: terminal, stop: make(chan struct{})}
	out.between(func(io.Writer) { p.screen.clear() }, func(io.Writer) { p.screen.redraw() })
	p.over.Go(p.run)
	return p
}

// report records how far a stage is. It is safe for concurrent use. Reports may arrive out of order; the largest number
// counts.
func (p *progress) report(stage string, done, total int) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if stage != p.stage {
		p.stage, p.done = stage, 0
	}
	p.done, p.total = max(p.done, done), total
}

// pause clears the screen until the next report, so that something else can be shown.
func (p *progress) pause() {
	if p == nil {
		return
	}
	p.mu.Lock()
	p.stage = ""
	p.mu.Unlock()
	p.out.do(p.show)
}

// close stops showing progress, and removes the bar from the screen.
func (p *progress) close() {
	if p == nil {
		return
	}
	close(p.stop)
	p.over.Wait()
	p.pause()
}

func (p *progress) run() {
	ticks := time.NewTicker(drawEvery)
	defer ticks.Stop()
	for {
		select {
		case <-p.stop:
			return
		case <-ticks.C:
			p.out.do(p.show)
		}
	}
}

func (p *progress) show(w io.Writer) {
	p.mu.Lock()
	stage, done, total := p.stage, p.done, p.total
	p.mu.Unlock()
	p.screen.show(w, p.terminal, time.Now(), stage, done, total)
}

// screen is what Stderr shows now.
type screen struct {
	stage    string
	since    time.Time // when the stage began
	lastLine time.Time // when the last line was written
	bar      *progressbar.ProgressBar
}

func (s *screen) show(w io.Writer, terminal bool, now time.Time, stage string, done, total int) {
	if stage != s.stage {
		s.clear()
		*s = screen{stage: stage, since: now}
	}
	switch {
	case stage == "" || now.Sub(s.since) < showAfter:
	case terminal:
		s.draw(w, done, total)
	case now.Sub(s.lastLine) >= lineEvery:
		s.lastLine = now
		of := ""
		if total > 0 {
			of = fmt.Sprintf(" of %d", total)
		}
		_, _ = fmt.Fprintf(w, "%s: %d%s\n", stages[stage], done, of)
	}
}

func (s *screen) draw(w io.Writer, done, total int) {
	if s.bar == nil {
		if total <= 0 {
			total = -1
		}
		s.bar = progressbar.NewOptions(total,
			progressbar.OptionSetWriter(w), progressbar.OptionSetDescription(stages[s.stage]), progressbar.OptionShowCount(),
			progressbar.OptionSetWidth(30), progressbar.OptionSetPredictTime(false), progressbar.OptionSpinnerType(14),
			progressbar.OptionSetSpinnerChangeInterval(0)) // it must not draw by itself
	}
	_ = s.bar.Set(done) // the run continues if the bar cannot be drawn
}

func (s *screen) clear() {
	if s.bar != nil {
		_ = s.bar.Clear()
	}
}

func (s *screen) redraw() {
	if s.bar != nil {
		_ = s.bar.RenderBlank()
	}
}
