package reconcile_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"sync"
	"testing"

	"github.com/apigw-sync/apigw-sync/internal/apply"
	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/emulator"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/reconcile"
	"github.com/apigw-sync/apigw-sync/internal/reconcile/compared"
	"github.com/apigw-sync/apigw-sync/internal/remote"
	"github.com/apigw-sync/apigw-sync/internal/world"
	"github.com/apigw-sync/apigw-sync/internal/world/chaos"
)

// Environment variables of the process that TestKill kills.
const (
	killedEndpoint = "APIGW_SYNC_TEST_KILL_ENDPOINT"
	killedFile     = "APIGW_SYNC_TEST_KILL_FILE"
)

// quick is a gateway that accepts changes of features at any time: the test runs in real time and must not wait for a minute.
var quick = emulator.Behaviour{FeatureChanges: "any-time"}

// spare is the number of requests by which two runs from the same state may differ, since writes may collide and be repeated.
const spare = 5

// TestKill: a run may be killed at any request, before or after the gateway carries that out. The next run completes it and
// creates nothing twice.
func TestKill(t *testing.T) {
	if os.Getenv(killedEndpoint) != "" {
		t.Skip("this is the process to be killed")
	}
	have, want := sixtyChanges(t)
	steps := requestsOf(t, have, want)
	t.Logf("%d requests", steps)
	file := t.TempDir() + "/gateway.yaml"
	if err := os.WriteFile(file, want, 0o600); err != nil {
		t.Fatal(err)
	}
	for n := range steps {
		if world.Raced && n%8 != 0 {
			continue // each case starts a process, which takes a second
		}
		for _, carried := range []bool{false, true} {
			t.Run(fmt.Sprintf("%d carried=%v", n, carried), func(t *testing.T) {
				t.Parallel()
				if reached := killedAt(t, n, carried, have, want, file); !reached && n < steps-spare {
					t.Errorf("the run never came to its request %d", n)
				}
			})
		}
	}
}

// TestKilled is the run that TestKill kills, in a process of its own.
func TestKilled(t *testing.T) {
	endpoint := os.Getenv(killedEndpoint)
	if endpoint == "" {
		t.Skip("only runs for TestKill")
	}
	want, err := os.ReadFile(os.Getenv(killedFile))
	if err != nil {
		t.Fatal(err)
	}
	client, err := remote.New(remote.Config{
		Endpoint: endpoint, ProjectID: emulator.DefaultProjectID, InstanceID: emulator.DefaultInstanceID,
		Credentials: remote.Credentials{Token: remote.NewSecret(emulator.DefaultToken)}, Parallelism: 4,
	})
	if err != nil {
		t.Fatal(err)
	}
	run := &reconcile.Run{Caller: client, Options: diff.Options{Prune: true, MaxDeletes: -1}, Parallel: 4}
	run.Apply(t.Context(), compare(t.Context(), t, run, load(t, want)))
}

// sixtyChanges draws a gateway and a file that differ by at least 60 changes, with some of every kind.
func sixtyChanges(t *testing.T) (have, want []byte) {
	t.Helper()
	for seed := range world.Fewer(100, 10) {
		w := world.New(rand.New(rand.NewPCG(seed, 9)), world.Options{Groups: 1, APIs: 5, Policies: 4, Generate: true, Features: true})
		have, want = w.Gateway(w.Draw()), w.File(wanted(w, seed))
		g := gateway(t, have, quick)
		if c := compare(t.Context(), t, inProcess(t, g), load(t, want)); len(c.Plan.Changes) >= 60 && ofEveryKind(c.Plan) {
			return have, want
		}
	}
	t.Fatal("no two states are 60 changes of all kinds apart")
	return nil, nil
}

// ofEveryKind reports whether a plan has changes of every kind of objects and links.
func ofEveryKind(p *diff.Plan) bool {
	return !slices.ContainsFunc(kindsAndLinks(), func(name string) bool {
		return !slices.ContainsFunc(p.Changes, func(ch diff.Change) bool { return ch.Kind == name })
	})
}

func inProcess(t *testing.T, g *emulator.Gateway) *reconcile.Run {
	t.Helper()
	return &reconcile.Run{Caller: client(t, g), Options: diff.Options{Prune: true, MaxDeletes: -1}, Parallel: 4}
}

// requestsOf counts the requests of a whole run.
func requestsOf(t *testing.T, have, want []byte) int {
	t.Helper()
	g := gateway(t, have, quick)
	run := inProcess(t, g)
	run.Apply(t.Context(), compare(t.Context(), t, run, load(t, want)))
	return len(g.Journal())
}

// killedAt runs the tool in a process of its own, kills it at the n-th request, and runs it again. It returns false if the run
// ends before.
func killedAt(t *testing.T, n int, carried bool, have, want []byte, file string) (reached bool) {
	t.Helper()
	g := gateway(t, have, quick)
	planned := codesToMake(compare(t.Context(), t, inProcess(t, g), load(t, want)))
	g.ResetJournal()

	alive, kill := context.WithCancel(t.Context())
	defer kill()
	child := exec.CommandContext(alive, os.Args[0], "-test.run=^TestKilled$")
	var mu sync.Mutex
	seen := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		at := seen
		seen++
		mu.Unlock()
		switch {
		case at == n && carried:
			g.ServeHTTP(httptest.NewRecorder(), r)
			fallthrough
		case at >= n:
			kill() // as kill -9 does
			panic(http.ErrAbortHandler)
		}
		g.ServeHTTP(w, r)
	}))
	defer server.Close()
	child.Env = append(os.Environ(), killedEndpoint+"="+server.URL, killedFile+"="+file)
	err := child.Run()
	mu.Lock()
	reached = seen > n
	mu.Unlock()
	if err == nil && reached {
		t.Errorf("the run ended well, though it was killed")
	}

	run := inProcess(t, g)
	out := run.Apply(t.Context(), compare(t.Context(), t, run, load(t, want)))
	for _, r := range out.Results {
		if r.Status != apply.Succeeded {
			t.Errorf("after the kill: %s", describeResult(r))
		}
	}
	if left := compare(t.Context(), t, run, load(t, want)).Plan; !left.Empty() {
		t.Errorf("after the kill and another run remain:\n%s", describe(left.Changes))
	}
	noneTwice(t, g.Journal(), planned)
	return reached
}

// codesToMake is how many codes a plan creates for each app.
func codesToMake(c *compared.Result) map[string]int {
	out := map[string]int{}
	for _, ch := range c.Plan.Changes {
		if ch.Kind == "app_code" && ch.Action == diff.Create {
			out[ch.Name]++
		}
	}
	return out
}

// noneTwice checks that in all runs each object was created once, and that each app got the planned number of codes.
func noneTwice(t *testing.T, journal []emulator.Entry, planned map[string]int) {
	t.Helper()
	made, codes := map[string]int{}, map[string]int{}
	for _, e := range chaos.Effects(journal) {
		switch {
		case e.Action != "create":
		case e.Kind == "app_code":
			codes[e.PolicyName]++
		case e.API == "" && kind.LinkOf(e.Kind) == nil:
			made[e.Kind+"/"+e.PolicyName+"/"+e.Name]++
		}
	}
	for name, n := range made {
		if n > 1 {
			t.Errorf("%s was made %d times", name, n)
		}
	}
	for app, n := range codes {
		if n != planned[app] {
			t.Errorf("%s got %d codes instead of %d", app, n, planned[app])
		}
	}
}
