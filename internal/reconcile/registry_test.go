package reconcile_test

import (
	"strings"
	"testing"

	"github.com/apigw-sync/apigw-sync/internal/emulator"
	"github.com/apigw-sync/apigw-sync/internal/remote"
)

const registry = `version: apigw-sync/v1
channels:
  - {name: registry, type: microservice, port: 80, balance_strategy: source_hash, microservice: {service_type: NACOS,
     nacos_info: {service_name: orders, server_config: [{ip_address: 192.0.2.20, port: 8848}], user_info: {user_name: gateway, password: s3cr3t-pass}}}}
`

// TestUserOfARegistry: a gateway may return the user of a registry or not. In each case there is no difference after an apply of a
// file with the user, every update sends the user, and there is a warning about what cannot be compared.
func TestUserOfARegistry(t *testing.T) {
	for _, habit := range []string{"absent", "masked", "clear", "no-user"} {
		t.Run(habit, func(t *testing.T) {
			b := newBench(t, apis(1), emulator.Options{Behaviour: emulator.Behaviour{ChannelSecret: habit}}, remote.Config{})
			same := func(file string) {
				t.Helper()
				c := compare(t.Context(), t, b.run, load(t, []byte(file)))
				if len(c.Plan.Changes) > 0 {
					t.Errorf("the plan after it: %v", words(c.Plan))
				}
				told := len(c.Plan.Warnings) == 1 && strings.Contains(c.Plan.Warnings[0].Message, "user_info/password")
				if hides := habit != "clear" && strings.Contains(file, "s3cr3t"); told != hides {
					t.Errorf("warnings %+v", c.Plan.Warnings)
				}
			}
			whole(t, b.apply(registry).Results)
			same(registry)
			edit := strings.Replace(registry, "port: 80,", "port: 81,", 1)
			whole(t, b.apply(edit).Results)
			same(edit)
			b.gateway.SetBehaviour(emulator.Behaviour{ChannelSecret: "clear"})
			if c := compare(t.Context(), t, b.run, load(t, []byte(edit))); len(c.Plan.Changes) > 0 {
				t.Errorf("the update lost something: %v", words(c.Plan))
			}
			b.gateway.SetBehaviour(emulator.Behaviour{ChannelSecret: habit})

			// Without a password in the file an update would remove the hidden one, so it is refused.
			bare := strings.NewReplacer(", password: s3cr3t-pass", "", "port: 80,", "port: 82,").Replace(registry)
			c := compare(t.Context(), t, b.run, load(t, []byte(bare)))
			if refused := len(c.Plan.Refusals) == 1; refused != (habit != "clear") {
				t.Errorf("refusals %+v", c.Plan.Refusals)
			}

			// A registry without a user stays without one.
			nobody := strings.NewReplacer(", user_info: {user_name: gateway, password: s3cr3t-pass}", "", "name: registry", "name: open").Replace(registry)
			whole(t, b.apply(nobody).Results)
			same(nobody)
		})
	}
}
