package remote

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/cenkalti/backoff/v5"

	"github.com/apigw-sync/apigw-sync/internal/api"
)

const (
	maxFailures   = 6  // attempts of one request that fail for another reason than its rate
	maxAside      = 2  // the same for the audit trail, which only adds to a report and is not worth a long wait
	maxUnreadable = 3  // attempts whose body cannot be read: it is mostly the same the next time
	maxRefusals   = 10 // attempts of one request that are refused for its rate
)

// errSpent is why a request is not repeated although another attempt might succeed.
var errSpent = errors.New("the run has used up its repeats")

// verdict is what to do after an attempt with an error.
//
//	error                                        Once=false   Once=true
//	429, APIGW.0308, APIG.9008                   paced        paced
//	nothing was sent, for a passing reason       again        again
//	nothing was sent: certificate, no such host  final        final
//	5xx, timeout, reset, unreadable answer       again        final
//	every other answer                           final        final
type verdict int

const (
	final verdict = iota // the call ends with this error
	again                // repeat after a growing wait
	paced                // repeat when the pacer allows it
)

func verdictOf(once bool, err error) verdict {
	var e *api.Error
	switch {
	case refusal(err) != nil:
		return paced
	case errors.Is(err, api.ErrNotSent):
		if lasting(err) {
			return final
		}
		return again
	case once:
		return final
	case errors.As(err, &e) && e.Status < 500:
		return final
	}
	return again
}

// lasting reports whether the reason that a request was not sent will be the same the next time.
func lasting(err error) bool {
	var dns *net.DNSError
	return errors.As(err, &dns) && dns.IsNotFound || certificateRefused(err) || speaksNoTLS(err) || errors.Is(err, errNoKeys)
}

// refusal is the gateway's error if it refused a request for its rate, else nil.
func refusal(err error) *api.Error {
	var e *api.Error
	if api.Throttled(err) && errors.As(err, &e) {
		return e
	}
	return nil
}

// history is what has happened to one request so far.
type history struct {
	q          *prepared
	attempts   int
	failures   int
	refusals   int
	unreadable int
	last       error // of the last attempt
	unclear    error // of the last attempt that may have been carried out
	backoff    *backoff.ExponentialBackOff
}

// repeat sends q until there is an answer to return.
func (c *Client) repeat(ctx context.Context, q *prepared, reply any) (attempts int, err error) {
	h := &history{q: q}
	if q.IsRetry && !c.tally.mayRepeat() {
		return 0, h.stopped(errSpent)
	}
	for {
		if err := c.attemptPaced(ctx, h, reply); err != nil {
			return h.attempts, h.stopped(err)
		}
		if h.last == nil {
			return h.attempts, nil
		}
		wait, ok := h.next()
		if !ok {
			return h.attempts, h.ended()
		}
		if ctx.Err() != nil {
			return h.attempts, h.stopped(stopCause(ctx))
		}
		if !c.tally.mayRepeat() {
			return h.attempts, h.stopped(errSpent)
		}
		if !api.Pause(ctx, wait) {
			return h.attempts, h.stopped(stopCause(ctx))
		}
	}
}

// attemptPaced waits for the pacer and makes one attempt; h.last is how it ended. An error means that there was no attempt.
func (c *Client) attemptPaced(ctx context.Context, h *history, reply any) error {
	t, err := c.pace.acquire(ctx)
	if err != nil {
		return err
	}
	h.attempts++
	err = c.attempt(ctx, h.q, reply, h.attempts)
	c.pace.release(t, h.q.Operation, err)
	c.tally.ended(err)
	h.note(err)
	return nil
}

// note records how an attempt ended. "Not found" is a success for a DELETE if an earlier attempt may have deleted the object.
func (h *history) note(err error) {
	if h.q.Method == http.MethodDelete && h.unclear != nil && api.NotFound(err) {
		err = nil
	}
	h.last = err
	if api.Unclear(err) {
		h.unclear = err
	}
}

// next decides whether to repeat the request, and how long to wait first, apart from what the pacer adds.
func (h *history) next() (wait time.Duration, ok bool) {
	switch verdictOf(h.q.Once, h.last) {
	case final:
		return 0, false
	case paced:
		h.refusals++
		return 0, h.refusals < maxRefusals
	}
	h.failures++
	if errors.Is(h.last, api.ErrUnreadable) {
		h.unreadable++
	}
	most := maxFailures
	if h.q.Scope == api.Trail || h.q.Scope == api.OldTrail {
		most = maxAside
	}
	if h.failures >= most || h.unreadable >= maxUnreadable {
		return 0, false
	}
	var e *api.Error
	errors.As(h.last, &e)
	if h.backoff == nil {
		h.backoff = newBackoff(e)
	}
	wait = h.backoff.NextBackOff()
	if e != nil && e.RetryAfter > longestWait {
		return 0, false
	}
	if e != nil {
		wait = max(wait, e.RetryAfter)
	}
	return wait, true
}

// newBackoff starts with a longer wait after failures that come from parallel writes (APIG.3500) or an overloaded store
// (APIG.9999).
func newBackoff(e *api.Error) *backoff.ExponentialBackOff {
	b := &backoff.ExponentialBackOff{
		InitialInterval: 500 * time.Millisecond, RandomizationFactor: 0.5, Multiplier: 2,
		MaxInterval: 15 * time.Second,
	}
	if e != nil && (e.Code == "APIG.3500" || e.Code == "APIG.9999") {
		b.InitialInterval = time.Second
	}
	b.Reset()
	return b
}

// ended is the error of a call that is not repeated any more. A definite answer of the gateway counts; without one, the last
// unclear outcome of all attempts does, since it decides what may have happened.
func (h *history) ended() error {
	err := h.last
	if h.unclear != nil && (errors.Is(err, api.ErrNotSent) || refusal(err) != nil) {
		err = h.unclear
	}
	if h.attempts > 1 {
		return fmt.Errorf("%w (after %d attempts)", err, h.attempts)
	}
	return err
}

// stopped is the error of a call that would have been repeated; why is what prevented it.
func (h *history) stopped(why error) error {
	err := h.last
	if h.unclear != nil {
		err = h.unclear
	}
	switch {
	case h.attempts == 0:
		return fmt.Errorf("%s: %w: %w", h.q.name(), api.ErrNotSent, why)
	case errors.Is(err, errCut):
		return err // already says why
	}
	return fmt.Errorf("%w (not repeated: %w)", err, why)
}
