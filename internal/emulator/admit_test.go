package emulator_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/apigw-sync/apigw-sync/internal/emulator"
)

// Authorization headers that the vendor's signer made.
const (
	vectorA = "SDK-HMAC-SHA256 Access=AKEXAMPLE0000000001, SignedHeaders=host;x-project-id;x-sdk-date, " +
		"Signature=4cff7567660ffe3e52562003498bcc52f0b54b085f2c2b2e55969aa8a1ba1d8b"
	vectorB = "SDK-HMAC-SHA256 Access=AKEXAMPLE0000000001, SignedHeaders=host;x-project-id;x-sdk-date;x-security-token, " +
		"Signature=1289dd3c63b2d8513e9658ff0862a37cec8a973ae46978f19b1c6a514291a1e8"
	vectorBody = `{"strategy_id":"0123456789abcdef0123456789abcdef","publish_ids":["fedcba9876543210fedcba9876543210"]}` + "\n"
	vectorRoot = "https://apig.cn-north-4.myhuaweicloud.com/v2/00000000000000000000000000000001/apigw/instances/11111111111111111111111111111111"
)

// signed sends one of the vendor's signed requests, modified, to a gateway whose clock is behind by skew.
func signed(t *testing.T, authorization string, skew time.Duration, change func(*http.Request)) (int, string) {
	t.Helper()
	g := emulator.New(emulator.Options{
		ProjectID: "00000000000000000000000000000001", InstanceID: "11111111111111111111111111111111",
		AccessKey: "AKEXAMPLE0000000001", SecretKey: "skExample0000000000000000000000000000001",
		Now: func() time.Time { return time.Date(2025, 1, 2, 3, 4, 5, 0, time.UTC).Add(skew) },
	})
	method, url, body := "GET", vectorRoot+"/throttles?offset=0&name=Gold+plan%2F50%25&limit=500", ""
	if authorization == vectorB {
		method, url, body = "POST", vectorRoot+"/throttle-bindings", vectorBody
	}
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Project-Id", "00000000000000000000000000000001")
	r.Header.Set("X-Sdk-Date", "20250102T030405Z")
	r.Header.Set("X-Security-Token", "STSTOKENEXAMPLE")
	r.Header.Set("Authorization", authorization)
	if change != nil {
		change(r)
	}
	answer, err := emulator.Transport(g).RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(text)
}

// TestSignatures checks that recorded signatures are accepted within 15 minutes of the clock, and that a changed request,
// key or date is refused.
func TestSignatures(t *testing.T) {
	for _, x := range []struct {
		name          string
		authorization string
		skew          time.Duration
		change        func(*http.Request)
		status        int
		text          string // text that the answer contains
	}{
		{"vector A", vectorA, 0, nil, 200, `"throttles":[]`},
		{"vector B", vectorB, 0, nil, 404, "APIG.3005"}, // the signature is valid, but there is no such throttle
		{"clock 15 minutes ahead", vectorA, 15 * time.Minute, nil, 200, ""},
		{"clock further ahead", vectorA, 15*time.Minute + time.Second, nil, 401, "signature expired"},
		{"clock behind", vectorA, -16 * time.Minute, nil, 401, "signature expired"},
		{
			"another query", vectorA, 0, func(r *http.Request) { r.URL.RawQuery = "offset=0&name=Gold+plan%2F50%25&limit=400" }, 401,
			"|limit=400&name=Gold%20plan%2F50%25&offset=0|host:apig.cn-north-4.myhuaweicloud.com|x-project-id:",
		},
		{"another method", vectorA, 0, func(r *http.Request) { r.Method = "DELETE" }, 401, "canonicalRequest:DELETE|"},
		{"another header", vectorB, 0, func(r *http.Request) { r.Header.Set("X-Security-Token", "other") }, 401, "x-security-token:other|"},
		{"another body", vectorB, 0, func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader(`{}`)) }, 401, "APIGW.0301"},
		{"unknown key", strings.Replace(vectorA, "AKEXAMPLE", "AKUNKNOWN", 1), 0, nil, 401, "ak:AKUNKNOWN0000000001,err:ak not exist"},
		{"date not signed", strings.Replace(vectorA, ";x-sdk-date", "", 1), 0, nil, 401, "x-sdk-date is not signed"},
		{"another scheme", "Basic abc", 0, nil, 401, "APIGW.0301"},
		{"nothing", "", 0, nil, 401, "APIGW.0301"},
		{"token", vectorA, 0, func(r *http.Request) { r.Header.Set("X-Auth-Token", emulator.DefaultToken) }, 200, ""},
		{"wrong token", vectorA, 0, func(r *http.Request) { r.Header.Set("X-Auth-Token", "stale") }, 401, `{"error_code":"APIG.1002","error_msg":"Incorrect token or token resolution failed"}`},
	} {
		t.Run(x.name, func(t *testing.T) {
			status, text := signed(t, x.authorization, x.skew, x.change)
			if status != x.status || !strings.Contains(text, x.text) {
				t.Errorf("status %d: %s; want %d with %s", status, text, x.status, x.text)
			}
		})
	}
}

// TestOtherProjectAndInstance checks that requests for another project or instance are refused with the codes of these
// errors.
func TestOtherProjectAndInstance(t *testing.T) {
	c := newShop(t)
	for _, x := range []struct {
		path   string
		status int
		code   string
	}{
		{"/v2/somebody/apigw/instances", 403, "APIG.1005"},
		{strings.Replace(base, emulator.DefaultInstanceID, "other", 1), 404, "APIC.7302"},
		{strings.Replace(base, emulator.DefaultInstanceID, "other", 1) + "/throttles", 404, "APIG.3030"},
	} {
		r := newRequest(t.Context(), "GET", "http://gateway", "", "")
		r.URL.Path = x.path
		answer, err := c.http.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		text, _ := io.ReadAll(answer.Body)
		answer.Body.Close()
		if answer.StatusCode != x.status || !strings.Contains(string(text), x.code) {
			t.Errorf("%s: %d %s, want %d %s", x.path, answer.StatusCode, text, x.status, x.code)
		}
	}
}

// TestListen checks that Listen serves requests over HTTP until its context ends.
func TestListen(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	url, wait, err := newShop(t).g.Listen(ctx, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(newRequest(ctx, "GET", url, "/envs", ""))
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != 200 {
		t.Errorf("status %d", answer.StatusCode)
	}
	cancel()
	if err := wait(); err != nil {
		t.Errorf("after the end: %v", err)
	}
	for _, addr := range []string{"0.0.0.0:0", ":0", "192.0.2.1:80", "loopback"} {
		if _, _, err := newShop(t).g.Listen(t.Context(), addr); err == nil {
			t.Errorf("%s is taken for a loopback address", addr)
		}
	}
}
