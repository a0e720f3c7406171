package impact_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/apigw-sync/apigw-sync/internal/calls/impact"
	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/emulator"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/reconcile"
	"github.com/apigw-sync/apigw-sync/internal/remote"
	"github.com/apigw-sync/apigw-sync/internal/spec"
)

// gateway is the common state of all examples, without policies: three APIs that differ in how they authenticate callers.
const gateway = `gateway:
  environments: [RELEASE]
  groups:
    - name: orders
      apis:
        - {name: app, method: GET, path: /app, auth_type: APP, published: [RELEASE]}
        - {name: open, method: GET, path: /open, auth_type: NONE, published: [RELEASE]}
        - {name: iam, method: GET, path: /iam, auth_type: IAM, published: [RELEASE]}
`

// TestExamples checks what changes mean, as a line for each aspect.
func TestExamples(t *testing.T) {
	const office = "acls: [{name: aaa, type: PERMIT, entity_type: IP, values: [10.0.0.0/8, 192.168.0.0/16], apis: [orders/open]}]\n"
	for _, c := range []struct{ name, have, want, says string }{
		{
			"an ACL is widened", office, strings.Replace(office, "192.168.0.0/16", "0.0.0.0/0", 1),
			"exposure orders/open access 2 networks → anyone",
		},
		{"another order of entries, and one inside another", office, strings.Replace(office, "10.0.0.0/8, 192.168.0.0/16", "192.168.0.0/16, 10.1.0.0/16, 10.0.0.0/8", 1), ""},
		{
			"an ACL is narrowed", office, strings.Replace(office, ", 192.168.0.0/16", "", 1),
			"outage orders/open access 2 networks → 10.0.0.0/8",
		},
		{
			"entries of an ACL are others", office, strings.Replace(office, "192.168.0.0/16", "172.16.0.0/12", 1),
			"exposure orders/open access 2 networks → 2 networks (others)\noutage orders/open access 2 networks → 2 networks (others)",
		},
		{
			"an ACL goes", office, "acls: [{name: aaa, type: PERMIT, entity_type: IP, values: [10.0.0.0/8, 192.168.0.0/16], apis: []}]\n",
			"exposure orders/open access 2 networks → anyone",
		},
		{
			"an ACL goes with another in place", "acls:\n" +
				"  - {name: aaa, type: PERMIT, entity_type: IP, values: [10.0.0.0/8], apis: [orders/iam]}\n" +
				"  - {name: bbb, type: PERMIT, entity_type: DOMAIN, values: [acme, umbrella], apis: [orders/iam]}\n", "acls:\n" +
				"  - {name: aaa, type: PERMIT, entity_type: IP, values: [10.0.0.0/8], apis: [orders/iam]}\n" +
				"  - {name: bbb, type: PERMIT, entity_type: DOMAIN, values: [acme, umbrella], apis: []}\n",
			"exposure orders/iam access 2 accounts → any account",
		},
		{
			"DENY becomes PERMIT", strings.Replace(office, "PERMIT", "DENY", 1), office,
			"exposure orders/open access all but 2 networks → 2 networks\noutage orders/open access all but 2 networks → 2 networks",
		},
		{
			"a throttle goes", throttle("aaa", 900, "open"), throttle("aaa", 900, ""),
			"exposure orders/open limit 900 per SECOND → none",
		},
		{
			"a throttle comes", throttle("aaa", 900, ""), throttle("aaa", 900, "open"),
			"change orders/open limit none → 900 per SECOND",
		},
		{"a throttle gives way to an equal one", throttle("aaa", 900, "open") + "", "throttles:" + item(throttle("aaa", 900, "")) + item(throttle("bbb", 900, "open")), ""},
		{
			"a limit of another period", throttle("aaa", 10, "open"), strings.Replace(throttle("aaa", 600, "open"), "SECOND", "MINUTE", 1),
			"exposure orders/open limit 10 per SECOND → 600 per MINUTE",
		},
		{
			"a special is raised", specials(100), specials(200),
			"exposure orders/app limit 100 per SECOND of app mobile → 200 per SECOND of app mobile",
		},
		{"a special that counts nobody", strings.ReplaceAll(specials(100), "orders/app]", "orders/open]"), strings.ReplaceAll(specials(200), "orders/app]", "orders/open]"), ""},
		{
			"an authorization comes", "apps: [{name: mobile, apis: []}]\n", "apps: [{name: mobile, apis: [orders/app]}]\n",
			"change orders/app authorization none → mobile",
		},
		{
			"an authorization goes", "apps: [{name: mobile, apis: [orders/app]}]\n", "apps: [{name: mobile, apis: []}]\n",
			"outage orders/app authorization mobile → none ?",
		},
		{
			"an authorization goes of an API of which nothing more was read", "apps: [{name: mobile, apis: [orders/open]}]\n", "apps: [{name: mobile, apis: []}]\n",
			"outage orders/open authorization mobile → none ?",
		},
		{
			"a secret is another", "apps: [{name: mobile, app_secret: correct-horse, apis: [orders/app]}]\n", "apps: [{name: mobile, app_secret: battery-staple, apis: [orders/app]}]\n",
			"outage orders/app authentication secret of mobile → another",
		},
		{
			"the access control of an app goes", "apps: [{name: mobile, access_control: {type: PERMIT, values: [10.0.0.0/8]}, apis: [orders/app]}]\n", "apps: [{name: mobile, access_control: {}, apis: [orders/app]}]\n",
			"exposure orders/app access mobile: 10.0.0.0/8 → anyone",
		},
		{
			"CORS for all", plugin("cors", "{allow_origin: 'https://shop.example.com', allow_methods: GET}"), plugin("cors", "{allow_origin: '*', allow_methods: GET}"),
			"exposure orders/open cors https://shop.example.com → any origin",
		},
		{
			"a method of CORS goes", plugin("cors", "{allow_origin: '*', allow_methods: 'GET,POST'}"), plugin("cors", "{allow_origin: '*', allow_methods: GET}"),
			"outage orders/open cors 2 methods → GET",
		},
		{
			"rate_limit is loosened in place of a tighter throttle", throttle("ttt", 5, "open") + plugin("rate_limit", "{api_limit: 10, default_interval: 1, default_time_unit: second}"),
			throttle("ttt", 5, "open") + plugin("rate_limit", "{api_limit: 100, default_interval: 1, default_time_unit: second}"),
			"exposure orders/open limit 10 per SECOND → 100 per SECOND",
		},
		{
			"a throttle is raised that rate_limit puts out of force", throttle("ttt", 5, "open") + plugin("rate_limit", "{api_limit: 10, default_interval: 1, default_time_unit: second}"),
			throttle("ttt", 50, "open") + plugin("rate_limit", "{api_limit: 10, default_interval: 1, default_time_unit: second}"), "",
		},
		{
			"rate_limit goes, and a throttle comes into force", throttle("ttt", 5, "open") + plugin("rate_limit", "{api_limit: 10, default_interval: 1, default_time_unit: second}"),
			throttle("ttt", 5, "open") + strings.Replace(plugin("rate_limit", "{api_limit: 10, default_interval: 1, default_time_unit: second}"), "orders/open", "", 1),
			"change orders/open limit 10 per SECOND → 5 per SECOND",
		},
		{
			"a quota of apps is raised, under another name", quota("qqq", 10, "mobile, web"), strings.Replace(quota("ppp", 20, "web, mobile"), "name: ppp", "name: ppp, moved_from: qqq", 1),
			"exposure */* limit 10 per DAY for mobile, web → 20 per DAY",
		},
		{
			"a quota of apps is lowered and loses an app", quota("qqq", 10, "mobile, web"), quota("qqq", 5, "web"),
			"exposure */* limit 10 per DAY for mobile → none\nchange */* limit 10 per DAY for web → 5 per DAY",
		},
		{"a quota goes with its apps", quota("qqq", 10, "mobile"), apps + "owns: {app_quotas: ['*']}\n", "exposure */* limit 10 per DAY for mobile → none"},
		{
			"an app enters another quota", twoQuotas("mobile", "web"), twoQuotas("", "web, mobile"),
			"exposure */* limit 10 per DAY for mobile → 100 per DAY",
		},
		{"apps that come and go meet a quota for the first and the last time", quota("qqq", 10, "mobile"), strings.ReplaceAll(quota("qqq", 10, "fresh"), "name: mobile", "name: fresh") + "owns: {apps: [mobile]}\n", ""},
		{
			"a quota lets an app call more in a day, and less at once", quota("qqq", 100, "mobile"), strings.Replace(quota("qqq", 10, "mobile"), "DAY", "HOUR", 1),
			"exposure */* limit 100 per DAY for mobile → 10 per HOUR\nchange */* limit 100 per DAY for mobile → 10 per HOUR",
		},
		{
			"a quota is lowered of which the files do not say for whom it holds", quota("qqq", 100, "mobile, web"), strings.Replace(quota("qqq", 10, ""), ", apps: []", "", 1),
			"change  limit 100 per DAY per app → 10 per DAY per app ?",
		},
		{"a quota is lowered that holds for nobody", quota("qqq", 100, ""), strings.Replace(quota("qqq", 10, ""), ", apps: []", "", 1), ""},
		{
			"an app leaves a lowered quota for another one", twoQuotas("mobile, web", ""), strings.Replace(strings.Replace(twoQuotas("x", "web"), ", apps: [x]", "", 1), "call_limits: 10,", "call_limits: 5,", 1),
			"exposure */* limit 10 per DAY for web → 100 per DAY\nchange  limit 10 per DAY per app → 5 per DAY per app ?",
		},
		{"another name of a quota alone", quota("qqq", 10, "mobile"), strings.Replace(quota("ppp", 10, "mobile"), "name: ppp", "name: ppp, moved_from: qqq", 1), ""},
		{
			"a signature key comes", signing("k-one", ""), signing("k-one", "orders/open"),
			"change orders/open backend not signed → signed by sss (hmac)",
		},
		{
			"a signature key goes", signing("k-one", "orders/open"), signing("k-one", ""),
			"change orders/open backend signed by sss (hmac) → not signed",
		},
		{
			"a signature key gives way to another", "signatures:" + item(signing("k-one", "orders/open")) + item(strings.Replace(signing("k-two", ""), "sss", "rrr", 1)), "signatures:" + item(signing("k-one", "")) + item(strings.Replace(signing("k-two", "orders/open"), "sss", "rrr", 1)),
			"change orders/open backend signed by sss (hmac) → signed by rrr (hmac)",
		},
		{
			"the key of a signature key is another", signing("k-one", "orders/open"), signing("k-two", "orders/open"),
			"change orders/open backend key of sss → another",
		},
		{
			"a signature key of another type", signing("k-one", "orders/open"), strings.Replace(signing("key_one", "orders/open"), "hmac", "basic", 1),
			"change orders/open backend signed by sss (hmac) → signed by sss (basic)",
		},
		{"a signature key under another name", signing("k-one", "orders/open"), strings.Replace(signing("k-one", "orders/open"), "name: sss", "name: rrr, moved_from: sss", 1), ""},
		{"a policy under another name", throttle("ttt", 5, "open"), strings.Replace(throttle("uuu", 5, "open"), "name: uuu", "name: uuu, moved_from: t", 1), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if d := cmp.Diff(c.says, say(of(t, gateway+c.have, "version: apigw-sync/v1\n"+c.want))); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
		})
	}
}

func throttle(name string, calls int, api string) string {
	apis := "[]"
	if api != "" {
		apis = "[orders/" + api + "]"
	}
	return "throttles: [{name: " + name + ", time_interval: 1, time_unit: SECOND, api_call_limits: " + strconv.Itoa(calls) + ", apis: " + apis + "}]\n"
}

// item is the only item of a section, as an item of another list.
func item(section string) string {
	_, list, _ := strings.Cut(section, "[")
	return "\n  - " + strings.TrimSuffix(list, "]\n")
}

const apps = "apps: [{name: mobile}, {name: web}]\n"

func quota(name string, calls int, of string) string {
	return apps + "app_quotas: [{name: " + name + ", call_limits: " + strconv.Itoa(calls) + ", time_unit: DAY, time_interval: 1, apps: [" + of + "]}]\n"
}

func twoQuotas(of, ofOther string) string {
	return apps + "app_quotas:\n" +
		"  - {name: qqq, call_limits: 10, time_unit: DAY, time_interval: 1, apps: [" + of + "]}\n" +
		"  - {name: wide, call_limits: 100, time_unit: DAY, time_interval: 1, apps: [" + ofOther + "]}\n"
}

func specials(calls int) string {
	return "apps: [{name: mobile, apis: [orders/app]}]\n" +
		"throttles: [{name: ttt, time_interval: 1, time_unit: SECOND, api_call_limits: 900, app_call_limits: 50, specials: [{app: mobile, call_limits: " + strconv.Itoa(calls) + "}], apis: [orders/app]}]\n"
}

// signing is a signature key, bound to an API or to none.
func signing(key, api string) string {
	return "signatures: [{name: sss, type: hmac, key: " + key + "-of-orders, secret: correct-horse-battery, apis: [" + api + "]}]\n"
}

func plugin(pluginType, content string) string {
	return "plugins: [{name: p_" + pluginType + ", type: " + pluginType + ", content: " + content + ", apis: [orders/open]}]\n"
}

// of is the impact of files on a gateway.
func of(t *testing.T, have, want string) []impact.Entry {
	t.Helper()
	g := emulator.New(emulator.Options{})
	if err := g.Load([]byte(have)); err != nil {
		t.Fatal(err)
	}
	client, err := remote.New(remote.Config{
		Endpoint: "http://localhost", ProjectID: emulator.DefaultProjectID, InstanceID: emulator.DefaultInstanceID,
		Credentials: remote.Credentials{Token: remote.NewSecret(emulator.DefaultToken)}, Transport: emulator.Transport(g), Parallelism: 8,
	})
	if err != nil {
		t.Fatal(err)
	}
	state, findings := spec.Load([]spec.Input{{Name: "gateway.yaml", Data: []byte(want)}}, spec.Options{Lookup: func(string) (string, bool) { return "correct-horse-battery", true }})
	for _, f := range findings {
		if !f.Warning {
			t.Fatal(f)
		}
	}
	run := &reconcile.Run{Caller: client, Options: diff.Options{MaxDeletes: -1, Prune: true, AllowEmpty: true}, Parallel: 8}
	c, err := run.Compare(t.Context(), state)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Plan.Errors) > 0 || len(c.Findings) > 0 {
		t.Fatal(c.Plan.Errors, c.Findings)
	}
	complete := map[string]bool{}
	for _, k := range kind.Links {
		complete[k.Name] = k.Target == kind.APublication || c.Complete[k.Name] // everything that is bound to APIs is read
	}
	return impact.Of(impact.Input{Have: c.Actual, Want: c.Desired, Plan: c.Plan, Complete: complete, APIs: c.APIs})
}

func say(entries []impact.Entry) string {
	var lines []string
	for _, e := range entries {
		for _, a := range e.Aspects {
			line := strings.Join([]string{string(a.Level), e.API, a.Name, a.Before, "→", a.After}, " ")
			if !a.Sure {
				line += " ?"
			}
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}
