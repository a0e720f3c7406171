package explain

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// mostNamed limits how many members text output names on a line; JSON has all of them.
const mostNamed = 8

// Summary says where calls go.
func (b *Backend) Summary() string {
	var parts []string
	if b.Policy != "" {
		parts = append(parts, "for calls that its policy "+b.Policy+" picks:")
	}
	switch b.Type {
	case "FUNCTION":
		parts = append(parts, "function", cmp.Or(b.Function, "not known"))
	case "MOCK":
		parts = append(parts, "MOCK: the gateway answers itself")
	default:
		parts = append(parts, b.address()...)
	}
	text := strings.Join(parts, " ")
	if b.Timeout > 0 {
		text += fmt.Sprintf(", within %d ms", b.Timeout)
	}
	return text
}

// address returns the protocol, the method, and the host with the path of an HTTP backend, as far as they are known.
func (b *Backend) address() (parts []string) {
	host := ""
	if b.Channel == nil {
		host = b.Host
	}
	for _, word := range []string{b.Protocol, b.Method, host + b.Path} {
		if word != "" {
			parts = append(parts, word)
		}
	}
	if b.Channel == nil {
		return parts
	}
	if len(parts) == 0 { // an address for each group of members
		parts = []string{b.Type}
	}
	if parts = append(parts, "by a channel"); b.Host != "" {
		parts = append(parts, "as "+b.Host)
	}
	return parts
}

func (g *summary) authorizer() (lines []string) {
	function := "function " + g.take("/uri")
	if alias := g.take("/alias_uri"); alias != "" {
		function = "function " + alias
		g.take("/version")
	} else if version := g.take("/version"); version != "" {
		function += ", version " + version
	}
	lines = append(lines, function)
	g.take("/network_type")
	var named []string
	for _, s := range g.under("/identities") {
		if at, ok := s.Value.(map[string]any); ok {
			named = append(named, fmt.Sprintf("%s %v", strings.ToLower(fmt.Sprint(at["location"])), at["name"]))
		}
	}
	if len(named) > 0 {
		lines = append(lines, "identifies callers by "+strings.Join(named, ", "))
	}
	if ttl := g.take("/ttl"); ttl != "" {
		return append(lines, "its answer is cached for "+ttl+" s")
	}
	return append(lines, "asked for each call")
}

func (g *summary) response() []string {
	var kinds []string
	statuses := map[string]string{}
	for _, s := range g.under("/errors") {
		name, field, _ := strings.Cut(strings.TrimPrefix(s.Path, "/errors/"), "/")
		if _, seen := statuses[name]; !seen {
			kinds, statuses[name] = append(kinds, name), ""
		}
		if field == "status" {
			statuses[name] = fmt.Sprintf(" (%v)", s.Value)
		}
	}
	if len(kinds) == 0 {
		return []string{"the gateway's own text for every error"}
	}
	for i, name := range kinds {
		kinds[i] += statuses[name]
	}
	return []string{"its own text for " + strings.Join(kinds, ", ")}
}

// channel says how calls are distributed: the groups with their shares and members, then the members without a group.
func (g *summary) channel() []string {
	lines := []string{g.take("/balance_strategy") + ", port " + g.take("/port")}
	for _, path := range []string{"/member_type", "/member_groups", "/members"} { // the list itself, if it is empty
		g.take(path)
	}
	in := map[string][]string{}
	var loose []string
	groups := g.under("/member_groups")
	weights := map[string]any{}
	for _, s := range groups {
		if m, ok := s.Value.(map[string]any); ok {
			weights[fmt.Sprint(m["name"])] = m["weight"]
		}
	}
	for _, s := range g.under("/members") {
		m, ok := s.Value.(map[string]any)
		if !ok {
			continue
		}
		group, _ := m["group"].(string)
		shared := fmt.Sprint(weights[group]) != "0" // the group's weight applies to its members
		if text := member(m, !shared || group == ""); group == "" {
			loose = append(loose, text)
		} else {
			in[group] = append(in[group], text)
		}
	}
	for _, s := range groups {
		if m, ok := s.Value.(map[string]any); ok {
			name := fmt.Sprint(m["name"])
			lines = append(lines, fmt.Sprintf("%s (weight %v): %s", name, m["weight"], contents(m, in[name])))
		}
	}
	if len(loose) > 0 || len(groups) == 0 && !g.serves() {
		lines = append(lines, "members: "+few(loose))
	}
	return append(lines, g.health())
}

// serves reports whether the members come from a microservice.
func (g *summary) serves() bool {
	for _, s := range g.rest {
		if strings.HasPrefix(s.Path, "/microservice/") {
			return true
		}
	}
	return false
}

// contents says in words what a group of a channel consists of.
func contents(group map[string]any, members []string) string {
	if channel, ok := group["reference_channel"].(string); ok {
		return "channel " + channel
	}
	if version, ok := group["microservice_version"].(string); ok {
		return "version " + version
	}
	return few(members)
}

func few(members []string) string {
	if len(members) == 0 {
		return "none"
	}
	return kind.FirstOf(members, mostNamed)
}

func member(m map[string]any, weighs bool) string {
	name, ok := m["host"].(string)
	if !ok {
		name = fmt.Sprint(m["ecs_id"])
	}
	if port, returned := m["port"]; returned {
		name += fmt.Sprintf(":%v", port)
	}
	var marks []string
	if weighs {
		marks = append(marks, fmt.Sprintf("weight %v", m["weight"]))
	}
	if m["is_backup"] == true {
		marks = append(marks, "backup")
	}
	if m["enabled"] == false {
		marks = append(marks, "off")
	}
	if len(marks) > 0 {
		name += " (" + strings.Join(marks, ", ") + ")"
	}
	return name
}

func (g *summary) health() string {
	checks := summary{g.under("/health_check")}
	protocol := checks.take("/health_check/protocol")
	if protocol == "" {
		return "no health check"
	}
	how := []string{protocol, checks.take("/health_check/method"), checks.take("/health_check/path")}
	how = slices.DeleteFunc(how, func(word string) bool { return word == "" })
	return "health check " + strings.Join(how, " ") + ", every " + checks.take("/health_check/time_interval") + " s"
}
