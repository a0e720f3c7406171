package content

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
)

func TestTypesAreSortedAndFound(t *testing.T) {
	var names []string
	for _, typ := range Types {
		names = append(names, typ.Name)
		if got := Of(typ.Name); got.Name != typ.Name || got.Check == nil {
			t.Errorf("Of(%q) = %q", typ.Name, got.Name)
		}
	}
	want := []string{
		"breaker", "cors", "jwt_auth", "kafka_log", "oidc_auth", "proxy_cache", "proxy_mirror",
		"rate_limit", "set_resp_headers", "third_auth",
	}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
	if got := Of("CORS"); len(got.Shape.Fields) > 0 {
		t.Errorf("Of(CORS) knows %v, want nothing", got.Shape.Names())
	}
	if got := Example("CORS"); got != nil {
		t.Errorf("Example(CORS) = %v, want nil", got)
	}
}

// TestShapesAreWhole checks that every field is explained, and that what a type declares by path is about a path of
// its shape.
func TestShapesAreWhole(t *testing.T) {
	for _, typ := range Types {
		known := map[string]*shape.Shape{}
		places(typ.Shape, "", func(at string, s *shape.Shape) {
			known[at] = s
			if !strings.HasSuffix(s.Doc, ".") {
				t.Errorf("%s%s: doc %q is no sentence", typ.Name, at, s.Doc)
			}
			if secret := slices.Contains(typ.Secrets, at); secret != s.Secret {
				t.Errorf("%s%s: Secret is %v, among the secrets it is %v", typ.Name, at, s.Secret, secret)
			}
			if s.Default != nil && !fits(s, s.Default) {
				t.Errorf("%s%s: the default %v is no %s", typ.Name, at, s.Default, s.Type)
			}
			if s.Example != nil && len(walk(s, at, s.Example)) > 0 {
				t.Errorf("%s%s: the example %v is wrong: %v", typ.Name, at, s.Example, walk(s, at, s.Example))
			}
		})
		for at := range typ.forms {
			if known[at] == nil {
				t.Errorf("%s: a form for %s, which is not in the shape", typ.Name, at)
			}
		}
		for at := range typ.fill {
			if known[at] == nil {
				t.Errorf("%s: a value for %s, which is not in the shape", typ.Name, at)
			}
		}
	}
}

func TestExamplesAreValid(t *testing.T) {
	for _, typ := range Types {
		c := Example(typ.Name)
		for _, p := range problems(typ, c) {
			t.Errorf("%s: %s %s (soft %v)", typ.Name, p.Path, p.Text, p.Warning)
		}
		if diff := cmp.Diff(c, typ.Normalize(c)); diff != "" {
			t.Errorf("%s: the example is not canonical (-example +canonical):\n%s", typ.Name, diff)
		}
		if at := strangers(typ.Shape, "", c); len(at) > 0 {
			t.Errorf("%s: the example has members that the shape does not know: %v", typ.Name, at)
		}
	}
}

// TestExamplesAreFull checks that the examples use every member, except for members that exclude each other.
func TestExamplesAreFull(t *testing.T) {
	unused := map[string][]string{
		"breaker": {
			"/downgrade_default/http_vpc_info", "/downgrade_default/func_info", "/downgrade_default/mock_info",
			"/downgrade_default/passthrough_infos", "/downgrade_default/http_info/vpc_channel_id",
			"/downgrade_rules/*/downgrade_backend/http_info", "/downgrade_rules/*/downgrade_backend/http_vpc_info",
			"/downgrade_rules/*/downgrade_backend/func_info", "/downgrade_rules/*/downgrade_backend/passthrough_infos",
			"/downgrade_rules/*/breaker_condition/unhealthy_condition",
			"/downgrade_rules/*/breaker_condition/min_call_threshold",
			"/downgrade_rules/*/breaker_condition/unhealthy_percentage",
			"/downgrade_rules/*/parameters/*/", // the example has names instead
		},
		"jwt_auth":   {"/jwks_service"},
		"third_auth": {"/auth_request/vpc_channel_info"},
	}
	for _, typ := range Types {
		used := map[string]bool{}
		usedPlaces("", Example(typ.Name), used)
		places(typ.Shape, "", func(at string, _ *shape.Shape) {
			excused := slices.ContainsFunc(unused[typ.Name], func(prefix string) bool {
				return at == prefix || strings.HasPrefix(at, strings.TrimSuffix(prefix, "/")+"/")
			})
			if !used[at] && !excused {
				t.Errorf("%s: the example does not use %s", typ.Name, at)
			}
		})
	}
}

func usedPlaces(at string, v any, used map[string]bool) {
	used[at] = true
	switch v := v.(type) {
	case map[string]any:
		for name, member := range v {
			usedPlaces(at+"/"+name, member, used)
		}
	case []any:
		for _, item := range v {
			usedPlaces(at+"/*", item, used)
		}
	}
}

func minimal(t testing.TB, name string) map[string]any {
	t.Helper()
	text, err := os.ReadFile("testdata/minimal/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	v, err := decodeJSON(string(text))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	c, _ := plain(v).(map[string]any)
	return c
}

// TestMinimalContents checks that a minimal content is valid, remains valid with all defaults filled in, and needs
// each of its members.
func TestMinimalContents(t *testing.T) {
	for _, typ := range Types {
		c := minimal(t, typ.Name)
		for _, given := range []map[string]any{c, typ.Normalize(c)} {
			for _, p := range problems(typ, given) {
				t.Errorf("%s: %s %s (soft %v) in %v", typ.Name, p.Path, p.Text, p.Warning, given)
			}
		}
		for name := range c {
			less := minimal(t, typ.Name)
			delete(less, name)
			if len(problems(typ, less)) == 0 {
				t.Errorf("%s: %s is not needed", typ.Name, name)
			}
		}
	}
}

// TestDocumentedContents checks that the contents in the vendor's documents, including nulls, have no errors, neither
// as written nor normalized.
func TestDocumentedContents(t *testing.T) {
	documented := map[string][]string{
		"cors": {
			`{"allow_origin":"*","allow_methods":"GET,POST,PUT,DELETE,HEAD,PATCH","allow_headers":"Content-Type,Accept,Accept-Ranges,Cache-Control",
			  "expose_headers":"X-Request-Id,X-Apig-Latency","max_age":172800,"allow_credentials":true}`,
		},
		"rate_limit": {
			`{"scope":"basic","default_time_unit":"minute","default_interval":1,"api_limit":25,"app_limit":10,"user_limit":15,"ip_limit":25,
			  "algorithm":"counter","specials":[],"parameters":[{"type":"header","name":"Host","value":"Host"}],"rules":[]}`,
		},
		"kafka_log": {
			`{"broker_list":["10.0.0.1:9092"],"topic":"t","key":"","max_retry_count":0,"retry_backoff":1,
			  "sasl_config":{"security_protocol":"PLAINTEXT","sasl_mechanisms":"PLAIN","sasl_username":"","sasl_password":"","ssl_ca_content":""},
			  "meta_config":{"system":{"start_time":true},"call_data":{"log_request_header":false,"request_header_filter":"",
			    "custom_authorizer":{"frontend":[],"backend":[]}}}}`,
		},
		"breaker": {
			`{"scope":"share","breaker_condition":{"breaker_type":"timeout","breaker_mode":"counter","unhealthy_threshold":30,"time_window":15,
			    "open_breaker_time":15,"unhealthy_percentage":51,"min_call_threshold":20},
			  "downgrade_default":{"type":"http","passthrough_infos":null,"func_info":null,"mock_info":null,"http_vpc_info":null,"http_info":
			    {"isVpc":false,"vpc_channel_id":"","address":"10.10.10.10","scheme":"HTTP","method":"GET","path":"/demo","timeout":5000}},
			  "downgrade_parameters":[{"name":"reqPath","type":"path","value":"path"},{"name":"method","type":"method","value":"method"}],
			  "downgrade_rules":[{"rule_name":"rule-test1","parameters":["reqPath","method"],"match_regex":"[\"reqPath\",\"==\",\"/test\"]",
			    "downgrade_backend":{"type":"mock","passthrough_infos":null,"func_info":null,"http_info":null,"http_vpc_info":null,
			      "mock_info":{"status_code":200,"result_content":"{status: ok}","headers":[]}},
			    "breaker_condition":{"breaker_type":"timeout","breaker_mode":"percentage","unhealthy_threshold":30,"time_window":15,
			      "open_breaker_time":15,"unhealthy_percentage":51,"min_call_threshold":20}}]}`,
			`{"scope":"share","breaker_condition":{"breaker_type":"timeout","breaker_mode":"counter","unhealthy_condition":"","unhealthy_threshold":30,
			    "min_call_threshold":0,"unhealthy_percentage":0,"time_window":15,"open_breaker_time":15},
			  "downgrade_default":null,"downgrade_parameters":null,"downgrade_rules":null}`,
		},
		"third_auth": {
			`{"auth_request":{"method":"GET","protocol":"HTTPS","url_domain":"auth.example.com","path":"/check","timeout":5000,
			    "vpc_channel_enabled":false,"vpc_channel_info":null},"identities":{"headers":[{"name":"X-Token"}],"queries":null},
			  "carry_body":{"enabled":true,"max_body_size":1000},"carry_path_enabled":true,"return_resp_body_enabled":false,"carry_resp_headers":[],
			  "simple_auth_mode_enabled":true,"match_auth":null,"rule_enabled":false,"rule_type":"allow","parameters":null,"rules":null,
			  "custom_forbid_limit":100,"auth_downgrade_enabled":true}`,
		},
		"proxy_cache": {
			`{"cache_key":{"system_params":[],"parameters":["q"],"headers":[]},"cache_http_status_and_ttl":[{"http_status":[202,203],"ttl":5}],
			  "client_cache_control":{"mode":"off","datas":[]},"cacheable_headers":["X-Custom"]}`,
		},
	}
	for name, texts := range documented {
		typ := Of(name)
		for _, text := range texts {
			v, err := decodeJSON(text)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			c, _ := numbers(v).(map[string]any)
			for _, given := range []map[string]any{c, typ.Normalize(c)} {
				for _, p := range problems(typ, given) {
					if !p.Warning {
						t.Errorf("%s: %s %s", name, p.Path, p.Text)
					}
				}
			}
		}
	}
}

// numbers converts JSON numbers to int64, as files have them.
func numbers(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for name := range v {
			v[name] = numbers(v[name])
		}
	case []any:
		for i := range v {
			v[i] = numbers(v[i])
		}
	case json.Number:
		return plain(v)
	}
	return v
}

// TestSpanningRulesAreTold checks the descriptions of rules that span several members: if an error at one member
// names another one, the description of the member or of what contains it must name it, too.
func TestSpanningRulesAreTold(t *testing.T) {
	word := regexp.MustCompile(`[A-Za-z_]+`)
	for _, typ := range Types {
		names := map[string]bool{}
		places(typ.Shape, "", func(at string, _ *shape.Shape) { names[at[strings.LastIndexByte(at, '/')+1:]] = true })
		for _, e := range broken[typ.Name] {
			c := Example(typ.Name)
			put(t, c, e.at, e.v)
			for _, p := range typ.Check(c) {
				own := p.Path[strings.LastIndexByte(p.Path, '/')+1:]
				told := p.Path + "\n" + toldAlong(typ.Shape, p.Path)
				for _, other := range word.FindAllString(p.Text, -1) {
					if names[other] && other != own && !strings.Contains(told, other) {
						t.Errorf("%s: %s %s; nothing of %s is told:\n%s", typ.Name, p.Path, p.Text, other, told)
					}
				}
			}
		}
	}
}

// toldAlong joins the descriptions along a pointer.
func toldAlong(s *shape.Shape, pointer string) string {
	told := s.Description()
	for _, step := range strings.Split(pointer, "/")[1:] {
		switch next := s.Field(step); {
		case next != nil:
			s = next
		case s.Items != nil:
			s = s.Items
		}
		told += "\n" + s.Description()
	}
	return told
}
