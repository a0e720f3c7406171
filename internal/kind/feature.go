package kind

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/apigw-sync/apigw-sync/internal/api/wire"
	"github.com/apigw-sync/apigw-sync/internal/kind/jsonptr"
	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
)

// Feature is the setting of a feature of the gateway. A gateway has each feature that it supports, whether or not it
// was ever set. API reference: "Configuring Features for a Gateway".
type Feature struct {
	Name    string `json:"name"`
	Config  any    `json:"config"` // a text such as "on" or "500", or a mapping; nil if it was never set
	Whole   bool   `json:"-"`      // the gateway must keep no parameter that Config does not name
	Unclear `json:"-"`
}

type featureWire struct {
	Name   string  `json:"name"`
	Enable *bool   `json:"enable"`
	Config *string `json:"config"`
}

const (
	switchOn  = "on"
	switchOff = "off"
)

// featureNames are the features that can be set.
var featureNames = []string{
	"api_uri_no_escape", "app_api_key", "app_basic", "app_jwt", "app_route", "app_secret", "app_token", "backend_client_certificate", "backend_timeout",
	"backend_token_allow", "custom_auth_header", "custom_log", "default_group_host_trustlist", "gzip", "lts", "policy_cookie_param", "public_key", "ratelimit",
	"real_ip_from_xff", "real_ip_header_getter", "request_body_size", "request_custom_config", "route", "sse_strategy", "ssl_ciphers", "throttle_strategy",
	"vpc_health_status", "vpc_name_modifiable",
}

// featureHides are parameters that are secret although their names may not show it (see shape.SecretName), by feature.
var featureHides = map[string]string{"app_token": "app_token_key", "backend_client_certificate": "key"} //nolint:gosec // names of members, not their values

// featureDefaults are the documented defaults of parameters, by feature. It has only those that are the same on every
// gateway, which api_limits, for example, is not. A parameter without a default keeps the gateway's value if a file
// leaves it out.
var featureDefaults = map[string]map[string]any{
	"app_jwt": {enableParam: switchOff}, "app_token": {enableParam: switchOff}, "backend_client_certificate": {enableParam: switchOff},
	"backend_timeout": {"max_timeout": int64(60000)}, "public_key": {enableParam: switchOff}, "real_ip_from_xff": {enableParam: switchOff},
	"real_ip_header_getter": {enableParam: switchOff}, "throttle_strategy": {enableParam: switchOff},
}

const enableParam = "enable"

// featureNumbers are the parameters that are whole numbers.
var featureNumbers = map[string][]string{
	"app_token": {"app_token_expire_time", "refresh_token_expire_time"}, "backend_timeout": {"max_timeout"}, "ratelimit": {"api_limits"},
	"real_ip_from_xff": {"xff_index"},
}

// featureUnset are the configurations of features that were never set, if they are documented and the same on every
// gateway.
var featureUnset = map[string]any{
	"api_uri_no_escape": switchOff, "app_api_key": switchOff, "app_basic": switchOff, "app_jwt": switchOff, "app_route": switchOff, "app_secret": switchOff,
	"app_token": switchOff, "backend_client_certificate": switchOff, "backend_timeout": map[string]any{"max_timeout": int64(60000)},
	"custom_auth_header": switchOff, "gzip": switchOff, "policy_cookie_param": switchOff, "public_key": switchOff, "real_ip_from_xff": switchOff,
	"real_ip_header_getter": switchOff, "request_body_size": "12582912", "sse_strategy": switchOff, "throttle_strategy": switchOff,
	"vpc_health_status": switchOff, "vpc_name_modifiable": switchOn,
}

// sampleSettings are configurations for generated states, by the name of the feature.
var sampleSettings = map[string][]any{
	"app_basic":         {switchOn, switchOff},
	"app_jwt":           {switchOff, map[string]any{enableParam: switchOn, "auth_header": "Authorization"}},
	"app_token":         {map[string]any{enableParam: switchOn, "app_token_expire_time": int64(3600), "app_token_key": strings.Repeat("s", 64)}, map[string]any{enableParam: switchOff}},
	"custom_log":        {map[string]any{"custom_logs": []any{map[string]any{"location": "header", "name": "a"}}}, map[string]any{"custom_logs": []any{}}},
	"ratelimit":         {map[string]any{"api_limits": int64(500)}, map[string]any{"api_limits": int64(800)}},
	"real_ip_from_xff":  {map[string]any{enableParam: switchOn, "xff_index": int64(-1)}, map[string]any{enableParam: switchOn, "xff_index": int64(1)}},
	"request_body_size": {"12582912", "104857600"},
}

var feature = of(Def[Feature, featureWire]{
	Facts: Facts{
		Name: "feature", Trail: "Feature", Section: "features", Path: "features", ListField: "features", AllExist: true,
		ReadOnly:        []string{"id", "instance_id", "update_time"},
		KeptWhenOmitted: []string{"/config"}, Codes: Codes{TooSoon: []string{"APIG.3711"}}, RetryAfter: time.Minute,
		Ops: Operations{List: "ListFeaturesV2", Update: "CreateFeatureV2"},
		Shape: shape.OfMap("Features of the gateway, by name: on or off, a number as text, or a mapping of parameters. Features that are not named are left alone. A parameter that is not named gets its default if all gateways have the same one (enable: off; max_timeout: 60000); otherwise it stays as it is. A change interrupts calls for a moment and needs --allow-interruption; each feature can change once a minute.",
			shape.Required("name", shape.OfText("Name of the feature.", shape.OneOf(featureNames...)).Lenient().WithExample("ratelimit")),
			shape.Required("config", shape.OfAny("How it is set: on or off, a number as text, or a mapping of parameters as the API has it.").WithExample(map[string]any{"api_limits": int64(500)}).
				WithSamplesFor(sampleSettings)),
		).WithExample(map[string]any{"ratelimit": map[string]any{"api_limits": int64(500)}, "vpc_name_modifiable": switchOn}).WithCases(shape.Cases{By: "name", Field: "config", Shapes: featureShapes()}),
	},
	Hooks: Hooks[Feature]{
		Normalize:  func(f Feature) Feature { f.Config = withDefaults(f.Name, configured(f.Config)); return f },
		Explicit:   explicitFeature,
		Adopt:      adoptFeature,
		Sent:       sentFeature,
		Features:   func(f Feature) []string { return []string{f.Name} },
		Interrupts: func(Feature) string { return "is a feature of the gateway, and a change interrupts calls" },
		Secrets: func(f Feature) (out []string) {
			m, _ := f.Config.(map[string]any)
			for _, key := range slices.Sorted(maps.Keys(m)) {
				if _, text := m[key].(string); text && featureSecret(f.Name, key) {
					out = append(out, "/config"+jsonptr.Join(key))
				}
			}
			return out
		},
		Check: func(f Feature) []shape.Problem {
			switch f.Config.(type) {
			case string, map[string]any:
				return nil
			case nil:
				return []shape.Problem{{Path: "/config", Text: "is not set", Hint: `write "on", "off", a number or a mapping, or remove the line`}}
			}
			return []shape.Problem{{Path: "/config", Text: "is neither a text nor a mapping", Hint: `write "on", "off", a number or a mapping`}}
		},
	},
	Key: func(_ string, f Feature) string { return f.Name },
	Encode: func(w Writing[Feature]) (any, error) {
		text, ok := w.Want.Config.(string)
		if !ok {
			raw, err := json.Marshal(w.Want.Config)
			if err != nil {
				return nil, err
			}
			text = string(raw)
		}
		return featureWire{Name: w.Want.Name, Enable: new(text != switchOff), Config: &text}, nil
	},
	Decode: func(w featureWire) Found[Feature] {
		f := Feature{Name: w.Name}
		switch {
		case w.Enable != nil && !*w.Enable:
			f.Config = switchOff
		case w.Config != nil:
			f.Config = *w.Config
		}
		return Found[Feature]{ID: w.Name, Value: f, Bound: Unknown} // features have no ids; the name identifies them
	},
})

// featureShapes returns the shapes of configurations, by feature, for features with known defaults or secrets.
func featureShapes() map[string]*shape.Shape {
	out := map[string]*shape.Shape{}
	for _, name := range featureNames {
		var known []shape.Field
		for _, key := range slices.Sorted(maps.Keys(featureDefaults[name])) {
			known = append(known, shape.Optional(key, shape.OfAny("A parameter of the feature.").WithDefault(featureDefaults[name][key])))
		}
		if key, hides := featureHides[name]; hides {
			known = append(known, shape.Optional(key, shape.OfText("A secret of the feature.").AsSecret().WithAbsent("left alone")))
		}
		if known != nil {
			out[name] = shape.OfEither("Parameters of "+name+", as a mapping or as JSON; or on or off.", shape.OfMap("Parameters.", known...).AllowingUnknown(), shape.OfText("on, off, or parameters as JSON."))
		}
	}
	return out
}

// withDefaults adds to a configuration the defaults of the parameters that it leaves out. A text has no parameters.
func withDefaults(name string, config any) any {
	m, ok := config.(map[string]any)
	if !ok {
		return config
	}
	out := map[string]any{}
	maps.Copy(out, featureDefaults[name])
	for key, v := range m {
		out[key] = parameter(name, key, v)
	}
	return out
}

// parameter converts the value of a parameter to the form in which it is compared and sent. A value that comes from a
// variable is a text, even if the gateway expects a number.
func parameter(feature, key string, v any) any {
	switch t := v.(type) {
	case bool:
		if key == enableParam && featureDefaults[feature] != nil {
			return configured(t)
		}
	case string:
		if n, err := strconv.ParseInt(t, 10, 64); err == nil && slices.Contains(featureNumbers[feature], key) {
			return n
		}
	}
	return v
}

// configured converts a configuration to the form in which it is compared. A mapping that is written as JSON text
// becomes a mapping; numbers and booleans, which YAML may have made of the text, become texts again.
func configured(v any) any {
	switch t := v.(type) {
	case string:
		if tree, err := wire.Tree([]byte(t)); err == nil && strings.HasPrefix(strings.TrimSpace(t), "{") {
			if m, ok := numbers(tree).(map[string]any); ok {
				return m
			}
		}
		return t
	case bool:
		if t {
			return switchOn
		}
		return switchOff
	case int64, float64, int:
		raw, _ := json.Marshal(t) // cannot fail for a number
		return string(raw)
	}
	return v
}

// entireFeature returns a feature whose update leaves no other parameter in place. A feature that was never set gets
// the configuration that gateways then use, if that is known.
func explicitFeature(f Feature) Feature {
	if f.Config == nil {
		f.Config = featureUnset[f.Name]
	}
	f.Whole = f.Config != nil
	return f
}

// adoptFeature removes from have what want leaves to the gateway: parameters that it does not name, or the whole
// configuration.
func adoptFeature(want, have Feature) Feature {
	if want.Config == nil {
		have.Config = nil
	} else if have.Config == nil && want.Whole {
		have.Config = featureUnset[have.Name]
	}
	w, ok := want.Config.(map[string]any)
	h, both := have.Config.(map[string]any)
	if ok && both {
		have.Config = maps.Clone(h)
		maps.DeleteFunc(have.Config.(map[string]any), func(key string, v any) bool { return want.leaves(w, key, v) })
	}
	return have
}

// sentFeature adds to want the gateway's values of the parameters that want leaves to it, since an update replaces the
// whole configuration.
func sentFeature(want, have Feature, _ func(string) bool) (Feature, []string) {
	w, ok := want.Config.(map[string]any)
	h, both := have.Config.(map[string]any)
	if !ok || !both {
		return want, nil
	}
	out, lost := maps.Clone(w), []string{}
	for key, v := range h {
		if !want.leaves(w, key, v) {
			continue
		}
		out[key] = v
		if featureSecret(want.Name, key) && concealedIn(v) {
			lost = append(lost, "/config"+jsonptr.Join(key))
		}
	}
	want.Config = out
	return want, lost
}

// leaves reports whether a configuration leaves the value of a parameter to the gateway. With Whole, it leaves only
// secrets that the gateway does not show, since it cannot contain them.
func (f Feature) leaves(config map[string]any, key string, held any) bool {
	_, named := config[key]
	return !named && (!f.Whole || featureSecret(f.Name, key) && concealedIn(held))
}

// featureSecret reports whether a parameter of a feature is a secret.
func featureSecret(name, key string) bool { return key == featureHides[name] || shape.SecretName(key) }

// concealedIn reports whether the gateway hides or masks a secret.
func concealedIn(v any) bool {
	text, ok := v.(string)
	return ok && !InClear(text)
}
