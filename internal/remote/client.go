// Package remote sends requests to a gateway's management API: it signs them, paces them, repeats them and decodes the answers.
// It knows no resources; callers pass an api.Request.
package remote

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"reflect"
	"time"

	"github.com/apigw-sync/apigw-sync/internal/api"
)

// Config configures a Client. Only Endpoint and Credentials are required.
type Config struct {
	Endpoint    string // base URL; http only for a loopback host
	Trail       string // base URL of the audit trail; "" makes requests to it fail
	ProjectID   string // "" is an error as soon as a request needs it
	InstanceID  string // "" is an error as soon as a request needs it
	Credentials Credentials

	Parallelism    int           // requests in flight at most; 0 means as many as the gateway handles, up to 100
	All            *Bound        // limit of requests in flight to several gateways; nil means none
	MaxRPS         float64       // requests a second at most; 0 means no fixed cap
	RequestTimeout time.Duration // of one attempt, including the answer; 0 means 30 s
	Grace          time.Duration // how long attempts in flight may continue after a cancel; 0 means 10 s, negative none
	RetryBudget    int           // repeats in the whole run; 0 means 200, negative none

	Transport http.RoundTripper // nil means a new pool of connections, sized for Parallelism
	UserAgent string            // "" means apigw-sync
	Log       *slog.Logger      // Debug: every attempt; Info: long pauses; nil means none
}

// Client sends requests to one gateway. It implements api.Caller and is safe for concurrent use.
//
// When the context of a call ends, no further attempt starts and waits end at once. An attempt in flight may still finish
// within Config.Grace, since cutting off a write leaves its outcome unclear.
type Client struct {
	base       *url.URL
	trail      *url.URL // nil if there is none
	noTrail    error    // why trail is nil
	projectID  string
	instanceID string
	creds      Credentials
	timeout    time.Duration
	grace      time.Duration
	userAgent  string
	transport  http.RoundTripper
	pace       *pacer
	tally      *tally
	log        *slog.Logger
	clean      *cleaner
	where      string // the settings that determine the endpoint, for hints
}

var _ api.Caller = (*Client)(nil)

// New checks c and makes a client. It sends nothing.
func New(c Config) (*Client, error) {
	base, err := parseEndpoint(c.Endpoint)
	if err != nil {
		return nil, err
	}
	var trail *url.URL
	noTrail := errors.New("the endpoint does not tell where the audit trail is; set " + TrailVariable)
	if c.Trail != "" {
		trail, noTrail = parseEndpoint(c.Trail) // an error only matters to requests to it
	}
	if err := c.Credentials.check(); err != nil {
		return nil, err
	}
	c = c.withDefaults()
	client := &Client{
		base: base, trail: trail, noTrail: noTrail, projectID: c.ProjectID, instanceID: c.InstanceID, creds: c.Credentials,
		timeout: c.RequestTimeout, grace: c.Grace, userAgent: c.UserAgent, transport: c.Transport,
		tally: newTally(c.RetryBudget), log: c.Log, clean: newCleaner(c.Credentials.secrets()...), where: "--endpoint and --region",
	}
	client.pace = newPacer(c.Parallelism, c.MaxRPS, func(wait time.Duration) {
		c.Log.Info("waiting, as the gateway or --max-rps allows no more requests now",
			"wait", wait.Round(time.Millisecond).String())
	})
	c.All.join(client.pace)
	client.pace.all = c.All
	return client, nil
}

// MostAtOnce returns the largest number of requests in flight that was allowed so far.
func (c *Client) MostAtOnce() int { return c.pace.mostAtOnce() }

func (c Config) withDefaults() Config {
	if c.RequestTimeout <= 0 {
		c.RequestTimeout = 30 * time.Second
	}
	if c.Grace == 0 {
		c.Grace = 10 * time.Second
	}
	if c.RetryBudget == 0 {
		c.RetryBudget = 200
	}
	if c.UserAgent == "" {
		c.UserAgent = "apigw-sync"
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Transport == nil {
		c.Transport = newTransport(cmp.Or(c.Parallelism, MostInFlight))
	}
	return c
}

// Call implements api.Caller. If a DELETE is answered with "not found" and an earlier attempt of the same call had an unclear
// outcome, it has succeeded: that attempt has deleted the object.
func (c *Client) Call(ctx context.Context, r api.Request, reply any) (attempts int, err error) {
	base, prefix := c.base, []string{"v2", c.projectID, "apigw"}
	missing := ""
	switch {
	case c.projectID == "":
		missing = "no project id; set --project-id"
	case r.Scope == api.Trail:
		base, prefix = c.trail, []string{"v3", c.projectID}
	case r.Scope == api.OldTrail:
		base, prefix = c.trail, []string{"v2.0", c.projectID, "system"}
	case r.Scope == api.Instance && c.instanceID == "":
		missing = "no instance id; set --instance-id"
	case r.Scope == api.Instance:
		prefix = append(prefix, "instances", c.instanceID)
	}
	if base == nil {
		missing = c.noTrail.Error()
	}
	if missing != "" {
		return 0, fmt.Errorf("%s: %w: %s", r.Operation, api.ErrNotSent, missing)
	}
	if r.Scope == api.Project && c.instanceID != "" {
		r = forInstance(r, c.instanceID)
	}
	return c.call(ctx, base, append(prefix, r.Path...), r, reply)
}

// call is Call for any path below a base URL.
func (c *Client) call(ctx context.Context, base *url.URL, segments []string, r api.Request, reply any) (int, error) {
	if v := reflect.ValueOf(reply); reply != nil && (v.Kind() != reflect.Pointer || v.IsNil()) {
		return 0, fmt.Errorf("%s: %w: the reply must be a pointer, not %T", r.Operation, api.ErrNotSent, reply)
	}
	q, err := prepare(base, segments, r)
	if err != nil {
		return 0, fmt.Errorf("%s: %w: %w", r.Operation, api.ErrNotSent, err)
	}
	attempts, err := c.repeat(ctx, q, reply)
	who := asked{base.Host, c.where}
	if base == c.trail {
		who.where = TrailVariable
	}
	return attempts, c.withHint(err, who)
}

// ServerDate returns how far the gateway's clock is ahead of this machine's (negative if it is behind), according to the last
// answer with a Date header. The header has whole seconds, so offsets of a second or two mean nothing. ok is false before the
// first such answer.
func (c *Client) ServerDate() (offset time.Duration, ok bool) { return c.tally.clockOffset() }
