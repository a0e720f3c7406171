package notify

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// never does not wait between attempts.
func never(ctx context.Context, _ time.Duration) bool { return ctx.Err() == nil }

// receiver gives one answer after another, repeats the last one, and records what it receives.
type receiver struct {
	*httptest.Server
	bodies []string
}

func receive(t *testing.T, answers ...string) *receiver {
	t.Helper()
	r := &receiver{}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		body, _ := io.ReadAll(q.Body)
		answer := answers[min(len(r.bodies), len(answers)-1)]
		r.bodies = append(r.bodies, string(body))
		status, text, _ := strings.Cut(answer, " ")
		w.WriteHeader(map[string]int{"200": 200, "302": 302, "400": 400, "429": 429, "503": 503}[status])
		_, _ = io.WriteString(w, text)
	}))
	t.Cleanup(r.Close)
	return r
}

func TestServices(t *testing.T) {
	m := Message{Text: "one <two> & three\nfour", Data: map[string]any{"drifted": true}}
	for path, c := range map[string]struct{ service, body string }{
		"/services/T0AA/B0BB/secret":           {"slack", `{"text":"one &lt;two&gt; &amp; three\nfour"}`},
		"/open-apis/bot/v2/hook/secret":        {"feishu", `{"msg_type":"text","content":{"text":"one ‹two> & three\nfour"}}`},
		"/robot/send?access_token=secret":      {"dingtalk", `{"msgtype":"text","text":{"content":"one <two> & three\nfour"}}`},
		"/cgi-bin/webhook/send?key=secret":     {"wecom", `{"msgtype":"text","text":{"content":"one <two> & three\nfour"}}`},
		"/hook/secret":                         {"json", `{"text":"one <two> & three\nfour","drifted":true}`},
		"/webhookb2/secret/IncomingWebhook/ab": {"teams", `{"type":"message","attachments":[{"contentType":"application/vnd.microsoft.card.adaptive","content":{"$schema":"http://adaptivecards.io/schemas/adaptive-card.json","type":"AdaptiveCard","version":"1.4","body":[{"type":"TextBlock","text":"one <two> & three\n\nfour","wrap":true}]}}]}`},
	} {
		r := receive(t, "200 ok")
		h, err := Parse(r.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		if h.Service() != c.service {
			t.Errorf("%s is %s, not %s", path, h.Service(), c.service)
		}
		if err := h.Send(t.Context(), m, never); err != nil {
			t.Errorf("%s: %v", path, err)
		}
		var got, want any
		if err := json.Unmarshal([]byte(r.bodies[0]), &got); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal([]byte(c.body), &want); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, got); d != "" || len(r.bodies) != 1 {
			t.Errorf("%s, %d requests (-want +got):\n%s", path, len(r.bodies), d)
		}
	}
}

func TestKnownHosts(t *testing.T) {
	for raw, want := range map[string]string{
		"https://hooks.slack.com/services/T0/B0/x":                            "slack",
		"https://hooks.slack.com/workflows/T0/A0/1/x":                         "slack",
		"https://shop.webhook.office.com/webhookb2/a@b/IncomingWebhook/c/d":   "teams",
		"https://prod-12.westeurope.logic.azure.com:443/workflows/a/triggers": "teams",
		"https://x.environment.api.powerplatform.com/powerautomate/a?sig=b":   "teams",
		"https://open.feishu.cn/open-apis/bot/v2/hook/x":                      "feishu",
		"https://open.larksuite.com/open-apis/bot/v2/hook/x":                  "feishu",
		"https://oapi.dingtalk.com/robot/send?access_token=x":                 "dingtalk",
		"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=x":              "wecom",
		"https://example.com/hooks.slack.com/":                                "json",
		"slack+https://chat.example.com/hooks/x":                              "slack",
	} {
		h, err := Parse(raw)
		if err != nil || h.Service() != want {
			t.Errorf("%s: %v, %v; want %s", raw, h, err, want)
		}
	}
	for _, raw := range []string{"", "no url", "http://example.com/secret", "ftp://example.com/secret", "irc+https://example.com/secret", "https://%zz/secret"} {
		if h, err := Parse(raw); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v, %v", raw, h, err)
		}
	}
}

// Failures that may pass are repeated, up to three attempts; no error contains the URL.
func TestTriesAgain(t *testing.T) {
	for name, c := range map[string]struct {
		answers []string
		path    string
		sent    int
		err     string
	}{
		"at once":           {[]string{"200 ok"}, "/secret", 1, ""},
		"at last":           {[]string{"503", "429", "200"}, "/secret", 3, ""},
		"never":             {[]string{"503"}, "/secret", 3, "it answered with status 503"},
		"wrong":             {[]string{"400 secret"}, "/secret", 1, "it answered with status 400"},
		"elsewhere":         {[]string{"302"}, "/secret", 1, "it answered with status 302"},
		"refused all right": {[]string{`200 {"errcode":93000,"errmsg":"secret"}`}, "/cgi-bin/webhook/send?key=secret", 1, "it refused the message with code 93000"},
		"taken":             {[]string{`200 {"errcode":0,"errmsg":"ok"}`}, "/robot/send?access_token=secret", 1, ""},
	} {
		r := receive(t, c.answers...)
		h, err := Parse(r.URL + c.path)
		if err != nil {
			t.Fatal(err)
		}
		err = h.Send(t.Context(), Message{Text: "x"}, never)
		if len(r.bodies) != c.sent || (err == nil) != (c.err == "") {
			t.Errorf("%s: %d requests, %v", name, len(r.bodies), err)
		}
		if err != nil && (!strings.HasSuffix(err.Error(), c.err) || strings.Contains(err.Error(), "secret")) {
			t.Errorf("%s: %v", name, err)
		}
	}
	gone := receive(t, "200")
	gone.Close()
	h, err := Parse(gone.URL + "/secret")
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Send(t.Context(), Message{Text: "x"}, never); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("nobody there: %v", err)
	}
}

// Long texts are cut to the length that a service accepts, between characters.
func TestLong(t *testing.T) {
	r := receive(t, `200 {"errcode":0}`)
	h, err := Parse(r.URL + "/cgi-bin/webhook/send?key=secret")
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Send(t.Context(), Message{Text: strings.Repeat("限流", 1000)}, never); err != nil {
		t.Fatal(err)
	}
	var got struct{ Text struct{ Content string } }
	if err := json.Unmarshal([]byte(r.bodies[0]), &got); err != nil {
		t.Fatal(err)
	}
	if n := len(got.Text.Content); n > 2000 || n < 1990 || strings.Contains(got.Text.Content, "\ufffd") || !strings.HasSuffix(got.Text.Content, "…") {
		t.Errorf("%d bytes: …%q", n, got.Text.Content[n-20:])
	}
}
