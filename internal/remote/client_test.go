package remote

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/apigw-sync/apigw-sync/internal/api"
)

var testKeys = Credentials{
	AccessKey: testAK, SecretKey: NewSecret(testSK), SecurityToken: NewSecret("STSTOKENEXAMPLE"),
	From: "HW_ACCESS_KEY and HW_SECRET_KEY",
}

func serve(t *testing.T, handler http.HandlerFunc, change func(*Config)) *Client {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return testClient(t, nil, func(c *Config) {
		c.Endpoint = server.URL
		if change != nil {
			change(c)
		}
	})
}

// verify checks a signature using only what has arrived, as the gateway does.
func verify(r *http.Request, body []byte) error {
	_, list, _ := strings.Cut(r.Header.Get("Authorization"), "SignedHeaders=")
	list, _, _ = strings.Cut(list, ",")
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return err
	}
	s := signable{method: r.Method, path: r.URL.Path, query: query, headers: map[string]string{}, body: body}
	for name := range strings.SplitSeq(list, ";") {
		s.headers[name] = r.Header.Get(name)
		if name == "host" {
			s.headers[name] = r.Host
		}
	}
	want := authorization(testAK, testSK, r.Header.Get("X-Sdk-Date"), list, slowCanonical(s))
	if got := r.Header.Get("Authorization"); got != want {
		return fmt.Errorf("authorization is %s, want %s", got, want)
	}
	if want := "host;x-project-id;x-sdk-date;x-security-token"; list != want {
		return fmt.Errorf("signed headers are %s, want %s", list, want)
	}
	return nil
}

func TestSignedRequest(t *testing.T) {
	type seen struct {
		Method, URI, Body, Type, Language, Agent, Token string
	}
	var got seen
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if err := verify(r, body); err != nil {
			t.Error(err)
		}
		got = seen{
			r.Method, r.RequestURI, string(body), r.Header.Get("Content-Type"), r.Header.Get("X-Language"),
			r.Header.Get("User-Agent"), r.Header.Get("X-Auth-Token"),
		}
		_, _ = io.WriteString(w, good)
	}, func(c *Config) { c.Credentials, c.UserAgent = testKeys, "apigw-sync/1.2" })

	var answer shape
	_, err := c.Call(t.Context(), api.Request{
		Operation: "UpdateThing", Method: "PUT", Path: []string{"things", "a b/ü?#%;$@+"},
		Query: url.Values{"name": {"x y+z/é"}, "precise_search": {"name,req_uri"}, "tags": {"#no_tags#"}},
		Body:  map[string]string{"pattern": "<a&b>"},
	}, &answer)
	if err != nil {
		t.Fatal(err)
	}
	want := seen{
		Method: "PUT",
		URI: "/v2/" + testProject + "/apigw/instances/i1/things/a%20b%2F%C3%BC%3F%23%25%3B$@+" +
			"?name=x%20y%2Bz%2F%C3%A9&precise_search=name%2Creq_uri&tags=%23no_tags%23",
		Body: `{"pattern":"<a&b>"}`, Type: "application/json", Language: "en-us", Agent: "apigw-sync/1.2",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("request (-want +got):\n%s", diff)
	}
	if answer != (shape{"a", 1}) {
		t.Errorf("answer is %+v", answer)
	}
}

func TestTokenAndScope(t *testing.T) {
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if got := r.Header.Get("X-Auth-Token"); got != "token-0123456789" {
			t.Errorf("token is %q", got)
		}
		if r.Header.Get("Authorization") != "" || r.Header.Get("Content-Type") != "" {
			t.Errorf("headers are %v", r.Header)
		}
		if want := "/v2/" + testProject + "/apigw/instances"; r.RequestURI != want {
			t.Errorf("URI is %s, want %s", r.RequestURI, want)
		}
		w.WriteHeader(http.StatusNoContent)
	}, nil)
	r := api.Request{Operation: "ListInstancesV2", Method: "GET", Scope: api.Project, Path: []string{"instances"}}
	answer := shape{Name: "kept"}
	if _, err := c.Call(t.Context(), r, &answer); err != nil || answer.Name != "kept" {
		t.Errorf("answer %+v, error %v", answer, err)
	}
}

// Each attempt is signed anew, with the current time.
func TestSignedAnew(t *testing.T) {
	var signatures []string
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if err := verify(r, body); err != nil {
			t.Error(err)
		}
		signatures = append(signatures, r.Header.Get("X-Sdk-Date"))
		if len(signatures) == 1 {
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(http.StatusTooManyRequests)
		}
	}, func(c *Config) { c.Credentials = testKeys })
	if _, err := c.Call(t.Context(), post(), nil); err != nil {
		t.Fatal(err)
	}
	if len(signatures) != 2 || signatures[0] == signatures[1] {
		t.Errorf("dates are %v", signatures)
	}
}

func TestRedirect(t *testing.T) {
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if err := verify(r, body); err != nil {
			t.Error(err)
		}
		switch last := r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]; last {
		case "things":
			http.Redirect(w, r, "moved?x=y+z", http.StatusTemporaryRedirect)
		case "loop":
			http.Redirect(w, r, "loop", http.StatusTemporaryRedirect)
		case "away":
			http.Redirect(w, r, "https://elsewhere.example/x", http.StatusFound)
		case "seeother":
			http.Redirect(w, r, "moved", http.StatusFound)
		default:
			_, _ = w.Write(body)
		}
	}, func(c *Config) { c.Credentials = testKeys })
	r := post()
	var echoed shape
	if _, err := c.Call(t.Context(), r, &echoed); err != nil || echoed.Name != "a" {
		t.Errorf("same host: %+v, %v", echoed, err)
	}
	for path, text := range map[string]string{
		"loop": "too often", "away": "redirects to https://elsewhere.example", "seeother": "redirects a POST",
	} {
		r.Path = []string{path}
		attempts, err := c.Call(t.Context(), r, nil)
		if attempts != 1 || err == nil || !strings.Contains(err.Error(), text) || api.Unclear(err) {
			t.Errorf("%s: %d attempts, %v", path, attempts, err)
		}
	}
}

func TestLog(t *testing.T) {
	var out bytes.Buffer
	var n atomic.Int32
	c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Request-Id", "req-7")
		if n.Add(1) == 1 {
			w.WriteHeader(http.StatusTooManyRequests)
			return
		}
		_, _ = io.WriteString(w, `{"app_secret":"answer-secret"}`)
	}, func(c *Config) {
		c.Credentials = testKeys
		c.Log = slog.New(slog.NewJSONHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	r := post()
	r.Body, r.Secrets = map[string]string{"app_secret": "p4ssw0rd-1"}, []string{"p4ssw0rd-1"}
	if _, err := c.Call(t.Context(), r, &struct{}{}); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 2 {
		t.Fatalf("log is\n%s", out.String())
	}
	var line map[string]any
	if err := json.Unmarshal([]byte(lines[1]), &line); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"time", "took"} {
		if _, ok := line[name]; !ok {
			t.Errorf("no %s", name)
		}
		delete(line, name)
	}
	want := map[string]any{
		"level": "DEBUG", "msg": "request", "operation": "CreateThing", "method": "POST", "attempt": 2.0,
		"path": "/v2/" + testProject + "/apigw/instances/i1/things", "status": 200.0, "request_id": "req-7",
	}
	if diff := cmp.Diff(want, line); diff != "" {
		t.Errorf("log (-want +got):\n%s", diff)
	}
	for _, secret := range []string{"p4ssw0rd", "answer-secret", testSK, "STSTOKEN", "Signature"} {
		if strings.Contains(out.String(), secret) {
			t.Errorf("the log holds %s", secret)
		}
	}
}

func TestGzip(t *testing.T) {
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			t.Error("gzip is not offered")
		}
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		_, _ = io.WriteString(z, good)
		_ = z.Close()
	}, nil)
	var answer shape
	if _, err := c.Call(t.Context(), get(), &answer); err != nil || answer.Name != "a" {
		t.Errorf("%+v, %v", answer, err)
	}
}

func TestRefusedBeforeSending(t *testing.T) {
	transport, count := inOrder(says(200, "{}"))
	c := testClient(t, transport, nil)
	noInstance := testClient(t, transport, func(c *Config) { c.InstanceID = "" })
	odd := testClient(t, transport, func(c *Config) { c.InstanceID = ".." })
	tests := []struct {
		name   string
		client *Client
		change func(*api.Request)
		reply  any
		want   string
	}{
		{"empty segment", c, func(r *api.Request) { r.Path = []string{"things", ""} }, nil, `"" cannot be a segment`},
		{"dot", c, func(r *api.Request) { r.Path = []string{"."} }, nil, `"." cannot be a segment`},
		{"two dots", c, func(r *api.Request) { r.Path = []string{"..", "x"} }, nil, `".." cannot be a segment`},
		{"instance", odd, func(*api.Request) {}, nil, `".." cannot be a segment`},
		{"no instance", noInstance, func(*api.Request) {}, nil, "set --instance-id"},
		{"body", c, func(r *api.Request) { r.Body = func() {} }, nil, "cannot be written as JSON"},
		{"large body", c, func(r *api.Request) { r.Body = strings.Repeat("x", maxSignedBody) }, nil, "bytes"},
		{"reply", c, func(*api.Request) {}, shape{}, "must be a pointer"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := post()
			tt.change(&r)
			attempts, err := tt.client.Call(t.Context(), r, tt.reply)
			if attempts != 0 || !errors.Is(err, api.ErrNotSent) || !strings.Contains(fmt.Sprint(err), tt.want) {
				t.Errorf("%d attempts, %v", attempts, err)
			}
		})
	}
	if count() != 0 {
		t.Errorf("%d requests", count())
	}
}

// A connection that is refused and one that breaks in the middle have different outcomes.
func TestRealConnections(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := "http://" + listener.Addr().String()
	_ = listener.Close()
	c := testClient(t, nil, func(c *Config) { c.Endpoint, c.RetryBudget = address, -1 })
	if _, err := c.Call(t.Context(), post(), nil); !errors.Is(err, api.ErrNotSent) || !strings.Contains(err.Error(), "network") {
		t.Errorf("refused: %v", err)
	}

	c = serve(t, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, nil)
	if attempts, err := c.Call(t.Context(), post(), nil); attempts != 1 || !api.Unclear(err) {
		t.Errorf("cut: %d attempts, %v", attempts, err)
	}

	c = serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		_, _ = io.WriteString(w, good)
	}, nil)
	if attempts, err := c.Call(t.Context(), post(), &shape{}); attempts != 1 || !errors.Is(err, api.ErrUnreadable) {
		t.Errorf("torn: %d attempts, %v", attempts, err)
	}

	server := httptest.NewTLSServer(http.NotFoundHandler())
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	t.Cleanup(server.Close)
	c = testClient(t, nil, func(c *Config) { c.Endpoint = server.URL })
	if attempts, err := c.Call(t.Context(), post(), nil); attempts != 1 || !errors.Is(err, api.ErrNotSent) || !strings.Contains(err.Error(), "not trusted") {
		t.Errorf("certificate: %d attempts, %v", attempts, err)
	}
}

func TestPlainAnswerToHTTPS(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(server.Close)
	c := testClient(t, nil, func(c *Config) { c.Endpoint = strings.Replace(server.URL, "http:", "https:", 1) })
	attempts, err := c.Call(t.Context(), post(), nil)
	if attempts != 1 || !errors.Is(err, api.ErrNotSent) || !strings.Contains(err.Error(), "does not speak HTTPS") {
		t.Errorf("%d attempts, %v", attempts, err)
	}
}

// Connections are kept and reused.
func TestKeepAlive(t *testing.T) {
	var opened, answered atomic.Int32
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		answered.Add(1)
		_, _ = io.WriteString(w, good)
	}))
	server.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			opened.Add(1)
		}
	}
	server.Start()
	t.Cleanup(server.Close)
	c := testClient(t, nil, func(c *Config) { c.Endpoint, c.Parallelism = server.URL, 4 })
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 20 {
				if _, err := c.Call(t.Context(), get(), nil); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if n := opened.Load(); n > 8 { // a few more than 4, since one may be opened while another is about to become idle
		t.Errorf("%d connections", n)
	}
	if n := answered.Load(); n != 160 {
		t.Errorf("%d requests arrived", n)
	}
}

func TestServerDate(t *testing.T) {
	c := testClient(t, nil, func(c *Config) {
		c.Transport = roundTrip(func(*http.Request) (*http.Response, error) {
			return reply(200, "", "Date: "+time.Now().Add(-time.Hour).UTC().Format(http.TimeFormat)), nil
		})
	})
	if _, ok := c.ServerDate(); ok {
		t.Error("known before any answer")
	}
	if _, err := c.Call(t.Context(), get(), nil); err != nil {
		t.Fatal(err)
	}
	if offset, ok := c.ServerDate(); !ok || (offset+time.Hour).Abs() > 2*time.Second {
		t.Errorf("offset is %v, %v", offset, ok)
	}
}
