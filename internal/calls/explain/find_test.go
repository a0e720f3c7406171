package explain

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/apigw-sync/apigw-sync/internal/emulator"
	"github.com/apigw-sync/apigw-sync/internal/fetch"
	"github.com/apigw-sync/apigw-sync/internal/remote"
)

const state = `
gateway:
  groups:
    - name: shop
      apis:
        - {name: buy, method: POST, path: /buy}
        - {name: any, method: ANY, path: /any}
        - {name: get, method: GET, path: "/any"}
        - {name: eu/buy, method: GET, path: /eu}
    - name: shop/eu
      apis:
        - {name: buy, method: GET, path: /buy/eu}
        - {name: only, method: GET, path: "/{id}"}
    - name: 支付
      apis:
        - {name: 付款, method: GET, path: /pay}
    - name: bare
      apis:
        - {name: shop/buy, method: GET, path: /bare}
  ids: {api/bare/shop/buy: 0000000000000000000000000000a001}
`

// connect is a client of a gateway in memory.
func connect(t *testing.T, g *emulator.Gateway) *remote.Client {
	t.Helper()
	client, err := remote.New(remote.Config{
		Endpoint: "http://localhost", ProjectID: emulator.DefaultProjectID, InstanceID: emulator.DefaultInstanceID,
		Credentials: remote.Credentials{Token: remote.NewSecret(emulator.DefaultToken)}, Transport: emulator.Transport(g),
	})
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// TestFind: a text finds the API that it names by id, method and path, address or name; one that names several finds none.
func TestFind(t *testing.T) {
	g := emulator.New(emulator.Options{})
	if err := g.Load([]byte(state)); err != nil {
		t.Fatal(err)
	}
	client := connect(t, g)
	for text, want := range map[string][]string{
		"shop/buy":                         {"shop/buy"}, // the address takes precedence over the name
		"shop/eu/buy":                      {"shop/eu/buy", "shop/eu/buy"},
		"shop/eu/only":                     {"shop/eu/only"},
		"only":                             {"shop/eu/only"},
		"buy":                              {"shop/buy", "shop/eu/buy"},
		"bare/shop/buy":                    {"bare/shop/buy"},
		"支付/付款":                            {"支付/付款"},
		"GET /any":                         {"shop/get"},
		"delete  /any":                     {"shop/any"},
		"GET /{id}":                        {"shop/eu/only"},
		"GET /nothing":                     nil,
		"0000000000000000000000000000a001": {"bare/shop/buy"},
		"0000000000000000000000000000ffff": nil,
		"nothing":                          nil,
		"/":                                nil,
		"":                                 nil,
	} {
		t.Run(text, func(t *testing.T) {
			var got []string
			found, err := Find(t.Context(), &fetch.Reader{Caller: client}, text)
			var unclear *Unclear
			switch {
			case errors.As(err, &unclear):
				for _, a := range unclear.APIs {
					got = append(got, a.Address())
				}
			case err != nil:
				t.Fatal(err)
			default:
				got = append(got, found.Address())
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
		})
	}
}
