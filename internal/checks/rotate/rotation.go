// Package rotate replaces the secrets of apps: codes with an overlap in which old and new both work, and
// secrets at once.
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
	App    string // by name

	// Value is the new value; "" means that one is made, or the one of an interrupted run goes on.
	Value string

	// Keep puts the new value somewhere safe, before the gateway hears of it. Nil means nowhere.
	Keep func(value string) error

	// Deliver hands the new value over once it works, for example to a vault. Codes that it replaces
	// stay when it fails. It is called by every run, also by one that only removes old codes: no code
	// goes before its successor was handed over. Nil means nothing is to be done.
	Deliver func(ctx context.Context, value string) error

	Old     []string      // codes to remove, as #<first 8 hex of SHA-256>; none means the only other one
	Overlap time.Duration // how long old and new both work
	Finish  bool          // remove the old code; false without Overlap leaves it for a later run

	// Generate has the gateway make the secret instead, where it takes none of one's own. Not for codes.
	Generate bool
}

// Outcome is what a rotation did. It is never nil, also when there is an error.
type Outcome struct {
	Added    bool     // the new value is in force, and was not before
	Unknown  bool     // whether it is could not be found out
	Complete bool     // nothing is left to be done
	Removed  []string // old codes, as #hash
	Left     []string // old codes that still work
}

// Changed reports whether the gateway is, or may be, other than before.
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
