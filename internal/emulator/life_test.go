package emulator_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/apigw-sync/apigw-sync/internal/emulator"
)

// lives are scripts with one request per line: method, path, body (- for none), status, and then what the answer must
// contain. That is member=value, or member>name to store the value as $name. Members are paths of names and indices.
// The member code is the error_code, and # is the length of a list.
var lives = map[string]string{
	"environment": `
POST   /envs             {"name":"DEV","remark":"for tries"}  201 id>env
PUT    /envs/$env        {"name":"DEV2"}                      200 name=DEV2 remark=for%20tries
PUT    /envs/$env        {"name":"DEV2","remark":""}          200 name=DEV2 remark=
PUT    /envs/DEFAULT_ENVIRONMENT_RELEASE_ID {"name":"LIVE"}   403 code=APIG.1103
DELETE /envs/DEFAULT_ENVIRONMENT_RELEASE_ID -                 403 code=APIG.1103
DELETE /envs/$env        -                                    204
DELETE /envs/$env        -                                    404 code=APIG.3003`,

	"group": `
POST   /api-groups          {"name":"shop","remark":"all"}    201 id>group is_default=2 url_domains/#=0
POST   /api-groups/check    {"group_name":"shop"}             400 code=APIG.3201
POST   /api-groups/check    {"group_name":"other"}            204
PUT    /api-groups/$group   {"name":"shop2"}                  200 remark=all
PUT    /api-groups/$group/sl-domain-access-settings {"sl_domain_access_enabled":false} 204
GET    /api-groups/$group   -                                 200 name=shop2 sl_domain_access_enabled=false
DELETE /api-groups/$group   -                                 204
GET    /api-groups/$group   -                                 404 code=APIG.3001
GET    /api-groups?name=DEFAULT -                             200 groups/0/is_default=1 groups/0/id>default
DELETE /api-groups/$default -                                 403 code=APIG.1101`,

	"api": `
POST   /api-groups {"name":"shop"} 201 id>group
POST   /apis {"name":"buy","type":1,"group_id":"$group","req_protocol":"HTTPS","req_method":"POST","req_uri":"/buy/{x}","auth_type":"APP","backend_type":"MOCK","mock_info":{"result_content":"hi"},"tags":["new"]} 201 id>api match_mode=NORMAL mock_info/result_content=hi
POST   /apis/check {"type":"name","name":"buy","group_id":"$group"} 400 code=APIG.3202
POST   /apis/check {"type":"path","req_method":"POST","req_uri":"/buy/{y}","group_id":"$group"} 400 code=APIG.3301
POST   /apis/check {"type":"path","req_method":"GET","req_uri":"/buy/{y}","group_id":"$group"} 204
POST   /apis/action {"action":"online","env_id":"DEFAULT_ENVIRONMENT_RELEASE_ID","api_id":"$api"} 201 publish_id>first version_id>old
PUT    /apis/$api {"name":"buy2","type":1,"group_id":"$group","req_protocol":"HTTPS","req_method":"POST","req_uri":"/buy2","auth_type":"APP","backend_type":"MOCK","mock_info":{}} 200 name=buy2 publish_id=$first
GET    /apis/runtime/$api?env_id=DEFAULT_ENVIRONMENT_RELEASE_ID - 200 name=buy req_uri=/buy/{x}
POST   /apis/publish?action=online {"apis":["$api","nobody"],"env_id":"DEFAULT_ENVIRONMENT_RELEASE_ID"} 200 success/#=1 failure/0/error_code=APIG.3002 success/0/version_id>new
GET    /apis/runtime/$api?env_id=DEFAULT_ENVIRONMENT_RELEASE_ID - 200 name=buy2
GET    /apis/publish/$api - 200 api_versions/#=2
PUT    /apis/publish/$api {"version_id":"$old"} 200 version_id=$old
GET    /apis/versions/$new - 200 name=buy2
DELETE /apis/versions/$new - 404 code=APIG.3015
DELETE /apis/versions/$old - 204
GET    /apis/$api - 200 publish_id= run_env_id=
POST   /apis/publish?action=offline {"group_id":"$group","env_id":"DEFAULT_ENVIRONMENT_RELEASE_ID"} 200 success/#=0 failure/0/error_code=APIG.3015 failure/0/api_name=buy2
GET    /apis?return_data_mode=include_group&group_id=$group - 200 apis/0/api_group_info/name=shop
DELETE /apis/$api - 204
GET    /apis/$api - 404 code=APIG.3002`,

	"api takes its bindings along": `
GET    /throttle-bindings/binded-apis?throttle_id=$throttle&api_name=get_order - 200 apis/0/id>api
POST   /apis/action {"action":"offline","env_id":"DEFAULT_ENVIRONMENT_RELEASE_ID","api_id":"$api"} 201
GET    /throttle-bindings/binded-apis?throttle_id=$throttle - 200 total=2
DELETE /apis/$api - 204
GET    /throttle-bindings/binded-apis?throttle_id=$throttle - 200 total=1
GET    /app-auths/binded-apis?app_id=$app - 200 total=1 auths/0/api_name=create_order
GET    /plugins/$plugin/attached-apis - 200 total=1`,

	"throttle": `
GET    /throttles/$throttle - 200 name=orders_basic bind_num=2 is_inclu_special_throttle=1 app_call_limits=0 type=1 enable_adaptive_control=FALSE remark=
GET    /throttles/$throttle/throttle-specials?object_type=USER - 200 throttle_specials/0/object_name=5f1c2c0b8c6e4d5f8a7b6c5d4e3f2a1b throttle_specials/0/app_name=
GET    /throttles/$throttle/throttle-specials?app_name=mobile - 200 total=1 throttle_specials/0/id>special
PUT    /throttles/$throttle/throttle-specials/$special {"call_limits":7} 200 call_limits=7
PUT    /throttles/$throttle/throttle-specials/$special {"call_limits":7,"object_id":"x"} 400 code=APIG.2011
DELETE /throttles/$throttle/throttle-specials/$special - 204
GET    /throttles/$throttle/throttle-specials - 200 total=1
GET    /throttle-bindings/unbinded-apis?throttle_id=$throttle - 200 total=2
GET    /throttle-bindings/binded-throttles?api_id=nobody - 200 total=0 throttles/#=0`,

	"acl": `
GET    /acl-bindings/unbinded-apis?acl_id=$acl&api_name=create - 200 total=1 apis/0/run_env_name=RELEASE apis/0/acl_name=
POST   /acls {"acl_name":"other","acl_type":"DENY","entity_type":"IP","acl_value":"1.2.3.4"} 201 id>other
GET    /acl-bindings/unbinded-apis?acl_id=$other&api_name=create - 200 total=2 apis/0/run_env_name=STAGING apis/0/acl_name=orders_office
PUT    /acls?action=delete {"acls":["$other","$acl","nobody"]} 200 success_count=1 failure/0/error_code=APIG.3447 failure/0/acl_name=orders_office failure/1/error_code=APIG.3006
PUT    /acls?action=purge {"acls":["$acl"]} 400 code=APIG.2011`,

	"app": `
GET    /apps/validation/$app - 200 name=orders_mobile remark=Mobile%20shop
GET    /apps/$app/app-codes - 200 total=1
GET    /apps/$app/app-acl - 200 app_acl_type=PERMIT app_acl_values/#=2
DELETE /apps/$app/app-acl - 204
GET    /apps/$app/app-acl - 200 app_acl_type=<nil>
PUT    /apps/$app/app-acl {"app_acl_type":"DENY","app_acl_values":["1.2.3.4"]} 201
GET    /app-auths/unbinded-apis?app_id=$app&env_id=DEFAULT_ENVIRONMENT_RELEASE_ID - 200 total=0
GET    /app-auths/unbinded-apis?app_id=nobody&env_id=DEFAULT_ENVIRONMENT_RELEASE_ID - 404 code=APIG.3004
GET    /app-auths/unbinded-apis?app_id=nobody - 400 code=APIG.2012
DELETE /apps/$app - 204
GET    /app-auths/binded-apps - 200 total=0
GET    /throttles/$throttle/throttle-specials?object_type=APP - 200 total=0`,

	"app quota": `
POST   /app-quotas {"name":"daily","call_limits":5,"time_unit":"DAY","time_interval":1} 201 app_quota_id>quota
PUT    /app-quotas/$quota {"name":"daily","call_limits":0,"time_unit":"DAY","time_interval":1} 400 code=APIG.2011
PUT    /app-quotas/$quota {"name":"daily","call_limits":6,"time_unit":"DAY","time_interval":1} 200 call_limits=6
GET    /app-quotas/$quota/bindable-apps - 200 total=1
POST   /app-quotas/$quota/binding-apps {"app_ids":["$app"]} 201 applies/0/app_id=$app
GET    /app-quotas/$quota/bound-apps - 200 apps/0/app_quota_name=daily
GET    /app-quotas/$quota - 200 bound_app_num=1
GET    /apps/$app/bound-quota - 200 name=daily
DELETE /app-quotas/$quota/bound-apps/$app - 204
GET    /apps/$app/bound-quota - 200 name=<nil>
POST   /app-quotas/$quota/binding-apps {"app_ids":["$app"]} 201
DELETE /app-quotas/$quota - 204
GET    /apps/$app/bound-quota - 200 name=<nil>`,

	"plugin": `
GET    /plugins/$plugin - 200 plugin_scope=global plugin_type=cors
GET    /plugins/$plugin/attachable-apis - 400 code=APIG.2012
GET    /plugins/$plugin/attachable-apis?env_id=DEFAULT_ENVIRONMENT_RELEASE_ID - 200 total=1 apis/0/api_name=pay apis/0/api_id>pay
GET    /apis/$pay/attachable-plugins?env_id=DEFAULT_ENVIRONMENT_RELEASE_ID - 200 total=1
POST   /apis/$pay/plugins/attach {"env_id":"DEFAULT_ENVIRONMENT_RELEASE_ID","plugin_ids":["$plugin"]} 201 attached_plugins/0/api_name=pay
GET    /apis/$pay/attached-plugins?plugin_type=cors&env_name=RELEASE - 200 plugins/0/plugin_name=orders_cors
PUT    /apis/$pay/plugins/detach {"env_id":"DEFAULT_ENVIRONMENT_RELEASE_ID","plugin_ids":["$plugin","$plugin"]} 204
GET    /apis/$pay/attached-plugins - 200 total=0`,

	"domain": `
POST   /api-groups/$orders/domains {"url_domain":"api.example.com","min_ssl_version":"TLSv1.2"} 201 id>domain ingress_https_port=443
POST   /api-groups/$orders/domains {"url_domain":"api.example.com"} 400 code=APIG.3305
POST   /api-groups/$orders/domains {"url_domain":"no domain"} 400 code=APIG.2024
PUT    /api-groups/$orders/domains/$domain {"is_http_redirect_to_https":true} 400 code=APIG.2011
PUT    /api-groups/$orders/domains/$domain {"min_ssl_version":"TLSv1.1","is_http_redirect_to_https":true} 201 is_http_redirect_to_https=true
PUT    /api-groups/$orders/domains/$domain {"min_ssl_version":"TLSv1.1","ingress_http_port":-1,"ingress_https_port":-1} 400 code=APIG.2011
POST   /api-groups/$orders/domains/$domain/certificates/attach {"certificate_ids":["$certificate"]} 204
GET    ../../certificates/$certificate/attached-domains - 200 total=2
DELETE ../../certificates/$certificate - 400 code=APIG.2000
POST   /api-groups/$orders/domains/$domain/certificates/detach {"certificate_ids":["$certificate"]} 204
DELETE /api-groups/$orders/domains/$domain - 204
DELETE /api-groups/$orders/domains/$domain - 404 code=APIG.3020`,

	"certificate": `
POST   ../../certificates {"name":"mine_1","cert_content":"$pem","private_key":"$key"} 200 id>mine common_name=mine.example.com algorithm_type=ECC san/0=mine.example.com
POST   ../../certificates {"name":"mine_2","cert_content":"$pem","private_key":"nonsense"} 400 code=APIG.2101
POST   ../../certificates {"name":"mine_2","cert_content":"nonsense","private_key":"$key"} 400 code=APIG.2106
GET    ../../certificates - 400 code=APIG.2012
GET    ../../certificates?instance_id=$instance&name=mine - 200 total=1 certs/0/id=$mine
GET    ../../certificates/$mine - 200 serial_number=4711
DELETE ../../certificates/$mine - 204
GET    ../../certificates/$mine - 404 code=APIG.3025`,

	"instance": `
GET    ../../instances?instance_name=emul - 200 total=1 instances/0/status=Running
GET    ../../instances?instance_name=nobody - 200 total=0
GET    /instance-features - 200 features/0=cors
GET    /features - 200 total=0
POST   /features {"name":"ratelimit","enable":true,"config":"{\"api_limits\":300}"} 201 enable=true
POST   /features {"name":"ratelimit","enable":false} 409 code=APIG.3711
POST   /features {"name":"flying","enable":true} 412 code=APIG.3458
GET    /features - 200 features/0/name=ratelimit`,
}

// TestLives runs each script against a new gateway.
func TestLives(t *testing.T) {
	for name, script := range lives {
		t.Run(name, func(t *testing.T) {
			c := newShop(t)
			certPEM, keyPEM := pair(t)
			vars := map[string]string{
				"throttle": c.id("/throttles", "throttles", "name", "orders_basic"), "app": c.id("/apps", "apps", "name", "orders_mobile"),
				"plugin": c.id("/plugins", "plugins", "plugin_name", "orders_cors"), "acl": c.id("/acls", "acls", "acl_name", "orders_office"),
				"orders": c.id("/api-groups", "groups", "name", "orders"), "instance": emulator.DefaultInstanceID,
				"certificate": c.id("/../../certificates", "certs", "name", "shop_cert"), "pem": certPEM, "key": keyPEM,
			}
			for line := range strings.SplitSeq(strings.TrimSpace(script), "\n") {
				c.step(line, vars)
			}
		})
	}
}

// step runs one line of a script.
func (c *client) step(line string, vars map[string]string) {
	c.t.Helper()
	expand := func(s string) string { return os.Expand(s, func(name string) string { return vars[name] }) }
	method, rest := cut(line)
	path, rest := cut(rest)
	var body any
	if text, isBody := strings.CutPrefix(rest, "{"); isBody {
		d := json.NewDecoder(strings.NewReader("{" + text))
		var raw json.RawMessage
		if err := d.Decode(&raw); err != nil {
			c.t.Fatalf("%s: %v", line, err)
		}
		body, rest = expand(string(raw)), strings.TrimSpace(rest[len(raw):])
	} else {
		_, rest = cut(rest)
	}
	status, rest := cut(rest)
	got, answer := c.send(method, expand(path), body)
	if fmt.Sprint(got) != status {
		c.t.Fatalf("%s: status %d: %v", line, got, answer)
	}
	for word := range strings.FieldsSeq(rest) {
		if member, name, remember := strings.Cut(word, ">"); remember && !strings.Contains(word, "=") {
			vars[name] = fmt.Sprint(dig(answer, member))
			continue
		}
		member, want, _ := strings.Cut(word, "=")
		member = strings.Replace(member, "code", "error_code", strings.Count("/"+member, "/code"))
		if got := strings.ReplaceAll(fmt.Sprint(dig(answer, member)), " ", "%20"); got != expand(want) {
			c.t.Errorf("%s: %s is %s in %v", line, member, got, answer)
		}
	}
}

func cut(s string) (word, rest string) {
	word, rest, _ = strings.Cut(strings.TrimSpace(s), " ")
	return word, strings.TrimSpace(rest)
}

// dig follows a path of names and indices into an answer.
func dig(v any, path string) any {
	for part := range strings.SplitSeq(path, "/") {
		switch x := v.(type) {
		case object:
			v = x[part]
		case []any:
			i := 0
			if part == "#" {
				return len(x)
			}
			if _, err := fmt.Sscan(part, &i); err != nil || i >= len(x) {
				return nil
			}
			v = x[i]
		}
	}
	return v
}

// pair returns a certificate and its key, escaped for a JSON string.
func pair(t *testing.T) (certPEM, keyPEM string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(4711), Subject: pkix.Name{CommonName: "mine.example.com"}, DNSNames: []string{"mine.example.com"},
		NotBefore: clock, NotAfter: clock.Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	inside := func(kind string, bytes []byte) string {
		return strings.ReplaceAll(string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: bytes})), "\n", `\n`)
	}
	return inside("CERTIFICATE", der), inside("PRIVATE KEY", secret)
}

// TestOverlappingAuthorizations checks that one of two simultaneous authorizations of an app in an environment fails
// if serial-writes is on.
func TestOverlappingAuthorizations(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newShop(t, behave("serial-writes=on"), func(o *emulator.Options) { o.Latency = time.Second })
		app := c.do("POST", "/apps", object{"name": "second_app"}, 201)["id"]
		ids := [2]any{c.api("create_order")["id"], c.api("get_order")["id"]}
		var statuses [2]int
		var wg sync.WaitGroup
		for i := range 2 {
			wg.Go(func() {
				statuses[i], _ = c.send("POST", "/app-auths", object{"env_id": release, "app_ids": []any{app}, "api_ids": []any{ids[i]}})
			})
		}
		wg.Wait()
		if d := cmp.Diff(701, statuses[0]+statuses[1]); d != "" {
			t.Errorf("statuses %v, want one 201 and one 500", statuses)
		}
		c.do("DELETE", "/app-auths/"+c.column("/app-auths/binded-apis?app_id="+app.(string), "auths", "id")[0], nil, 204)
	})
}
