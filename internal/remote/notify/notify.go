// Package notify sends short messages to webhooks of chats and other services. The URL of a webhook is a secret: errors and texts
// of this package contain only its host.
package notify

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/apigw-sync/apigw-sync/internal/api"
	"github.com/apigw-sync/apigw-sync/internal/remote"
)

// Message is a message for a webhook. A chat gets its Text; any other receiver also gets its Data.
type Message struct {
	Text string // for people, a few lines
	Data any    // for programs: a JSON object, to which the text is added as "text"
}

// Hook is a webhook to which messages are sent.
type Hook struct {
	url     *url.URL
	service *service
}

// Parse reads the URL of a webhook. The service is recognised by the form of the URL. For a service on a host of its own, a
// scheme such as slack+https names it.
func Parse(raw string) (*Hook, error) {
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil || u.Host == "" {
		return nil, errors.New("it is not the URL of a webhook, such as https://hooks.example.com/abc")
	}
	h := &Hook{url: u}
	if name, scheme, ok := strings.Cut(u.Scheme, "+"); ok {
		if h.service = named(name); h.service == nil {
			return nil, fmt.Errorf("unknown service %q; known services are %s", name, strings.Join(names(), ", "))
		}
		u.Scheme = scheme
	}
	if h.service == nil {
		h.service = recognised(u)
	}
	switch {
	case u.Scheme == "http" && !remote.Loopback(u.Hostname()):
		return nil, fmt.Errorf("http://%s would send the address in the clear; use https", u.Host)
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, fmt.Errorf("its scheme is %q, not https", u.Scheme)
	}
	return h, nil
}

// Service is the name of the service, such as slack; any other receiver is json.
func (h *Hook) Service() string { return h.service.name }

// String identifies the hook without its secrets.
func (h *Hook) String() string { return h.service.name + " at " + h.url.Host }

const (
	attempts = 3
	perTry   = 10 * time.Second
	read     = 4096 // bytes of an answer
)

// client follows no redirects, since they would send the message elsewhere.
var client = &http.Client{Timeout: perTry, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

// Send sends a message, and repeats it after a while if that may help. wait waits between the attempts; nil means a real wait.
func (h *Hook) Send(ctx context.Context, m Message, wait func(context.Context, time.Duration) bool) error {
	if wait == nil {
		wait = api.Pause
	}
	body, err := h.service.body(m)
	if err != nil {
		return err
	}
	for n := 1; ; n++ {
		again, err := h.once(ctx, body)
		if err == nil {
			return nil
		}
		if !again || n == attempts || !wait(ctx, time.Duration(n)*time.Second) {
			return fmt.Errorf("%s: %w", h, err)
		}
	}
}

// once sends the message once; again reports whether another attempt may succeed.
func (h *Hook) once(ctx context.Context, body []byte) (again bool, err error) {
	q, err := http.NewRequestWithContext(ctx, http.MethodPost, h.url.String(), bytes.NewReader(body))
	if err != nil {
		return false, errors.New("its URL is not valid")
	}
	q.Header.Set("Content-Type", "application/json; charset=utf-8")
	q.Header.Set("User-Agent", "apigw-sync")
	answer, err := client.Do(q)
	if err != nil {
		if inner, ok := errors.AsType[*url.Error](err); ok { // it quotes the URL
			err = inner.Err
		}
		return true, err
	}
	defer func() { _ = answer.Body.Close() }()
	text, _ := io.ReadAll(io.LimitReader(answer.Body, read))
	if answer.StatusCode < 200 || answer.StatusCode > 299 {
		return answer.StatusCode == http.StatusTooManyRequests || answer.StatusCode >= 500, fmt.Errorf("it answered with status %d", answer.StatusCode)
	}
	if code := h.service.refused(text); code != 0 {
		return false, fmt.Errorf("it refused the message with code %d", code)
	}
	return false, nil
}

// refused is the code with which a service refuses a message in an answer of status 200; 0 if it has accepted the message.
func (s *service) refused(answer []byte) int {
	var said map[string]json.RawMessage
	if s.code == "" || json.Unmarshal(answer, &said) != nil {
		return 0
	}
	var code int
	if json.Unmarshal(said[s.code], &code) != nil {
		return 0
	}
	return code
}
