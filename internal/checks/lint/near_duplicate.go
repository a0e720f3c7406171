package lint

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

var nearDuplicate = &Rule{
	ID: "AGS009", Name: "near-duplicate", Severity: Note,
	Title: "Two policies differ only in name and remark",
	Reason: "A single policy, bound to the APIs of both, has the same effect, and a change to one of the two is easily " +
		"forgotten in the other. The order of lists does not matter where it means nothing, and addresses are compared by " +
		"the networks that they cover. Policies that count the calls of all their APIs together (`type: shared`, `scope: " +
		"share`) are not reported, because two of them are two counters.",
	check: func(s *subject) {
		parts := s.contents()
		first := map[string]*kind.Declared{}
		for i := range s.State.Objects {
			d := &s.State.Objects[i]
			if link := kind.LinkFrom(d.Kind); link == nil || link.Slot == nil || sharesCounter(d.Value) {
				continue // an app stands for a caller, so two equal ones are not duplicates
			}
			key := comparableForm(d) + "\x00" + strings.Join(parts[d.Address()], "\x00")
			if other := first[key]; other != nil {
				s.report(d, "/name", fmt.Sprintf("has the same effect as %s (%s)", other.Address(), position(other.Source)), "bind one of them to the APIs of both, and remove the other")
				continue
			}
			first[key] = d
		}
	},
}

// contents lists the parts of each object, by its address, and which kinds of parts the files manage.
func (s *subject) contents() map[string][]string {
	out := map[string][]string{}
	for i := range s.State.Objects {
		d := &s.State.Objects[i]
		k := kind.Of(d.Kind)
		if k.Owner == "" {
			for _, part := range kind.Parts(d.Kind) {
				if d.ManagesKind(part.Name) {
					out[d.Address()] = append(out[d.Address()], part.Name)
				}
			}
			continue
		}
		address := k.Owner + "/" + d.Owner
		out[address] = append(out[address], comparableForm(d))
	}
	for _, list := range out {
		slices.Sort(list)
	}
	return out
}

// sharesCounter reports whether a policy counts the calls of all its APIs together.
func sharesCounter(value any) bool {
	switch v := value.(type) {
	case kind.Throttle:
		return v.Type == "shared"
	case kind.Plugin:
		return v.Content["scope"] == "share"
	}
	return false
}

// comparableForm is equal for objects that differ only in name and remark.
func comparableForm(d *kind.Declared) string {
	value := d.Value
	if a, ok := value.(kind.ACL); ok && a.EntityType == "IP" {
		a.Values = networks(a.Values)
		value = a
	}
	fields, _ := kind.Of(d.Kind).Side(value).Compared.(map[string]any)
	delete(fields, "name")
	delete(fields, "remark")
	raw, err := json.Marshal(fields)
	if err != nil {
		return d.Address() // unique, so it equals nothing else
	}
	return d.Kind + string(raw)
}

// networks are the ranges of addresses that the entries cover together.
func networks(entries []string) (out []string) {
	for _, s := range union(spansOf(entries)) {
		out = append(out, s.First.String()+"-"+s.Last.String())
	}
	return out
}
