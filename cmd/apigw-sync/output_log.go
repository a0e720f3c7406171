package main

import (
	"errors"
	"io"
	"log/slog"
	"sync"
)

// shared lets logs and progress share Stderr without breaking each other's lines.
type shared struct {
	mu            sync.Mutex
	w             io.Writer
	before, after func(io.Writer) // remove the progress bar before a line, and draw it again after it; may be nil
}

func (s *shared) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.before != nil {
		s.before(s.w)
		defer s.after(s.w)
	}
	return s.w.Write(b)
}

// do calls f with the writer while nobody else writes.
func (s *shared) do(f func(io.Writer)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f(s.w)
}

// between sets the functions that are called before and after each line.
func (s *shared) between(before, after func(io.Writer)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.before, s.after = before, after
}

// log returns the logger that the flags choose.
func (p *program) log(w io.Writer) (*slog.Logger, error) {
	if p.verbose && p.quiet {
		return nil, errors.New("--verbose and --quiet cannot be used together")
	}
	options := &slog.HandlerOptions{Level: slog.LevelInfo}
	switch {
	case p.verbose:
		options.Level = slog.LevelDebug
	case p.quiet:
		options.Level = slog.LevelError
	}
	if p.logFormat == "text" {
		return slog.New(slog.NewTextHandler(w, options)), nil
	}
	log := slog.New(slog.NewJSONHandler(w, options))
	if p.member != nil {
		log = log.With("target", p.member.name)
	}
	return log, nil
}
