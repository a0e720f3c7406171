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
	maxMessage   = 1000 // characters of the gateway's words that are shown
	maxID        = 100  // characters of a request's id
)

// answer is what came back for a question.
type answer struct {
	q     *question
	resp  *http.Response
	clean *cleaner
}

func (a answer) read(reply any) error {
	if status := a.resp.StatusCode; status < 200 || status > 299 {
		text, _ := io.ReadAll(io.LimitReader(a.resp.Body, maxErrorBody)) // what there is tells more than nothing
		return a.failure(text, status)
	}
	body := bodies.Get().(*bytes.Buffer)
	defer bodies.Put(body)
	body.Reset()
	n, err := body.ReadFrom(io.LimitReader(a.resp.Body, maxBody+1)) // to its end, so that the connection can be used again
	if refused := a.refused(body.Bytes()); refused != nil {
		return refused
	}
	switch {
	case reply == nil, a.resp.StatusCode == http.StatusNoContent:
		return nil
	case err != nil:
		return a.unreadable(fmt.Errorf("it broke off after %d bytes: %w", n, foreign(err, true)))
	case n > maxBody:
		return a.unreadable(fmt.Errorf("it has more than %d bytes", maxBody))
	}
	return a.decode(body.Bytes(), reply)
}

// refused is the error that the body of a success tells of; nil when it tells of none.
func (a answer) refused(text []byte) error {
	if !bytes.Contains(text, []byte(`"error_code"`)) {
		return nil
	}
	var body failureBody
	if _, err := wire.Decode(text, &body); err != nil || strings.Trim(body.Code, "APICGW.0 ") == "" {
		return nil // APIG.0000 is none
	}
	e := a.failure(text, api.StatusOf(body.Code))
	e.Message = fmt.Sprintf("with HTTP status %d, %s", a.resp.StatusCode, cmp.Or(e.Message, "without words"))
	return e
}

// bodies are used again: what is decoded keeps nothing of them.
var bodies = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// decode fills a value of its own first, so that a failed attempt leaves nothing in reply. Those who decode
// never quote values.
func (a answer) decode(body []byte, reply any) error {
	into := reflect.ValueOf(reply)
	fresh := reflect.New(into.Type().Elem())
	var err error
	own, ok := reflect.TypeAssert[json.Unmarshaler](fresh)
	switch {
	case !json.Valid(body):
		err = errors.New("it is not JSON" + a.contentType())
	case ok:
		err = own.UnmarshalJSON(body) // as json.Unmarshal would, without looking for the value's end first
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

// failureBody holds the spellings of an error that the gateway, its front door and IAM use.
type failureBody struct {
	Code      string `json:"error_code"`
	Message   string `json:"error_msg"`
	RequestID string `json:"request_id"`
	Error     struct {
		Message string `json:"message"`
	} `json:"error"`
}

// failure is the error of an answer with such a body, which means the status.
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

// retryAfter reads seconds or a date. A date is compared with the gateway's own clock when it
// tells it.
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
	if told, err := http.ParseTime(h.Get("Date")); err == nil {
		now = told
	}
	return max(date.Sub(now), 0)
}
