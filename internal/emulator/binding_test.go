package emulator_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/apigw-sync/apigw-sync/internal/emulator"
)

// behave sets the gateway's behaviour, written as for --emulator-behaviour.
func behave(rules ...string) func(*emulator.Options) {
	return func(o *emulator.Options) {
		b, err := emulator.ParseBehaviour(rules...)
		if err != nil {
			panic(err)
		}
		o.Behaviour = b
	}
}

// bindThrottle binds a throttle to APIs in RELEASE, and returns the ids of the bindings.
func (c *client) bindThrottle(throttle string, apis ...string) []string {
	c.t.Helper()
	var publishIDs, ids []string
	for _, name := range apis {
		publishIDs = append(publishIDs, c.publishID(name, "RELEASE"))
	}
	answer := c.do("POST", "/throttle-bindings", object{"strategy_id": throttle, "publish_ids": publishIDs}, 201)
	for _, x := range answer["throttle_applys"].([]any) {
		ids = append(ids, x.(object)["id"].(string))
	}
	return ids
}

func (c *client) newThrottle(name string) string {
	c.t.Helper()
	return c.do("POST", "/throttles", throttleWith(object{"name": name}), 201)["id"].(string)
}

// column returns one member of each item of a list.
func (c *client) column(path, list, member string) []string {
	c.t.Helper()
	values := []string{}
	for _, x := range c.list(path, list) {
		values = append(values, x[member].(string))
	}
	return values
}

// effects returns the effects of the last entry of the journal, without ids.
func (c *client) effects() []emulator.Effect {
	c.t.Helper()
	all := c.g.Journal()
	var plain []emulator.Effect
	for _, e := range all[len(all)-1].Effects {
		e.ID, e.Policy = "", ""
		plain = append(plain, e)
	}
	return plain
}

// TestRebindReplaces checks that binding a second throttle displaces the first one.
func TestRebindReplaces(t *testing.T) {
	for _, keeps := range []bool{false, true} {
		c := newShop(t, func(o *emulator.Options) { o.Behaviour.ReplaceKeepsBindingID = keeps })
		old := c.id("/throttles", "throttles", "name", "orders_basic")
		before := c.column("/throttle-bindings/binded-apis?api_name=create_order&throttle_id="+old, "apis", "throttle_apply_id")
		fresh := c.newThrottle("fresh")
		got := c.bindThrottle(fresh, "create_order")
		want := []emulator.Effect{
			{Kind: "throttle_binding", Action: "delete", PolicyName: "orders_basic", API: "orders/create_order", Env: "RELEASE"},
			{Kind: "throttle_binding", Action: "create", PolicyName: "fresh", API: "orders/create_order", Env: "RELEASE"},
		}
		if d := cmp.Diff(want, c.effects()); d != "" {
			t.Errorf("effects (-want +got):\n%s", d)
		}
		if same := got[0] == before[0]; same != keeps {
			t.Errorf("binding id %s after %s, keeps %v", got[0], before[0], keeps)
		}
		api := c.api("create_order")["id"].(string)
		if d := cmp.Diff([]string{"fresh"}, c.column("/throttle-bindings/binded-throttles?api_id="+api, "throttles", "name")); d != "" {
			t.Errorf("throttles of the API (-want +got):\n%s", d)
		}
		if again := c.bindThrottle(fresh, "create_order"); again[0] != got[0] || len(c.effects()) != 0 {
			t.Errorf("binding again gave %s with effects %v", again[0], c.effects())
		}
	}
}

// TestRebindRejected checks that rebind=reject refuses a bind to a slot that is taken, and binds nothing.
func TestRebindRejected(t *testing.T) {
	c := newShop(t, behave("rebind=reject"))
	fresh := c.newThrottle("fresh")
	c.refused("POST", "/throttle-bindings", object{"strategy_id": fresh, "publish_ids": []string{
		c.publishID("pay", "RELEASE"), c.publishID("create_order", "RELEASE"),
	}}, 400, "APIG.3309")
	if bound := c.list("/throttle-bindings/binded-apis?throttle_id="+fresh, "apis"); len(bound) != 0 {
		t.Errorf("bound all the same: %v", bound)
	}
}

// TestACLSlots checks which ACLs share a slot for each behaviour.
func TestACLSlots(t *testing.T) {
	for _, x := range []struct {
		rule string
		want []string // ACLs of the API after a second IP list and an account list were bound
	}{
		{"acl-slot=entity", []string{"second", "accounts"}},
		{"acl-slot=one", []string{"accounts"}},
		{"rebind=add", []string{"orders_office", "second", "accounts"}},
	} {
		c := newShop(t, behave(x.rule))
		publish, api := c.publishID("create_order", "STAGING"), c.api("create_order")["id"].(string)
		for _, body := range []object{
			aclWith(object{"acl_name": "second"}),
			aclWith(object{"acl_name": "accounts", "entity_type": "DOMAIN", "acl_value": "somebody"}),
		} {
			id := c.do("POST", "/acls", body, 201)["id"]
			c.do("POST", "/acl-bindings", object{"acl_id": id, "publish_ids": []string{publish}}, 201)
		}
		if d := cmp.Diff(x.want, c.column("/acl-bindings/binded-acls?api_id="+api, "acls", "acl_name")); d != "" {
			t.Errorf("%s (-want +got):\n%s", x.rule, d)
		}
	}
}

// TestBindPartial checks that bind-partial=fewer-items leaves out unknown publications without an error.
func TestBindPartial(t *testing.T) {
	c := newShop(t, behave("bind-partial=fewer-items"))
	answer := c.do("POST", "/throttle-bindings", object{
		"strategy_id": c.newThrottle("fresh"), "publish_ids": []string{"nobody", c.publishID("pay", "RELEASE")},
	}, 201)
	if n := len(answer["throttle_applys"].([]any)); n != 1 {
		t.Errorf("%d bindings, want 1", n)
	}
}

// TestBatchMax checks that batch-max limits binds, batch unbinds, and authorizations, which count as apps times APIs.
func TestBatchMax(t *testing.T) {
	c := newShop(t, behave("batch-max=1"))
	c.refused("POST", "/throttle-bindings", object{"strategy_id": c.newThrottle("fresh"), "publish_ids": []string{"a", "b"}}, 400, "APIG.2012")
	c.refused("PUT", "/acl-bindings?action=delete", object{"acl_bindings": []string{"a", "b"}}, 400, "APIG.2012")
	c.refused("POST", "/app-auths", object{"env_id": release, "app_ids": []string{"a"}, "api_ids": []string{"a", "b"}}, 400, "APIG.2012")
}

// TestPluginsGiveWayByType checks that a plugin displaces only a plugin of the same type.
func TestPluginsGiveWayByType(t *testing.T) {
	c := newShop(t)
	api := c.api("create_order")["id"].(string)
	for _, body := range []object{
		with(pluginWith("cors", `{"allow_origin":"*"}`), object{"plugin_name": "second_cors"}),
		with(pluginWith("rate_limit", `{"default_interval":1,"api_limit":5}`), object{"plugin_name": "limits"}),
	} {
		id := c.do("POST", "/plugins", body, 201)["plugin_id"]
		c.do("POST", "/apis/"+api+"/plugins/attach", object{"env_id": release, "plugin_ids": []any{id}}, 201)
	}
	got := c.column("/apis/"+api+"/attached-plugins", "plugins", "plugin_name")
	if d := cmp.Diff([]string{"second_cors", "limits"}, got); d != "" {
		t.Errorf("plugins of the API (-want +got):\n%s", d)
	}
	detach := object{"env_id": release, "api_ids": []string{api}}
	old := c.id("/plugins", "plugins", "plugin_name", "orders_cors")
	c.do("PUT", "/plugins/"+old+"/detach", detach, 204)
	c.g.SetBehaviour(emulator.Behaviour{DetachMissing: "404"})
	c.do("PUT", "/plugins/"+old+"/detach", detach, 404)
}

// TestDeleteBoundCascades checks that delete-bound=cascade removes the bindings of a deleted throttle.
func TestDeleteBoundCascades(t *testing.T) {
	c := newShop(t, behave("delete-bound=cascade"))
	c.do("DELETE", "/throttles/"+c.id("/throttles", "throttles", "name", "orders_basic"), nil, 204)
	var actions []string
	for _, e := range c.effects() {
		actions = append(actions, e.Action+" "+e.Kind+" "+e.API)
	}
	want := []string{"delete throttle_binding orders/create_order", "delete throttle_binding orders/get_order", "delete throttle "}
	if d := cmp.Diff(want, actions); d != "" {
		t.Errorf("effects (-want +got):\n%s", d)
	}
}

// TestLateLists checks that lists show a change of bindings after the given number of reads or time.
func TestLateLists(t *testing.T) {
	var now time.Time
	for _, x := range []struct {
		rule   string
		misses int // number of reads that do not show the change yet
		step   time.Duration
	}{
		{"bindings-visible-after=2", 2, 0},
		{"bindings-visible-after=3s", 3, time.Second},
	} {
		now = clock
		c := newShop(t, behave(x.rule), func(o *emulator.Options) { o.Now = func() time.Time { return now } })
		fresh := c.newThrottle("fresh")
		list := "/throttle-bindings/binded-apis?throttle_id=" + fresh
		free := "/throttle-bindings/unbinded-apis?api_name=pay&throttle_id=" + fresh
		ids := c.bindThrottle(fresh, "pay")
		for _, bound := range []bool{true, false} {
			for read := range x.misses + 2 {
				shows := len(c.list(list, "apis")) == 1
				isFree := len(c.list(free, "apis")) == 1
				if want := (read >= x.misses) == bound; shows != want || isFree == want {
					t.Errorf("%s: read %d after bind=%v: listed %v, free %v", x.rule, read, bound, shows, isFree)
				}
				now = now.Add(x.step)
			}
			if bound {
				c.do("DELETE", "/throttle-bindings/"+ids[0], nil, 204)
			}
		}
	}
}

// TestUnbindBatchNamesWhatFailed checks that the answer to a batch lists each binding that was not removed, with its
// error.
func TestUnbindBatchNamesWhatFailed(t *testing.T) {
	c := newShop(t)
	fault, err := emulator.ParseFault(`op=BatchDisassociate* bind=orders/get_* code=APIG.9999`)
	if err != nil {
		t.Fatal(err)
	}
	c.g.SetFaults([]emulator.Fault{fault})
	ids := c.column("/throttle-bindings/binded-apis?throttle_id="+c.id("/throttles", "throttles", "name", "orders_basic"), "apis", "throttle_apply_id")
	get := c.api("get_order")["id"]
	got := c.do("PUT", "/throttle-bindings?action=delete", object{"throttle_bindings": append(ids, "nobody")}, 200)
	want := object{"success_count": 1.0, "failure": []any{
		object{"bind_id": ids[1], "error_code": "APIG.9999", "error_msg": "System error", "api_id": get, "api_name": "get_order"},
		object{"bind_id": "nobody", "error_code": "APIG.3012", "error_msg": "The request throttling policy binding record does not exist"},
	}}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("answer (-want +got):\n%s", d)
	}
}

// TestBindingsSurviveOffline checks that a binding exists again once an API that was taken offline is published
// again.
func TestBindingsSurviveOffline(t *testing.T) {
	for _, stable := range []bool{false, true} {
		c := newShop(t, func(o *emulator.Options) { o.Behaviour.PublishIDStable = stable })
		throttle, api := c.id("/throttles", "throttles", "name", "orders_basic"), c.api("get_order")["id"]
		before := c.publishID("get_order", "RELEASE")
		action := func(word string) {
			c.do("POST", "/apis/action", object{"action": word, "env_id": release, "api_id": api}, 201)
		}
		action("offline")
		if got := c.api("get_order")["publish_id"]; got != "" {
			t.Errorf("publish id %v of an API that is offline", got)
		}
		offline, err := c.g.Dump()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.g.Load(offline); err != nil {
			t.Fatal(err)
		}
		action("online")
		bound := c.list("/throttle-bindings/binded-apis?api_name=get_order&throttle_id="+throttle, "apis")
		after := c.publishID("get_order", "RELEASE")
		if len(bound) != 1 || bound[0]["publish_id"] != after {
			t.Errorf("bindings after publishing again: %v", bound)
		}
		if (before == after) != stable {
			t.Errorf("publish id %s after %s", after, before)
		}
		versions := c.list("/apis/publish/"+api.(string), "api_versions")
		if len(versions) != 1 || versions[0]["status"] != 1.0 {
			t.Errorf("versions: %v", versions)
		}
	}
}
