package lint

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// TestWhole checks that entries are recognized which together cover all IPv4 or all IPv6 addresses.
func TestWhole(t *testing.T) {
	for _, c := range []struct {
		entries []string
		want    string
	}{
		{[]string{"0.0.0.0/0"}, "IPv4"},
		{[]string{"10.9.8.7/0"}, "IPv4"},
		{[]string{"::/0"}, "IPv6"},
		{[]string{"0.0.0.0-255.255.255.255"}, "IPv4"},
		{[]string{"128.0.0.0/1", "0.0.0.0/1"}, "IPv4"},
		{[]string{"0.0.0.0-9.255.255.255", "10.0.0.0/8", "11.0.0.0-255.255.255.254", "255.255.255.255"}, "IPv4"},
		{[]string{"0.0.0.0-9.255.255.255", "10.0.0.0/8", "11.0.0.0-255.255.255.254"}, ""},
		{[]string{"0.0.0.0/1", "128.0.0.1-255.255.255.255"}, ""},
		{[]string{"::/1", "8000::/1"}, "IPv6"},
		{[]string{"0.0.0.0/1", "8000::/1"}, ""},
		{[]string{"no address"}, ""},
		{nil, ""},
	} {
		got := ""
		for _, u := range union(spansOf(c.entries)) {
			got += coveredFamily(u)
		}
		if got != c.want {
			t.Errorf("%v hold all of %q, want %q", c.entries, got, c.want)
		}
	}
}

// TestUnion compares union, and which entries are called redundant, with a check of each of 64 addresses.
func TestUnion(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	address := func(n int) netip.Addr { return netip.AddrFrom4([4]byte{10, 0, 0, byte(n)}) }
	for range 2_000 {
		var entries []string
		for range 1 + random.IntN(6) {
			from := random.IntN(64)
			switch to := min(63, from+random.IntN(20)); random.IntN(3) {
			case 0:
				entries = append(entries, fmt.Sprintf("%s-%s", address(from), address(to)))
			case 1:
				entries = append(entries, fmt.Sprintf("%s/%d", address(from), 27+random.IntN(6)))
			default:
				entries = append(entries, address(from).String())
			}
		}
		spans := spansOf(entries)
		joined := union(spans)
		for n := range 64 {
			a := address(n)
			apart := slices.ContainsFunc(spans, func(s span) bool { return s.Holds(a) })
			if apart != slices.ContainsFunc(joined, func(s kind.Addresses) bool { return s.Holds(a) }) {
				t.Fatalf("%v: %s", entries, a)
			}
		}
		for i := 1; i < len(joined); i++ {
			if !joined[i-1].Last.Next().Less(joined[i].First) {
				t.Fatalf("%v: %v touches the one before", entries, joined[i])
			}
		}
		inside := 0
		for i, s := range spans {
			for j, other := range spans {
				if j != i && other.Holds(s.First) && other.Holds(s.Last) && (other.Addresses != s.Addresses || j < i) {
					inside++
					break
				}
			}
		}
		if got := len(insideOthers(spans)); got != inside {
			t.Fatalf("%v: %d entries are called redundant, %d are", entries, got, inside)
		}
	}
}
