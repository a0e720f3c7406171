package reconcile_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/apigw-sync/apigw-sync/internal/emulator"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/reconcile"
	"github.com/apigw-sync/apigw-sync/internal/remote"
)

// bent is a transport that changes the successful answers of a gateway, one at a time, so that the changing function may count.
type bent struct {
	http.RoundTripper
	bend func(r *http.Request, body []byte) (status int, bent []byte)
	mu   sync.Mutex
}

func (b *bent) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := b.RoundTripper.RoundTrip(r)
	if err != nil || resp.StatusCode > 299 {
		return resp, err
	}
	body, err := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	b.mu.Lock()
	resp.StatusCode, body = b.bend(r, body)
	b.mu.Unlock()
	resp.Body, resp.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	return resp, err
}

// bend is a client that receives changed answers of a gateway.
func bend(t *testing.T, g *emulator.Gateway, how func(*http.Request, []byte) (int, []byte)) *remote.Client {
	t.Helper()
	client, err := remote.New(remote.Config{
		Endpoint: "http://localhost", ProjectID: emulator.DefaultProjectID, InstanceID: emulator.DefaultInstanceID,
		Credentials: remote.Credentials{Token: remote.NewSecret(emulator.DefaultToken)}, Transport: &bent{RoundTripper: emulator.Transport(g), bend: how},
	})
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func everything(t *testing.T, run *reconcile.Run) *reconcile.Everything {
	t.Helper()
	e, err := run.Everything(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// It is not an error if a policy is deleted between the list that shows it and the list of its bindings: the gateway is read again.
func TestPolicyVanishesWhileRead(t *testing.T) {
	const mine = "version: apigw-sync/v1\nowns: {acls: [\"*\"]}\nacls:\n" +
		"  - {name: office, type: PERMIT, entity_type: IP, values: [10.0.0.1], apis: [{group: orders}]}\n"
	const theirs = "  - {name: theirs, type: PERMIT, entity_type: IP, values: [10.0.0.2], apis: []}\n"
	for _, export := range []bool{false, true} {
		t.Run(fmt.Sprintf("export %v", export), func(t *testing.T) {
			gone := ""
			b := newBench(t, apis(3), emulator.Options{}, remote.Config{})
			b.apply(mine + theirs)
			client := bend(t, b.gateway, func(r *http.Request, body []byte) (int, []byte) {
				if strings.HasSuffix(r.URL.Path, "/acls") && gone == "" {
					for _, o := range everything(t, b.run).Actual.Objects {
						if o.Key == "theirs" {
							gone = o.ID
							_, err := b.client.Call(t.Context(), kind.Of("acl").Delete(nil, o.ID), nil)
							if err != nil {
								t.Error(err)
							}
						}
					}
					body = bytes.ReplaceAll(body, []byte(`"bind_num":0`), []byte(`"bind_num":1`))
				}
				return 200, body
			})
			run := *b.run
			run.Caller = client
			if export {
				for _, o := range everything(t, &run).Actual.Objects {
					if o.Key == "theirs" {
						t.Errorf("%s is still there", o.Address())
					}
				}
			} else if c := compare(t.Context(), t, &run, load(t, []byte(mine))); !c.Plan.Empty() {
				t.Errorf("%d changes", len(c.Plan.Changes))
			}
			asked := 0
			for _, e := range b.gateway.Journal() {
				if e.Status == 404 {
					asked++
				}
			}
			if asked != 1 {
				t.Errorf("what is gone was asked for %d times", asked)
			}
		})
	}
}
