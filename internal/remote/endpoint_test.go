package remote

import (
	"net/http"
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
