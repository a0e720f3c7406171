package bench

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/emulator"
	"github.com/apigw-sync/apigw-sync/internal/reconcile"
	"github.com/apigw-sync/apigw-sync/internal/reconcile/compared"
	"github.com/apigw-sync/apigw-sync/internal/remote"
	"github.com/apigw-sync/apigw-sync/internal/spec"
)

// Site is an emulated gateway with a client in the same process.
type Site struct {
	Gateway  *emulator.Gateway
	Client   *remote.Client
	Parallel int
}

// NewSite makes a gateway with a state. Its client has at most parallel requests in flight; 0 means as many as the gateway takes.
func NewSite(state []byte, latency time.Duration, parallel int) (*Site, error) {
	return newSite(emulator.Options{Latency: latency}, state, parallel, emulator.Transport)
}

// NewSiteBy makes a gateway with a state and a transport for its client.
func NewSiteBy(state []byte, parallel int, way func(*emulator.Gateway) http.RoundTripper) (*Site, error) {
	return newSite(emulator.Options{}, state, parallel, way)
}

func newSite(o emulator.Options, state []byte, parallel int, way func(*emulator.Gateway) http.RoundTripper) (*Site, error) {
	g := emulator.New(o)
	if err := g.Load(state); err != nil {
		return nil, err
	}
	c, err := remote.New(remote.Config{
		Endpoint: "http://localhost", ProjectID: emulator.DefaultProjectID, InstanceID: emulator.DefaultInstanceID,
		Credentials: remote.Credentials{Token: remote.NewSecret(emulator.DefaultToken)}, Transport: way(g), Parallelism: parallel,
	})
	return &Site{Gateway: g, Client: c, Parallel: cmp.Or(parallel, remote.MostInFlight)}, err
}

// Load reads desired-state files.
func Load(files ...[]byte) (*spec.State, error) {
	inputs := make([]spec.Input, len(files))
	for i, f := range files {
		inputs[i] = spec.Input{Name: fmt.Sprintf("gateway/%d.yaml", i), Data: f}
	}
	state, findings := spec.Load(inputs, spec.Options{})
	for _, f := range findings {
		if !f.Warning {
			return nil, errors.New(f.String())
		}
	}
	return state, nil
}

// Compare compares files with the gateway, as diff does.
func (s *Site) Compare(ctx context.Context, state *spec.State, p diff.Options) (*reconcile.Run, *compared.Result, error) {
	p.MaxDeletes = -1
	run := &reconcile.Run{Caller: s.Client, Options: p, Parallel: s.Parallel, CheckInstance: true}
	c, err := run.Compare(ctx, state)
	if err != nil {
		return nil, nil, err
	}
	for _, f := range c.Findings {
		if !f.Warning {
			return nil, nil, errors.New(f.String())
		}
	}
	return run, c, nil
}

// Sent has the numbers of requests, by operation.
type Sent struct {
	Reads, Writes map[string]int
	Refused       int // number of requests that were answered with an error
}

// Sent returns the requests since its last call.
func (s *Site) Sent() Sent {
	out := Sent{Reads: map[string]int{}, Writes: map[string]int{}}
	for _, e := range s.Gateway.Journal() {
		to := out.Writes
		if e.Method == http.MethodGet {
			to = out.Reads
		}
		to[e.Operation]++
		if e.Code != "" {
			out.Refused++
		}
	}
	s.Gateway.ResetJournal()
	return out
}

// Total returns the number of requests.
func Total(sent map[string]int) (n int) { return Bound(sent).Sum() }
