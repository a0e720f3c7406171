package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// nightly runs drift against a gateway with one throttle, and records the messages that a webhook receives.
type nightly struct {
	t      *testing.T
	dir    string
	url    string
	status int
	lock   sync.Mutex // serializes messages that arrive on different connections
	came   []map[string]any
}

func newNightly(t *testing.T) *nightly {
	t.Helper()
	n := &nightly{t: t, dir: t.TempDir(), status: http.StatusOK}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		body, _ := io.ReadAll(q.Body)
		var got map[string]any
		if err := json.Unmarshal(body, &got); err != nil {
			t.Error(err)
		}
		n.lock.Lock()
		defer n.lock.Unlock()
		n.came = append(n.came, got)
		w.WriteHeader(n.status)
	}))
	t.Cleanup(server.Close)
	n.url = server.URL + "/s3cr3t-path?key=s3cr3t"
	n.write("gateway.yaml", "version: apigw-sync/v1\nthrottles:\n  - {name: basic, time_interval: 1, time_unit: MINUTE, api_call_limits: 5}\n")
	if err := os.Mkdir(filepath.Join(n.dir, "history"), 0o700); err != nil {
		t.Fatal(err)
	}
	return n
}

func (n *nightly) write(name, text string) {
	n.t.Helper()
	if err := os.WriteFile(filepath.Join(n.dir, name), []byte(text), 0o600); err != nil {
		n.t.Fatal(err)
	}
}

// run compares files with a gateway whose throttle has this limit, and returns the output, the exit code and the
// number of messages.
func (n *nightly) run(limit string, args ...string) (text string, code, came int) {
	n.t.Helper()
	n.write("state.yaml", "version: apigw-sync/v1\nthrottles:\n  - {name: basic, time_interval: 1, time_unit: MINUTE, api_call_limits: "+limit+"}\n")
	var out bytes.Buffer
	p := &program{Stdin: &bytes.Buffer{}, Stdout: &out, Stderr: &out, Environ: []string{
		"APIGW_SYNC_ENDPOINT=emulator:" + filepath.Join(n.dir, "state.yaml"), "CHAT_URL=" + n.url, "APIGW_SYNC_FILE=" + filepath.Join(n.dir, "gateway.yaml"),
	}}
	before := len(n.came)
	code = p.Main(append([]string{"drift", "--traffic", "off"}, args...))
	if strings.Contains(out.String(), "s3cr3t") {
		n.t.Errorf("the URL is printed:\n%s", &out)
	}
	return out.String(), code, len(n.came) - before
}

// TestNotify checks that without a history every run that finds drift sends a message.
func TestNotify(t *testing.T) {
	n := newNightly(t)
	if text, code, came := n.run("5", "--notify", n.url); code != exitDone || came != 0 {
		t.Errorf("no drift: %d, %d messages\n%s", code, came, text)
	}
	for range 2 {
		if text, code, came := n.run("6", "--notify", "${CHAT_URL}", "--notify", n.url); code != exitDiffers || came != 2 {
			t.Errorf("drift: %d, %d messages\n%s", code, came, text)
		}
	}
	last := n.came[len(n.came)-1]
	text, _ := last["text"].(string)
	if want := "throttle/basic: differs: /api_call_limits: 6 on the gateway, 5 in the files"; !strings.Contains(text, want) || last["drifted"] != true || last["command"] != "drift" {
		t.Errorf("got %v", last)
	}
}

// TestNotifyNews checks that with a history only news is sent, including that there is no more drift.
func TestNotifyNews(t *testing.T) {
	n := newNightly(t)
	for i, night := range []struct {
		limit string
		came  int
	}{{"5", 0}, {"6", 1}, {"6", 0}, {"7", 1}, {"7", 0}, {"5", 1}, {"5", 0}} {
		to := filepath.Join(n.dir, "history", string(rune('a'+i))+".json")
		if text, _, came := n.run(night.limit, "--notify", n.url, "--history", filepath.Join(n.dir, "history"), "-o", "json", "--output-file", to); came != night.came {
			t.Errorf("night %d: %d messages, want %d\n%s", i, came, night.came, text)
		}
	}
	if text, _ := n.came[len(n.came)-1]["text"].(string); !strings.Contains(text, "No drift") {
		t.Errorf("all is well again: %s", text)
	}
}

// TestNotifyFails checks that a rejected message and an invalid URL are warnings that do not change the result.
func TestNotifyFails(t *testing.T) {
	n := newNightly(t)
	n.status = http.StatusForbidden
	if text, code, came := n.run("6", "--notify", n.url); code != exitDiffers || came != 1 || !strings.Contains(text, "warning: no message was sent about this: json at 127.0.0.1:") || !strings.Contains(text, "throttle/basic") {
		t.Errorf("%d, %d messages\n%s", code, came, text)
	}
	for _, url := range []string{"${NOT_SET:?who knows}", "http://chat.example.com/s3cr3t", "s3cr3t"} {
		if text, code, _ := n.run("6", "--notify", url); code != exitDiffers || !strings.Contains(text, "warning: --notify, URL 1: ") {
			t.Errorf("%s: %d\n%s", url, code, text)
		}
	}
}

// TestNotifyTarget checks that messages are sent to the URLs of the target.
func TestNotifyTarget(t *testing.T) {
	n := newNightly(t)
	n.write("config.yaml", "targets:\n  prod: {notify: [\"${CHAT_URL}\"]}\n")
	if text, _, came := n.run("6", "--config", filepath.Join(n.dir, "config.yaml"), "--target", "prod"); came != 1 {
		t.Errorf("%d messages\n%s", came, text)
	}
	if text, _, came := n.run("6", "--config", filepath.Join(n.dir, "config.yaml"), "--target", "prod", "--notify", "none"); came != 0 || strings.Contains(text, "warning") {
		t.Errorf("nobody is to be told: %d messages\n%s", came, text)
	}
	if gateway, _ := n.came[0]["gateway"].(map[string]any); gateway["target"] != "prod" {
		t.Errorf("got %v", n.came[0])
	}
}
