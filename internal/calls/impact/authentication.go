package impact

import (
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/calls/precedence"
	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// authentication compares what callers must present: what plugins require, and the credentials of apps.
func authentication(v *view) (out []Aspect) {
	out = comparePlugins(v, precedence.Authenticates, Authentication, Outage, Exposure)
	for i := range out {
		if out[i].After != "none" && out[i].Before != "none" { // whom other content lets in cannot be known
			out[i].Level, out[i].Sure = Exposure, false
		}
	}
	if v.authType() == "" || precedence.NeedsApp(v.authType()) {
		out = append(out, credentials(v)...)
	}
	return out
}

// credentials compares the keys, secrets and codes of the apps that may call both before and after the plan.
func credentials(v *view) (out []Aspect) {
	for app, to := range v.remainingApps() {
		name := strings.TrimPrefix(to, "app/")
		sure := v.authType() != ""
		for _, what := range v.w.credentials[to] {
			out = append(out, Aspect{Name: Authentication, Level: Outage, Before: what + " of " + name, After: "another", Sure: sure})
		}
		b, a := codes(v.before, app), codes(v.after, to)
		lost := hasMore(b, a)
		aspect := Aspect{Name: Authentication, Before: plural(len(b), "code") + " of " + name, After: plural(len(a), "code"), Sure: sure}
		out = append(out, aspect.withLevels(!lost && len(a) > len(b), Change, lost, Outage)...)
	}
	return out
}

func codes(s side, app string) map[string]bool {
	out := map[string]bool{}
	for address := range partsOf[kind.AppCode](s, app) {
		out[address] = true
	}
	return out
}

// credentialFields are, by kind, the fields by which callers of an app, or the gateway itself, authenticate.
var credentialFields = map[string]map[string]string{
	"app":       {"/app_key": "key", "/app_secret": "secret"},
	"signature": {"/key": "key", "/secret": "secret"},
}

// noteCredentials notes the apps and signature keys whose credentials a plan changes.
func (w *states) noteCredentials() {
	for i := range w.in.Plan.Changes {
		ch := &w.in.Plan.Changes[i]
		if ch.Action != diff.Update {
			continue
		}
		for _, f := range ch.Fields {
			if what := credentialFields[ch.Kind][f.Path]; what != "" {
				w.credentials[ch.Want.Address()] = append(w.credentials[ch.Want.Address()], what)
			}
		}
	}
}
