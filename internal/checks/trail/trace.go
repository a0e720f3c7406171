// Package trail finds out who changed what on a gateway, from the audit trail of its project. Vendor's guide: "Cloud
// Trace Service", API reference: "Querying a Trace List".
package trail

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/apigw-sync/apigw-sync/internal/api/wire"
)

// trace is one record of the audit trail that may describe a change. Requests and responses in it are searched for ids
// and names, but never shown, because they may contain secrets.
type trace struct {
	operation string // the name that the trail uses
	service   string
	resource  string // its type, in lower case
	name, id  string // name and id of the resource; either may be missing
	at        time.Time
	user      string
	source    string
	requestID string
	keyID     string
	texts     map[string]bool // all texts in the request and the response
	targeted  bool            // one of the texts is the id of a known target
}

type traceWire struct {
	ID        string          `json:"trace_id"`
	Operation string          `json:"trace_name"`
	Rating    string          `json:"trace_rating"`
	Service   string          `json:"service_type"`
	Type      string          `json:"resource_type"`
	Name      string          `json:"resource_name"`
	Resource  string          `json:"resource_id"`
	Time      *int64          `json:"time"` // milliseconds
	Source    string          `json:"source_ip"`
	Code      string          `json:"code"`
	RequestID string          `json:"request_id"`
	ReadOnly  bool            `json:"read_only"`
	User      json.RawMessage `json:"user"`
	Request   json.RawMessage `json:"request"`
	Response  json.RawMessage `json:"response"`
}

type userWire struct {
	Name      string `json:"name"`
	UserName  string `json:"user_name"`
	Account   string `json:"account_id"`
	Type      string `json:"type"`
	Principal string `json:"principal_id"`
	KeyID     string `json:"access_key_id"`
}

// readPrefixes holds the prefixes of operations that change nothing.
var readPrefixes = []string{"list", "show", "check", "debug", "export", "swaggerexport"}

// parse reads one record. Ok is false if it cannot have changed anything, or has no time.
func parse(raw json.RawMessage) (t trace, ok bool) {
	var w traceWire
	if _, err := wire.Decode(raw, &w); err != nil || w.Time == nil || w.Operation == "" {
		return trace{}, false
	}
	if w.ReadOnly || !succeeded(&w) {
		return trace{}, false
	}
	folded := strings.ToLower(w.Operation)
	for _, prefix := range readPrefixes {
		if strings.HasPrefix(folded, prefix) {
			return trace{}, false
		}
	}
	t = trace{
		operation: w.Operation, service: strings.ToLower(w.Service), resource: strings.ToLower(w.Type), name: w.Name, id: w.Resource,
		at: time.UnixMilli(*w.Time).UTC(), source: w.Source, requestID: w.RequestID, texts: map[string]bool{},
	}
	var u userWire
	_, _ = wire.Decode(unquoted(w.User), &u) // a record without a user is one of the system
	t.user, t.keyID = u.who(), u.KeyID
	for _, body := range []json.RawMessage{w.Request, w.Response} {
		if tree, err := wire.Tree(unquoted(body)); err == nil {
			t.collectTexts(tree)
		}
	}
	return t, true
}

// succeeded decides by the rating or, if there is none, by the status.
func succeeded(w *traceWire) bool {
	if w.Rating != "" {
		return strings.EqualFold(w.Rating, "normal")
	}
	return w.Code == "" || strings.HasPrefix(w.Code, "2")
}

// unquoted returns JSON, decoded first if it is encoded in a JSON string.
func unquoted(raw json.RawMessage) []byte {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return []byte(text)
	}
	return raw
}

// who returns the name of the user, with the name of the session if an agency or another account acted.
func (u *userWire) who() string {
	const lifted = "/op_service" // the call had elevated rights
	name := strings.TrimSuffix(u.Name, lifted)
	for _, other := range []string{u.UserName, u.Account, "the system"} {
		if name == "" {
			name = other
		}
	}
	if _, session, ok := strings.Cut(u.Principal, ":"); ok && session != "" && !strings.EqualFold(u.Type, "User") && !strings.HasSuffix(name, "/"+session) {
		name += " (" + session + ")"
	}
	return name
}

// collectTexts adds the texts in a body to t.texts.
func (t *trace) collectTexts(tree any) {
	switch v := tree.(type) {
	case string:
		t.texts[v] = true
	case []any:
		for _, x := range v {
			t.collectTexts(x)
		}
	case map[string]any:
		for _, x := range v {
			t.collectTexts(x)
		}
	}
}

// mentions reports whether a record contains an id anywhere.
func (t *trace) mentions(id string) bool { return id != "" && (t.id == id || t.texts[id]) }

// names reports whether a record contains a name.
func (t *trace) names(name string) bool { return name != "" && (t.name == name || t.texts[name]) }

// verb is what an operation does to its object.
type verb int

const (
	makes verb = 1 << iota
	changes
	removes
)

// verbs maps words in the names of operations to what the operations do. The vendor documents two sets of names, and
// both are here. The first match counts.
var verbs = []struct {
	word string
	verb verb
}{
	{"disassociat", removes},
	{"detach", removes},
	{"relieve", removes},
	{"cancel", removes},
	{"delete", removes},
	{"remove", removes},
	{"update", changes},
	{"modify", changes},
	{"reset", changes},
	{"create", makes},
	{"add", makes},
	{"grant", makes},
	{"associat", makes},
	{"attach", makes},
	{"authoriz", makes},
	{"import", makes},
}

func (t *trace) verb() verb {
	name := strings.ToLower(t.operation)
	for _, v := range verbs {
		if strings.Contains(name, v.word) {
			return v.verb
		}
	}
	return 0
}
