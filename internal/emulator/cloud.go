package emulator

import (
	"encoding/json"
	"slices"
	"strings"
)

// otcMissingPaths are parts of the paths of operations that Open Telekom Cloud does not have.
var otcMissingPaths = []string{"/orchestrations", "/custom-ingress-ports"}

// otcMissingMembers are members that answers of Open Telekom Cloud do not have.
var otcMissingMembers = []string{
	"vpc_channel_type", "health_status", "member_group_url_infos", "enable_sm_channel", "is_send_fg_body_base64", "trace_enabled", "trace_type",
	"sampling_strategy", "sampling_param", "ingress_http_port", "ingress_https_port",
}

// missingInCloud reports whether the gateway's cloud lacks an operation.
func (g *Gateway) missingInCloud(r *route) bool {
	return g.behaviour.Cloud == "otc" && slices.ContainsFunc(otcMissingPaths, func(part string) bool { return strings.Contains(r.path, part) })
}

// forCloud returns an answer without the members that the cloud does not have.
func (g *Gateway) forCloud(body []byte) []byte {
	if g.behaviour.Cloud != "otc" {
		return body
	}
	var v any
	if decodeJSON(body, &v) != nil {
		return body
	}
	out, err := json.Marshal(omit(v, otcMissingMembers))
	if err != nil {
		return body
	}
	return out
}

// omit removes members with these names from a JSON value, at any depth.
func omit(v any, names []string) any {
	switch v := v.(type) {
	case map[string]any:
		for _, name := range names {
			delete(v, name)
		}
		for key, x := range v {
			v[key] = omit(x, names)
		}
	case []any:
		for i := range v {
			v[i] = omit(v[i], names)
		}
	}
	return v
}
