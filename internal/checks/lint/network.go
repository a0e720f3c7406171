package lint

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// span is a run of addresses of one family, both ends included.
type span struct {
	from, to netip.Addr
	entry    int // of the list that it comes from
}

// spanOf reads an address, a range (a-b) or a network (CIDR).
func spanOf(text string) (span, bool) {
	if from, to, ok := strings.Cut(text, "-"); ok {
		a, err := netip.ParseAddr(from)
		b, err2 := netip.ParseAddr(to)
		return span{from: a, to: b}, err == nil && err2 == nil
	}
	if p, err := netip.ParsePrefix(text); err == nil {
		return span{from: p.Masked().Addr(), to: lastOf(p)}, true
	}
	a, err := netip.ParseAddr(text)
	return span{from: a, to: a}, err == nil
}

// lastOf is the highest address of a network.
func lastOf(p netip.Prefix) netip.Addr {
	raw := p.Addr().AsSlice()
	for i := range raw {
		for bit := range 8 {
			if i*8+bit >= p.Bits() {
				raw[i] |= 0x80 >> bit
			}
		}
	}
	last, _ := netip.AddrFromSlice(raw) // as long as the address that it was made of
	return last
}

// spansOf reads a list, sorted so that a span comes before those inside it. Entries of the list that are no
// addresses are left out.
func spansOf(entries []string) []span {
	out := make([]span, 0, len(entries))
	for i, text := range entries {
		if s, ok := spanOf(text); ok {
			s.entry = i
			out = append(out, s)
		}
	}
	slices.SortFunc(out, func(a, b span) int {
		return cmp.Or(a.from.Compare(b.from), b.to.Compare(a.to), cmp.Compare(a.entry, b.entry))
	})
	return out
}

// union joins spans that overlap or touch, which must be sorted.
func union(spans []span) []span {
	var out []span
	for _, s := range spans {
		last := len(out) - 1
		if last < 0 || out[last].from.BitLen() != s.from.BitLen() || out[last].to.Less(s.from) && out[last].to.Next() != s.from {
			out = append(out, s)
			continue
		}
		if out[last].to.Less(s.to) {
			out[last].to = s.to
		}
	}
	return out
}

// nested are two entries of a list, one of which holds all of the other.
type nested struct{ inner, outer int }

// insideOthers finds the entries that another one holds, in sorted spans.
func insideOthers(spans []span) (out []nested) {
	widest := 0 // of those before that reach farthest
	for i := 1; i < len(spans); i++ {
		if spans[i].from.BitLen() == spans[widest].from.BitLen() && !spans[widest].to.Less(spans[i].to) {
			out = append(out, nested{spans[i].entry, spans[widest].entry})
		} else {
			widest = i
		}
	}
	return out
}

// whole names the family all of whose addresses a span holds; "" when it holds not all of any.
func (s span) whole() string {
	switch {
	case s.from == netip.IPv4Unspecified() && s.to.Next() == netip.Addr{}:
		return "IPv4"
	case s.from == netip.IPv6Unspecified() && s.to.Next() == netip.Addr{}:
		return "IPv6"
	}
	return ""
}

// eachAddresses calls f with all lists of addresses that let in (PERMIT) or keep out (DENY), in the order of
// their files.
func (s *subject) eachAddresses(f func(d *kind.Declared, sort string, entries []string)) {
	each(s, "acl", func(d *kind.Declared, a kind.ACL) {
		if a.EntityType == "IP" {
			f(d, a.Type, a.Values)
		}
	})
	each(s, "app_access_control", func(d *kind.Declared, c kind.AccessControl) { f(d, c.Type, c.Values) })
}

// reportWhole reports lists of a sort that hold all addresses of a family, at the entry that does so alone if one
// does. Verb says what the sort does to addresses.
func (s *subject) reportWhole(sort, verb, hint string) {
	s.eachAddresses(func(d *kind.Declared, of string, entries []string) {
		if of != sort {
			return
		}
		spans := spansOf(entries)
		for _, u := range union(spans) {
			family := u.whole()
			if family == "" {
				continue
			}
			pointer, message := "/values", verb+" all "+family+" addresses, all entries together"
			for _, one := range spans {
				if one.whole() == family {
					pointer, message = "/values/"+itoa(one.entry), verb+" all "+family+" addresses ("+entries[one.entry]+")"
					break
				}
			}
			s.report(d, pointer, message, hint)
		}
	})
}
