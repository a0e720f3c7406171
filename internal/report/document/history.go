package document

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"time"
)

// PastReport is an earlier drift report of a gateway.
type PastReport struct {
	At           time.Time
	Differences  int // changes that would make the gateway match the files, and extra objects
	Certificates int // that expired soon or had expired
	Drifted      bool

	result string // equal for reports with the same result; "" for one that failed
}

// History reads the earlier drift reports of one gateway from the *.json files of a folder, oldest first. A file that
// is not a drift report becomes a warning, and so does a folder that does not exist yet.
func History(folder fs.FS, instanceID string) ([]PastReport, []Problem, error) {
	entries, err := fs.ReadDir(folder, ".")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, []Problem{{Message: "the history folder does not exist yet", Hint: "keep what drift -o json writes in it"}}, nil
	}
	if err != nil {
		return nil, nil, err
	}
	var out []PastReport
	var problems []Problem
	for _, e := range entries {
		if e.IsDir() || path.Ext(e.Name()) != ".json" {
			continue
		}
		text, err := fs.ReadFile(folder, e.Name())
		if err != nil {
			return nil, nil, err
		}
		past, about, err := readPast(text)
		switch {
		case err != nil:
			problems = append(problems, Problem{File: e.Name(), Message: err.Error(), Hint: "keep only what drift -o json writes in the history folder"})
		case about == instanceID:
			out = append(out, past)
		}
	}
	slices.SortStableFunc(out, func(a, b PastReport) int { return a.At.Compare(b.At) })
	return out, problems, nil
}

func readPast(text []byte) (PastReport, string, error) {
	var d struct {
		InstanceID string    `json:"instance_id"`
		At         time.Time `json:"at"`
		Drifted    *bool     `json:"drifted"`
		Summary    struct{ Create, Update, Replace, Delete, Bind, Unbind, Extra int }
		Certs      []struct{} `json:"certificates"`
	}
	if json.Unmarshal(text, &d) != nil || d.At.IsZero() || d.Drifted == nil {
		return PastReport{}, "", errors.New("this is not a drift report")
	}
	s, sum := d.Summary, 0
	for _, n := range []int{s.Create, s.Update, s.Replace, s.Delete, s.Bind, s.Unbind, s.Extra} {
		const most = 1_000_000_000 // far more than a gateway holds
		if n < 0 || n > most {
			return PastReport{}, "", fmt.Errorf("this is not a drift report: it counts %d changes of one kind", n)
		}
		sum += n
	}
	return PastReport{At: d.At, Differences: sum, Certificates: len(d.Certs), Drifted: *d.Drifted, result: resultHash(text)}, d.InstanceID, nil
}

// AsPast returns the report in the form of an earlier one, as the last point of the history.
func (d *Drift) AsPast() PastReport {
	return PastReport{At: d.At, Differences: len(d.Changes) + len(d.Extra), Certificates: len(d.Certificates), Drifted: d.Drifted}
}
