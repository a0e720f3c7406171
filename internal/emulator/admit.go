package emulator

import (
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"net/http"
	"time"
)

// admit makes the checks that a request must pass before it reaches the service: its credentials, the rate limit, and
// whether the operation exists.
func (g *Gateway) admit(r *http.Request, c *call) error {
	if err := g.authenticate(r, c); err != nil {
		return err
	}
	if err := g.limitRate(c.now); err != nil {
		return err
	}
	if len(c.raw) > maxBody {
		return refuse(http.StatusRequestEntityTooLarge, "APIGW.0201", "Request entity too large")
	}
	if c.route != nil && g.missingInCloud(c.route) {
		return unknownOperation()
	}
	if c.route == nil {
		_, _ = fmt.Fprintf(g.opts.Log, "unknown operation: %s %s\n", r.Method, r.URL.Path)
		return unknownOperation()
	}
	return nil
}

// unknownOperation returns the answer to an unknown operation.
func unknownOperation() error {
	return refuse(http.StatusNotFound, "APIGW.0101", "The API does not exist or has not been published in the environment")
}

// authenticate accepts requests with the token, or with a signature made with the access key.
func (g *Gateway) authenticate(r *http.Request, c *call) error {
	if token := r.Header.Get("X-Auth-Token"); token != "" {
		if !equalSecrets(token, g.opts.Token) {
			return g.wrongToken(c)
		}
		return nil
	}
	if r.Header.Get("Authorization") == "" {
		return unauthenticated("neither a token nor a signature")
	}
	return g.verify(r, c)
}

// wrongToken returns the answer to a wrong token. Behaviour.WrongToken decides whether it comes from the front door or
// from the service.
func (g *Gateway) wrongToken(c *call) error {
	code := "APIG.1002"
	switch {
	case g.behaviour.WrongToken == "front-door":
		return unauthenticated("decrypt token fail")
	case c.route != nil && c.route.ofInstances():
		code = "APIC.7102"
	}
	return refuse(http.StatusUnauthorized, code, "Incorrect token or token resolution failed")
}

func unauthenticated(format string, args ...any) error {
	return refuse(http.StatusUnauthorized, "APIGW.0301", "Incorrect IAM authentication information: "+format, args...)
}

// equalSecrets compares secrets in constant time, so that timing reveals nothing about them.
func equalSecrets(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}

// limitRate applies the rate limit. Refused requests do not count.
func (g *Gateway) limitRate(now time.Time) error {
	limit := g.opts.Limit
	if limit.Requests <= 0 {
		return nil
	}
	if now.Sub(g.periodStart) >= limit.Per || now.Before(g.periodStart) {
		g.periodStart, g.requestsInPeriod = now.Truncate(limit.Per), 0
	}
	if g.requestsInPeriod >= limit.Requests {
		refused := refuse(http.StatusTooManyRequests, "APIGW.0308",
			"The throttling threshold has been reached: policy user over ratelimit,limit:%d,time:%s", limit.Requests, periodText(limit.Per))
		refused.retryAfter = limit.RetryAfter
		return refused
	}
	g.requestsInPeriod++
	return nil
}

// periodText returns a duration in the words of the front door, such as "1 second" or "1 minute".
func periodText(d time.Duration) string {
	switch {
	case d%time.Hour == 0:
		return fmt.Sprintf("%d hour", d/time.Hour)
	case d%time.Minute == 0:
		return fmt.Sprintf("%d minute", d/time.Minute)
	case d%time.Second == 0:
		return fmt.Sprintf("%d second", d/time.Second)
	}
	return d.String()
}
