package lint

import (
	"cmp"
	"net/netip"
	"slices"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// span is the range of addresses of an entry of a list.
type span struct {
	kind.Addresses
	entry int
}

// spansOf parses a list, sorted so that each span comes before those inside it. Entries that are not addresses are left
// out.
func spansOf(entries []string) []span {
	out := make([]span, 0, len(entries))
	for i, text := range entries {
		if a, ok := kind.ParseAddresses(text); ok {
			out = append(out, span{a, i})
		}
	}
	slices.SortFunc(out, func(a, b span) int {
		return cmp.Or(a.First.Compare(b.First), b.Last.Compare(a.Last), cmp.Compare(a.entry, b.entry))
	})
	return out
}

// union joins spans that overlap or follow on each other.
func union(spans []span) []kind.Addresses {
	all := make([]kind.Addresses, len(spans))
	for i, s := range spans {
		all[i] = s.Addresses
	}
	return kind.Joined(all)
}

// nested are two entries of a list, one of which covers the other.
type nested struct{ inner, outer int }

// insideOthers finds the entries that another entry covers, in sorted spans.
func insideOthers(spans []span) (out []nested) {
	widest := 0 // the earlier span that reaches farthest
	for i := 1; i < len(spans); i++ {
		if spans[widest].Holds(spans[i].First) && spans[widest].Holds(spans[i].Last) {
			out = append(out, nested{spans[i].entry, spans[widest].entry})
		} else {
			widest = i
		}
	}
	return out
}

// coveredFamily names the address family that a range covers completely; "" if it covers none.
func coveredFamily(a kind.Addresses) string {
	switch {
	case a.Last.Next().IsValid():
		return ""
	case a.First == netip.IPv4Unspecified():
		return "IPv4"
	case a.First == netip.IPv6Unspecified():
		return "IPv6"
	}
	return ""
}

// eachAddressList calls f with all lists of addresses that are allowed (PERMIT) or blocked (DENY), in the order of the
// files.
func (s *subject) eachAddressList(f func(d *kind.Declared, sort string, entries []string)) {
	each(s, "acl", func(d *kind.Declared, a kind.ACL) {
		if a.EntityType == "IP" {
			f(d, a.Type, a.Values)
		}
	})
	each(s, "app_access_control", func(d *kind.Declared, c kind.AccessControl) { f(d, c.Type, c.Values) })
}

// reportFullLists reports lists of a sort (PERMIT or DENY) that cover all addresses of a family. If a single entry does
// so, the finding is at that entry. Verb is what such a list does to addresses.
func (s *subject) reportFullLists(sort, verb, hint string) {
	s.eachAddressList(func(d *kind.Declared, of string, entries []string) {
		if of != sort {
			return
		}
		spans := spansOf(entries)
		for _, u := range union(spans) {
			family := coveredFamily(u)
			if family == "" {
				continue
			}
			pointer, message := "/values", verb+" all "+family+" addresses (all entries together)"
			for _, one := range spans {
				if coveredFamily(one.Addresses) == family {
					pointer, message = "/values/"+itoa(one.entry), verb+" all "+family+" addresses ("+entries[one.entry]+")"
					break
				}
			}
			s.report(d, pointer, message, hint)
		}
	})
}
