package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/apigw-sync/apigw-sync/internal/emulator"
	"github.com/apigw-sync/apigw-sync/internal/world"
)

// TestExportEstate fills a gateway through its API only, without any file of ours, and exports it by API group. The
// exported files must be valid, and comparing them with the gateway must find no difference. The variable
// EXPORT_BINDINGS sets the size; 20000 gives the estate that docs/performance.md is about.
func TestExportEstate(t *testing.T) {
	bindings := 4000
	if s, set := os.LookupEnv("EXPORT_BINDINGS"); set {
		var err error
		if bindings, err = strconv.Atoi(s); err != nil {
			t.Fatal(err)
		}
	}
	e := world.NewEstate(world.OfBindings(bindings), 1)
	g := emulator.New(emulator.Options{})
	room := world.NewEstate(world.Size{}, 1).Bare() // an empty gateway with the quotas of a large one
	if err := g.Load(room); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(g)
	defer server.Close()
	send := sender(t, server.URL)
	if err := fill(e, send); err != nil {
		t.Fatal(err)
	}
	takeOffline(t, send)
	folder := filepath.Join(t.TempDir(), "gateway")
	for _, args := range [][]string{
		{"export", "--split", "group", "--output-file", folder},
		{"validate", "-f", folder},
		{"diff", "-f", folder, "--detailed-exitcode"},
	} {
		var stdout, stderr bytes.Buffer
		p := &program{Stdin: &bytes.Buffer{}, Stdout: &stdout, Stderr: &stderr, Environ: []string{
			"APIGW_SYNC_ENDPOINT=" + server.URL, "APIGW_SYNC_PROJECT_ID=" + emulator.DefaultProjectID,
			"APIGW_SYNC_INSTANCE_ID=" + emulator.DefaultInstanceID, "APIGW_SYNC_TOKEN=" + emulator.DefaultToken,
		}}
		if code := p.Main(args); code != 0 {
			t.Fatalf("%s: exit code %d\n%.2000s\n%.2000s", args[0], code, stdout.String(), stderr.String())
		}
		if args[0] == "validate" {
			for _, n := range []string{
				fmt.Sprint(len(e.Of("throttle")), " throttles"), fmt.Sprint(len(e.Of("acl")), " acls"),
				fmt.Sprint(len(e.Of("app")), " apps"), fmt.Sprint(len(e.Of("plugin")), " plugins"),
			} {
				if !strings.Contains(stdout.String(), n) {
					t.Errorf("the files hold %s, want %s", stdout.String(), n)
				}
			}
		}
	}
}

// takeOffline takes an API offline. Its bindings stay, although no reference can match them any more.
func takeOffline(t *testing.T, send request) {
	t.Helper()
	listed, err := send("GET", "/apis?limit=1", nil)
	if err != nil {
		t.Fatal(err)
	}
	api, _ := listed["apis"].([]any)[0].(map[string]any)
	env, _, _ := strings.Cut(fmt.Sprint(api["run_env_id"]), "|")
	if _, err := send("POST", "/apis/action", map[string]any{"action": "offline", "api_id": api["id"], "env_id": env}); err != nil {
		t.Fatal(err)
	}
}

// sender returns a function that sends requests to a gateway.
func sender(t *testing.T, endpoint string) request {
	t.Helper()
	return func(method, path string, body any) (map[string]any, error) {
		payload, err := json.Marshal(body)
		if err != nil {
			return nil, err
		}
		url := endpoint + "/v2/" + emulator.DefaultProjectID + "/apigw/instances/" + emulator.DefaultInstanceID + path
		r, err := http.NewRequestWithContext(t.Context(), method, url, bytes.NewReader(payload))
		if err != nil {
			return nil, err
		}
		r.Header.Set("X-Auth-Token", emulator.DefaultToken)
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			return nil, err
		}
		defer func() { _ = answer.Body.Close() }()
		text, err := io.ReadAll(answer.Body)
		if err != nil {
			return nil, err
		}
		if answer.StatusCode >= 300 {
			return nil, fmt.Errorf("%s %s: %d %s", method, path, answer.StatusCode, text)
		}
		var out map[string]any
		err = json.Unmarshal(text, &out)
		return out, err
	}
}
