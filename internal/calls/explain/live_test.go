package explain

import (
	"testing"

	"github.com/apigw-sync/apigw-sync/internal/api"
	"github.com/apigw-sync/apigw-sync/internal/emulator"
	"github.com/apigw-sync/apigw-sync/internal/fetch"
	"github.com/apigw-sync/apigw-sync/internal/spec"
)

// TestDraft checks that explain shows the published definition, even if the draft has changed since.
func TestDraft(t *testing.T) {
	g := emulator.New(emulator.Options{})
	if err := g.Load([]byte(`
authorizers: [{name: before, type: FRONTEND, uri: "urn:one"}, {name: since, type: FRONTEND, uri: "urn:two"}]
channels: [{name: old_backend, port: 80, balance_strategy: source_hash}, {name: new_backend, port: 80, balance_strategy: source_hash}]
gateway:
  ids: {authorizer/since: 0000000000000000000000000000000a, channel/new_backend: 0000000000000000000000000000000c}
  groups:
    - name: shop
      apis: [{name: buy, method: POST, path: /buy, auth_type: AUTHORIZER, authorizer: before, backend: {http: {channel: old_backend, protocol: HTTP, method: GET, path: /}}, published: [RELEASE]}]
`)); err != nil {
		t.Fatal(err)
	}
	client := connect(t, g)
	reader := &fetch.Reader{Caller: client}
	a, err := Find(t.Context(), reader, "shop/buy")
	if err != nil {
		t.Fatal(err)
	}
	const since, backend = "0000000000000000000000000000000a", "0000000000000000000000000000000c"
	change := api.Request{Operation: "UpdateApiV2", Method: "PUT", Path: []string{"apis", a.ID}, Body: map[string]any{
		"name": a.Name, "type": 1, "group_id": a.GroupID, "req_protocol": "HTTPS", "req_method": a.Method, "req_uri": a.Path,
		"auth_type": a.AuthType, "authorizer_id": since, "backend_type": "HTTP",
		"backend_api": map[string]any{"req_protocol": "HTTP", "req_method": "GET", "req_uri": "/", "vpc_channel_status": 1, "vpc_channel_info": map[string]any{"vpc_channel_id": backend}},
	}}
	if err := reader.Read(t.Context(), change, nil); err != nil {
		t.Fatal(err)
	}
	r, err := Look(t.Context(), reader, &spec.State{}, a, "RELEASE")
	if err != nil {
		t.Fatal(err)
	}
	if r.Authorizer.Name != "before" || len(r.Backends) != 1 || r.Backends[0].Channel.Name != "old_backend" {
		t.Errorf("explain shows %s and %+v", r.Authorizer.Name, r.Backends)
	}
}
