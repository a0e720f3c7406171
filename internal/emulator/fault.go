package emulator

import (
	"encoding/json"
	"net/http"
	"time"
)

// Fault is a rule that makes requests fail or, with Bind or BindID, single items of batch operations. FaultHelp describes its
// form as text.
type Fault struct {
	Op     string `word:"op"`      // glob for the vendor's names of operations; "" means all
	Bind   string `word:"bind"`    // glob for the API of an item, NAME or GROUP/NAME; "" means no item
	BindID string `word:"bind-id"` // the binding id of an item; "" means no item

	Skip  int     `word:"skip"`  // number of matches before the first that can be struck
	Every int     `word:"every"` // strike every n-th match; 0 means every match
	P     float64 `word:"p"`     // strike with this probability; 0 means always
	Count int     `word:"count"` // strike at most this often; 0 means no limit

	Status     int           `word:"status"`      // answer with this status; 0 means 500 when Code is set
	Code       string        `word:"code"`        // error code of the answer, or of the item
	Message    string        `word:"message"`     // error message; "" means one that fits the code
	RetryAfter time.Duration `word:"retry-after"` // Retry-After header of the answer
	After      bool          `word:"after"`       // carry the request out before the error is returned

	LostReply bool          `word:"lost-reply"` // carry the request out, then drop the connection
	Reset     bool          `word:"reset"`      // drop the connection before anything happens
	Refuse    bool          `word:"refuse"`     // refuse the connection (over a socket, the same as Reset)
	Torn      bool          `word:"torn"`       // cut the answer off in the middle
	WrongType bool          `word:"wrong-type"` // change the type of each member of the answer
	Slow      time.Duration `word:"slow"`       // wait before carrying the request out
}

// fate is what happens to the answer to a request.
type fate int

const (
	delivered   fate = iota
	lost             // carried out, no answer
	reset            // not carried out, the connection is dropped
	refusedConn      // not carried out, the connection is refused
	torn             // carried out, but only half of the body of the answer arrives
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

// strike is the effect of a fault on one request; the zero value has no effect.
type strike struct {
	rule      string
	fate      fate
	refusal   *refusal
	after     bool
	wrongType bool
	slow      time.Duration
}

// strike returns the effect of the first fault that strikes a request for the operation.
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

// strikeItem returns the error of the first fault that strikes an item of a batch, or nil.
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

// due counts a request or item that the fault matches, and reports whether the fault strikes it.
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

// confuse changes the type of every member of a JSON object.
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
	spoiled, _ := json.Marshal(members) // cannot fail, because it has just been decoded
	return spoiled
}

// errorCode returns the error code of an answer, "" if it is a success.
func errorCode(a answer) string {
	if a.status < http.StatusBadRequest {
		return ""
	}
	var body struct {
		Code string `json:"error_code"`
	}
	_ = json.Unmarshal(a.body, &body) // a body that a fault spoiled has no code
	return body.Code
}
