// Package journal keeps a record of every write to a gateway: one line of JSON before and one after, on the
// disk before anything else happens. It holds neither bodies nor secrets.
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

	// At the end of a run's own file.
	Settled = "settled" // lists have shown all that it did
	Undone  = "undone"  // it was taken back
)

// The outcomes of a write.
const (
	Done    = "done"     // the gateway said so
	Refused = "refused"  // the gateway said no: nothing has changed
	NotSent = "not sent" // nothing has left
	Unclear = "unclear"  // it may have been carried out all the same
)

// Entry is one line.
type Entry struct {
	Time      time.Time `json:"time"`
	Phase     string    `json:"phase"`
	Number    int       `json:"number,omitempty"` // of the write within its run, from 1; both lines have the same
	Instance  string    `json:"instance_id,omitempty"`
	Operation string    `json:"operation,omitempty"` // the vendor's name
	Method    string    `json:"method,omitempty"`
	Path      string    `json:"path,omitempty"`      // below the instance, with the query
	Addresses []string  `json:"addresses,omitempty"` // of the changes concerned

	// The line after has these, too.
	Attempts  int    `json:"attempts,omitempty"` // how often it was sent
	Outcome   string `json:"outcome,omitempty"`
	Status    int    `json:"http_status,omitempty"` // of the last answer, when it was a refusal
	ErrorCode string `json:"error_code,omitempty"`
	RequestID string `json:"request_id,omitempty"` // of the last answer
	Made      string `json:"made,omitempty"`       // id of the object that a create made
}

// File is where lines go. Sync returns when they are on the disk.
type File interface {
	io.Writer
	Sync() error
}

// Journal writes down what passes through it. It is an api.Caller, safe for concurrent use.
type Journal struct {
	caller   api.Caller
	instance string
	now      func() time.Time

	mu     sync.Mutex
	files  []File
	number int
	err    error // the first line after a write that could not be written
}

// New makes a journal of the writes of caller, as yet in no file.
func New(caller api.Caller, instance string, now func() time.Time) *Journal {
	return &Journal{caller: caller, instance: instance, now: now}
}

// To has the lines written to a file, too, behind whatever it holds; see Open for one that an interrupted run may
// have left. It is for the time before the first write.
func (j *Journal) To(file File) { j.files = append(j.files, file) }

// Call implements api.Caller. A write whose line cannot be written is not sent.
func (j *Journal) Call(ctx context.Context, r api.Request, reply any) (attempts int, err error) {
	if r.Method == http.MethodGet {
		return j.caller.Call(ctx, r, reply)
	}
	e := Entry{Instance: j.instance, Operation: r.Operation, Method: r.Method, Path: path(r), Addresses: r.About}
	if err := j.begin(&e); err != nil {
		return 0, fmt.Errorf("%s: %w: the journal cannot be written: %w", r.Operation, api.ErrNotSent, err)
	}
	answered := r.Answered
	r.Answered = func(requestID string) {
		e.RequestID = requestID
		if answered != nil {
			answered(requestID)
		}
	}
	attempts, err = j.caller.Call(ctx, r, reply)
	e.Attempts = attempts
	if answer, ok := reply.(*json.RawMessage); ok && err == nil && r.Made != nil {
		e.Made = r.Made(*answer)
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

// setOutcome tells the outcome of a write that ended with err.
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
	return j.line(e)
}

func (j *Journal) end(e Entry) {
	j.mu.Lock()
	defer j.mu.Unlock()
	e.Phase = End
	if err := j.line(&e); err != nil && j.err == nil {
		j.err = err
	}
}

func (j *Journal) line(e *Entry) error {
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

// Mark notes in a run's own file what became of it as a whole.
func Mark(file File, phase string, at time.Time) error {
	j := Journal{files: []File{file}, now: func() time.Time { return at }}
	return j.line(&Entry{Phase: phase})
}

// Err is why the outcome of a write is not in the journal; nil when all are.
func (j *Journal) Err() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.err
}
