package rotate

import (
	"context"
	"errors"
	"fmt"

	"github.com/apigw-sync/apigw-sync/internal/api"
	"github.com/apigw-sync/apigw-sync/internal/fetch"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

const secretBytes = 32

// Secret gives the app a new secret. The old one stops working at once. Setting the same value again changes nothing,
// so a run with Value can be repeated.
func (r *Rotation) Secret(ctx context.Context) (*Outcome, error) {
	out := &Outcome{}
	reader := &fetch.Reader{Caller: r.Caller}
	app, err := r.app(ctx, reader)
	if err != nil {
		return out, err
	}
	var value string
	if r.Generate {
		value, err = r.setGenerated(ctx, reader, app, out)
	} else {
		value, err = r.setChosen(ctx, app, out)
	}
	if err != nil {
		return out, err
	}
	if err := r.deliver(ctx, value); err != nil {
		return out, fmt.Errorf("hand the new secret over: %w; it is already in force: run again with the same value", err)
	}
	return out, nil
}

// setChosen sets a secret that was chosen by this tool or its user.
func (r *Rotation) setChosen(ctx context.Context, app *kind.Object, out *Outcome) (value string, err error) {
	if value = r.Value; value == "" {
		value = random(secretBytes)
		if err := r.keep(value); err != nil {
			return "", err
		}
	}
	_, err = r.Caller.Call(ctx, kind.ResetSecret(app.ID, value), nil)
	out.Added, out.Unknown = err == nil, api.Unclear(err)
	if err != nil {
		return "", fmt.Errorf("reset the secret of the app %s: %w", r.App, err)
	}
	return value, nil
}

// setGenerated lets the gateway generate the secret, and finds out what it is. If the response is lost, the secret is
// compared with the earlier one; if the gateway does not show secrets, the outcome stays unknown.
func (r *Rotation) setGenerated(ctx context.Context, reader *fetch.Reader, app *kind.Object, out *Outcome) (string, error) {
	var answer struct {
		Secret string `json:"app_secret"`
	}
	_, err := r.Caller.Call(ctx, kind.ResetSecret(app.ID, ""), &answer)
	if err != nil && !api.Unclear(err) {
		return "", fmt.Errorf("reset the secret of the app %s: %w", r.App, err)
	}
	value := answer.Secret
	if !kind.InClear(value) {
		value = ""
		if now, err := r.app(ctx, reader); err == nil {
			value = now.Value.(kind.App).Secret
		}
	}
	known := kind.InClear(value)
	if err != nil && (!known || value == app.Value.(kind.App).Secret) {
		out.Unknown = true
		return "", fmt.Errorf("reset the secret of the app %s: %w; see in the console which secret it has", r.App, err)
	}
	out.Added = true
	if !known {
		return "", errors.New("the gateway generated a new secret for the app " + r.App + ", but does not show it; look it up in the console")
	}
	return value, r.keep(value)
}
