package emulator

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"strconv"
)

// Entry is one request as the gateway saw it. It holds no secret.
type Entry struct {
	Seq       uint64   // number in order of arrival, starting with 1
	Operation string   // the vendor's name; "" for a path that the API does not have
	Method    string   // of HTTP
	Path      string   // decoded
	Status    int      // of the answer; 0 if the client got none
	Code      string   // error code of the answer, such as APIG.3204; "" for success
	Fault     string   // the rule that struck; "" for none
	Carried   bool     // a write that was carried out, whether or not its answer arrived
	Effects   []Effect // what a write that was carried out did, in order; entries are in order of completion
}

// Effect is one change of the gateway's state.
//
//	Kind                                     Action                 filled besides ID
//	throttle, acl, plugin, app, app_quota    create update delete   Name
//	environment, group, api                  create update delete   Name
//	publication                              create delete          API, Env
//	throttle_special                         create update delete   Policy, PolicyName, Name (app:NAME or user:ID)
//	throttle_binding, acl_binding,
//	plugin_binding, app_authorization        create delete          Policy, PolicyName, Type, API, Env
//	app_code, app_secret                     create delete update   Policy, PolicyName, Value (hash)
//	app_access_control                       update delete          Policy, PolicyName
//	app_quota_binding                        create delete          Policy, PolicyName, Name (of the app)
//	domain, certificate, feature             create update delete   Name
//
// A binding that replaces another makes two effects of one entry, the deletion first.
type Effect struct {
	Kind       string
	Action     string
	ID         string
	Name       string
	Policy     string // id of the policy or app
	PolicyName string
	Type       string // of a plugin, or entity type of an ACL
	API        string // GROUP/NAME
	Env        string // name of the environment
	Value      string // first 8 hexadecimal digits of the SHA-256 of a secret; of an ACL, PERMIT or DENY
}

// Journal returns a copy of the entries since the start or the last ResetJournal.
func (g *Gateway) Journal() []Entry {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.journal)
}

// ResetJournal removes all entries. The numbering of later entries continues.
func (g *Gateway) ResetJournal() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.journal = nil
}

func (g *Gateway) addToJournal(r *http.Request, c *call, seq uint64, op string, a httpResponse, effect faultEffect, carried bool) {
	e := Entry{
		Seq: seq, Operation: op, Method: r.Method, Path: r.URL.Path,
		Status: a.status, Code: errorCode(a), Fault: effect.rule, Carried: carried,
	}
	if a.outcome == lost || a.outcome == reset || a.outcome == refusedConn {
		e.Status, e.Code = 0, ""
	}
	if carried {
		e.Effects = c.effects
	}
	g.journal = append(g.journal, e)
}

// fingerprint returns a short hash that represents a secret in the journal.
func fingerprint(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:4])
}

// generateID returns the n-th id of a seed: 32 hexadecimal digits that look random and never repeat.
func generateID(seed, n uint64) string {
	sum := sha256.Sum256([]byte(strconv.FormatUint(seed, 16) + "/" + strconv.FormatUint(n, 16)))
	return hex.EncodeToString(sum[:16])
}
