package doctor

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/apigw-sync/apigw-sync/internal/api"
)

func statuses(checks []Check) (out []string) {
	for _, c := range checks {
		out = append(out, c.Name+" "+string(c.Status))
	}
	return out
}

// TestNetwork checks the results for DNS and TLS with working and broken endpoints.
func TestNetwork(t *testing.T) {
	t.Setenv("HTTPS_PROXY", "")
	t.Setenv("https_proxy", "")
	safe := httptest.NewTLSServer(http.NotFoundHandler())
	defer safe.Close()
	open := httptest.NewServer(http.NotFoundHandler())
	defer open.Close()
	roots := x509.NewCertPool()
	roots.AddCert(safe.Certificate())
	for name, c := range map[string]struct {
		endpoint string
		config   *tls.Config
		want     []string
	}{
		"trusted":     {safe.URL, &tls.Config{RootCAs: roots}, []string{"dns ok", "tls ok"}},
		"not trusted": {safe.URL, nil, []string{"dns ok", "tls failed"}},
		"http":        {open.URL, nil, []string{"dns ok", "tls ok"}},
		"no TLS":      {strings.Replace(open.URL, "http:", "https:", 1), nil, []string{"dns ok", "tls failed"}},
		"no name":     {"https://apig.invalid", nil, []string{"dns failed", "tls skipped"}},
		"nothing":     {"", nil, []string{"dns skipped", "tls skipped"}},
	} {
		t.Run(name, func(t *testing.T) {
			checks := Network(t.Context(), c.endpoint, c.config)
			if d := cmp.Diff(c.want, statuses(checks)); d != "" {
				t.Errorf("-want +got:\n%s\n%v", d, checks)
			}
			for _, x := range checks {
				if x.Status == Failed && x.Hint == "" {
					t.Errorf("%s does not say what to do", x.Name)
				}
			}
		})
	}
}

// TestNetworkEndsWithItsContext checks that a canceled context fails the check.
func TestNetworkEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if got := Network(ctx, "http://127.0.0.1:9", nil); got[1].Status != Failed {
		t.Errorf("%v", got)
	}
}

// TestClock checks that a wrong clock is an error only for signed requests and large offsets.
func TestClock(t *testing.T) {
	for name, c := range map[string]struct {
		offset time.Duration
		known  bool
		signed bool
		want   Status
	}{
		"right":                   {2 * time.Second, true, true, OK},
		"fast":                    {-2 * time.Minute, true, true, Warning},
		"slow":                    {16 * time.Minute, true, true, Failed},
		"slow, but with a token":  {16 * time.Minute, true, false, Warning},
		"nobody told it the time": {0, false, true, Skipped},
	} {
		t.Run(name, func(t *testing.T) {
			p := Input{Signed: c.signed, Clock: func() (time.Duration, bool) { return c.offset, c.known }}
			if got := p.clock(); got.Status != c.want || got.Status != OK && got.Status != Skipped && got.Hint == "" {
				t.Errorf("%+v, want %s", got, c.want)
			}
		})
	}
}

// TestAdvice checks that a failed check has the advice of its error as its hint.
func TestAdvice(t *testing.T) {
	refused := &api.Error{Method: "GET", Path: "/apis", Status: 403, Code: "APIG.1005"}
	for _, c := range []struct {
		err           error
		message, hint string
	}{
		{refused, refused.Error(), api.Advice(refused)},
		{fmt.Errorf("read: %w", &api.Advised{Err: refused, Advice: "ask the owner"}), "read: " + refused.Error(), "ask the owner"},
		{errors.New("something else"), "something else", ""},
	} {
		if got := Fail("access", c.err, ""); got.Message != c.message || got.Hint != c.hint {
			t.Errorf("%v: %q and %q, want %q and %q", c.err, got.Message, got.Hint, c.message, c.hint)
		}
	}
}
