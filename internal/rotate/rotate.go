// Package rotate replaces the secrets of apps: codes with an overlap in which old and new both work, and
// secrets at once. New values are made here, not by the gateway, so that a lost answer loses nothing and an
// interrupted rotation can go on.
package rotate

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/apigw-sync/apigw-sync/internal/api"
	"github.com/apigw-sync/apigw-sync/internal/fetch"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// Rotation is one rotation for one app.
type Rotation struct {
	Caller api.Caller
	App    string // by name
	Value  string // the new value; it must be kept somewhere safe before Code or Secret is called

	// Deliver hands the new value over once it works, for example to a vault. Codes that it replaces
	// stay when it fails. Nil means nothing is to be done.
	Deliver func(ctx context.Context) error

	Old     []string      // codes to remove, as #<first 8 hex of SHA-256>; none means the only other one
	Overlap time.Duration // how long old and new both work
	Finish  bool          // remove the old code; false leaves it for a later run with Finish
}

// Outcome is what a rotation did.
type Outcome struct {
	Added   bool     // the new value was not there before
	Removed []string // old codes, as #hash
	Left    []string // old codes that still work
}

// NewValue makes a random value that suits codes and secrets: 64 hexadecimal characters.
func NewValue() (string, error) {
	raw := make([]byte, 32)
	if _, err := rand.Read(raw); err != nil {
		return "", err
	}
	return hex.EncodeToString(raw), nil
}

var (
	apps  = kind.Of("app")
	codes = kind.Of("app_code")
)

// app finds the app.
func (r *Rotation) app(ctx context.Context, reader *fetch.Reader) (*kind.Object, error) {
	found, err := reader.Named(ctx, apps, "", "", r.App)
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

// Code adds the new code, sees that the gateway has it, hands it over, and then removes the old one. The old
// one is never removed before the new one was seen. Calling it again with the same value goes on where an
// earlier call ended.
func (r *Rotation) Code(ctx context.Context) (*Outcome, error) {
	reader := &fetch.Reader{Caller: r.Caller}
	app, err := r.app(ctx, reader)
	if err != nil {
		return nil, err
	}
	have, err := reader.Named(ctx, codes, app.ID, r.App, "")
	if err != nil {
		return nil, err
	}
	fresh := codes.Items(r.App, r.Value)[0]
	old, err := r.replaced(have, fresh.Key)
	if err != nil {
		return nil, err
	}
	out := &Outcome{}
	if !has(have, fresh.Key) {
		if err := r.add(ctx, reader, app, fresh, len(have)); err != nil {
			return out, err
		}
		out.Added = true
	}
	if r.Deliver != nil {
		if err := r.Deliver(ctx); err != nil {
			return out, fmt.Errorf("hand the new code over: %w; the old code still works", err)
		}
	}
	return out, r.retire(ctx, reader, app, fresh, old, out)
}

// replaced are the codes that the new one takes the place of.
func (r *Rotation) replaced(have []kind.Object, fresh string) (old []kind.Object, err error) {
	var others []kind.Object
	for _, o := range have {
		if o.Key != fresh {
			others = append(others, o)
		}
	}
	if len(r.Old) == 0 && len(others) > 1 {
		return nil, fmt.Errorf("the app %s has %d other codes (%s); say with --old which of them goes", r.App, len(others), strings.Join(hashes(others), ", "))
	}
	for _, o := range others {
		if len(r.Old) == 0 || slices.Contains(r.Old, hash(&o)) {
			old = append(old, o)
		}
	}
	return old, nil
}

// add creates the new code. It has a value of our own, so that a lost answer is settled by looking for it.
func (r *Rotation) add(ctx context.Context, reader *fetch.Reader, app *kind.Object, fresh kind.Object, held int) error {
	if held >= codes.Quota {
		return fmt.Errorf("the app %s has %d codes, and no room for a new one; remove one that nobody uses", r.App, held)
	}
	q, err := codes.Create(fresh.Value, app.ID, nil)
	if err != nil {
		return err
	}
	_, err = r.Caller.Call(ctx, q, nil)
	if err != nil && !api.Unclear(err) {
		return fmt.Errorf("add a code to the app %s: %w", r.App, err)
	}
	have, rerr := reader.Named(ctx, codes, app.ID, r.App, "")
	switch {
	case rerr != nil:
		return fmt.Errorf("look for the new code of the app %s: %w; run again with the same value", r.App, rerr)
	case has(have, fresh.Key):
		return nil
	case err == nil:
		err = errors.New("the gateway does not list it")
	}
	return fmt.Errorf("add a code to the app %s: %w; run again with the same value", r.App, err)
}

// retire removes the old codes, unless they are to stay for a later run.
func (r *Rotation) retire(ctx context.Context, reader *fetch.Reader, app *kind.Object, fresh kind.Object, old []kind.Object, out *Outcome) error {
	out.Left = hashes(old)
	if len(old) == 0 || !r.Finish && r.Overlap == 0 {
		return nil
	}
	if err := wait(ctx, r.Overlap); err != nil {
		return fmt.Errorf("%w; old and new code both work: run again with the same value and --finish", err)
	}
	have, err := reader.Named(ctx, codes, app.ID, r.App, "")
	if err != nil {
		return fmt.Errorf("look for the new code once more: %w; the old code still works", err)
	}
	if !has(have, fresh.Key) {
		return fmt.Errorf("the new code of the app %s is gone; the old one stays", r.App)
	}
	for i := range old {
		_, err := r.Caller.Call(ctx, codes.Delete(app.ID, old[i].ID), nil)
		if err != nil && !api.NotFound(err) {
			return fmt.Errorf("remove the code %s of the app %s: %w; run again with the same value and --finish", hash(&old[i]), r.App, err)
		}
		out.Removed, out.Left = append(out.Removed, hash(&old[i])), out.Left[1:]
	}
	return nil
}

func wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-t.C:
		return nil
	}
}

// Secret sets the app's secret to the new value. The old one ends at once. Setting the same value again
// changes nothing, so that it may be repeated.
func (r *Rotation) Secret(ctx context.Context) error {
	app, err := r.app(ctx, &fetch.Reader{Caller: r.Caller})
	if err != nil {
		return err
	}
	if _, err := r.Caller.Call(ctx, kind.ResetSecret(app.ID, r.Value), nil); err != nil {
		return fmt.Errorf("reset the secret of the app %s: %w", r.App, err)
	}
	if r.Deliver == nil {
		return nil
	}
	if err := r.Deliver(ctx); err != nil {
		return fmt.Errorf("hand the new secret over: %w; it is in force already: run again with the same value", err)
	}
	return nil
}

func has(objects []kind.Object, key string) bool {
	return slices.ContainsFunc(objects, func(o kind.Object) bool { return o.Key == key })
}

// hash is how a code is named without being shown.
func hash(o *kind.Object) string { return o.Key[strings.LastIndexByte(o.Key, '#'):] }

func hashes(objects []kind.Object) []string {
	out := make([]string, len(objects))
	for i := range objects {
		out[i] = hash(&objects[i])
	}
	return out
}
