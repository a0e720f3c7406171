package emulator_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/apigw-sync/apigw-sync/internal/emulator"
)

// faulty adds faults to the gateway by these rules.
func faulty(t *testing.T, rules ...string) func(*emulator.Options) {
	t.Helper()
	var faults []emulator.Fault
	for _, r := range rules {
		f, err := emulator.ParseFault(r)
		if err != nil {
			t.Fatal(err)
		}
		faults = append(faults, f)
	}
	return func(o *emulator.Options) { o.Faults = faults }
}

// newRequest returns a request to the gateway at root, with a path relative to the instance.
func newRequest(ctx context.Context, method, root, path, body string) *http.Request {
	r, err := http.NewRequestWithContext(ctx, method, root+base+path, strings.NewReader(body))
	if err != nil {
		panic(err)
	}
	r.Header.Set("X-Auth-Token", emulator.DefaultToken)
	return r
}

const throttleJSON = `{"name":"throttle_demo","time_unit":"SECOND","time_interval":1,"api_call_limits":800}`

// TestFaults makes a create fail with each type of fault, in process and over a socket.
func TestFaults(t *testing.T) {
	for _, x := range []struct {
		rule    string
		status  int   // 0 if no answer arrives
		broken  bool  // the body cannot be read
		carried bool  // the throttle exists afterwards, so the request was carried out
		is      error // expected error in process
	}{
		{"op=CreateRequest* status=503 code=APIG.9999", 503, false, false, nil},
		{"status=500 code=APIG.9999 after", 500, false, true, nil},
		{"lost-reply", 0, false, true, io.ErrUnexpectedEOF},
		{"reset", 0, false, false, syscall.ECONNRESET},
		{"refuse", 0, false, false, syscall.ECONNREFUSED},
		{"torn", 201, true, true, nil},
		{"wrong-type", 201, false, true, nil},
		{"op=List* reset", 201, false, true, nil},
		{"skip=1 reset", 201, false, true, nil},
	} {
		t.Run(x.rule, func(t *testing.T) {
			t.Run("in the process", func(t *testing.T) {
				c := newShop(t, faulty(t, x.rule))
				err := strikeOnce(t, c, c.http, "http://gateway", x.status, x.broken, x.carried)
				if !errors.Is(err, x.is) {
					t.Errorf("error %v, want %v", err, x.is)
				}
			})
			t.Run("over a socket", func(t *testing.T) {
				c := newShop(t, faulty(t, x.rule))
				server := httptest.NewServer(c.g)
				defer server.Close()
				err := strikeOnce(t, c, server.Client(), server.URL, x.status, x.broken, x.carried)
				if (err != nil) != (x.status == 0) {
					t.Errorf("error %v", err)
				}
			})
		})
	}
}

func strikeOnce(t *testing.T, c *client, h *http.Client, root string, status int, broken, carried bool) error {
	t.Helper()
	answer, err := h.Do(newRequest(t.Context(), "POST", root, "/throttles", throttleJSON))
	got := 0
	if err == nil {
		defer answer.Body.Close()
		got = answer.StatusCode
		if _, err := io.ReadAll(answer.Body); (err != nil) != broken {
			t.Errorf("reading the body: %v", err)
		}
	}
	if got != status {
		t.Errorf("status %d, want %d", got, status)
	}
	c.g.SetFaults(nil)
	if found := len(c.list("/throttles?name=throttle_demo", "throttles")) == 1; found != carried {
		t.Errorf("the throttle exists: %v, want %v", found, carried)
	}
	first := c.g.Journal()[0]
	if first.Carried != carried || first.Status != got || len(first.Effects) == 1 != carried {
		t.Errorf("journal: %+v", first)
	}
	return err
}

// TestFaultCounts checks which of ten requests a rule makes fail.
func TestFaultCounts(t *testing.T) {
	for _, x := range []struct{ rule, want string }{
		{"status=500", "xxxxxxxxxx"},
		{"status=500 every=3", "..x..x..x."},
		{"status=500 every=3 count=2", "..x..x...."},
		{"status=500 skip=2 count=3", "..xxx....."},
		{"op=ListThrott* status=500", ".........."},
		{"op=ListRequest* status=500 skip=8", "........xx"},
	} {
		c := newShop(t, faulty(t, x.rule))
		var got strings.Builder
		for range len(x.want) {
			if status, _ := c.send("GET", "/throttles", nil); status == 500 {
				got.WriteString("x")
			} else {
				got.WriteString(".")
			}
		}
		if got.String() != x.want {
			t.Errorf("%s struck %s, want %s", x.rule, got.String(), x.want)
		}
	}
}

// TestProbabilitiesFollowFromTheSeed checks that a fault with a probability strikes the same requests with the same seed,
// and others with another one.
func TestProbabilitiesFollowFromTheSeed(t *testing.T) {
	run := func(seed uint64) string {
		c := newShop(t, faulty(t, "p=0.5 status=500"), func(o *emulator.Options) { o.Seed = seed })
		var got strings.Builder
		for range 64 {
			status, _ := c.send("GET", "/throttles", nil)
			got.WriteString(string(rune('0' + status/500)))
		}
		return got.String()
	}
	first := run(1)
	if again := run(1); first != again {
		t.Errorf("one seed gave\n%s and\n%s", first, again)
	}
	if other := run(2); first == other || strings.Count(first, "1") < 16 || strings.Count(first, "1") > 48 {
		t.Errorf("seeds gave\n%s and\n%s", first, other)
	}
}

// TestParseFault checks that all words of a fault are read, that faults which do nothing are errors, and that the examples
// of the help are valid.
func TestParseFault(t *testing.T) {
	want := emulator.Fault{
		Op: "CreateAcl*", Skip: 1, Every: 5, Count: 3, P: 0.25, Status: 429, Code: "APIGW.0308", Message: `too "fast"`,
		RetryAfter: 2 * time.Second, After: true, WrongType: true, Slow: 3 * time.Second,
	}
	text := `op=CreateAcl* skip=1 every=5 count=3 p=0.25 status=429 code=APIGW.0308 message="too \"fast\"" retry-after=2s after wrong-type slow=3s`
	got, err := emulator.ParseFault(text)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("parsed (-want +got):\n%s", d)
	}
	for _, bad := range []string{
		"", "op=X", "status=200", "status=ok", "p=0 reset", "p=2 reset", "p=NaN reset", "every=0 reset", "reset torn", "reset=1", "slow", "slow=3",
		"bind=x reset", "message=x", "after reset", `message="open status=500`, "reset code=APIG.1", "colour=red",
	} {
		if f, err := emulator.ParseFault(bad); err == nil {
			t.Errorf("%q is taken for %+v", bad, f)
		}
	}
	for line := range strings.SplitSeq(emulator.FaultHelp, "\n") {
		if strings.HasPrefix(line, "  op=") && !strings.Contains(line, "GLOB") {
			if _, err := emulator.ParseFault(line); err != nil {
				t.Errorf("the help's own example: %v", err)
			}
		}
	}
}

// FuzzParseFault checks that the text of a fault that was read reads as the same fault.
func FuzzParseFault(f *testing.F) {
	f.Add(`op=CreateAcl* every=5 count=3 status=500 code=APIG.9999`)
	f.Add(`bind-id=x code="a b" message="\x00"`)
	f.Add(`p=1e-320 slow=1h0m0.000000001s torn`)
	f.Fuzz(func(t *testing.T, text string) {
		first, err := emulator.ParseFault(text)
		if err != nil {
			return
		}
		again, err := emulator.ParseFault(first.String())
		if err != nil {
			t.Fatalf("%q became %q: %v", text, first.String(), err)
		}
		if d := cmp.Diff(first, again); d != "" {
			t.Errorf("%q became %q (-first +again):\n%s", text, first.String(), d)
		}
	})
}

// TestRetryAfter checks that a fault can send the header Retry-After.
func TestRetryAfter(t *testing.T) {
	c := newShop(t, faulty(t, "status=429 retry-after=7s"))
	answer, err := c.http.Do(newRequest(t.Context(), "GET", "http://gateway", "/throttles", ""))
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if got := answer.Header.Get("Retry-After"); got != "7" || answer.Header.Get("X-Request-Id") == "" {
		t.Errorf("headers: %v", answer.Header)
	}
}

// TestWrongType checks that wrong-type changes the type of each member of an answer.
func TestWrongType(t *testing.T) {
	c := newShop(t, faulty(t, "wrong-type"))
	got := c.do("GET", "/envs", nil, 200)
	if d := cmp.Diff(object{"size": "many", "total": "many", "envs": object{"unexpected": true}}, got); d != "" {
		t.Errorf("answer (-want +got):\n%s", d)
	}
}

// TestSlowWriteOutlivesItsClient checks that a slow gateway finishes a write although the client has given up.
func TestSlowWriteOutlivesItsClient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newShop(t, faulty(t, "op=Create* slow=2s"))
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		begin := time.Now()
		_, err := c.http.Do(newRequest(ctx, "POST", "http://gateway", "/throttles", throttleJSON)) //nolint:bodyclose // there is none
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(begin) != time.Second {
			t.Errorf("after %v: %v", time.Since(begin), err)
		}
		if first := c.g.Journal()[0]; !first.Carried || first.Status != 0 {
			t.Errorf("journal: %+v", first)
		}
	})
}

// TestOverlappingWrites checks which attachments conflict if they are sent at the same time and serial-writes is on.
func TestOverlappingWrites(t *testing.T) {
	for _, x := range []struct {
		name        string
		apis        [2]string
		samePlugin  bool
		sameRelease bool
		conflict    bool
	}{
		{"same plugin and environment", [2]string{"create_order", "pay"}, true, true, true},
		{"same API and environment", [2]string{"pay", "pay"}, false, true, true},
		{"another environment", [2]string{"create_order", "create_order"}, true, false, false},
		{"nothing shared", [2]string{"create_order", "pay"}, false, true, false},
	} {
		t.Run(x.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newShop(t, behave("serial-writes=on"), func(o *emulator.Options) { o.Latency = time.Second })
				second := c.do("POST", "/plugins", pluginWith("cors", `{"allow_origin":"*"}`), 201)["plugin_id"]
				plugins := [2]any{c.id("/plugins", "plugins", "plugin_name", "orders_cors"), second}
				if x.samePlugin {
					plugins[1] = plugins[0]
				}
				envs := [2]string{release, release}
				if !x.sameRelease {
					envs[1] = c.id("/envs", "envs", "name", "STAGING")
				}
				ids := [2]any{c.api(x.apis[0])["id"], c.api(x.apis[1])["id"]}
				var codes [2]any
				var wg sync.WaitGroup
				for i := range 2 {
					wg.Go(func() {
						_, answer := c.send("POST", "/plugins/"+plugins[i].(string)+"/attach", object{"env_id": envs[i], "api_ids": []any{ids[i]}})
						codes[i] = answer["error_code"]
					})
				}
				wg.Wait()
				if conflict := codes[0] == "APIG.3500" || codes[1] == "APIG.3500"; conflict != x.conflict {
					t.Errorf("codes %v, want a conflict: %v", codes, x.conflict)
				}
				c.do("POST", "/plugins/"+plugins[0].(string)+"/attach", object{"env_id": envs[0], "api_ids": []any{ids[0]}}, 201)
			})
		})
	}
}

// TestRateLimit checks that requests beyond the rate limit get 429 until the period ends.
func TestRateLimit(t *testing.T) {
	now := clock
	c := newShop(t, func(o *emulator.Options) {
		o.Limit = emulator.RateLimit{Requests: 2}
		o.Now = func() time.Time { return now }
	})
	for range 2 {
		for range 2 {
			c.do("GET", "/envs", nil, 200)
		}
		answer := c.refused("GET", "/envs", nil, 429, "APIGW.0308")
		if want := "ratelimit,limit:2,time:1 second"; !strings.HasSuffix(answer["error_msg"].(string), want) || answer["request_id"] == "" {
			t.Errorf("answer %v, want ...%s", answer, want)
		}
		now = now.Add(time.Second)
	}
}
