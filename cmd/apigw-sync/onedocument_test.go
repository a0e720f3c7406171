package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

const stoppedState = `
gateway:
  groups:
    - name: orders
      apis:
        - {name: get_order, method: GET, path: /v1/orders, published: [RELEASE]}
throttles:
  - {name: one, time_interval: 1, time_unit: DAY, api_call_limits: 1}
`

const stoppedFile = `version: apigw-sync/v1
throttles:
  - {name: one, time_interval: 1, time_unit: DAY, api_call_limits: 2, apis: [orders/get_order]}
  - {name: two, time_interval: 1, time_unit: DAY, api_call_limits: 1}
acls:
  - {name: office, type: PERMIT, entity_type: IP, values: [10.0.0.1], apis: [orders/get_order]}
`

// stopped are commands that send requests to a gateway and print JSON. Each runs in a folder of its own.
var stopped = map[string][]string{
	"apply":          {"apply", "--yes"},
	"apply, undo":    {"apply", "--yes", "--undo-file", "undo.plan", "--journal", "journal"},
	"apply, plan":    {"apply", "--yes", "--plan", "saved.plan"},
	"diff":           {"diff", "--out", "new.plan"},
	"drift":          {"drift", "--write-baseline", "baseline.json"},
	"explain":        {"explain", "orders/get_order"},
	"doctor":         {"doctor"},
	"promote":        {"promote", "--from", "a", "--to", "b"},
	"apply, no file": {"apply", "--yes", "-f", "missing.yaml"},
}

// stoppedDir creates the folder for a command that will be stopped.
func stoppedDir(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	keep(t, filepath.Join(dir, "state.yaml"), stoppedState)
	keep(t, filepath.Join(dir, "gateway.yaml"), stoppedFile)
	keep(t, filepath.Join(dir, ".apigw-sync.yaml"), "targets:\n  a: {endpoint: \"emulator:state.yaml\", file: [gateway.yaml]}\n  b: {endpoint: \"emulator:state.yaml\", file: [gateway.yaml]}\n")
	return dir
}

// stopAt runs a command in a folder, and sends it a signal once it has logged this many requests.
func stopAt(t *testing.T, dir string, signal syscall.Signal, after int, args ...string) (code int, out, log string, reached bool) {
	t.Helper()
	args = append(args, "-o", "json", "--verbose", "--parallelism", "1", "--emulator-fault", "op=* slow=2ms")
	cmd := exec.Command("apigw-sync", args...)
	cmd.Dir = dir
	if args[0] != "promote" {
		cmd.Env = append(cmd.Environ(), "APIGW_SYNC_ENDPOINT=emulator:state.yaml")
	}
	var stdout, told bytes.Buffer
	cmd.Stdout = &stdout
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(io.TeeReader(stderr, &told))
	for n := 0; lines.Scan(); {
		if strings.Contains(lines.Text(), "msg=request") {
			if n++; n == after {
				reached = true
				_ = cmd.Process.Signal(signal) // the process may have ended already
			}
		}
	}
	err = cmd.Wait()
	if ended := (*exec.ExitError)(nil); errors.As(err, &ended) {
		code = ended.ExitCode()
	} else if err != nil {
		t.Fatal(err)
	}
	return code, stdout.String(), told.String(), reached
}

// TestOneDocumentOnSignals stops commands after each of their requests. Stdout must always be one JSON document that
// agrees with the exit code.
func TestOneDocumentOnSignals(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no signals")
	}
	signals := []syscall.Signal{syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP}
	for name, args := range stopped {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for after := 1; ; after++ {
				dir := stoppedDir(t)
				if strings.HasSuffix(name, "plan") {
					readyPlan(t, dir)
				}
				signal := signals[after%len(signals)]
				code, out, log, reached := stopAt(t, dir, signal, after, args...)
				at := fmt.Sprintf("%v after %d requests", signal, after)
				oneDocument(t, at, code, out, log)
				if !reached {
					break
				}
			}
		})
	}
}

// TestOneDocumentInTime checks the same for --timeout, at intervals that are shorter than a request.
func TestOneDocumentInTime(t *testing.T) {
	for name, args := range stopped {
		t.Run(name, func(t *testing.T) {
			for d := time.Millisecond; d < 100*time.Millisecond; d += 7 * time.Millisecond {
				dir := stoppedDir(t)
				t.Chdir(dir)
				if strings.HasSuffix(name, "plan") {
					readyPlan(t, dir)
				}
				var environ []string
				if args[0] != "promote" {
					environ = []string{"APIGW_SYNC_ENDPOINT=emulator:state.yaml"}
				}
				var out, log bytes.Buffer
				p := &program{Stdin: &bytes.Buffer{}, Stdout: &out, Stderr: &log, Environ: environ}
				code := p.Main(append(append([]string{}, args...), "-o", "json", "--timeout", d.String(), "--parallelism", "1", "--emulator-fault", "op=* slow=5ms"))
				oneDocument(t, d.String(), code, out.String(), log.String())
			}
		})
	}
}

func readyPlan(t *testing.T, dir string) {
	t.Helper()
	p := &program{Stdin: &bytes.Buffer{}, Stdout: io.Discard, Stderr: io.Discard}
	args := []string{"diff", "-f", filepath.Join(dir, "gateway.yaml"), "--endpoint", "emulator:" + filepath.Join(dir, "state.yaml"), "--out", filepath.Join(dir, "saved.plan")}
	if code := p.Main(args); code != exitDone {
		t.Fatalf("%v: exit code %d", args, code)
	}
}

func oneDocument(t *testing.T, at string, code int, out, log string) {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(out))
	var d struct {
		Errors  []any `json:"errors"`
		Results []any `json:"results"`
		Healthy *bool `json:"healthy"`
	}
	if err := decoder.Decode(&d); err != nil {
		t.Fatalf("%s: exit code %d: stdout is no JSON: %v\n%s\n%s", at, code, err, out, log)
	}
	if _, err := decoder.Token(); err != io.EOF {
		t.Fatalf("%s: exit code %d: stdout holds more than one document:\n%s", at, code, out)
	}
	if code == exitError && len(d.Errors) == 0 && len(d.Results) == 0 && d.Healthy == nil || code == exitIncomplete && len(d.Results) == 0 {
		t.Errorf("%s: exit code %d, and the document does not say why:\n%s", at, code, out)
	}
}
