package emulator

import (
	"cmp"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// traceRecord is a record of the audit trail (CTS), in the form in which answers have it.
type traceRecord = map[string]any

// trailResource is the audit trail of the project. It is another service, which the emulator serves as well. It has the records
// of the state file, and one for each write to the gateway.
var trailResource = resource{
	routes: []route{
		{op: "ListTraces", method: http.MethodGet, path: "/v3/{project_id}/traces", do: func(g *Gateway, c *call) (reply, error) { return g.listTraces(c, "new") }},
		{op: "ListTracesV2", method: http.MethodGet, path: "/v2.0/{project_id}/system/trace", do: func(g *Gateway, c *call) (reply, error) { return g.listTraces(c, "older") }},
	},
	sections: []section{{
		key:  "gateway.traces",
		load: func(l *loader, raw json.RawMessage) error { return json.Unmarshal(raw, &l.fileTraces) },
		dump: func(d *dumper) any { return d.fileTraces },
	}},
}

// tracedResources has, for each kind of effect, the type of the resource in the audit trail and, by action, the old names of
// the operations.
var tracedResources = map[string]struct {
	resource string
	older    map[string]string
}{
	"throttle":           {"Throttle", map[string]string{"create": "createThrottle", "update": "updateThrottle", "delete": "deleteThrottle"}},
	"throttle_special":   {"ThrottleSpecial", map[string]string{"create": "createSpecialThrottle", "update": "updateSpecialThrottle", "delete": "deleteSpecialThrottle"}},
	"throttle_binding":   {"ThrottleBinding", map[string]string{"create": "createThrottleBinding", "delete": "relieveThrottleBinding"}},
	"acl":                {"Acl", map[string]string{"create": "createAcl", "update": "updateAcl", "delete": "deleteAcl"}},
	"acl_binding":        {"AclBinding", map[string]string{"create": "createAclBinding", "delete": "relieveAclBinding"}},
	"plugin":             {"Plugin", map[string]string{"create": "createPlugin", "update": "updatePlugin", "delete": "deletePlugin"}},
	"plugin_binding":     {"Plugin", map[string]string{"create": "pluginAttachApi", "delete": "pluginDetachApi"}},
	"app":                {"App", map[string]string{"create": "createApp", "update": "updateApp", "delete": "deleteApp"}},
	"app_secret":         {"App", map[string]string{"update": "resetAppSecret"}},
	"app_code":           {"AppCode", nil},
	"app_access_control": {"AppAcl", nil},
	"app_authorization":  {"AppAuth", map[string]string{"create": "grantAuth", "delete": "relieveAuth"}},
	"api":                {"Api", map[string]string{"create": "createApi", "update": "updateApi", "delete": "deleteApi"}},
	"publication":        {"Api", map[string]string{"create": "publishApi", "delete": "offlineApi"}},
	"group":              {"ApiGroup", nil},
	"environment":        {"Environment", nil},
	"variable":           {"EnvVariable", nil},
	"domain":             {"ApiGroup", map[string]string{"create": "createDomainBinding", "update": "modifySecureTransmission", "delete": "relieveDomainBinding"}},
	"gateway_response":   {"ApiGroup", nil},
	"authorizer":         {"Authorizer", map[string]string{"create": "createAuthorizer", "update": "updateAuthorizer", "delete": "deleteAuthorizer"}},
	"channel":            {"Vpc", map[string]string{"create": "createVpc", "update": "updateVpc", "delete": "deleteVpc"}},
	"certificate":        {"SslCertificate", nil},
	"signature":          {"Signature", map[string]string{"create": "createSignature", "update": "updateSignature", "delete": "deleteSignature"}},
	"signature_binding":  {"SignatureBinding", map[string]string{"create": "createSignatureBinding", "delete": "relieveSignatureBinding"}},
	"app_quota":          {"AppQuota", nil},
	"app_quota_binding":  {"AppQuotaBinding", nil},
	"feature":            {"Feature", nil},
}

// maxTraces limits the number of records of writes, because their bodies take memory.
const maxTraces = 2000

// addToTrail adds a write, successful or not, to the audit trail.
func (g *Gateway) addToTrail(r *http.Request, c *call, a httpResponse, requestID string, carried bool) {
	if c.route == nil || c.route.method == http.MethodGet {
		return
	}
	rating := "warning"
	if carried {
		rating = "normal"
	}
	g.traceCount++
	g.traces = append(g.traces[max(0, len(g.traces)-maxTraces+1):], traceRecord{
		"trace_id": generateID(g.opts.Seed^0x7472616365, g.traceCount), "trace_name": strings.TrimSuffix(c.route.op, "V2"), "trace_rating": rating,
		"trace_type": "ApiCall", "service_type": "APIG", "time": c.now.UnixMilli(), "record_time": c.now.UnixMilli(), "source_ip": clientAddress(r),
		"code": strconv.Itoa(a.status), "request_id": requestID, "api_version": "v2", "read_only": false, "user": traceRecord{"name": "emulator", "type": "User", "id": g.opts.ProjectID},
		"request": c.raw, "response": a.body, "effects": c.effects,
	})
}

func clientAddress(r *http.Request) string {
	host, _, found := strings.Cut(r.RemoteAddr, ":")
	if !found || host == "" {
		return "127.0.0.1"
	}
	return host
}

// listTraces lists the records of the audit trail, the newest first.
func (g *Gateway) listTraces(c *call, query string) (reply, error) {
	switch {
	case g.behaviour.Trail == "denied":
		return reply{}, refuse(http.StatusForbidden, "CTS.0002", "Authentication failed or you do not have the required permissions")
	case g.behaviour.Trail == "off":
		return reply{}, refuse(http.StatusNotFound, "CTS.0214", "The tracker does not exist")
	case (g.behaviour.Trail == "older") != (query == "older"):
		return reply{}, refuse(http.StatusNotFound, "APIGW.0101", "The API does not exist or has not been published in the environment")
	}
	from, to := milliseconds(c, "from", c.now.Add(-time.Hour)), milliseconds(c, "to", c.now)
	if query == "new" && c.queryArg("trace_type") != "system" || from >= to {
		return reply{}, refuse(http.StatusBadRequest, "CTS.0300", "The query failed: a parameter is missing or wrong")
	}
	var all []traceRecord
	for _, t := range slices.Backward(g.traces) {
		all = append(all, g.traceView(t))
	}
	all = append(all, g.fileTraces...)
	all = slices.DeleteFunc(all, func(t traceRecord) bool {
		at := traceTime(t)
		return at <= from || at >= to || c.queryArg("service_type") != "" && !strings.EqualFold(c.queryArg("service_type"), textMember(t, "service_type"))
	})
	slices.SortStableFunc(all, func(a, b traceRecord) int { return cmp.Compare(traceTime(b), traceTime(a)) })
	if next := c.queryArg("next"); next != "" {
		all = all[slices.IndexFunc(all, func(t traceRecord) bool { return textMember(t, "trace_id") == next })+1:]
	}
	limit, marker := 10, any(nil)
	if n, err := strconv.Atoi(c.queryArg("limit")); err == nil && n > 0 {
		limit = min(n, 200)
	}
	if len(all) > limit {
		all = all[:limit]
		marker = textMember(all[limit-1], "trace_id")
	}
	return ok(traceRecord{"traces": all, "meta_data": traceRecord{"count": len(all), "marker": marker}})
}

// traceView returns the record of a write in the form that Behaviour chooses.
func (g *Gateway) traceView(t traceRecord) traceRecord {
	out := maps.Clone(t)
	delete(out, "effects")
	effects, _ := t["effects"].([]Effect)
	about, id, called := "", "", ""
	for i, e := range effects {
		if i == 0 {
			about, id, called = e.Kind, e.ID, cmp.Or(e.Name, e.PolicyName)
		} else {
			id, called = "", "" // the write was about several resources
		}
	}
	out["resource_type"] = tracedResources[about].resource
	if g.behaviour.TrailNames == "old" && len(effects) > 0 {
		out["trace_name"] = cmp.Or(tracedResources[about].older[effects[0].Action], textMember(t, "trace_name"))
	}
	switch g.behaviour.TrailIDs {
	case "gateway":
		id = g.opts.InstanceID
	case "none":
		id, called = "", ""
	}
	out["resource_id"], out["resource_name"] = id, called
	for _, name := range []string{"request", "response"} {
		raw, _ := t[name].([]byte)
		switch {
		case g.behaviour.TrailBodies == "none" || len(raw) == 0:
			out[name] = ""
		case g.behaviour.TrailBodies == "objects":
			out[name] = json.RawMessage(raw)
		default:
			out[name] = string(raw)
		}
	}
	return out
}

func textMember(t traceRecord, name string) string {
	s, _ := t[name].(string)
	return s
}

// traceTime returns the time of a record in milliseconds.
func traceTime(t traceRecord) int64 {
	switch v := t["time"].(type) {
	case int64:
		return v
	case float64:
		return int64(v)
	}
	return 0
}

func milliseconds(c *call, parameter string, absent time.Time) int64 {
	if n, err := strconv.ParseInt(c.queryArg(parameter), 10, 64); err == nil {
		return n
	}
	return absent.UnixMilli()
}
