package planfile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/apigw-sync/apigw-sync/internal/saved/journal"
)

// Record is the content of an undo file.
type Record struct {
	*File
	Entries []journal.Entry
	Shown   bool // lists have shown everything that the run did
	Undone  bool // the run was taken back
}

// IsRecord reports whether a file is an undo file, and not another saved plan.
func IsRecord(data []byte) bool {
	var head struct {
		Saved struct {
			Purpose string `json:"purpose"`
		} `json:"saved"`
	}
	line, _, _ := bytes.Cut(data, []byte("\n"))
	return json.Unmarshal(line, &head) == nil && head.Saved.Purpose == ForUndo
}

// DecodeRecord reads an undo file. Later lines that cannot be parsed, as left by a run that was killed while writing, are
// skipped: the outcome of their requests is found by reading the gateway.
func DecodeRecord(data []byte) (*Record, error) {
	head, rest, _ := bytes.Cut(data, []byte("\n"))
	f, err := Decode(head)
	if err != nil {
		return nil, err
	}
	if f.Saved.Purpose != ForUndo {
		return nil, errors.New("this is a saved plan, not an undo file; carry it out with apply --plan")
	}
	r := &Record{File: f}
	lines, _, err := journal.Read(bytes.NewReader(rest))
	if err != nil {
		return nil, fmt.Errorf("read the lines of the run: %w", err)
	}
	for _, e := range lines {
		switch e.Phase {
		case journal.Settled:
			r.Shown = true
		case journal.Undone:
			r.Undone = true
		default:
			r.Entries = append(r.Entries, e)
		}
	}
	return r, nil
}

// HeadOfRecord returns the first line of an undo file.
func HeadOfRecord(f *File) ([]byte, error) {
	raw, err := f.encode()
	return append(raw, '\n'), err
}

// requested returns the addresses that requests of the run were about, except requests that the gateway surely refused, and the
// ids of what the run surely made.
func (r *Record) requested() (addresses map[string]bool, made map[string][]string) {
	addresses, made = map[string]bool{}, map[string][]string{}
	outcome := map[int]*journal.Entry{}
	for i := range r.Entries {
		if e := &r.Entries[i]; e.Phase == journal.End {
			outcome[e.Number] = e
		}
	}
	for _, e := range r.Entries {
		end := outcome[e.Number]
		if end != nil && (end.Outcome == journal.Refused || end.Outcome == journal.NotSent) {
			continue
		}
		for _, a := range e.Addresses {
			addresses[a] = true
			if e.Made != "" {
				made[a] = append(made[a], e.Made)
			}
		}
	}
	return addresses, made
}

// Requested returns the addresses that requests of the run were about, except requests that the gateway surely refused.
func (r *Record) Requested() map[string]bool {
	addresses, _ := r.requested()
	return addresses
}

// Reached returns the number of changes for which the run sent requests.
func (r *Record) Reached() (n int) {
	addresses := r.Requested()
	for i := range r.Changes {
		if addresses[r.Changes[i].Address] {
			n++
		}
	}
	return n
}

// Wrote reports whether the run may have changed anything.
func (r *Record) Wrote() bool { return len(r.Requested()) > 0 }
