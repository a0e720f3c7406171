package kind

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
)

// Addresses is a range of addresses from First to Last, both included and both of one family. IPv4 addresses that are
// written as IPv6 (::ffff:10.1.2.3) count as IPv4.
type Addresses struct{ First, Last netip.Addr }

// ParseAddresses reads an address (10.1.2.3), a range (10.1.2.3-10.1.2.9) or a network (10.1.0.0/16); ok is false for
// anything else.
func ParseAddresses(v string) (a Addresses, ok bool) {
	first, last, isRange := strings.Cut(v, "-")
	switch {
	case isRange:
		from, err1 := netip.ParseAddr(first)
		to, err2 := netip.ParseAddr(last)
		a, ok = Addresses{from, to}, err1 == nil && err2 == nil
	case strings.ContainsRune(v, '/'):
		if p, err := netip.ParsePrefix(v); err == nil {
			a, ok = Addresses{p.Masked().Addr(), lastOf(p)}, true
		}
	default:
		one, err := netip.ParseAddr(v)
		a, ok = Addresses{one, one}, err == nil
	}
	a = Addresses{a.First.Unmap(), a.Last.Unmap()}
	return a, ok && a.First.Is4() == a.Last.Is4() && !a.Last.Less(a.First)
}

// lastOf returns the last address of a network.
func lastOf(p netip.Prefix) netip.Addr {
	bytes := p.Masked().Addr().AsSlice()
	for bit := p.Bits(); bit < len(bytes)*8; bit++ {
		bytes[bit/8] |= 1 << (7 - bit%8)
	}
	last, _ := netip.AddrFromSlice(bytes)
	return last
}

// Joined returns the ranges in ascending order, with those joined that overlap or are adjacent.
func Joined(list []Addresses) (out []Addresses) {
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b Addresses) int { return a.First.Compare(b.First) })
	for _, a := range list {
		last := len(out) - 1
		if last < 0 || out[last].First.Is4() != a.First.Is4() || out[last].Last.Less(a.First) && out[last].Last.Next() != a.First {
			out = append(out, a)
			continue
		}
		if out[last].Last.Less(a.Last) {
			out[last].Last = a.Last
		}
	}
	return out
}

// Holds reports whether an address is in the range.
func (a Addresses) Holds(one netip.Addr) bool {
	one = one.Unmap()
	return one.Is4() == a.First.Is4() && !one.Less(a.First) && !a.Last.Less(one)
}

// addressShape is the shape of an address, range or network.
var addressShape = shape.OfText("An address (10.1.2.3), a range (10.1.2.3-10.1.2.9) or a network (10.1.0.0/16).",
	addressRule(false, "write 10.1.2.3, 10.1.2.3-10.1.2.9 or 10.1.0.0/16").Described("an address, range or network"),
	shape.AsWarning(addressRule(true, "use IPv4 to be sure").Described("IPv4"))).WithExample("10.1.0.0/16").
	WithSamples("10.0.0.0/8", "192.168.1.1-192.168.1.9", "172.16.0.1")

// checkAddress accepts IPv4 addresses, ranges and networks. IPv6 gives a warning.
func checkAddress(v string) shape.Problem {
	a, ok := ParseAddresses(v)
	switch {
	case !ok:
		return shape.Problem{Text: "is not an address, range or network", Hint: "write 10.1.2.3, 10.1.2.3-10.1.2.9 or 10.1.0.0/16"}
	case a.First.Is6() || strings.ContainsRune(v, ':'):
		return shape.Problem{Text: "is an IPv6 address, which the gateway may not accept", Hint: "use IPv4 to be sure", Warning: true}
	}
	return shape.Problem{}
}

// addressRule returns the part of checkAddress that gives warnings if doubtful is true, and otherwise the part that
// gives errors.
func addressRule(doubtful bool, hint string) shape.Rule {
	return shape.Test(func(v string) string {
		if p := checkAddress(v); p.Warning == doubtful {
			return p.Text
		}
		return ""
	}, hint)
}
