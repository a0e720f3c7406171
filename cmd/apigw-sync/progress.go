package main

import (
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
)

const (
	patience  = time.Second      // a shorter stage shows nothing
	lineEvery = 10 * time.Second // where stderr is no terminal
	drawEvery = 100 * time.Millisecond
)

// stages are how the stages of a run are called on screen.
var stages = map[string]string{"read": "reading the gateway", "write": "writing changes", "verify": "reading again what changed"}

// progress tells on Stderr how far a run is: as a bar on a terminal, else as a line every 10 seconds.
type progress struct {
	out      *shared
	terminal bool

	mu          sync.Mutex // guards what follows; never held while out is written to
	stage       string
	done, total int

	stop chan struct{}
	over sync.WaitGroup
}

// watch starts to tell. It ends with close.
func watch(out *shared, terminal bool) *progress {
	p := &progress{out: out, terminal: terminal, stop: make(chan struct{})}
	p.over.Go(p.run)
	return p
}

// report takes note of how far a stage is. It is safe for concurrent use. Reports may arrive out of
// order; the furthest one counts.
func (p *progress) report(stage string, done, total int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if stage != p.stage {
		p.stage, p.done = stage, 0
	}
	p.done, p.total = max(p.done, done), total
}

func (p *progress) state() (stage string, done, total int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.stage, p.done, p.total
}

// close ends the telling and leaves nothing on the screen but whole lines.
func (p *progress) close() {
	close(p.stop)
	p.over.Wait()
}

func (p *progress) run() {
	ticks := time.NewTicker(drawEvery)
	defer ticks.Stop()
	var s screen
	defer func() { p.out.do(s.clear) }()
	for {
		select {
		case <-p.stop:
			return
		case now := <-ticks.C:
			stage, done, total := p.state()
			p.out.do(func(w io.Writer) { s.show(w, p.terminal, now, stage, done, total) })
			p.out.between(s.clear, s.redraw)
		}
	}
}

// screen is what stands on Stderr now.
type screen struct {
	stage string
	since time.Time // begin of the stage
	said  time.Time // when the last line was written
	bar   *progressbar.ProgressBar
}

func (s *screen) show(w io.Writer, terminal bool, now time.Time, stage string, done, total int) {
	if stage != s.stage {
		s.clear(w)
		*s = screen{stage: stage, since: now}
	}
	switch {
	case stage == "" || now.Sub(s.since) < patience:
	case terminal:
		s.draw(w, done, total)
	case now.Sub(s.said) >= lineEvery:
		s.said = now
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
			progressbar.OptionSetWidth(30), progressbar.OptionSetPredictTime(false), progressbar.OptionSpinnerType(14))
	}
	_ = s.bar.Set(done) // a bar that cannot be drawn is no reason to stop
}

func (s *screen) clear(io.Writer) {
	if s.bar != nil {
		_ = s.bar.Clear()
	}
}

func (s *screen) redraw(io.Writer) {
	if s.bar != nil {
		_ = s.bar.RenderBlank()
	}
}
