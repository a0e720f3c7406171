// Package notify sends short messages to chats and other receivers of webhooks. The URL of a webhook is a secret: nothing
// that comes out of this package holds more of it than the host.
package notify

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Message is what is sent. Receivers that are no chat get all of it.
type Message struct {
	Text string // for people, a few lines
	Data any    // for programs: the rest of the JSON object in which the text stands under "text"
}

// Hook is where messages go.
type Hook struct {
	url     *url.URL
	service *service
}

// Parse reads the URL of a webhook. Its form tells which service it is; a scheme such as slack+https says so where the
// form does not, since a service runs elsewhere.
func Parse(raw string) (*Hook, error) {
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil || u.Host == "" {
		return nil, errors.New("it is no URL of a webhook, such as https://hooks.example.com/abc")
	}
	h := &Hook{url: u}
	if name, scheme, ok := strings.Cut(u.Scheme, "+"); ok {
		if h.service = named(name); h.service == nil {
			return nil, fmt.Errorf("there is no service %q; there are %s", name, strings.Join(names(), ", "))
		}
		u.Scheme = scheme
	}
	if h.service == nil {
		h.service = recognised(u)
	}
	switch {
	case u.Scheme == "http" && !loopback(u.Hostname()):
		return nil, fmt.Errorf("http://%s would send the address in the clear; use https", u.Host)
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, fmt.Errorf("its scheme is %q, not https", u.Scheme)
	}
	return h, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Service is the name of the service, such as slack; json is any other receiver.
func (h *Hook) Service() string { return h.service.name }

// String tells the hook apart without its secrets.
func (h *Hook) String() string { return h.service.name + " at " + h.url.Host }

const (
	attempts = 3
	perTry   = 10 * time.Second
	read     = 4096 // bytes of an answer
)

// client follows no redirects, since they would carry the message elsewhere.
var client = &http.Client{Timeout: perTry, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

// Send sends a message, and again after a moment where that may help. Wait is told how long; nil sleeps.
func (h *Hook) Send(ctx context.Context, m Message, wait func(context.Context, time.Duration) error) error {
	if wait == nil {
		wait = sleep
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
		if !again || n == attempts || ctx.Err() != nil {
			return fmt.Errorf("%s: %w", h, err)
		}
		if wait(ctx, time.Duration(n)*time.Second) != nil {
			return fmt.Errorf("%s: %w", h, err)
		}
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// once sends the message once, and tells whether it may be worth another try.
func (h *Hook) once(ctx context.Context, body []byte) (again bool, err error) {
	q, err := http.NewRequestWithContext(ctx, http.MethodPost, h.url.String(), bytes.NewReader(body))
	if err != nil {
		return false, errors.New("its URL cannot be used")
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
		return answer.StatusCode == http.StatusTooManyRequests || answer.StatusCode >= 500, fmt.Errorf("it answers %d", answer.StatusCode)
	}
	if code := h.service.refused(text); code != 0 {
		return false, fmt.Errorf("it refuses the message with code %d", code)
	}
	return false, nil
}

// refused is the code with which a service refuses a message though its status is 200; 0 when it took it.
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
