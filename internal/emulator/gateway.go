package emulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"
)

// maxBody is the maximum size of the body of a signed request.
const maxBody = 12 << 20

// Gateway is an API gateway instance with its management API. It is safe for concurrent use; operations are atomic.
type Gateway struct {
	opts   Options
	routes *router

	mu        sync.Mutex // guards everything below
	behaviour Behaviour
	faults    []*activeFault
	*state
	journal          []Entry
	traces           []traceRecord   // of writes, for the audit trail
	traceCount       uint64          // number of writes so far
	requests         uint64          // counts requests, for their ids
	writing          map[string]bool // keys that requests in flight have claimed, see beginWrite
	editions         map[string]any  // bodies of writes by the id of their object, for newer-members
	periodStart      time.Time       // start of the rate limit's current period
	requestsInPeriod int             // number of requests admitted in the period
	random           *rand.Rand
}

// New returns an empty gateway: the environment RELEASE, the group DEFAULT, and nothing else.
func New(o Options) *Gateway {
	o = o.withDefaults()
	g := &Gateway{
		opts:      o,
		routes:    newRouter(routesOf(allResources())),
		behaviour: o.Behaviour,
		writing:   map[string]bool{},
		editions:  map[string]any{},
		random:    rand.New(rand.NewPCG(o.Seed, 0x6661756c7473)), //nolint:gosec // faults, not secrets
	}
	g.state = newState(o)
	g.faults = activate(o.Faults)
	return g
}

// SetFaults replaces the faults. Their counters start at zero.
func (g *Gateway) SetFaults(faults []Fault) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.faults = activate(faults)
}

// SetBehaviour changes the behaviour of later requests. It does not change existing objects.
func (g *Gateway) SetBehaviour(b Behaviour) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.behaviour = b
}

// httpResponse is the answer to a request, and what becomes of it.
type httpResponse struct {
	status  int
	header  http.Header
	body    []byte
	outcome outcome
}

// ServeHTTP implements [http.Handler]. A fault that loses the answer aborts the connection.
func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a := g.serve(r)
	if a.outcome != delivered && a.outcome != torn {
		panic(http.ErrAbortHandler)
	}
	maps.Copy(w.Header(), a.header)
	if a.outcome == torn {
		w.Header().Set("Content-Length", fmt.Sprint(len(a.body)))
		w.WriteHeader(a.status)
		_, _ = w.Write(a.body[:len(a.body)/2])
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body)
}

// serve handles one request: it reads and admits it, waits for the latency, carries it out, and adds it to the journal.
func (g *Gateway) serve(r *http.Request) httpResponse {
	raw, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	if err != nil {
		return httpResponse{outcome: reset}
	}
	rt, params := g.routes.find(r.Method, decodedSegments(r.URL.EscapedPath()))
	c := &call{route: rt, path: params, query: r.URL.Query(), raw: raw, now: g.opts.Now()}

	g.mu.Lock()
	g.requests++
	seq := g.requests
	id := generateID(g.opts.Seed^0x72657175657374, seq)
	op := ""
	if rt != nil {
		op = rt.op
	}
	effect := g.faultFor(op)
	refused := g.admit(r, c)
	writeKeys := g.beginWrite(c, refused == nil)
	g.mu.Unlock()

	wait(r, g.opts.Latency+effect.slow)

	g.mu.Lock()
	defer g.mu.Unlock()
	defer g.endWrite(writeKeys)
	if writeKeys == nil && refused == nil {
		refused = refuse(http.StatusInternalServerError, "APIG.3500",
			"Failed to synchronize data to the configuration store, another request is writing")
	}
	a, carried := g.carryOut(c, effect, refused, id)
	if r.Context().Err() != nil && a.outcome != reset && a.outcome != refusedConn {
		a.outcome = lost // the client is gone, but the request was carried out
	}
	g.addToJournal(r, c, seq, op, a, effect, carried)
	g.addToTrail(r, c, a, id, carried)
	return a
}

// carryOut carries the request out, unless it is refused or a fault prevents that, and encodes the answer.
func (g *Gateway) carryOut(c *call, effect faultEffect, refused error, id string) (a httpResponse, carried bool) {
	var result reply
	err := refused
	switch {
	case effect.outcome == reset, effect.outcome == refusedConn:
		return httpResponse{outcome: effect.outcome}, false
	case err == nil && (effect.refusal == nil || effect.after):
		result, err = g.runOperation(c)
		carried = err == nil && c.route.method != http.MethodGet
	}
	if effect.refusal != nil {
		err = effect.refusal
	}
	return g.encode(c, result, err, id, effect), carried
}

// runOperation runs the operation after the checks that all operations of an instance have in common.
func (g *Gateway) runOperation(c *call) (reply, error) {
	if id, has := c.path["project_id"]; has && id != g.opts.ProjectID {
		return reply{}, refuse(http.StatusForbidden, "APIG.1005", "No permissions to request this method")
	}
	if id, has := c.path["instance_id"]; has && id != g.opts.InstanceID {
		if c.route.ofInstances() {
			return reply{}, gatewayNotFound(id)
		}
		return reply{}, instanceNotFound(id)
	}
	if c.route.method != http.MethodGet && g.instance.Status != statusRunning {
		return reply{}, refuse(http.StatusConflict, "APIC.7701", "The instance is in the state %s, which forbids this operation", g.instance.Status)
	}
	sent := g.removeEditions(c)
	result, err := c.route.do(g, c)
	if err == nil {
		g.storeEditions(c, sent, result)
	}
	return result, err
}

// encode turns a reply or a refusal into an answer, and applies the effects of the fault to it.
func (g *Gateway) encode(c *call, result reply, err error, id string, effect faultEffect) httpResponse {
	a := httpResponse{status: result.status, header: http.Header{}, outcome: effect.outcome}
	a.header.Set("X-Request-Id", id)
	payload := result.body
	var refused *refusal
	switch {
	case errors.As(err, &refused):
		a.status, payload = refused.status, refused.json(id)
		if refused.retryAfter > 0 {
			a.header.Set("Retry-After", fmt.Sprint(int(refused.retryAfter/time.Second)))
		}
	case err != nil:
		a.status, payload = http.StatusInternalServerError, refuse(http.StatusInternalServerError, "APIG.9999", "%v", err).json(id)
	}
	if payload == nil {
		return a
	}
	a.header.Set("Content-Type", "application/json;charset=UTF-8")
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(payload); err != nil {
		panic(fmt.Sprintf("encode the answer: %v", err)) // every body is made of plain values
	}
	a.body = g.addEditions(c, g.forCloud(bytes.TrimSpace(b.Bytes())))
	if effect.wrongType {
		a.body = changeTypes(a.body)
	}
	return a
}

// wait sleeps, but not longer than the context of the request lasts.
func wait(r *http.Request, d time.Duration) {
	if d <= 0 {
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-r.Context().Done():
	}
}
