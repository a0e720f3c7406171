package impact

import (
	"cmp"
	"fmt"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// The APIs of a group share its domains and variables. It is not known which APIs a change of these affects, because
// neither the host names that callers use nor the variables in backends are read. So an entry is about the whole group,
// and not sure.

// The aspects of what the APIs of a group share.
const (
	Route   = "route"
	Backend = "backend"
)

// AllOf is the suffix of an entry about all APIs of a group.
const AllOf = "/*"

// shared returns the entries about what the APIs of a group share.
func shared(plan *diff.Plan) (out []Entry) {
	at := map[[2]string]int{}
	for i := range plan.Changes {
		ch := &plan.Changes[i]
		aspects, env := sharedBy(ch)
		if len(aspects) == 0 {
			continue
		}
		where := [2]string{ch.Name + AllOf, env}
		if _, there := at[where]; !there {
			at[where] = len(out)
			out = append(out, Entry{API: where[0], Environment: env})
		}
		e := &out[at[where]]
		e.Aspects, e.Because = append(e.Aspects, aspects...), append(e.Because, ch.Address)
	}
	for i := range out {
		worstFirst(out[i].Aspects)
	}
	return out
}

// sharedBy returns what one change means to callers of a group, and in which environment; "" means all environments.
func sharedBy(ch *diff.Change) (aspects []Aspect, env string) {
	switch ch.Kind {
	case "variable":
		return variable(ch)
	case "domain":
		return domain(ch), ""
	case kind.AGroup:
		return debugging(ch), ""
	}
	return nil, ""
}

// variable returns what a changed variable means: the gateway publishes the APIs again that use it in the address of
// their backend.
func variable(ch *diff.Change) ([]Aspect, string) {
	if ch.Have == nil {
		return nil, "" // nothing can use it yet
	}
	have := ch.Have.Value.(kind.Variable)
	a := Aspect{Name: Backend, Level: Change, Before: fmt.Sprintf("#%s# is %s", have.Name, have.Value), After: "nothing"}
	if ch.Action != diff.Delete {
		a.After = ch.Want.Value.(kind.Variable).Value + ", and the APIs that use it in the address of their backend are published again"
	}
	return []Aspect{a}, have.Environment
}

func domain(ch *diff.Change) (out []Aspect) {
	add := func(level Level, name, before, after string) {
		out = append(out, Aspect{Name: name, Level: level, Before: before, After: after})
	}
	if ch.Action == diff.Delete {
		add(Outage, Route, "called at "+ch.Have.Value.(kind.OwnDomain).Domain, "not there")
		return out
	}
	if ch.Have == nil {
		return nil // the domain is new, so nobody uses it yet
	}
	have, want := ch.Have.Value.(kind.OwnDomain), ch.Want.Value.(kind.OwnDomain)
	at := " at " + have.Domain
	for _, f := range ch.Fields {
		switch f.Path {
		case "/http_port", "/https_port":
			add(Outage, Route, fmt.Sprintf("port %v%s", f.Before, at), fmt.Sprintf("port %v", f.After))
		case "/certificate":
			level := Change
			if want.Cert == "" {
				level = Outage
			}
			add(level, Route, "certificate "+cmp.Or(have.Cert, "none")+at, cmp.Or(want.Cert, "none"))
		case "/min_ssl_version":
			level := Outage // for clients without a newer version
			if have.MinTLS > want.MinTLS {
				level = Exposure
			}
			add(level, Authentication, have.MinTLS+" or newer"+at, want.MinTLS+" or newer")
		case "/client_certificate":
			asks := map[bool]string{false: "no certificate of callers", true: "certificates of callers"}
			is := want.ClientCert != nil && *want.ClientCert
			level := Exposure
			if is {
				level = Outage
			}
			add(level, Authentication, asks[!is]+at, asks[is])
		case "/http_redirect":
			sends := map[bool]string{false: "HTTP stays", true: "HTTP redirected"}
			is := want.Redirect != nil && *want.Redirect
			add(Change, Route, sends[!is]+at, sends[is])
		}
	}
	return out
}

// debugging returns what a change of the debugging domain means, under which the APIs of the group can also be called.
func debugging(ch *diff.Change) []Aspect {
	if ch.Action != diff.Update {
		return nil
	}
	have, want := ch.Have.Value.(kind.APIGroup).Debug, ch.Want.Value.(kind.APIGroup).Debug
	if want == nil || have == nil || *have == *want {
		return nil
	}
	if *want {
		return []Aspect{{Name: Access, Level: Exposure, Before: "debugging domain closed", After: "open"}}
	}
	return []Aspect{{Name: Access, Level: Outage, Before: "debugging domain open", After: "closed"}}
}
