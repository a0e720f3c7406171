package kind

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAddresses(t *testing.T) {
	for _, x := range []struct {
		text, in, out string
	}{
		{"10.1.2.3", "10.1.2.3", "10.1.2.4"},
		{"10.1.2.3-10.1.2.9", "10.1.2.9", "10.1.2.10"},
		{"10.1.2.3/30", "10.1.2.0", "10.1.2.4"}, // bits after the mask do not count
		{"0.0.0.0/0", "255.255.255.255", "::1"},
		{"2001:db8::/32", "2001:db8:ffff::1", "2001:db9::"},
		{"10.1.2.3", "::ffff:10.1.2.3", "::ffff:10.1.2.4"},
		{"::ffff:10.1.0.0/112", "10.1.2.3", "10.2.0.0"},
	} {
		a, ok := ParseAddresses(x.text)
		if !ok || !a.Holds(netip.MustParseAddr(x.in)) || a.Holds(netip.MustParseAddr(x.out)) {
			t.Errorf("%s: %v %t", x.text, a, ok)
		}
	}
}

// FuzzAddresses checks that an address range contains its first and last address, that networks agree with net/netip,
// and that everything that parses is allowed in files. Lists of addresses must survive joining and splitting.
func FuzzAddresses(f *testing.F) {
	for _, s := range []string{"10.1.2.3", "10.1.2.3-10.1.2.9", "10.0.0.0/8", "2001:db8::/33", "::ffff:10.0.0.0/104", "10.0.0.9-10.0.0.1", "::/80", "-", "/"} {
		f.Add(s, "10.1.2.3")
	}
	f.Fuzz(func(t *testing.T, text, one string) {
		a, ok := ParseAddresses(text)
		if p := checkAddress(text); ok != (p.Warning || p.Text == "") {
			t.Fatalf("%q is read: %t, but files are told %q", text, ok, p.Text)
		}
		values := listed(text)
		if d := cmp.Diff(values, listed(strings.Join(values, ","))); d != "" {
			t.Fatalf("%q: %s", text, d)
		}
		if !ok {
			return
		}
		if a.Last.Less(a.First) || a.First.Is4() != a.Last.Is4() {
			t.Fatalf("%q: %v", text, a)
		}
		if !a.Holds(a.First) || !a.Holds(a.Last) {
			t.Fatalf("%q does not hold its own ends: %v", text, a)
		}
		ip, err := netip.ParseAddr(one)
		if network, wrong := netip.ParsePrefix(text); err == nil && wrong == nil && ip.Zone() == "" && !network.Addr().Is4In6() && a.Holds(ip) != network.Contains(ip.Unmap()) {
			t.Fatalf("%q and %s", text, ip)
		}
	})
}
