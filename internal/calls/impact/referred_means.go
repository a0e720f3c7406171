package impact

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// Response is the aspect of the answers to calls that the gateway refuses.
const Response = "response"

const notThere = "not there"

// changesField reports whether a change affects one of these fields, or a field inside one.
func changesField(ch *diff.Change, paths ...string) bool {
	return slices.ContainsFunc(ch.Fields, func(f diff.Field) bool {
		return slices.ContainsFunc(paths, func(path string) bool { return f.Path == path || strings.HasPrefix(f.Path, path+"/") })
	})
}

// removedObject returns what it means if an object to which APIs refer is deleted or replaced: the gateway may refuse that, or
// leave the APIs without the object.
func removedObject(ch *diff.Change, aspect, what string) []Aspect {
	after := notThere
	if ch.Action == diff.Replace {
		after = "another one, which they do not refer to"
	}
	return []Aspect{{Name: aspect, Level: Outage, Before: what, After: after}}
}

// authorizer returns what a changed authorizer means: it cannot be known whom another function lets in, and a new
// parameter shuts out callers that do not send it.
func authorizer(ch *diff.Change, have kind.Authorizer) (out []Aspect) {
	aspect, what := Authentication, "authorizer "+have.Name
	if have.Type != "FRONTEND" {
		aspect = Backend // which receives its result
	}
	if ch.Action != diff.Update {
		return removedObject(ch, aspect, what)
	}
	want := ch.Want.Value.(kind.Authorizer)
	say := func(level Level, before, after string, sure bool) {
		out = append(out, Aspect{Name: aspect, Level: level, Before: before, After: after, Sure: sure})
	}
	if changesField(ch, "/uri", "/version", "/alias_uri") {
		before, after := functionText(have), functionText(want)
		if before == after {
			after += " (of another URN)"
		}
		if aspect == Authentication {
			say(Exposure, before, after, false)
		}
		say(Outage, before, after, false)
	}
	if changesField(ch, "/network_type", "/need_body", "/user_data") {
		say(Change, "the input of the function", "other input", false)
	}
	if changesField(ch, "/identities") {
		out = append(out, identities(have, want)...)
	}
	if changesField(ch, "/ttl") {
		say(Change, cacheText(have.TTL), cacheText(want.TTL), true)
	}
	return out
}

// functionText returns the function of an authorizer, without its region and project.
func functionText(a kind.Authorizer) string {
	name, version := a.URI, a.Version
	if a.AliasURI != "" {
		if at := strings.LastIndex(a.AliasURI, ":!"); at >= 0 {
			name, version = a.AliasURI[:at], a.AliasURI[at+1:]
		} else {
			name, version = a.AliasURI, ""
		}
	}
	if _, after, ok := strings.Cut(name, ":function:"); ok {
		name = after
	}
	return "function " + strings.TrimSuffix(name+":"+version, ":")
}

func cacheText(ttl int64) string {
	if ttl == 0 {
		return "asked for each call"
	}
	return fmt.Sprintf("answers are cached for %d s", ttl)
}

// identities compares what callers must send.
func identities(have, want kind.Authorizer) (out []Aspect) {
	of := func(a kind.Authorizer) map[string]string {
		names := map[string]string{}
		for _, x := range a.Identities {
			names[strings.ToLower(x.Location)+" "+x.Name] = x.Validation
		}
		return names
	}
	before, after := of(have), of(want)
	list := func(names map[string]string) string {
		return "identity " + cmp.Or(strings.Join(slices.Sorted(maps.Keys(names)), ", "), "none")
	}
	from, to := list(before), list(after)
	narrower, wider, other := false, false, false
	for name, valid := range after {
		old, had := before[name]
		narrower = narrower || !had
		other = other || had && old != valid
	}
	for name := range before {
		_, has := after[name]
		wider = wider || !has
	}
	if wider { // the function still decides about these callers
		out = append(out, Aspect{Name: Authentication, Level: Exposure, Before: from, After: to})
	}
	if narrower {
		out = append(out, Aspect{Name: Authentication, Level: Outage, Before: from, After: to, Sure: true})
	}
	if other {
		for _, level := range []Level{Exposure, Outage} {
			out = append(out, Aspect{Name: Authentication, Level: level, Before: from, After: to + " (other values)"})
		}
	}
	return out
}

// channel returns what a changed channel means: where calls go, and whether any member is left.
func channel(ch *diff.Change, have kind.Channel) (out []Aspect) {
	if ch.Action != diff.Update {
		return removedObject(ch, Backend, "channel "+have.Name)
	}
	want := ch.Want.Value.(kind.Channel)
	if want.Servers == nil { // not managed: they stay
		want.Servers = have.Servers
	}
	if want.Groups == nil {
		want.Groups = have.Groups
	}
	say := func(level Level, before, after string, sure bool) {
		if before == after {
			after += " (changed)"
		}
		out = append(out, Aspect{Name: Backend, Level: level, Before: before, After: after, Sure: sure})
	}
	if changesField(ch, "/members", "/member_groups") && have.Type == want.Type {
		switch on, now := have.On(), want.On(); {
		case len(on) > 0 && len(now) == 0:
			say(Outage, plural(len(on), "member"), "none that is enabled", true)
		case have.Weighs() && !want.Weighs():
			say(Outage, plural(len(on), "member"), "none with a weight above 0", false)
		case changesField(ch, "/members"):
			say(Change, plural(len(on), "member"), plural(len(now), "member"), true)
		}
	}
	if changesField(ch, "/member_groups") {
		before, after := weightsText(have), weightsText(want)
		if before == after {
			before, after = plural(len(have.Groups), "group"), plural(len(want.Groups), "group")
		}
		say(Change, before, after, true)
	}
	if changesField(ch, "/health_check") && want.Health != nil {
		say(Change, healthCheckText(have), healthCheckText(want), true)
	}
	if changesField(ch, "/port") {
		say(Change, fmt.Sprintf("port %d", have.Port), fmt.Sprintf("port %d", want.Port), true)
	}
	if changesField(ch, "/balance_strategy") {
		say(Change, have.Strategy, want.Strategy, true)
	}
	if changesField(ch, "/microservice") {
		say(Change, "its microservice", "another", true)
	}
	return out
}

// weightsText returns the groups of a channel with their weights, in words.
func weightsText(c kind.Channel) string {
	if len(c.Groups) == 0 {
		return "no groups"
	}
	parts := make([]string, len(c.Groups))
	for i, g := range c.Groups {
		parts[i] = fmt.Sprintf("%s %d", g.Name, g.Weight)
	}
	slices.Sort(parts)
	return strings.Join(parts, ", ")
}

func healthCheckText(c kind.Channel) string {
	if c.Health == nil {
		return "no health check"
	}
	return strings.TrimSpace("health check " + c.Health.Protocol + " " + c.Health.Path)
}

// response returns what a changed gateway response means. Only callers that are refused notice it.
func response(ch *diff.Change, have kind.GatewayResponse) []Aspect {
	a := Aspect{Name: Response, Level: Change, Before: "answers of " + have.Name, After: notThere}
	switch ch.Action {
	case diff.Update:
		kinds := map[string]bool{}
		for _, f := range ch.Fields {
			if below, ok := strings.CutPrefix(f.Path, "/errors/"); ok {
				sort, _, _ := strings.Cut(below, "/")
				kinds[sort] = true
			}
		}
		if len(kinds) == 0 {
			return nil
		}
		a.Before, a.After, a.Sure = "answers to "+strings.Join(slices.Sorted(maps.Keys(kinds)), ", "), "others", true
	case diff.Replace:
		a.After = "another one, which they do not refer to"
	}
	return []Aspect{a}
}
