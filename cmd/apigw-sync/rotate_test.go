package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/apigw-sync/apigw-sync/internal/emulator"
)

// oldCode is the code that the rotations of TestRotationKilled replace.
var oldCode = strings.Repeat("c", 64)

// handedOver returns the code that a rotation handed over last, from its output or from a file in its folder.
type handedOver func(folder, stdout string) string

func inFile(name string) handedOver {
	return func(folder, _ string) string {
		raw, _ := os.ReadFile(filepath.Join(folder, name))
		return strings.TrimSpace(string(raw))
	}
}

func printed(_, stdout string) string { return strings.TrimSpace(stdout) }

// TestRotationKilled kills a rotation at each of its requests and runs it again. The app must end up with exactly one
// code, the one that was handed over last, and must never be without a code.
func TestRotationKilled(t *testing.T) {
	for name, mode := range map[string]struct {
		args []string
		got  handedOver
	}{
		"printed":  {[]string{"--finish"}, printed},
		"overlap":  {[]string{"--overlap", "1ms"}, printed},
		"file":     {[]string{"--finish", "--to-file", "code"}, inFile("code")},
		"command":  {[]string{"--finish", "--exec", "cat > code"}, inFile("code")},
		"variable": {[]string{"--finish", "--from-env", "NEW_CODE", "--exec", "cat > code"}, inFile("code")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			reached := true
			for n := 0; reached; n++ {
				for _, carried := range []bool{false, true} {
					r := newRotated(t, mode.args)
					r.killAt, r.carried = n, carried
					reached = r.killed(t)
					r.finish(t, mode.got)
				}
				if most := 20; n > most {
					t.Fatalf("a rotation takes more than %d requests", most)
				}
			}
		})
	}
}

// TestRotationKilledBetween checks the same for a rotation that is killed while it hands over the code or while it
// waits.
func TestRotationKilledBetween(t *testing.T) {
	t.Run("handing over", func(t *testing.T) {
		t.Parallel()
		r := newRotated(t, []string{"--finish", "--exec", "cat > code; test -e again || { touch again; kill -9 $PPID; }"})
		if !r.killed(t) {
			t.Error("the run was not killed")
		}
		r.finish(t, inFile("code"))
	})
	t.Run("waiting", func(t *testing.T) {
		t.Parallel()
		r := newRotated(t, []string{"--overlap", "1m", "--exec", "cat > code && touch handed"})
		go func() {
			for r.ctx.Err() == nil {
				if _, err := os.Stat(filepath.Join(r.folder, "handed")); err == nil {
					r.kill()
				}
				time.Sleep(time.Millisecond)
			}
		}()
		r.killed(t)
		r.args = []string{"--overlap", "1ms", "--exec", "cat > code"}
		r.finish(t, inFile("code"))
	})
}

// rotated runs a command, such as the rotation of an app's code, against a gateway in a process that can be killed.
type rotated struct {
	gateway *emulator.Gateway
	folder  string
	command []string
	told    bytes.Buffer // stderr of the last run
	args    []string
	ctx     context.Context //nolint:containedctx // ends when the process is killed
	kill    context.CancelFunc

	mu      sync.Mutex
	seen    int
	killAt  int  // the request at which the process is killed; negative for none
	carried bool // whether the gateway carries out that request
}

func newRotated(t *testing.T, args []string) *rotated {
	t.Helper()
	return newKilled(t, "gateway: {environments: [RELEASE]}\napps: [{name: shop, app_codes: ["+oldCode+"]}]\n", []string{"rotate", "code", "shop", "--yes"}, args...)
}

func newKilled(t *testing.T, state string, command []string, args ...string) *rotated {
	t.Helper()
	r := &rotated{gateway: emulator.New(emulator.Options{Behaviour: emulator.Behaviour{FeatureChanges: "any-time"}}), folder: t.TempDir(), command: command, args: args, killAt: -1}
	if err := r.gateway.Load([]byte(state)); err != nil {
		t.Fatal(err)
	}
	r.ctx, r.kill = context.WithCancel(t.Context())
	t.Cleanup(r.kill)
	return r
}

func (r *rotated) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	r.mu.Lock()
	at := r.seen
	r.seen++
	r.mu.Unlock()
	if r.killAt >= 0 && at >= r.killAt {
		if at == r.killAt && r.carried {
			r.gateway.ServeHTTP(httptest.NewRecorder(), q)
		}
		r.kill() // like kill -9
		panic(http.ErrAbortHandler)
	}
	r.gateway.ServeHTTP(w, q)
}

// run runs the command once, in a separate process.
func (r *rotated) run(ctx context.Context, t *testing.T) (stdout string, err error) {
	t.Helper()
	server := httptest.NewServer(r)
	defer server.Close()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	child := exec.CommandContext(ctx, self)
	child.Args = append(append([]string{"apigw-sync"}, r.command...), r.args...)
	r.told.Reset()
	child.Dir, child.Stdout, child.Stderr = r.folder, &out, &r.told
	child.Env = append(os.Environ(), "APIGW_SYNC_ENDPOINT="+server.URL, "APIGW_SYNC_TOKEN="+emulator.DefaultToken,
		"APIGW_SYNC_PROJECT_ID="+emulator.DefaultProjectID, "APIGW_SYNC_INSTANCE_ID="+emulator.DefaultInstanceID,
		"NEW_CODE="+strings.Repeat("n", 64), "XDG_STATE_HOME="+r.folder)
	err = child.Run()
	return out.String(), err
}

// killed runs a command that is to be killed, and returns false if it ended before that.
func (r *rotated) killed(t *testing.T) bool {
	t.Helper()
	_, err := r.run(r.ctx, t)
	return err != nil
}

// finish runs the rotation again, and checks that the app has the code that was handed over.
func (r *rotated) finish(t *testing.T, got handedOver) {
	t.Helper()
	at := fmt.Sprintf("killed at request %d, carried out: %v", r.killAt, r.carried)
	r.killAt = -1
	stdout, err := r.run(t.Context(), t)
	if err != nil {
		t.Fatalf("%s: the second run: %v", at, err)
	}
	want := map[string]bool{hashOf(got(r.folder, stdout)): true}
	if diff := cmp.Diff(want, r.codes(t)); diff != "" {
		t.Errorf("%s: the code that was handed over is not the one that the app has (-handed over +has):\n%s", at, diff)
	}
}

// codes returns the hashes of the codes that the app has, and checks that the app was never without a code.
func (r *rotated) codes(t *testing.T) map[string]bool {
	t.Helper()
	codes := map[string]bool{hashOf(oldCode): true}
	for _, e := range r.gateway.Journal() {
		for _, effect := range e.Effects {
			switch effect.Action {
			case "create":
				codes[effect.Value] = true
			case "delete":
				delete(codes, effect.Value)
			}
			if len(codes) == 0 {
				t.Error("the app was without a code")
			}
		}
	}
	return codes
}

func hashOf(code string) string {
	sum := sha256.Sum256([]byte(code))
	return hex.EncodeToString(sum[:4])
}
