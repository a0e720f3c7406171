package planfile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/apigw-sync/apigw-sync/internal/saved/journal"
)

// Record is what an undo file tells of a run.
type Record struct {
	*File
	Entries []journal.Entry
	Shown   bool // lists have shown all that it did
	Undone  bool // it was taken back
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

// DecodeRecord reads an undo file. Lines behind the first that are none, as a run leaves behind that was killed while it
// wrote, are passed over: what they were about is found out by reading.
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

// HeadOfRecord is the first line of an undo file.
func HeadOfRecord(f *File) ([]byte, error) {
	raw, err := f.encode()
	return append(raw, '\n'), err
}

// reached are the addresses of what the run asked for, unless the gateway surely refused, and the ids of what it
// surely made.
func (r *Record) reached() (addresses map[string]bool, made map[string][]string) {
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

// Asked are the addresses about which the run asked for something that the gateway did not surely refuse.
func (r *Record) Asked() map[string]bool {
	addresses, _ := r.reached()
	return addresses
}

// Reached is how many changes the run came to ask for.
func (r *Record) Reached() (n int) {
	addresses := r.Asked()
	for i := range r.Changes {
		if addresses[r.Changes[i].Address] {
			n++
		}
	}
	return n
}

// Wrote reports whether the run may have changed anything.
func (r *Record) Wrote() bool { return len(r.Asked()) > 0 }
