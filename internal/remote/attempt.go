package remote

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
	"time"

	"github.com/apigw-sync/apigw-sync/internal/api"
)

// maxRedirects within one attempt.
const maxRedirects = 3

// attempt sends q once and decodes the answer into reply.
func (c *Client) attempt(ctx context.Context, q *prepared, reply any, number int) error {
	began := time.Now()
	actx, cancel := outlive(ctx, c.timeout, c.grace)
	defer cancel()
	c.clean.learn(q.Secrets...)
	keys, err := c.creds.now(actx)
	if err != nil {
		err = fmt.Errorf("%w: %w: %w", api.ErrNotSent, errNoKeys, interrupted(ctx, actx, err))
		return c.clean.err(fmt.Errorf("%s: %w", q.name(), err))
	}
	c.clean.learn(keys.secrets()...)
	resp, at, sent, err := c.send(actx, q, keys)
	a := answer{q: at, clean: c.clean}
	if err == nil {
		a.resp = resp
		c.noteDate(resp, began)
		if q.OnAnswer != nil {
			q.OnAnswer(a.requestID())
		}
		err = a.read(reply)
		_ = resp.Body.Close()
	}
	var e *api.Error
	if err != nil && !errors.As(err, &e) {
		err = interrupted(ctx, actx, err)
		if !sent {
			err = fmt.Errorf("%w: %w", api.ErrNotSent, err)
		}
		err = c.clean.err(fmt.Errorf("%s: %w", q.name(), err))
	}
	c.logAttempt(ctx, a, number, time.Since(began), err)
	return err
}

// send signs and sends q, and follows redirects within the same host. at is the request that was answered, which a redirect
// changes; sent is false only if certainly nothing was sent.
func (c *Client) send(ctx context.Context, q *prepared, keys Credentials) (_ *http.Response, at *prepared, sent bool, _ error) {
	for hops := 0; ; hops++ {
		resp, sent, err := c.exchange(ctx, q, keys)
		if err != nil {
			return nil, q, sent || hops > 0, err
		}
		location := resp.Header.Get("Location")
		if resp.StatusCode < 300 || resp.StatusCode > 399 || location == "" {
			return resp, q, true, nil
		}
		_ = resp.Body.Close()
		next, err := q.redirected(resp.StatusCode, location)
		if err == nil && hops == maxRedirects {
			err = errors.New("the gateway redirects too often")
		}
		if err != nil {
			return nil, q, true, &api.Error{
				Operation: q.Operation, Method: q.Method, Path: q.url.EscapedPath(), Status: resp.StatusCode,
				Message: c.clean.line(err.Error(), maxMessage), RequestID: c.clean.line(resp.Header.Get("X-Request-Id"), maxID),
			}
		}
		q = next
	}
}

// exchange is one HTTP round trip. It uses the transport without http.Client, which would follow redirects with a signature
// that is not valid there.
func (c *Client) exchange(ctx context.Context, q *prepared, keys Credentials) (_ *http.Response, sent bool, _ error) {
	var connected atomic.Bool
	_, own := c.transport.(*http.Transport)
	if own {
		ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
			GotConn: func(httptrace.GotConnInfo) { connected.Store(true) },
		})
	}
	resp, err := c.transport.RoundTrip(q.request(ctx, c, keys))
	if err != nil {
		sent := !dialFailed(err) && (connected.Load() || !own)
		return nil, sent, withoutQuotes(err, own)
	}
	return resp, true, nil
}

// errNoHTTP replaces net/http's error for an answer that is not valid HTTP: that error quotes the answer, which may contain
// anything, even secrets.
var errNoHTTP = errors.New("the answer is not valid HTTP")

// withoutQuotes is err, with a text of our own if its text may quote what the other side has sent.
func withoutQuotes(err error, own bool) error {
	var timeout net.Error
	known := !own || dialFailed(err) || speaksNoTLS(err) || errors.As(err, new(*net.OpError)) || errors.As(err, &timeout) && timeout.Timeout()
	for _, plain := range []error{io.EOF, io.ErrUnexpectedEOF, context.Canceled, context.DeadlineExceeded, net.ErrClosed} {
		known = known || errors.Is(err, plain)
	}
	if known {
		return err
	}
	return &cleanError{errNoHTTP.Error(), err}
}

// dialFailed reports whether err means that no connection was made, so that nothing was sent. This is the only error that
// proves it with transports other than that of net/http.
func dialFailed(err error) bool {
	var op *net.OpError
	if errors.As(err, &op) && (op.Op == "dial" || op.Op == "proxyconnect") {
		return true
	}
	var dns *net.DNSError
	return errors.As(err, &dns) || certificateRefused(err)
}

func certificateRefused(err error) bool {
	var verify *tls.CertificateVerificationError
	return errors.As(err, &verify)
}

// speaksNoTLS reports whether an https endpoint has answered with something other than TLS.
func speaksNoTLS(err error) bool {
	var record tls.RecordHeaderError
	return errors.As(err, &record)
}

// noteDate learns the gateway's clock. It assumes that the date of the answer was taken halfway between the request and now.
func (c *Client) noteDate(resp *http.Response, began time.Time) {
	date, err := http.ParseTime(resp.Header.Get("Date"))
	if err != nil {
		return
	}
	middle := began.Add(time.Since(began) / 2)
	c.tally.setClockOffset(date.Sub(middle).Round(time.Second))
}

func (c *Client) logAttempt(ctx context.Context, a answer, number int, took time.Duration, err error) {
	if !c.log.Enabled(ctx, slog.LevelDebug) {
		return
	}
	attrs := []slog.Attr{
		slog.String("operation", a.q.Operation), slog.String("method", a.q.Method),
		slog.String("path", a.q.url.EscapedPath()), slog.Int("attempt", number),
		slog.Duration("took", took.Round(time.Millisecond)),
	}
	if a.resp != nil {
		attrs = append(attrs, slog.Int("status", a.resp.StatusCode), slog.String("request_id", a.requestID()))
	}
	if err != nil {
		attrs = append(attrs, slog.String("error", err.Error()))
	}
	c.log.LogAttrs(ctx, slog.LevelDebug, "request", attrs...)
}
