// Package api describes a call of the gateway's management API: the request, its errors, and the interface that sends it. It knows
// neither HTTP clients nor resources. It also has the waits between calls, and the context of calls that must outlive a stop.
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
	Once      bool       // not idempotent: after an unclear outcome it must not be repeated before the gateway was read
	IsRetry   bool       // the caller repeats an earlier request: it counts against the run's budget of repeats
	Secrets   []string   // values in Body that must never appear in an error or a log

	About    []string                        // addresses that a write is about, for callers that record writes; never sent
	NewID    func(answer []byte) (id string) // returns the id of a new object, for callers that record writes; nil unless it is a create
	OnAnswer func(requestID string)          // called with the gateway's request id of each answer; may be nil
}

// Scope is the part of the API that the path of a request is relative to.
type Scope int

const (
	Instance Scope = iota // /v2/{project_id}/apigw/instances/{instance_id}
	Project               // /v2/{project_id}/apigw
	Trail                 // /v3/{project_id} of the audit trail (CTS), which has a host of its own
	OldTrail              // /v2.0/{project_id}/system of the audit trail, an older version that some clouds have
)

// ThisInstance is a placeholder in a query or a body for the id of the gateway. Requests with the scope of the project need it,
// since their path does not contain that id.
const ThisInstance = "{instance_id}"

// Caller sends requests to one gateway. It is safe for concurrent use.
type Caller interface {
	// Call sends r and decodes the answer into reply (nil: the answer is ignored). It repeats requests that may be repeated,
	// and returns how often the request was sent. An error is an *Error if the gateway answered, else it wraps the transport's
	// error.
	Call(ctx context.Context, r Request, reply any) (attempts int, err error)
}

// Error is an error that the gateway has answered with.
type Error struct {
	Operation  string
	Method     string
	Path       string        // as sent, without host and query
	Status     int           // HTTP status
	Code       string        // such as APIG.3206; "" if the body has none
	Message    string        // the gateway's message, without secrets
	RequestID  string        // from X-Request-Id or the body; "" if absent
	RetryAfter time.Duration // how long the gateway asks to wait; 0 if it does not
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

// instanceMissing reports whether there is no such gateway.
func (e *Error) instanceMissing() bool { return e.Code == "APIG.3030" || e.Code == "APIC.7302" }

// ErrNotSent marks a failure before any byte of the request was sent: nothing can have changed.
var ErrNotSent = errors.New("the request was not sent")

// ErrUnreadable marks a successful answer whose body could not be read: the request was carried out, but its result is lost.
var ErrUnreadable = errors.New("the answer could not be read")

// Unclear reports whether a write that ended with err may have been carried out all the same: there was no answer, it could not
// be read, or the gateway had an internal error (5xx except APIG.9008, which refuses requests before they are processed).
func Unclear(err error) bool {
	if err == nil || errors.Is(err, ErrNotSent) {
		return false
	}
	e, answered := errors.AsType[*Error](err)
	return !answered || e.Status >= 500 && e.Code != "APIG.9008"
}

// Throttled reports whether the gateway or its front door refused the request because of too many requests (429, APIGW.0308, or
// APIG.9008, which has status 500).
func Throttled(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && (e.Status == 429 || e.Code == "APIGW.0308" || e.Code == "APIG.9008")
}

// NotFound reports whether err means that the object itself is missing. A missing instance (APIG.3030, APIC.7302) and an unknown
// path (APIGW.0101) are 404, too, but never mean that.
func NotFound(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.Status == 404 && !e.instanceMissing() && e.Code != "APIGW.0101"
}

// FeatureMissing reports whether the gateway does not have the feature that a request needs, and so has no such objects either.
func FeatureMissing(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.Code == "APIG.3458"
}

// PathUnknown reports whether the front door has no operation at the path: the cloud lacks it, or the endpoint belongs to another
// service.
func PathUnknown(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.Status == 404 && e.Code == "APIGW.0101"
}

// Refused reports whether the gateway refused a request, so that repeating it would not help.
func Refused(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.Status >= 400 && e.Status < 500 && !Throttled(err)
}

// MayAnswerOthers reports whether the gateway refused this request and may still answer others: the credentials are valid and the
// gateway exists.
func MayAnswerOthers(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && Refused(err) && e.Status != 401 && !e.instanceMissing()
}

// Sent is how many requests of one operation were sent.
type Sent struct {
	Operation string
	Grouping  string // in words, such as "by throttle"
	Count     int    // including repeats
}
