package intent

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// sources returns the addresses that the gateway may take for that of the caller: its feature real_ip_from_xff decides
// whether it takes the address of the proxy or that of the caller. If none are returned, they are not known.
func (c *Call) sources() (out []netip.Addr) {
	for _, text := range []string{c.From, c.Proxy} {
		if ip, err := netip.ParseAddr(text); err == nil {
			out = append(out, ip)
		}
	}
	return out
}

// listContainsAny returns whether the entries of a list of addresses contain the address of the caller.
func listContainsAny(entries []string, sources []netip.Addr) truth {
	if len(sources) == 0 {
		return open
	}
	each := make([]truth, len(sources))
	for i, ip := range sources {
		for _, entry := range entries {
			a, ok := kind.ParseAddresses(entry)
			switch {
			case !ok:
				each[i] = max(each[i], open)
			case a.Holds(ip) && strings.ContainsRune(entry, ':'):
				each[i] = max(each[i], open) // whether gateways take IPv6 here is not documented
			case a.Holds(ip):
				each[i] = yes
			}
		}
	}
	return agree(each...)
}

// listContains returns whether the entries of a list contain a name, which is "" if it is not known.
func (c *Call) listContains(entries []string, name string) truth {
	switch {
	case c.Anonymous:
		return no
	case name == "":
		return open
	}
	return sure(slices.Contains(entries, name))
}

// listAllows returns whether a list lets a caller in, given its type (such as PERMIT or DENY) and whether the caller is on
// it.
func listAllows(listType string, on truth) truth {
	switch listType {
	case "PERMIT":
		return on
	case "DENY":
		return not(on)
	}
	return open // the effect of another type is not known
}

// String returns the call in words.
func (c *Call) String() string {
	what := c.API
	if what == "" {
		what = c.Method + " " + c.Path
	}
	parts := []string{what + " in " + c.Environment}
	for _, p := range []struct{ word, value string }{
		{"app", c.App}, {"app id", c.AppID}, {"user", c.User}, {"account", c.Domain}, {"account id", c.DomainID}, {"from", c.From}, {"through", c.Proxy},
	} {
		if p.value != "" {
			parts = append(parts, p.word+" "+p.value)
		}
	}
	if c.Anonymous {
		parts = append(parts, "anonymous")
	}
	return strings.Join(parts, ", ")
}
