package reconcile_test

import (
	"testing"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/emulator"
	"github.com/apigw-sync/apigw-sync/internal/reconcile"
)

// TestBindingsToOtherAPIs: bindings to APIs that the files do not name are found, too, although only the named APIs are looked up.
func TestBindingsToOtherAPIs(t *testing.T) {
	g := gateway(t, []byte(`
version: apigw-sync/v1
gateway:
  groups:
    - name: shop
      apis:
        - {name: named, method: GET, path: /named, auth_type: APP, published: [RELEASE]}
        - {name: other, method: GET, path: /other, auth_type: APP, published: [RELEASE]}
apps:
  - {name: app_one, apis: [shop/named, shop/other]}
  - {name: app_two, apis: [shop/named, shop/other]}
  - {name: app_three, apis: [shop/named, shop/other]}
plugins:
  - {name: plugin_one, type: cors, content: {allow_origin: "*"}, apis: [shop/other]}
  - {name: plugin_two, type: rate_limit, content: {scope: basic, api_limit: 1}, apis: [shop/other]}
`), emulator.Behaviour{InstanceWideAuths: "refused"})
	run := &reconcile.Run{Caller: client(t, g), Options: diff.Options{MaxDeletes: -1}, Parallel: 8}
	c := compare(t.Context(), t, run, load(t, []byte(`
version: apigw-sync/v1
apps:
  - {name: app_one, apis: [shop/named]}
  - {name: app_two, apis: [shop/named]}
  - {name: app_three, apis: [shop/named]}
plugins:
  - {name: plugin_one, type: cors, content: {allow_origin: "*"}, apis: [shop/named]}
  - {name: plugin_two, type: rate_limit, content: {scope: basic, api_limit: 1}, apis: [shop/named]}
`)))
	if s := c.Plan.Summary(); s.Unbind != 5 || s.Bind != 2 {
		t.Errorf("%d unbinds and %d binds, want 5 and 2:\n%s", s.Unbind, s.Bind, describe(c.Plan.Changes))
	}
}
