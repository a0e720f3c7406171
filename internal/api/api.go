// Package api is the vocabulary of one call of the gateway's management API: what is asked, how it
// can go wrong, and who can be asked. It knows neither HTTP clients nor resources.
package api

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"
)

// Request is one call of the management API.
type Request struct {
	Operation string     // the vendor's name, such as UpdateRequestThrottlingPolicyV2
	Method    string     // GET, POST, PUT or DELETE
	Scope     Scope      // what Path is relative to
	Path      []string   // decoded segments below the scope; none means the scope itself
	Query     url.Values // nil means none
	Body      any        // encoded as JSON; nil means no body
	Once      bool       // not idempotent: after an unclear outcome it must not be sent again blindly
	Again     bool       // repeats an earlier request, now that it is known what became of it: a repeat of the run's budget
	Secrets   []string   // values carried by Body that must never show in an error or a log

	About    []string                        // addresses of what a write concerns, for those who keep a record; never sent
	Made     func(answer []byte) (id string) // finds the id of what a create made, for those who keep a record; nil for other requests
	Answered func(requestID string)          // told of each answer, by the id that the gateway gave it; may be nil
}

// Scope is the part of the API that the path of a request is relative to.
type Scope int

const (
	Instance Scope = iota // /v2/{project_id}/apigw/instances/{instance_id}
	Project               // /v2/{project_id}/apigw
	Trail                 // /v3/{project_id} of the audit trail (CTS), which has a host of its own
	OldTrail              // /v2.0/{project_id}/system there, as some clouds still have it
)

// ThisInstance stands in a query or a body for the id of the gateway that a request goes to, where the path does not have
// it: what has the scope of the project is asked for with it.
const ThisInstance = "{instance_id}"

// Caller sends requests to one gateway. It is safe for concurrent use.
type Caller interface {
	// Call sends r and decodes the answer into reply (nil: the answer is ignored). It repeats what
	// may be repeated by itself and returns how many times the request was sent. An error is an
	// *Error when the gateway answered, else it wraps the transport's error.
	Call(ctx context.Context, r Request, reply any) (attempts int, err error)
}

// Error is the gateway's own refusal of a request.
type Error struct {
	Operation  string
	Method     string
	Path       string        // as sent, without host and query
	Status     int           // HTTP status
	Code       string        // such as APIG.3206; "" when the body carried none
	Message    string        // the gateway's words, cleaned of secrets
	RequestID  string        // from X-Request-Id or the body; "" when absent
	RetryAfter time.Duration // what the gateway asked to wait; 0 when it asked nothing
}

func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s: %d", e.Method, e.Path, e.Status)
	if e.Code != "" {
		b.WriteString(" " + e.Code)
	}
	if e.RequestID != "" {
		b.WriteString(" (request " + e.RequestID + ")")
	}
	if e.Message != "" {
		b.WriteString(": " + e.Message)
	}
	return b.String()
}

// ErrNotSent marks a failure before any byte of the request left: nothing can have changed.
var ErrNotSent = errors.New("the request was not sent")

// ErrUnreadable marks an answer of success whose body could not be read: the request was carried
// out, what it returned is lost.
var ErrUnreadable = errors.New("the answer could not be read")

// Unclear reports whether a write that ended with err may have been carried out all the same: no
// answer came, it could not be read, or the gateway failed inside (5xx except APIG.9008, which
// turns requests away before they are looked at).
func Unclear(err error) bool {
	if err == nil || errors.Is(err, ErrNotSent) {
		return false
	}
	var e *Error
	if !errors.As(err, &e) {
		return true
	}
	return e.Status >= 500 && e.Code != "APIG.9008"
}

// Throttled reports whether the gateway or its front door turned the request away for pace
// (429, APIGW.0308, or APIG.9008 which comes with status 500).
func Throttled(err error) bool {
	var e *Error
	return errors.As(err, &e) && (e.Status == 429 || e.Code == "APIGW.0308" || e.Code == "APIG.9008")
}

// NotFound reports whether err says that the object itself is missing. A missing instance
// (APIG.3030, APIC.7302) and an unknown path (APIGW.0101) are 404 too, but never mean that.
func NotFound(err error) bool {
	var e *Error
	if !errors.As(err, &e) || e.Status != 404 {
		return false
	}
	return e.Code != "APIG.3030" && e.Code != "APIC.7302" && e.Code != "APIGW.0101"
}

// Lacks reports whether a gateway refuses since it does not have the feature, and so nothing of what was asked for.
func Lacks(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Code == "APIG.3458"
}

// Unserved reports whether the front door knows no operation at the path: the cloud lacks it, or the endpoint is another
// service's.
func Unserved(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Status == 404 && e.Code == "APIGW.0101"
}

// Refused reports whether the gateway answers that it will not do what was asked, however often.
func Refused(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Status >= 400 && e.Status < 500 && !Throttled(err)
}

// Withheld reports whether the gateway refuses what was asked for and may still answer other questions: it knows the
// caller, and itself.
func Withheld(err error) bool {
	var e *Error
	return Refused(err) && errors.As(err, &e) && e.Status != 401 && e.Code != "APIG.3030" && e.Code != "APIC.7302"
}

// Sent is requests of one operation.
type Sent struct {
	Operation string
	Grouping  string // in words, such as "by throttle"
	Count     int    // repeats included
}
