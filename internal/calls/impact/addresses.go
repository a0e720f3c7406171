package impact

import (
	"net/netip"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// addresses are IPv4 addresses of callers: sorted ranges that neither overlap nor adjoin.
type addresses []kind.Addresses

// everywhere is all of IPv4. Whether lists take IPv6 is not documented, so IPv6 entries are ignored.
var everywhere = addresses{{First: netip.AddrFrom4([4]byte{}), Last: netip.AddrFrom4([4]byte{255, 255, 255, 255})}}

// addressesOf returns the addresses in the entries of a list; ok is false if some entries cannot be parsed.
func addressesOf(entries []string) (out addresses, ok bool) {
	ok = true
	for _, entry := range entries {
		a, readable := kind.ParseAddresses(entry)
		if !readable || !a.First.Is4() {
			ok = false
			continue
		}
		out = append(out, a)
	}
	return kind.Joined(out), ok
}

// without returns the addresses of s that are not in t.
func (s addresses) without(t addresses) (out addresses) {
	for _, a := range s {
		first, left := a.First, true
		for _, b := range t {
			if b.Last.Less(first) || a.Last.Less(b.First) {
				continue
			}
			if first.Less(b.First) {
				out = append(out, kind.Addresses{First: first, Last: b.First.Prev()})
			}
			if first, left = b.Last.Next(), b.Last.Less(a.Last); !left {
				break
			}
		}
		if left {
			out = append(out, kind.Addresses{First: first, Last: a.Last})
		}
	}
	return out
}

func (s addresses) and(t addresses) addresses { return s.without(everywhere.without(t)) }
