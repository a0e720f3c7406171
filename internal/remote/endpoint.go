package remote

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// parseEndpoint checks a base URL. A path in it is kept: private clouds may need one.
func parseEndpoint(endpoint string) (*url.URL, error) {
	if endpoint == "" {
		return nil, errors.New("no endpoint; set --endpoint, or --region")
	}
	u, err := url.Parse(endpoint)
	if err != nil || u.Host == "" || u.Opaque != "" {
		return nil, errors.New("endpoint: not a URL such as https://apig.cn-north-4.myhuaweicloud.com")
	}
	switch {
	case u.User != nil:
		return nil, errors.New("endpoint: a user name or password does not belong in the URL")
	case u.RawQuery != "" || u.Fragment != "" || u.ForceQuery:
		return nil, errors.New("endpoint: a query or fragment does not belong in the URL")
	case u.Scheme == "http" && !Loopback(u.Hostname()):
		return nil, fmt.Errorf("endpoint: http:// would send the credentials readable to %s; use https://", u.Host)
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, fmt.Errorf("endpoint: unknown scheme %q; use https://", u.Scheme)
	}
	u.Path, u.RawPath = strings.TrimRight(u.Path, "/"), ""
	return u, nil
}

// Loopback reports whether a host is this machine itself.
func Loopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// newTransport keeps twice as many connections as requests may be in flight. The connection of a request that has just ended is
// not idle at once, and the next request must not make the pool close another one.
func newTransport(parallel int) *http.Transport {
	dialer := net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}
	return &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           dialer.DialContext,
		ForceAttemptHTTP2:     true,
		MaxIdleConns:          2 * parallel,
		MaxIdleConnsPerHost:   2 * parallel,
		IdleConnTimeout:       90 * time.Second,
		TLSHandshakeTimeout:   10 * time.Second,
		ExpectContinueTimeout: time.Second,
	}
}
