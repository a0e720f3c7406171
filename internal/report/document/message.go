package document

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/apigw-sync/apigw-sync/internal/diff"
)

// Message is a drift report for chats and other notifications: short, and without values of secrets.
type Message struct {
	Command     string       `json:"command"`
	At          time.Time    `json:"at"`
	InstanceID  string       `json:"instance_id"`
	Gateway     *Gateway     `json:"gateway,omitempty"`
	Drifted     bool         `json:"drifted"`
	Summary     diff.Summary `json:"summary"`
	Coverage    *Coverage    `json:"coverage,omitempty"`
	Differences []Differing  `json:"differences"` // the first hundred

	Text string `json:"text"`
}

// Differing is a difference in a message.
type Differing struct {
	Address string `json:"address"`
	Action  string `json:"action"` // that would make the gateway match the files, or extra
}

// Message returns the report in a few lines.
func (d *Drift) Message() Message {
	const listed, lines, room = 100, 10, 240
	m := Message{
		Command: "drift", At: d.At, InstanceID: d.InstanceID, Gateway: d.Gateway, Drifted: d.Drifted, Summary: d.Summary, Coverage: d.Coverage, Differences: []Differing{},
	}
	var b strings.Builder
	b.WriteString(strings.TrimSuffix("apigw-sync drift · "+d.Where(), " · ") + "\n" + d.Sum() + "\n")
	n := 0
	tell := func(address, action, text string) {
		if n++; n <= lines {
			b.WriteString("• " + Clip(Clean(address)+": "+text, room) + "\n")
		}
		if n <= listed {
			m.Differences = append(m.Differences, Differing{address, action})
		}
	}
	for i := range d.Changes {
		c := &d.Changes[i]
		tell(c.Address, string(c.Action), withReasons(c.DivergenceSummary(), c.Reasons()))
	}
	for _, x := range d.Extra {
		tell(x.Address, "extra", withReasons("only on the gateway, though the files own it", x.Reasons()))
	}
	if n > lines {
		fmt.Fprintf(&b, "… and %d more\n", n-lines)
	}
	if d.Coverage != nil {
		b.WriteString(d.Coverage.String() + "\n")
	}
	m.Text = strings.TrimSuffix(b.String(), "\n")
	return m
}

// withReasons returns a text with its reasons.
func withReasons(text string, reasons []string) string {
	if len(reasons) == 0 {
		return text
	}
	return text + " (" + strings.Join(reasons, "; ") + ")"
}

// outcome has the parts of a report that decide whether its result is the same as that of another report.
type outcome struct {
	Drifted bool
	Changes []struct {
		Address string
		Action  diff.Action
		Fields  json.RawMessage
		Moved   string
	}
	Extra      []struct{ Address, Moved string }
	References []struct{ Address, Reference, Environment, Problem string }
	Instance   struct {
		Status          string
		Locks           json.RawMessage
		MissingFeatures []string `json:"missing_features"`
	}
	Certificates []struct {
		Group, Domain, Name string
		Expired             bool
	}
	LapsedIgnores []struct{ Kind, Name, Until string } `json:"lapsed_ignores"`
	Errors        []json.RawMessage
}

// resultHash returns a hash that is equal for reports with the same result; "" for a report that failed.
func resultHash(report []byte) string {
	var o outcome
	if json.Unmarshal(report, &o) != nil || len(o.Errors) > 0 {
		return ""
	}
	out, err := json.Marshal(o) // this also compacts raw JSON, so that white space does not matter
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(out)
	return hex.EncodeToString(sum[:])
}

// ResultHash returns a hash that is equal for reports with the same result, whenever they were made; "" for a report
// that failed.
func (d *Drift) ResultHash() string {
	raw, err := json.Marshal(d)
	if err != nil {
		return ""
	}
	return resultHash(raw)
}

// IsNews reports whether the result differs from that of the last earlier report that did not fail. Without such a
// report, only drift is news.
func (d *Drift) IsNews(past []PastReport) bool {
	for i := len(past) - 1; i >= 0; i-- {
		if p := &past[i]; p.result != "" {
			return p.result != d.ResultHash() && (p.Drifted || d.Drifted)
		}
	}
	return d.Drifted
}
