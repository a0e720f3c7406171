package emulator

import (
	"encoding/json"
	"net/http"
	"time"
)

// Fault is one rule of trouble. It strikes requests (or, with Bind or BindID, single items of batch
// operations) and says what becomes of them. See FaultHelp for the same as text.
type Fault struct {
	Op     string `word:"op"`      // glob over the vendor's operation names; "" means all
	Bind   string `word:"bind"`    // glob over an item's API, NAME or GROUP/NAME; "" means none
	BindID string `word:"bind-id"` // an item's binding id; "" means none

	Skip  int     `word:"skip"`  // matches that pass before the first can strike
	Every int     `word:"every"` // strike every n-th match; 0 means each one
	P     float64 `word:"p"`     // strike with this probability; 0 means always
	Count int     `word:"count"` // strike at most so often; 0 means without end

	Status     int           `word:"status"`      // answer with this status; 0 means 500 when Code is set
	Code       string        `word:"code"`        // error code of that answer or item
	Message    string        `word:"message"`     // its text; "" means a plausible one
	RetryAfter time.Duration `word:"retry-after"` // header of that answer
	After      bool          `word:"after"`       // answer so only after the request was carried out

	LostReply bool          `word:"lost-reply"` // carry the request out, then drop the connection
	Reset     bool          `word:"reset"`      // drop the connection before anything happens
	Refuse    bool          `word:"refuse"`     // refuse the connection (over a socket: like Reset)
	Torn      bool          `word:"torn"`       // end the answer in the middle
	WrongType bool          `word:"wrong-type"` // change the type of each member of the answer
	Slow      time.Duration `word:"slow"`       // wait before carrying the request out
}

// fate is how the answer of a request travels.
type fate int

const (
	delivered   fate = iota
	lost             // carried out, no answer
	reset            // not carried out, the connection breaks
	refusedConn      // not carried out, no connection at all
	torn             // half of the body
)

// armed is a fault with its counters.
type armed struct {
	Fault
	text         string
	seen, struck int
}

func arm(faults []Fault) []*armed {
	armed := make([]*armed, 0, len(faults))
	for _, f := range faults {
		armed = append(armed, newArmed(f))
	}
	return armed
}

func newArmed(f Fault) *armed { return &armed{Fault: f, text: f.String()} }

// strike is what hits one request; the zero value hits nothing.
type strike struct {
	rule      string
	fate      fate
	refusal   *refusal
	after     bool
	wrongType bool
	slow      time.Duration
}

// strike finds the fault that hits a request for the operation.
func (g *Gateway) strike(op string) strike {
	var hit strike
	for _, f := range g.faults {
		if f.perItem() || !f.matches(op) || !g.due(f) || hit.rule != "" {
			continue
		}
		f.struck++
		hit = strike{rule: f.text, after: f.After, wrongType: f.WrongType, slow: f.Slow}
		switch {
		case f.LostReply:
			hit.fate = lost
		case f.Reset:
			hit.fate = reset
		case f.Refuse:
			hit.fate = refusedConn
		case f.Torn:
			hit.fate = torn
		}
		if f.Status != 0 || f.Code != "" {
			hit.refusal = f.refusal()
		}
	}
	return hit
}

// strikeItem finds the fault that hits one item of a batch; nil means none.
func (g *Gateway) strikeItem(op, bindID string, a *api) *refusal {
	for _, f := range g.faults {
		if !f.perItem() || !f.matches(op) || !f.concerns(bindID, a) || !g.due(f) {
			continue
		}
		f.struck++
		return f.refusal()
	}
	return nil
}

func (f *armed) perItem() bool { return f.Bind != "" || f.BindID != "" }

func (f *armed) matches(op string) bool {
	return f.Op == "" || glob(f.Op, op)
}

func (f *armed) concerns(bindID string, a *api) bool {
	if f.BindID != "" && f.BindID == bindID {
		return true
	}
	if f.Bind == "" || a == nil {
		return false
	}
	return glob(f.Bind, a.name) || glob(f.Bind, a.label())
}

// due counts a match and reports whether it is one that strikes.
func (g *Gateway) due(f *armed) bool {
	f.seen++
	n := f.seen - f.Skip
	switch {
	case n <= 0, f.Count > 0 && f.struck >= f.Count, f.Every > 1 && n%f.Every != 0:
		return false
	}
	return f.P <= 0 || g.chance.Float64() < f.P
}

func (f *armed) refusal() *refusal {
	no := &refusal{status: f.Status, code: f.Code, message: f.Message, retryAfter: f.RetryAfter}
	if no.status == 0 {
		no.status = http.StatusInternalServerError
	}
	if no.code == "" {
		no.code = "APIG.9999"
		if no.status == http.StatusTooManyRequests {
			no.code = "APIGW.0308"
		}
	}
	if no.message == "" {
		no.message = plausible(no.status, no.code)
	}
	return no
}

// confuse gives every member of a JSON object another type than it had.
func confuse(body []byte) []byte {
	var members map[string]any
	if json.Unmarshal(body, &members) != nil {
		return []byte(`"` + http.StatusText(http.StatusOK) + `"`)
	}
	for name, v := range members {
		switch v.(type) {
		case string:
			members[name] = 12345
		case float64, bool:
			members[name] = "many"
		case []any:
			members[name] = map[string]any{"unexpected": true}
		default:
			members[name] = []any{"unexpected"}
		}
	}
	spoiled, _ := json.Marshal(members) // what was decoded can be encoded
	return spoiled
}

// errorCode reads the code out of an answer that says no.
func errorCode(a answer) string {
	if a.status < http.StatusBadRequest {
		return ""
	}
	var body struct {
		Code string `json:"error_code"`
	}
	_ = json.Unmarshal(a.body, &body) // a spoiled body has no code
	return body.Code
}
