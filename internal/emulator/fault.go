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

// outcome is what happens to the answer to a request.
type outcome int

const (
	delivered   outcome = iota
	lost                // carried out, no answer
	reset               // not carried out, the connection is dropped
	refusedConn         // not carried out, the connection is refused
	torn                // carried out, but only half of the body of the answer arrives
)

// activeFault is a fault with its counters.
type activeFault struct {
	Fault
	text            string
	matched, struck int
}

func activate(faults []Fault) []*activeFault {
	active := make([]*activeFault, 0, len(faults))
	for _, f := range faults {
		active = append(active, newActiveFault(f))
	}
	return active
}

func newActiveFault(f Fault) *activeFault { return &activeFault{Fault: f, text: f.String()} }

// faultEffect is the effect of a fault on one request; the zero value has no effect.
type faultEffect struct {
	rule      string
	outcome   outcome
	refusal   *refusal
	after     bool
	wrongType bool
	slow      time.Duration
}

// faultFor returns the effect of the first fault that strikes a request for the operation.
func (g *Gateway) faultFor(op string) faultEffect {
	var effect faultEffect
	for _, f := range g.faults {
		if f.perItem() || !f.matches(op) || !g.strikes(f) || effect.rule != "" {
			continue
		}
		f.struck++
		effect = faultEffect{rule: f.text, after: f.After, wrongType: f.WrongType, slow: f.Slow}
		switch {
		case f.LostReply:
			effect.outcome = lost
		case f.Reset:
			effect.outcome = reset
		case f.Refuse:
			effect.outcome = refusedConn
		case f.Torn:
			effect.outcome = torn
		}
		if f.Status != 0 || f.Code != "" {
			effect.refusal = f.refusal()
		}
	}
	return effect
}

// itemFault returns the error of the first fault that strikes an item of a batch, or nil.
func (g *Gateway) itemFault(op, bindID string, a *api) *refusal {
	for _, f := range g.faults {
		if !f.perItem() || !f.matches(op) || !f.matchesItem(bindID, a) || !g.strikes(f) {
			continue
		}
		f.struck++
		return f.refusal()
	}
	return nil
}

func (f *activeFault) perItem() bool { return f.Bind != "" || f.BindID != "" }

func (f *activeFault) matches(op string) bool {
	return f.Op == "" || glob(f.Op, op)
}

func (f *activeFault) matchesItem(bindID string, a *api) bool {
	if f.BindID != "" && f.BindID == bindID {
		return true
	}
	if f.Bind == "" || a == nil {
		return false
	}
	return glob(f.Bind, a.name) || glob(f.Bind, a.label())
}

// strikes counts a request or item that the fault matches, and reports whether the fault strikes it.
func (g *Gateway) strikes(f *activeFault) bool {
	f.matched++
	n := f.matched - f.Skip
	switch {
	case n <= 0, f.Count > 0 && f.struck >= f.Count, f.Every > 1 && n%f.Every != 0:
		return false
	}
	return f.P <= 0 || g.random.Float64() < f.P
}

func (f *activeFault) refusal() *refusal {
	refused := &refusal{status: f.Status, code: f.Code, message: f.Message, retryAfter: f.RetryAfter}
	if refused.status == 0 {
		refused.status = http.StatusInternalServerError
	}
	if refused.code == "" {
		refused.code = "APIG.9999"
		if refused.status == http.StatusTooManyRequests {
			refused.code = "APIGW.0308"
		}
	}
	if refused.message == "" {
		refused.message = defaultMessage(refused.status, refused.code)
	}
	return refused
}

// changeTypes changes the type of every member of a JSON object.
func changeTypes(body []byte) []byte {
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
func errorCode(a httpResponse) string {
	if a.status < http.StatusBadRequest {
		return ""
	}
	var body struct {
		Code string `json:"error_code"`
	}
	_ = json.Unmarshal(a.body, &body) // a body that a fault spoiled has no code
	return body.Code
}
