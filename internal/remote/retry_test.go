package remote

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/apigw-sync/apigw-sync/internal/api"
)

var (
	refusedDial = &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
	reset       = &net.OpError{Op: "read", Net: "tcp", Err: os.NewSyscallError("read", syscall.ECONNRESET)}
	noHost      = &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: testHost, IsNotFound: true}}
	badCert     = &tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}}
)

type shape struct {
	Name string `json:"name"`
	Size int    `json:"size"`
}

const good = `{"name":"a","size":1}`

// Each first answer comes once; then the gateway answers normally.
func TestRepeats(t *testing.T) {
	tests := []struct {
		name       string
		first      roundTrip
		idempotent bool // whether a GET, PUT or DELETE is sent again
		once       bool // whether a POST with Once is sent again
		unclear    bool // what api.Unclear reports if it is not sent again
	}{
		{"429", says(429, ""), true, true, false},
		{"front door", refuses(403, "APIGW.0308", "slow down"), true, true, false},
		{"busy service", refuses(500, "APIG.9008", ""), true, true, false},
		{"connection refused", breaks(refusedDial), true, true, false},
		{"no such host", breaks(noHost), false, false, false},
		{"bad certificate", breaks(badCert), false, false, false},
		{"reset", breaks(reset), true, false, true},
		{"end of file", breaks(io.ErrUnexpectedEOF), true, false, true},
		{"timeout", hangs(), true, false, true},
		{"500", says(500, "oops"), true, false, true},
		{"store", refuses(500, "APIG.3500", ""), true, false, true},
		{"internal", refuses(500, "APIG.9999", ""), true, false, true},
		{"503", says(503, ""), true, false, true},
		{"torn body", says(200, good[:10]), true, false, true},
		{"page", says(200, "<html>", "Content-Type: text/html"), true, false, true},
		{"wrong type", says(200, `{"name":"a","size":"x"}`), true, false, true},
		{"empty", says(200, ""), true, false, true},
		{"400", refuses(400, "APIG.2000", "parameter error"), false, false, false},
		{"401", refuses(401, "APIGW.0301", ""), false, false, false},
		{"403", refuses(403, "APIG.1020", ""), false, false, false},
		{"404", refuses(404, "APIG.3005", ""), false, false, false},
		{"once a minute", refuses(409, "APIG.3711", ""), false, false, false},
		{"412", refuses(412, "APIG.3458", ""), false, false, false},
	}
	for _, tt := range tests {
		for _, r := range []api.Request{get(), put(), del(), post()} {
			t.Run(tt.name+" "+r.Method, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					again := tt.idempotent
					if r.Once {
						again = tt.once
					}
					transport, count := inOrder(tt.first, says(200, good))
					c := testClient(t, transport, nil)
					var got shape
					attempts, err := c.Call(t.Context(), r, &got)
					if attempts != count() {
						t.Errorf("%d attempts, but %d requests", attempts, count())
					}
					if !again {
						if err == nil || attempts != 1 {
							t.Errorf("%d attempts, error %v; want one that fails", attempts, err)
						}
						if api.Unclear(err) != tt.unclear {
							t.Errorf("Unclear is %v for %v", api.Unclear(err), err)
						}
						if got != (shape{}) {
							t.Errorf("a failed call filled the reply: %+v", got)
						}
						return
					}
					if err != nil || attempts != 2 || got != (shape{"a", 1}) {
						t.Errorf("%d attempts, reply %+v, error %v", attempts, got, err)
					}
				})
			})
		}
	}
}

// A write is unclear, not failed, if its status is a success and its answer cannot be read.
func TestUnreadable(t *testing.T) {
	tests := []struct {
		request  api.Request
		body     string
		attempts int
		text     string
	}{
		{post(), `{"name":"tops3cret","size":"x"}`, 1, `the field "size" is a text that means nothing there`},
		{post(), `["tops3cret"]`, 1, "the answer is a text; expected a mapping"},
		{post(), `{"na`, 1, "it is not JSON"},
		{put(), `{"na`, maxUnreadable, "(after 3 attempts)"},
		{get(), `{"na`, maxUnreadable, "(after 3 attempts)"},
	}
	for _, tt := range tests {
		synctest.Test(t, func(t *testing.T) {
			c := testClient(t, says(200, tt.body), nil)
			attempts, err := c.Call(t.Context(), tt.request, &shape{})
			if !errors.Is(err, api.ErrUnreadable) || !api.Unclear(err) {
				t.Errorf("error is %v", err)
			}
			if attempts != tt.attempts {
				t.Errorf("%d attempts, want %d", attempts, tt.attempts)
			}
			if !strings.Contains(fmt.Sprint(err), tt.text) || strings.Contains(fmt.Sprint(err), "tops3cret") {
				t.Errorf("error is %v", err)
			}
		})
	}
}

func TestGivesUp(t *testing.T) {
	tests := []struct {
		name     string
		step     roundTrip
		request  api.Request
		attempts int
	}{
		{"500", says(500, ""), get(), maxFailures},
		{"refused connections", breaks(refusedDial), post(), maxFailures},
		{"429", says(429, ""), post(), maxRefusals},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				transport, count := inOrder(tt.step)
				c := testClient(t, transport, nil)
				attempts, err := c.Call(t.Context(), tt.request, nil)
				if err == nil || attempts != tt.attempts || count() != tt.attempts {
					t.Errorf("%d attempts, %d requests, %v", attempts, count(), err)
				}
			})
		})
	}
}

func TestBudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		transport, count := inOrder(says(500, ""))
		c := testClient(t, transport, func(c *Config) { c.RetryBudget = 7 })
		for range 5 {
			if _, err := c.Call(t.Context(), get(), nil); err == nil {
				t.Error("no error")
			}
		}
		if count() != 5+7 {
			t.Errorf("%d requests, want 12", count())
		}
		_, err := c.Call(t.Context(), get(), nil)
		if !strings.Contains(err.Error(), "used up its repeats") {
			t.Errorf("error is %v", err)
		}
	})
}

func TestBudgetGrowsBack(t *testing.T) {
	tally := newTally(1)
	if !tally.mayRepeat() || tally.mayRepeat() {
		t.Fatal("a budget of one allows one repeat")
	}
	for range earnEvery {
		tally.ended(nil)
	}
	if !tally.mayRepeat() || tally.mayRepeat() {
		t.Fatalf("%d successes earn one repeat", earnEvery)
	}
}

func TestDeleteFoundNothing(t *testing.T) {
	tests := []struct {
		name  string
		steps []roundTrip
		ok    bool
	}{
		{"at once", []roundTrip{refuses(404, "APIG.3005", "")}, false},
		{"after a lost answer", []roundTrip{breaks(reset), refuses(404, "APIG.3005", "")}, true},
		{"after a 500", []roundTrip{says(500, ""), refuses(404, "APIG.3005", "")}, true},
		{"after a refusal", []roundTrip{says(429, ""), refuses(404, "APIG.3005", "")}, false},
		{"after no connection", []roundTrip{breaks(refusedDial), refuses(404, "APIG.3005", "")}, false},
		{"no instance", []roundTrip{breaks(reset), refuses(404, "APIG.3030", "")}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				transport, _ := inOrder(tt.steps...)
				_, err := testClient(t, transport, nil).Call(t.Context(), del(), nil)
				if (err == nil) != tt.ok {
					t.Errorf("error is %v", err)
				}
			})
		})
	}
}

// However a call ends, its error is that of the attempt that may have been carried out.
func TestUnclearIsNotForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		transport, _ := inOrder(breaks(reset), breaks(refusedDial))
		_, err := testClient(t, transport, nil).Call(t.Context(), put(), nil)
		if !api.Unclear(err) {
			t.Errorf("refused in the end: %v", err)
		}
		transport, _ = inOrder(breaks(reset), says(429, "", "Retry-After: 60"))
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		_, err = testClient(t, transport, nil).Call(ctx, put(), nil)
		if !api.Unclear(err) || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("stopped while waiting: %v", err)
		}
		transport, _ = inOrder(breaks(reset), refuses(400, "APIG.2000", "no"))
		_, err = testClient(t, transport, nil).Call(t.Context(), put(), nil)
		var e *api.Error
		if !errors.As(err, &e) || e.Status != 400 {
			t.Errorf("a definite answer counts: %v", err)
		}
	})
}

// The run is stopped after a second. Requests in flight may end within the grace period; all others end at once.
func TestStop(t *testing.T) {
	tests := []struct {
		name     string
		step     roundTrip
		request  api.Request
		grace    time.Duration
		took     time.Duration
		attempts int
		ok       bool
		unclear  bool
	}{
		{"in flight, ends within the grace", slow(8*time.Second, says(200, "{}")), post(), 0, 8 * time.Second, 1, true, false},
		{"in flight, cut after the grace", hangs(), put(), 0, 11 * time.Second, 1, false, true},
		{"in flight, cut after the grace, once", hangs(), post(), 0, 11 * time.Second, 1, false, true},
		{"in flight, another grace", hangs(), post(), 3 * time.Second, 4 * time.Second, 1, false, true},
		{"in flight, no grace", hangs(), get(), -1, time.Second, 1, false, true},
		{"in flight, fails in the grace", slow(5*time.Second, says(500, "")), get(), 0, 5 * time.Second, 1, false, true},
		{"in flight, refused in the grace", slow(5*time.Second, says(429, "")), post(), 0, 5 * time.Second, 1, false, false},
		{"waiting to repeat", says(503, "", "Retry-After: 100"), put(), 0, time.Second, 1, false, true},
		{"waiting for pace", says(429, "", "Retry-After: 100"), post(), 0, time.Second, 1, false, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancelCause(t.Context())
				time.AfterFunc(time.Second, func() { cancel(errors.New("interrupt signal received")) })
				transport, count := inOrder(tt.step)
				c := testClient(t, transport, func(c *Config) { c.Grace = tt.grace })
				began := time.Now()
				attempts, err := c.Call(ctx, tt.request, nil)
				if took := time.Since(began); took != tt.took {
					t.Errorf("took %v, want %v", took, tt.took)
				}
				if attempts != tt.attempts || count() != tt.attempts {
					t.Errorf("%d attempts, %d requests, want %d", attempts, count(), tt.attempts)
				}
				if (err == nil) != tt.ok || api.Unclear(err) != tt.unclear {
					t.Errorf("error is %v", err)
				}
				if text := fmt.Sprint(err); err != nil && (!errors.Is(err, context.Canceled) ||
					strings.Count(text, "interrupt signal received") != 1 || strings.Contains(text, "own words")) {
					t.Errorf("error is %v", err)
				}
			})
		})
	}
}

func TestStoppedBefore(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	attempts, err := testClient(t, says(200, "{}"), nil).Call(ctx, post(), nil)
	if attempts != 0 || !errors.Is(err, context.Canceled) || !errors.Is(err, api.ErrNotSent) || api.Unclear(err) {
		t.Errorf("%d attempts, %v", attempts, err)
	}
}

func TestTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		_, err := testClient(t, hangs(), nil).Call(t.Context(), post(), nil)
		var timeout interface{ Timeout() bool }
		if !errors.As(err, &timeout) || !timeout.Timeout() || !api.Unclear(err) || errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error is %v", err)
		}
		if time.Since(began) != 30*time.Second {
			t.Errorf("took %v", time.Since(began))
		}
	})
}

// The timeout of an attempt also ends a body that stops halfway.
func TestTimeoutInBody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		step := func(r *http.Request) (*http.Response, error) {
			resp := reply(200, "")
			resp.Body = io.NopCloser(readerFunc(func([]byte) (int, error) {
				<-r.Context().Done()
				return 0, r.Context().Err()
			}))
			return resp, nil
		}
		_, err := testClient(t, roundTrip(step), nil).Call(t.Context(), post(), &shape{})
		if !api.Unclear(err) || errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "within 30s") {
			t.Errorf("error is %v", err)
		}
	})
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }
