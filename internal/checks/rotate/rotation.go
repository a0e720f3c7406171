// Package rotate replaces the codes and secrets of apps. Codes can have an overlap in which the old and the new one
// work. A new secret replaces the old one at once.
//
// New codes are generated here, not by the gateway, so a lost response loses nothing. No state is kept between runs: an
// interrupted rotation is recognised by the codes on the gateway (see successor).
package rotate

import (
	"context"
	"fmt"
	"time"

	"github.com/apigw-sync/apigw-sync/internal/api"
	"github.com/apigw-sync/apigw-sync/internal/fetch"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// Rotation is one rotation for one app. It is used once.
type Rotation struct {
	Caller api.Caller
	App    string // the name of the app

	// Value is the new value; "" means that one is generated, or that the value of an interrupted run is used.
	Value string

	// Keep stores the new value before it is sent to the gateway. Nil means that it is not stored.
	Keep func(value string) error

	// Deliver delivers the new value once it works, for example to a vault. If it fails, the old codes are kept. Every
	// run calls it, even if it only removes old codes: no code is removed before its successor was delivered. Nil means
	// that nothing is delivered.
	Deliver func(ctx context.Context, value string) error

	Old     []string      // codes to remove, as #<first 8 hex of SHA-256>; none means the only other code
	Overlap time.Duration // how long the old and the new code both work
	Finish  bool          // remove the old code; false without Overlap leaves it for a later run

	// Generate makes the gateway generate the secret, for gateways that do not accept a chosen one. Not for codes.
	Generate bool
}

// Outcome is what a rotation did. It is never nil, even with an error.
type Outcome struct {
	Added    bool     // this run put the new value into force
	Unknown  bool     // it could not be found out whether the new value is in force
	Complete bool     // nothing is left to do
	Removed  []string // old codes, as #hash
	Left     []string // old codes that still work
}

// Changed reports whether the rotation changed the gateway, or may have changed it.
func (o *Outcome) Changed() bool { return o.Added || o.Unknown || len(o.Removed) > 0 }

var (
	apps  = kind.Of("app")
	codes = kind.Of("app_code")
)

// app finds the app.
func (r *Rotation) app(ctx context.Context, reader *fetch.Reader) (*kind.Object, error) {
	found, err := reader.Named(ctx, apps, nil, r.App)
	if err != nil {
		return nil, err
	}
	for i := range found {
		if found[i].Key == r.App {
			return &found[i], nil
		}
	}
	return nil, fmt.Errorf("the gateway has no app named %s", r.App)
}

func (r *Rotation) keep(value string) error {
	if r.Keep == nil {
		return nil
	}
	return r.Keep(value)
}

func (r *Rotation) deliver(ctx context.Context, value string) error {
	if r.Deliver == nil {
		return nil
	}
	return r.Deliver(ctx, value)
}
