package remote

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/apigw-sync/apigw-sync/internal/api"
	"github.com/apigw-sync/apigw-sync/internal/api/wire"
)

const (
	maxBody      = 64 << 20 // of a success: thousands of objects
	maxErrorBody = 64 << 10
	maxMessage   = 1000 // characters of the gateway's message that are shown
	maxID        = 100  // characters of a request id
)

// answer is the answer to a request.
type answer struct {
	q     *prepared
	resp  *http.Response
	clean *cleaner
}

func (a answer) read(reply any) error {
	if status := a.resp.StatusCode; status < 200 || status > 299 {
		text, _ := io.ReadAll(io.LimitReader(a.resp.Body, maxErrorBody)) // even a part of the body may name the cause
		return a.failure(text, status)
	}
	body := bodies.Get().(*bytes.Buffer)
	defer bodies.Put(body)
	body.Reset()
	n, err := body.ReadFrom(io.LimitReader(a.resp.Body, maxBody+1)) // to the end, so that the connection can be reused
	if refused := a.refused(body.Bytes()); refused != nil {
		return refused
	}
	switch {
	case reply == nil, a.resp.StatusCode == http.StatusNoContent:
		return nil
	case err != nil:
		return a.unreadable(fmt.Errorf("it ended after %d bytes: %w", n, withoutQuotes(err, true)))
	case n > maxBody:
		return a.unreadable(fmt.Errorf("it has more than %d bytes", maxBody))
	}
	return a.decode(body.Bytes(), reply)
}

// refused is the error in the body of an answer whose status is a success; nil if there is none.
func (a answer) refused(text []byte) error {
	if !bytes.Contains(text, []byte(`"error_code"`)) {
		return nil
	}
	var body failureBody
	if _, err := wire.Decode(text, &body); err != nil || strings.Trim(body.Code, "APICGW.0 ") == "" {
		return nil // APIG.0000 means success
	}
	e := a.failure(text, api.StatusOf(body.Code))
	e.Message = fmt.Sprintf("with HTTP status %d, %s", a.resp.StatusCode, cmp.Or(e.Message, "no message"))
	return e
}

// bodies are buffers that are reused: decoded values do not refer to them.
var bodies = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// decode fills a new value first, so that a failed attempt leaves nothing in reply. The errors of decoders never quote values.
func (a answer) decode(body []byte, reply any) error {
	into := reflect.ValueOf(reply)
	fresh := reflect.New(into.Type().Elem())
	var err error
	own, ok := reflect.TypeAssert[json.Unmarshaler](fresh)
	switch {
	case !json.Valid(body):
		err = errors.New("it is not JSON" + a.contentType())
	case ok:
		err = own.UnmarshalJSON(body) // as json.Unmarshal does, but without checking the syntax a second time
	default:
		_, err = wire.Decode(body, fresh.Interface())
	}
	if err != nil {
		return a.unreadable(err)
	}
	into.Elem().Set(fresh.Elem())
	return nil
}

func (a answer) unreadable(why error) error {
	return fmt.Errorf("%d%s: %w: %w", a.resp.StatusCode, a.inParentheses(), api.ErrUnreadable, why)
}

func (a answer) inParentheses() string {
	if id := a.requestID(); id != "" {
		return " (request " + id + ")"
	}
	return ""
}

func (a answer) contentType() string {
	if t := a.resp.Header.Get("Content-Type"); t != "" && !strings.Contains(t, "json") {
		return " but " + a.clean.line(t, 60)
	}
	return ""
}

func (a answer) requestID() string { return a.clean.line(a.resp.Header.Get("X-Request-Id"), maxID) }

// failureBody has the forms of an error that the gateway, its front door and IAM use.
type failureBody struct {
	Code      string `json:"error_code"`
	Message   string `json:"error_msg"`
	RequestID string `json:"request_id"`
	Error     struct {
		Message string `json:"message"`
	} `json:"error"`
}

// failure is the error of an answer with this body; status is the HTTP status that it stands for.
func (a answer) failure(text []byte, status int) *api.Error {
	var body failureBody
	if _, err := wire.Decode(text, &body); err != nil {
		body = failureBody{Message: string(text)}
	}
	return &api.Error{
		Operation:  a.q.Operation,
		Method:     a.q.Method,
		Path:       a.q.url.EscapedPath(),
		Status:     status,
		Code:       a.clean.line(body.Code, 50),
		Message:    a.clean.line(cmp.Or(body.Message, body.Error.Message), maxMessage),
		RequestID:  cmp.Or(a.requestID(), a.clean.line(body.RequestID, maxID)),
		RetryAfter: retryAfter(a.resp.Header, time.Now()),
	}
}

// retryAfter reads a Retry-After header: seconds, or a date, which is compared with the gateway's clock if the answer has a
// Date.
func retryAfter(h http.Header, now time.Time) time.Duration {
	text := strings.TrimSpace(h.Get("Retry-After"))
	if seconds, err := strconv.Atoi(text); err == nil {
		const most = 1_000_000_000 // more would not fit a time.Duration in nanoseconds
		return time.Duration(min(max(seconds, 0), most)) * time.Second
	}
	date, err := http.ParseTime(text)
	if err != nil {
		return 0
	}
	if theirs, err := http.ParseTime(h.Get("Date")); err == nil {
		now = theirs
	}
	return max(date.Sub(now), 0)
}
