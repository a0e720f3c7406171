package remote

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/apigw-sync/apigw-sync/internal/api"
)

func TestFailures(t *testing.T) {
	const secret = "s3cret/va\"lue"
	long := strings.Repeat("長", 3000)
	tests := []struct {
		name   string
		status int
		header string
		body   string
		want   api.Error
	}{
		{
			"service", 400, "X-Request-Id: abc", `{"error_code":"APIG.3206","error_msg":"The name is taken."}`,
			api.Error{Status: 400, Code: "APIG.3206", Message: "The name is taken.", RequestID: "abc"},
		},
		{
			"front door", 401, "", `{"error_code":"APIGW.0301","error_msg":"Incorrect IAM authentication","request_id":"def"}`,
			api.Error{Status: 401, Code: "APIGW.0301", Message: "Incorrect IAM authentication", RequestID: "def"},
		},
		{
			"sign-in service", 403, "", `{"error":{"code":403,"message":"no right","title":"Forbidden"}}`,
			api.Error{Status: 403, Message: "no right"},
		},
		{"page", 404, "", "<html>\n<b>no\x1b[31m</b>", api.Error{Status: 404, Message: "<html> <b>no [31m</b>"}},
		{"nothing", 400, "", "", api.Error{Status: 400}},
		{"list", 400, "", "[1]", api.Error{Status: 400, Message: "[1]"}},
		{"null", 400, "", "null", api.Error{Status: 400}},
		{"long", 400, "", `{"error_msg":"` + long + `"}`, api.Error{Status: 400, Message: long[:3*maxMessage] + "…"}},
		{
			"secrets", 400, "X-Request-Id: " + testSK,
			`{"error_code":"X","error_msg":"bad s3cret/va\"lue, s3cret%2Fva%22lue, s3cret/va\\\"lue, ` + testSK + `; short abc"}`,
			api.Error{
				Status: 400, Code: "X", RequestID: "(sensitive)",
				Message: "bad (sensitive), (sensitive), (sensitive), (sensitive); short abc",
			},
		},
		{"token in page", 403, "", "x-security-token:STSTOKENEXAMPLE|", api.Error{Status: 403, Message: "x-security-token:(sensitive)|"}},
		{"wait", 409, "Retry-After: 3", "", api.Error{Status: 409, RetryAfter: 3 * time.Second}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				if name, value, ok := strings.Cut(tt.header, ": "); ok {
					w.Header().Set(name, value)
				}
				w.WriteHeader(tt.status)
				_, _ = io.WriteString(w, tt.body)
			}, func(c *Config) { c.Credentials = testKeys })
			r := post()
			r.Secrets = []string{secret, "abc"}
			_, err := c.Call(t.Context(), r, nil)
			var got *api.Error
			if !errors.As(err, &got) {
				t.Fatalf("error is %v", err)
			}
			tt.want.Operation, tt.want.Method = "CreateThing", "POST"
			tt.want.Path = "/v2/" + testProject + "/apigw/instances/i1/things"
			if diff := cmp.Diff(&tt.want, got); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
		})
	}
}

func TestHints(t *testing.T) {
	ahead := time.Date(2000, 1, 1, 0, 20, 0, 0, time.UTC) // faked time begins at midnight
	tests := []struct {
		name  string
		step  roundTrip
		creds Credentials
		want  string
	}{
		{"keys", refuses(401, "APIGW.0301", "bad"), testKeys, "HW_ACCESS_KEY and HW_SECRET_KEY"},
		{"temporary keys", refuses(401, "APIGW.0301", "bad"), testKeys, "may have expired"},
		{"token", refuses(401, "APIG.1002", "bad"), testToken, "HW_AUTH_TOKEN: check that they are valid"},
		{
			"clock", refuses(401, "APIGW.0301", "bad", "Date: "+ahead.Format(http.TimeFormat)), testKeys,
			"clock is 20m0s behind the gateway's",
		},
		{"instance", refuses(404, "APIG.3030", ""), testKeys, "check --instance-id"},
		{"path", refuses(404, "APIGW.0101", ""), testKeys, "is " + testHost + " the endpoint of APIG?"},
		{"name", breaks(noHost), testKeys, "check --endpoint and --region, and the name server"},
		{"certificate", breaks(badCert), testKeys, "certificate of " + testHost + " is not trusted"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := testClient(t, tt.step, func(c *Config) { c.Credentials = tt.creds })
				_, err := c.Call(t.Context(), post(), nil)
				if err == nil || !strings.Contains(err.Error(), tt.want) {
					t.Errorf("error is %v, want it to hold %q", err, tt.want)
				}
			})
		})
	}
}

// The audit trail has a host of its own, which hints name. If its address is not valid, only requests to it fail.
func TestHintsOfTheTrail(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ask := func(trail string) error {
			c := testClient(t, breaks(noHost), func(c *Config) { c.Trail = trail })
			_, err := c.Call(t.Context(), api.Request{Operation: "ListTraces", Method: "GET", Scope: api.Trail, Path: []string{"traces"}}, nil)
			return err
		}
		for trail, want := range map[string]string{
			"https://cts.example.com": "check APIGW_SYNC_CTS_ENDPOINT, and the name server",
			"http://cts.example.com":  "http:// would send the credentials readable to cts.example.com",
			"":                        "set APIGW_SYNC_CTS_ENDPOINT",
		} {
			if err := ask(trail); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%q: error is %v, want it to hold %q", trail, err, want)
			}
		}
	})
}

// The error of a transport may quote what it has read or sent.
func TestTransportErrorIsClean(t *testing.T) {
	r := post()
	r.Secrets = []string{"p4ssw0rd-1"}
	cause := fmt.Errorf("malformed answer %q: %w", "p4ssw0rd-1 "+testSK, io.ErrUnexpectedEOF)
	c := testClient(t, breaks(cause), func(c *Config) { c.Credentials = testKeys })
	_, err := c.Call(t.Context(), r, nil)
	if !errors.Is(err, io.ErrUnexpectedEOF) || !api.Unclear(err) {
		t.Errorf("error is %v", err)
	}
	if text := err.Error(); strings.Contains(text, "p4ssw0rd") || strings.Contains(text, testSK) {
		t.Errorf("error is %v", err)
	}
}

// zeros is an endless body.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

func TestBodiesAreBounded(t *testing.T) {
	for _, status := range []int{200, 400} {
		c := testClient(t, roundTrip(func(*http.Request) (*http.Response, error) {
			resp := reply(status, "")
			resp.Body = io.NopCloser(zeros{})
			return resp, nil
		}), nil)
		_, err := c.Call(t.Context(), post(), &shape{})
		if errors.Is(err, api.ErrUnreadable) != (status == 200) || err == nil {
			t.Errorf("status %d: %v", status, err)
		}
	}
}

// A refusal is recognised by its code, whatever its HTTP status.
func TestRefusedWithSuccess(t *testing.T) {
	tests := []struct {
		body    string
		request api.Request
		status  int // 0: no error
		unclear bool
	}{
		{`{"error_code":"APIG.3005","error_msg":"Request throttling policy x does not exist"}`, get(), 404, false},
		{`{"error_code":"APIG.1002","error_msg":"no"}`, get(), 401, false},
		{`{"error_code":"APIG.3204","error_msg":"taken"}`, post(), 400, false},
		{`{"error_code":"APIG.9999","error_msg":"inside"}`, post(), 500, true},
		{`{"error_code":"XYZ.1"}`, post(), 500, true},
		{`{"error_code":4711,"error_msg":{"a":1}}`, post(), 500, true},
		{`{"error_code":"APIG.0000","name":"a"}`, get(), 0, false},
		{`{"error_code":"","name":"a"}`, get(), 0, false},
		{`{"error_code":null,"name":"a"}`, get(), 0, false},
		{`{"failure":[{"error_code":"APIG.3010"}],"name":"a"}`, get(), 0, false},
	}
	for _, tt := range tests {
		for _, reply := range []any{nil, &shape{}} {
			synctest.Test(t, func(t *testing.T) {
				c := testClient(t, says(200, tt.body), nil)
				_, err := c.Call(t.Context(), tt.request, reply)
				var e *api.Error
				switch {
				case tt.status == 0 && err != nil:
					t.Errorf("%s: %v", tt.body, err)
				case tt.status == 0:
				case !errors.As(err, &e) || e.Status != tt.status || api.Unclear(err) != tt.unclear:
					t.Errorf("%s: error is %v, want status %d", tt.body, err, tt.status)
				case !strings.Contains(err.Error(), "with HTTP status 200") || e.RequestID != "req-1":
					t.Errorf("%s: error is %v", tt.body, err)
				}
			})
		}
	}
}

// Whatever a gateway answers, it is decoded or an error, and the error quotes nothing but the message of a refusal.
func FuzzAnswer(f *testing.F) {
	for _, body := range []string{`{"name":1,"size":"2"}`, `{"error_code":"APIG.3005","error_msg":"x"}`, `[]`, `{"error":{"message":["x"]}}`, `{"size":1e99}`, "", `"`} {
		f.Add(200, body)
		f.Add(404, body)
	}
	f.Fuzz(func(t *testing.T, status int, body string) {
		status = 200 + max(0, status)%400
		a := answer{q: &prepared{Request: get()}, resp: reply(status, body), clean: newCleaner()}
		var got shape
		err := a.read(&got)
		if err == nil && status > 299 {
			t.Errorf("status %d is no error", status)
		}
		if err != nil && got != (shape{}) {
			t.Errorf("%v, and yet %+v", err, got)
		}
	})
}

// Whatever the metadata service answers, keys that are returned can be used, and no error shows them.
func FuzzMetadata(f *testing.F) {
	f.Add(`{"credential":{"access":"a","secret":"tops3cret","securitytoken":"t","expires_at":"2030-01-01T00:00:00Z"}}`)
	f.Add(`{"credential":{"access":1,"secret":"tops3cret","expires_at":5}}`)
	f.Add(`{"credential":[{"access":"a","secret":"tops3cret\n"}]}`)
	f.Add(`{"credential":null}`)
	f.Fuzz(func(t *testing.T, body string) {
		transport, _ := inOrder(says(200, "token"), says(200, body))
		keys, expires, err := newMetadata(&http.Client{Transport: transport}).fetch(t.Context())
		switch {
		case err != nil && strings.Contains(err.Error(), "tops3cret"):
			t.Errorf("%v", err)
		case err == nil && (keys.check() != nil || expires.IsZero()):
			t.Errorf("keys of no use, until %v", expires)
		}
	})
}
