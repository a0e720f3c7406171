package reconcile_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/apigw-sync/apigw-sync/internal/apply"
	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/emulator"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/remote"
)

// oldAndNew are pairs of a text in testdata/everything.yaml and its replacement. They change an object of each kind that can be
// updated, but no keys of list entries.
var oldAndNew = []string{
	"remark: Staging", "remark: Stage",
	"remark: Orders\n", "remark: All orders\n",
	"orders.staging:8080", "orders.staging:8081",
	"min_ssl_version: TLSv1.2", "min_ssl_version: TLSv1.1",
	"status: 429", "status: 503",
	"api_call_limits: 800", "api_call_limits: 801",
	"call_limits: 100}", "call_limits: 101}",
	"remark: Mobile shop", "remark: Shop",
	"values: [10.0.0.0/8, ", "values: [",
	"max_age: 86400", "max_age: 60",
	"values: [192.168.1.0/24, ", "values: [",
	"Xn4uQ8vLz2TqR7mCXn4", "Xn4uQ8vLz2TqR7mCXn5",
	"ttl: 60", "ttl: 61",
	"api_limits: 500", "api_limits: 501",
	"members: [{host: 192.0.2.10, group: blue}, {host: 192.0.2.11, port: 9000, group: green}]", "members: [{host: 192.0.2.11, port: 9000, group: green}, {host: 192.0.2.10, group: blue, enabled: false}]",
	"weight: 9", "weight: 8",
	"microservice_port: 8081", "microservice_port: 8082",
	"service_name: orders", "service_name: all-orders",
	"mapped: z", "mapped: w",
	"call_limits: 10000", "call_limits: 10001",
}

const shopAPIs = `gateway:
  environments: [RELEASE]
  groups:
    - name: shop
      apis:
        - {name: create_order, method: POST, path: /v1/orders, auth_type: APP, published: [RELEASE]}
        - {name: get_order, method: GET, path: "/v1/orders/{id}", auth_type: APP, published: [RELEASE]}
`

// everythingFile is testdata/everything.yaml with its variables, and with a microservice channel that uses a registry.
func everythingFile(t *testing.T) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "..", "testdata", "everything.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	pem := func(key string) string {
		out, _ := json.Marshal(kind.Of("certificate").Shape.Field(key).Samples["ECC"][0]) // cannot fail for a text
		return string(out)
	}
	return strings.NewReplacer(
		"${ORDERS_SECRET}", "Xn4uQ8vLz2TqR7mC", "${ORDERS_CODE}", strings.Repeat("aB3", 22), "${SIGN_KEY}", "orders_key_1", "${SIGN_SECRET}", "Xn4uQ8vLz2TqR7mCXn4",
		`"${SHOP_CERT}"`, pem("cert_content"), `"${SHOP_KEY}"`, pem("private_key"),
		"orchestrations:\n", "  - {name: registry, type: microservice, port: 80, balance_strategy: source_hash, microservice: {service_type: NACOS,\n"+
			"      nacos_info: {service_name: orders, server_config: [{ip_address: 192.0.2.20, port: 8848}], user_info: {user_name: gateway, password: s3cr3t-pass}}}}\n\norchestrations:\n",
	).Replace(string(raw))
}

// editions are the members in answers of a gateway that the vendor's reference does not have, by the path of the request and the
// path in the answer.
func editions(t *testing.T, b *bench) map[string]string {
	t.Helper()
	out := map[string]string{}
	run := *b.run
	run.Caller = bend(t, b.gateway, func(r *http.Request, body []byte) (int, []byte) {
		var tree any
		if json.Unmarshal(body, &tree) == nil {
			found := map[string]any{}
			gather(r.URL.Path, tree, found)
			for at, v := range found {
				if text, ok := v.(string); ok && strings.HasSuffix(at, "/edition") {
					out[at] = text
				}
			}
		}
		return 200, body
	})
	for _, o := range everything(t, &run).Actual.Objects {
		if len(out) == 0 && o.Extra != nil {
			t.Errorf("%s tells what the reference does not: name it in the Tells of its kind, or in a tag told", o.Address())
		}
	}
	return out
}

// gather collects the members of an answer by path; entries of lists are numbered.
func gather(path string, v any, into map[string]any) {
	switch t := v.(type) {
	case map[string]any:
		for name, inner := range t {
			into[path+"/"+name] = inner
			gather(path+"/"+name, inner, into)
		}
	case []any:
		for i, inner := range t {
			gather(path+"/"+string(rune('0'+i%10)), inner, into)
		}
	}
}

// TestNewerMembersSurvive: members of an object or part that only newer gateways have keep their values when another member is
// updated. This holds for each kind.
func TestNewerMembersSurvive(t *testing.T) {
	for _, habit := range []string{"absent", "kept", "refused"} {
		t.Run(habit, func(t *testing.T) {
			b := newBench(t, shopAPIs+"  settings: [{name: ratelimit, enable: true, config: '{\"api_limits\":400}'}]\n", emulator.Options{
				Behaviour: emulator.Behaviour{NewerMembers: habit, FeatureChanges: "any-time"},
			}, remote.Config{})
			file := everythingFile(t)
			whole(t, b.apply(file).Results)
			before := editions(t, b)
			edit := strings.NewReplacer(oldAndNew...).Replace(file)
			c := compare(t.Context(), t, b.run, load(t, []byte(edit)))
			updated(t, c.Plan)
			whole(t, b.run.Apply(t.Context(), c).Results)
			if c := compare(t.Context(), t, b.run, load(t, []byte(edit))); len(c.Plan.Changes) > 0 {
				t.Errorf("the plan after it: %v", words(c.Plan))
			}
			told := 0
			after := editions(t, b)
			for at, text := range before {
				if text != "" && after[at] != text {
					t.Errorf("%s was %q and is %q", at, text, after[at])
				}
				if text == "premium" {
					told++
				}
			}
			if want := map[string]int{"absent": 0, "kept": 50, "refused": 20}[habit]; told < want || habit == "absent" && told > 0 {
				t.Errorf("%d places tell an edition, want at least %d", told, want)
			}
		})
	}
}

func whole(t *testing.T, results []apply.Result) {
	t.Helper()
	for _, r := range results {
		if r.Status != apply.Succeeded {
			t.Errorf("%s %s: %s %+v", r.Change.Action, r.Change.Address, r.Status, r.Error)
		}
	}
}

// updated checks that a plan has an update of each kind that can be updated, except certificates: the edit does not change them,
// since that would take another certificate.
func updated(t *testing.T, p *diff.Plan) {
	t.Helper()
	for _, k := range kind.All {
		at := func(ch diff.Change) bool { return ch.Kind == k.Name && ch.Action == diff.Update }
		if k.Ops.Update != "" && len(k.WriteOnly) == 0 && !slices.ContainsFunc(p.Changes, at) {
			t.Errorf("nothing updates a %s: add an edit", k.Name)
		}
	}
}

// TestHiddenNewerMembers: a member that only newer gateways have, and that the gateway masks, cannot be sent back. An update that
// would remove it is refused.
func TestHiddenNewerMembers(t *testing.T) {
	b := newBench(t, apis(1), emulator.Options{}, remote.Config{})
	whole(t, b.apply("version: apigw-sync/v1\napps: [{name: mobile, remark: Shop}]\n").Results)
	run := *b.run
	run.Caller = bend(t, b.gateway, func(_ *http.Request, body []byte) (int, []byte) {
		return 200, bytes.ReplaceAll(body, []byte(`"remark":"Shop"`), []byte(`"remark":"Shop","device_token":"a****b"`))
	})
	if c := compare(t.Context(), t, &run, load(t, []byte("version: apigw-sync/v1\napps: [{name: mobile, remark: Shop}]\n"))); len(c.Plan.Refusals) > 0 {
		t.Errorf("refused without an update: %+v", c.Plan.Refusals)
	}
	c := compare(t.Context(), t, &run, load(t, []byte("version: apigw-sync/v1\napps: [{name: mobile, remark: Store}]\n")))
	if r := c.Plan.Refusals; len(r) != 1 || r[0].Guard != "secrets" || !strings.Contains(r[0].Reason, "/device_token") {
		t.Errorf("refusals %+v", r)
	}
}
