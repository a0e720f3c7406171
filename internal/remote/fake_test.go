package remote

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/apigw-sync/apigw-sync/internal/api"
)

// roundTrip is a transport without a network, so that tests can run in fake time.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// reply makes an answer; header holds "Name: value" lines.
func reply(status int, body string, header ...string) *http.Response {
	h := http.Header{"X-Request-Id": {"req-1"}}
	for _, line := range header {
		name, value, _ := strings.Cut(line, ": ")
		h.Set(name, value)
	}
	return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body))}
}

func refuse(status int, code, message string, header ...string) *http.Response {
	return reply(status, fmt.Sprintf(`{"error_code":%q,"error_msg":%q}`, code, message), header...)
}

// inOrder answers the n-th request with the n-th step, and all further requests with the last one.
func inOrder(steps ...roundTrip) (transport roundTrip, count func() int) {
	var mu sync.Mutex
	n := 0
	return func(r *http.Request) (*http.Response, error) {
			mu.Lock()
			step := steps[min(n, len(steps)-1)]
			n++
			mu.Unlock()
			return step(r)
		}, func() int {
			mu.Lock()
			defer mu.Unlock()
			return n
		}
}

func says(status int, body string, header ...string) roundTrip {
	return func(*http.Request) (*http.Response, error) { return reply(status, body, header...), nil }
}

func refuses(status int, code, message string, header ...string) roundTrip {
	return func(*http.Request) (*http.Response, error) { return refuse(status, code, message, header...), nil }
}

func breaks(err error) roundTrip {
	return func(*http.Request) (*http.Response, error) { return nil, err }
}

// hangs does not answer until the attempt is cancelled.
func hangs() roundTrip {
	return func(r *http.Request) (*http.Response, error) {
		<-r.Context().Done()
		return nil, errors.New("the transport's own words")
	}
}

func slow(d time.Duration, then roundTrip) roundTrip {
	return func(r *http.Request) (*http.Response, error) {
		select {
		case <-time.After(d):
			return then(r)
		case <-r.Context().Done():
			return nil, r.Context().Err()
		}
	}
}

var testToken = Credentials{Token: NewSecret("token-0123456789"), From: "HW_AUTH_TOKEN"}

// testClient is a client whose gateway is transport. change may be nil.
func testClient(t *testing.T, transport http.RoundTripper, change func(*Config)) *Client {
	t.Helper()
	config := Config{
		Endpoint: "https://" + testHost, ProjectID: testProject, InstanceID: "i1",
		Credentials: testToken, Transport: transport, Parallelism: 10,
	}
	if change != nil {
		change(&config)
	}
	if config.Transport != nil {
		config.Transport = &counting{RoundTripper: config.Transport}
	}
	c, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// counting counts the requests of a client.
type counting struct {
	http.RoundTripper
	attempts, refused atomic.Int32
}

func (c *counting) RoundTrip(r *http.Request) (*http.Response, error) {
	c.attempts.Add(1)
	resp, err := c.RoundTripper.RoundTrip(r)
	if err == nil && resp.StatusCode != http.StatusOK {
		c.refused.Add(1)
	}
	return resp, err
}

// sent is how many requests a client of testClient has sent, and how many were refused.
func sent(c *Client) (attempts, refused int) {
	n := c.transport.(*counting)
	return int(n.attempts.Load()), int(n.refused.Load())
}

func get() api.Request {
	return api.Request{Operation: "ListThings", Method: "GET", Path: []string{"things"}}
}

func post() api.Request {
	return api.Request{Operation: "CreateThing", Method: "POST", Path: []string{"things"}, Body: map[string]string{"name": "a"}, Once: true}
}

func put() api.Request {
	return api.Request{Operation: "UpdateThing", Method: "PUT", Path: []string{"things", "1"}, Body: map[string]string{"name": "a"}}
}

func del() api.Request {
	return api.Request{Operation: "DeleteThing", Method: "DELETE", Path: []string{"things", "1"}}
}
