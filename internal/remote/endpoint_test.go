package remote

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestEndpoints(t *testing.T) {
	good := []string{
		"https://apig.cn-north-4.myhuaweicloud.com", "https://apig.example.com:8443/base/", "http://127.0.0.1:8080",
		"http://localhost", "http://[::1]:80", "http://127.9.9.9",
	}
	for _, endpoint := range good {
		if _, err := New(Config{Endpoint: endpoint, Credentials: testToken}); err != nil {
			t.Errorf("%s: %v", endpoint, err)
		}
	}
	bad := map[string]string{
		"":                               "set --endpoint",
		"apig.example.com":               "not a URL",
		"http://apig.example.com":        "use https://",
		"http://localhost.example.com":   "use https://",
		"http://10.0.0.1":                "use https://",
		"ftp://example.com":              "unknown scheme",
		"https://u:p4ssw0rd@example.com": "does not belong",
		"https://example.com?x=y":        "does not belong",
		"https://example.com/#x":         "does not belong",
		"https://":                       "not a URL",
		"https://a b/":                   "not a URL",
	}
	for endpoint, want := range bad {
		_, err := New(Config{Endpoint: endpoint, Credentials: testToken})
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "p4ssw0rd") {
			t.Errorf("%s: %v", endpoint, err)
		}
	}
}

func TestEndpointWithPath(t *testing.T) {
	var got string
	c := testClient(t, roundTrip(func(r *http.Request) (*http.Response, error) {
		got = r.URL.RequestURI()
		return reply(200, ""), nil
	}), func(c *Config) { c.Endpoint = "https://example.com/base/" })
	if _, err := c.Call(t.Context(), get(), nil); err != nil || got != "/base/v2/"+testProject+"/apigw/instances/i1/things" {
		t.Errorf("%s, %v", got, err)
	}
}

// There is one pool, sized for the parallelism, and it uses HTTP/2 if the gateway does.
func TestTransport(t *testing.T) {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ProtoMajor != 2 || r.Header.Get("Accept-Encoding") != "gzip" {
			t.Errorf("%s, accepting %q", r.Proto, r.Header.Get("Accept-Encoding"))
		}
		_, _ = io.WriteString(w, good)
	}))
	server.EnableHTTP2 = true
	server.StartTLS()
	t.Cleanup(server.Close)
	transport := newTransport(7)
	if transport.MaxIdleConns < 7 || transport.MaxIdleConnsPerHost < 7 {
		t.Errorf("keeps %d connections, %d to one host, of the 7 in use", transport.MaxIdleConns, transport.MaxIdleConnsPerHost)
	}
	transport.TLSClientConfig = &tls.Config{RootCAs: x509.NewCertPool(), MinVersion: tls.VersionTLS12}
	transport.TLSClientConfig.RootCAs.AddCert(server.Certificate())
	c := testClient(t, transport, func(c *Config) { c.Endpoint = server.URL })
	var answer shape
	if _, err := c.Call(t.Context(), get(), &answer); err != nil || answer.Name != "a" {
		t.Errorf("%+v, %v", answer, err)
	}
}
