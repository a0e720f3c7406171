// Package journal records every write to a gateway: one line of JSON before it and one after it, each of which is on the disk
// before anything else happens. It contains neither bodies nor secrets.
package journal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/apigw-sync/apigw-sync/internal/api"
)

// The phases of a write.
const (
	Begin = "begin" // the line before
	End   = "end"   // the line after

	// At the end of the undo file of a run.
	Settled = "settled" // lists have shown everything that the run did
	Undone  = "undone"  // the run was taken back
)

// The outcomes of a write.
const (
	Done    = "done"     // the gateway confirmed it
	Refused = "refused"  // the gateway refused it: nothing has changed
	NotSent = "not sent" // no request was sent
	Unclear = "unclear"  // it may have been carried out nevertheless
)

// Entry is one line.
type Entry struct {
	Time      time.Time `json:"time"`
	Phase     string    `json:"phase"`
	Number    int       `json:"number,omitempty"` // of the write within its run, from 1; the same in both lines
	Instance  string    `json:"instance_id,omitempty"`
	Operation string    `json:"operation,omitempty"` // the vendor's name
	Method    string    `json:"method,omitempty"`
	Path      string    `json:"path,omitempty"`      // below the instance, with the query
	Addresses []string  `json:"addresses,omitempty"` // of the changes concerned

	// The fields below are only in the line after the write.
	Attempts  int    `json:"attempts,omitempty"` // how often it was sent
	Outcome   string `json:"outcome,omitempty"`
	Status    int    `json:"http_status,omitempty"` // of the last answer, if it was a refusal
	ErrorCode string `json:"error_code,omitempty"`
	RequestID string `json:"request_id,omitempty"` // of the last answer
	Made      string `json:"made,omitempty"`       // id of the object that a create made
}

// File is what lines are written to. Sync returns when they are on the disk.
type File interface {
	io.Writer
	Sync() error
}

// Journal is an api.Caller that records the writes that it passes on. It is safe for concurrent use.
type Journal struct {
	caller   api.Caller
	instance string
	now      func() time.Time

	mu     sync.Mutex
	files  []File
	number int
	err    error // the first line after a write that could not be written
}

// New makes a journal of the writes of caller. It has no file yet; see To.
func New(caller api.Caller, instance string, now func() time.Time) *Journal {
	return &Journal{caller: caller, instance: instance, now: now}
}

// AddFile also appends the lines to a file; Open opens one that an interrupted run may have left. It must be called before the
// first write.
func (j *Journal) AddFile(file File) { j.files = append(j.files, file) }

// Call implements api.Caller. A write whose line cannot be written is not sent.
func (j *Journal) Call(ctx context.Context, r api.Request, reply any) (attempts int, err error) {
	if r.Method == http.MethodGet {
		return j.caller.Call(ctx, r, reply)
	}
	e := Entry{Instance: j.instance, Operation: r.Operation, Method: r.Method, Path: path(r), Addresses: r.About}
	if err := j.begin(&e); err != nil {
		return 0, fmt.Errorf("%s: %w: the journal cannot be written: %w", r.Operation, api.ErrNotSent, err)
	}
	answered := r.OnAnswer
	r.OnAnswer = func(requestID string) {
		e.RequestID = requestID
		if answered != nil {
			answered(requestID)
		}
	}
	attempts, err = j.caller.Call(ctx, r, reply)
	e.Attempts = attempts
	if answer, ok := reply.(*json.RawMessage); ok && err == nil && r.NewID != nil {
		e.Made = r.NewID(*answer)
	}
	e.setOutcome(err)
	j.end(e)
	return attempts, err
}

func path(r api.Request) string {
	p := strings.Join(r.Path, "/")
	if len(r.Query) > 0 {
		p += "?" + r.Query.Encode()
	}
	return p
}

// setOutcome sets the outcome of a write that ended with err.
func (e *Entry) setOutcome(err error) {
	if refused, ok := errors.AsType[*api.Error](err); ok {
		e.Status, e.ErrorCode = refused.Status, refused.Code
		if refused.RequestID != "" {
			e.RequestID = refused.RequestID
		}
	}
	switch {
	case err == nil:
		e.Outcome = Done
	case errors.Is(err, api.ErrNotSent):
		e.Outcome = NotSent
	case api.Unclear(err):
		e.Outcome = Unclear
	default:
		e.Outcome = Refused
	}
}

func (j *Journal) begin(e *Entry) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.number++
	e.Phase, e.Number = Begin, j.number
	return j.write(e)
}

func (j *Journal) end(e Entry) {
	j.mu.Lock()
	defer j.mu.Unlock()
	e.Phase = End
	if err := j.write(&e); err != nil && j.err == nil {
		j.err = err
	}
}

func (j *Journal) write(e *Entry) error {
	e.Time = j.now().UTC()
	raw, err := json.Marshal(e)
	if err != nil {
		return err
	}
	for _, f := range j.files {
		if _, err := f.Write(append(raw, '\n')); err != nil {
			return err
		}
		if err := f.Sync(); err != nil {
			return err
		}
	}
	return nil
}

// Mark adds a line to the undo file of a run that says what happened to the run as a whole, such as Undone.
func Mark(file File, phase string, at time.Time) error {
	j := Journal{files: []File{file}, now: func() time.Time { return at }}
	return j.write(&Entry{Phase: phase})
}

// Err returns why the outcome of a write is missing in the journal; nil if none is missing.
func (j *Journal) Err() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.err
}
