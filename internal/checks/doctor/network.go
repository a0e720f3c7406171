package doctor

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Network checks the connection to an endpoint: its name, and its TLS. Config may be nil.
func Network(ctx context.Context, endpoint string, config *tls.Config) []Check {
	u, err := url.Parse(endpoint)
	if err != nil || u.Host == "" {
		return []Check{Skip("dns", "there is no endpoint"), Skip("tls", "there is no endpoint")}
	}
	if proxy, err := http.ProxyFromEnvironment(&http.Request{URL: u}); err == nil && proxy != nil {
		why := "requests go through the proxy " + proxy.Host
		return []Check{Skip("dns", why), Skip("tls", why)}
	}
	name := resolve(ctx, u.Hostname())
	if name.Status == Failed {
		return []Check{name, Skip("tls", u.Hostname()+" has no address")}
	}
	return []Check{name, handshake(ctx, u, config)}
}

// networkTimeout is how long a name server or a handshake may take.
const networkTimeout = 10 * time.Second

func resolve(ctx context.Context, host string) Check {
	ctx, cancel := context.WithTimeout(ctx, networkTimeout)
	defer cancel()
	addresses, err := net.DefaultResolver.LookupHost(ctx, host)
	if err != nil {
		return Fail("dns", err, "check --endpoint and --region, and the name server of this machine")
	}
	const most = 3
	return Passed("dns", "%s is %s", host, strings.Join(addresses[:min(len(addresses), most)], ", "))
}

// handshake makes a TLS handshake, or only a connection if the endpoint is http.
func handshake(ctx context.Context, u *url.URL, config *tls.Config) Check {
	ctx, cancel := context.WithTimeout(ctx, networkTimeout)
	defer cancel()
	const hint = "check --endpoint, firewalls, and proxies that intercept TLS"
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	address := net.JoinHostPort(u.Hostname(), port)
	if u.Scheme == "http" {
		conn, err := new(net.Dialer).DialContext(ctx, "tcp", address)
		if err != nil {
			return Fail("tls", err, hint)
		}
		_ = conn.Close() // nothing was sent
		return Passed("tls", "%s answers; http needs no TLS on this machine", address)
	}
	conn, err := (&tls.Dialer{Config: config}).DialContext(ctx, "tcp", address)
	if err != nil {
		return Fail("tls", err, hint)
	}
	defer func() { _ = conn.Close() }() // nothing was sent
	state := conn.(*tls.Conn).ConnectionState()
	message := fmt.Sprintf("%s, certificate", tls.VersionName(state.Version))
	if len(state.PeerCertificates) > 0 {
		message += " until " + state.PeerCertificates[0].NotAfter.UTC().Format(time.DateOnly)
	}
	return Passed("tls", "%s", message)
}
