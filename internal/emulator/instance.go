package emulator

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"
)

const statusRunning = "Running"

// instance has the properties of the gateway itself.
type instance struct {
	Name     string   `json:"name,omitempty"`
	Status   string   `json:"status,omitempty"` // such as Running or Freezing
	Number   int      `json:"instance_status,omitempty"`
	Spec     string   `json:"spec,omitempty"`
	Locks    []lock   `json:"locks,omitempty"`
	Features []string `json:"features,omitempty"`

	id      string
	created time.Time
}

// lock is an operation that billing has locked.
type lock struct {
	Scene  string `json:"lock_scene"` // TO_PERIOD_LOCK or PEC_CHG_LOCK
	Source string `json:"lock_source_id"`
}

// feature is a setting of the instance.
type feature struct {
	ID string `json:"id"`
	featureBody
	InstanceID string `json:"instance_id"`
	UpdateTime string `json:"update_time"`
	at         time.Time
}

// statusNumbers has the numbers of all states in the reference.
var statusNumbers = map[string]int{
	"Creating": 1, "CreateSuccess": 2, "CreateFail": 3, "Initing": 4, "Registering": 5, statusRunning: 6,
	"InitingFailed": 7, "RegisterFailed": 8, "Installing": 10, "InstallFailed": 11, "Updating": 12, "UpdateFailed": 13,
	"Rollbacking": 20, "RollbackSuccess": 21, "RollbackFailed": 22, "Deleting": 23, "DeleteFailed": 24,
	"Unregistering": 25, "UnRegisterFailed": 26, "CreateTimeout": 27, "InitTimeout": 28, "RegisterTimeout": 29,
	"InstallTimeout": 30, "UpdateTimeout": 31, "RollbackTimeout": 32, "DeleteTimeout": 33, "UnregisterTimeout": 34,
	"Starting": 35, "Freezing": 36, "Frozen": 37, "Restarting": 38, "RestartFail": 39, "Unhealthy": 40,
	"RestartTimeout": 41, "Resizing": 42, "ResizeFailed": 43, "ResizeTimeout": 44,
}

// defaultFeatures are those of a new professional instance.
var defaultFeatures = []string{
	"cors", "set_resp_headers", "kafka_log", "breaker", "breakerv2", "rate_limit_plugin", "rate_limit_algorithm", "third_auth",
	"proxy_cache", "sign_basic", "sign_aes", "public_key", "app_quota", "app_acl", "app_secret", "app_basic", "app_token",
	"app_jwt", "app_api_key", "gateway_responses", "ratelimit", "throttle_strategy", "request_body_size", "backend_timeout",
	"real_ip_from_xff", "route", "custom_log", "multi_auth", "vpc_name_modifiable",
}

var (
	instanceNotFound = notFound("APIG.3030", "The instance does not exist;id:%s")
	gatewayNotFound  = notFound("APIC.7302", "Instance not found")
)

var instanceResource = resource{
	routes: []route{
		{op: "ListInstancesV2", method: http.MethodGet, path: "/v2/{project_id}/apigw/instances", do: listInstances},
		{op: "ShowDetailsOfInstanceV2", method: http.MethodGet, path: "{I}", do: showInstance},
		{op: "ListInstanceFeatures", method: http.MethodGet, path: "{I}/instance-features", do: listInstanceFeatures},
		{op: "ListFeaturesV2", method: http.MethodGet, path: "{I}/features", do: listFeatures},
		{op: "CreateFeatureV2", method: http.MethodPost, path: "{I}/features", do: withBody(setFeature)},
		{op: "ListProjectCofigsV2", method: http.MethodGet, path: "{I}/project/configs", do: listQuotas},
		{op: "KeystoneListProjects", method: http.MethodGet, path: "/v3/projects", do: listProjects},
	},
	sections: []section{
		{key: "gateway.instance", load: (*loader).loadInstance, dump: (*dumper).dumpInstance},
		{key: "gateway.quotas", load: (*loader).loadQuotas, dump: func(d *dumper) any { return d.quotaLimits }},
		{key: "features", load: (*loader).loadFeatures}, // dumped as gateway.settings
		listSection("gateway.settings", func(f featureBody) string { return f.Name }, (*loader).setting, (*dumper).dumpSettings),
	},
}

func newInstance(o Options) instance {
	return instance{
		Name: "apig-emulator", Status: statusRunning, Number: statusNumbers[statusRunning], Spec: "PROFESSIONAL",
		Features: slices.Clone(defaultFeatures), id: o.InstanceID, created: o.Now(),
	}
}

// supports reports whether the instance has the feature. The feature "" means none, which every instance has.
func (g *Gateway) supports(feature string) bool {
	return feature == "" || slices.Contains(g.instance.Features, feature)
}

// summary returns the instance as the list of instances shows it.
func (g *Gateway) summary() map[string]any {
	i := g.instance
	locks := i.Locks
	if locks == nil {
		locks = []lock{}
	}
	return map[string]any{
		"id": g.opts.InstanceID, "project_id": g.opts.ProjectID, "instance_name": i.Name, "status": i.Status,
		"instance_status": i.Number, "type": "apig", "spec": i.Spec, "create_time": i.created.UnixMilli(),
		"enterprise_project_id": "0", "eip_address": nil, "charging_mode": 0, "cbc_metadata": "",
		"loadbalancer_provider": "elb", "cbc_operation_locks": locks,
	}
}

func listInstances(g *Gateway, c *call) (reply, error) {
	f := filter[map[string]any]{}
	text := func(member string) func(map[string]any) string {
		return func(m map[string]any) string { s, _ := m[member].(string); return s }
	}
	f.where(c, "instance_id", text("id"))
	f.like(c, "instance_name", false, text("instance_name"))
	f.where(c, "status", text("status"))
	return page(g, c, "instances", []map[string]any{g.summary()}, f.condition(), func(m map[string]any) map[string]any { return m })
}

func showInstance(g *Gateway, _ *call) (reply, error) {
	v := g.summary()
	maps.Copy(v, map[string]any{
		"description": "", "instance_version": "2.0.0", "vpc_id": generateID(0, 1), "subnet_id": generateID(0, 2), "security_group_id": generateID(0, 3),
		"available_zone_ids": "[az-1, az-2]", "maintain_begin": "22:00:00", "maintain_end": "02:00:00", "ingress_ip": "192.168.0.10",
		"bandwidth_size": 0, "bandwidth_charging_mode": "bandwidth", "supported_features": g.instance.Features,
		"node_ips":  map[string]any{"livedata": []string{"192.168.0.11"}, "shubao": []string{"192.168.0.12"}},
		"publicips": []any{}, "privateips": []any{}, "endpoint_services": []any{}, "listeners": nil,
	})
	return ok(v)
}

func listInstanceFeatures(g *Gateway, c *call) (reply, error) {
	return page(g, c, "features", g.instance.Features, nil, func(s string) string { return s })
}

func listFeatures(g *Gateway, c *call) (reply, error) {
	rows := []*feature{}
	for _, name := range g.instance.Features {
		if f := g.features[name]; f != nil {
			rows = append(rows, f)
		}
	}
	return page(g, c, "features", rows, nil, func(f *feature) feature { return *f })
}

type featureBody struct {
	Name   string `json:"name"`
	Enable bool   `json:"enable"`
	Config string `json:"config"`
}

// setFeature changes a feature. By default, each feature can change once a minute, see Behaviour.FeatureChanges.
func setFeature(g *Gateway, c *call, b featureBody) (reply, error) {
	var v checks
	v.require(b.Name != "", "name")
	v.require(c.sent("enable"), "enable")
	if v.err != nil {
		return reply{}, v.err
	}
	if !g.supports(b.Name) {
		return reply{}, unsupported(b.Name)
	}
	f := g.features[b.Name]
	if f != nil && c.now.Sub(f.at) < time.Minute && g.behaviour.FeatureChanges != "any-time" {
		return reply{}, refuse(http.StatusConflict, "APIG.3711", "The feature can be changed only once per minute,name:%s", b.Name)
	}
	if f == nil {
		f = &feature{ID: g.newID(), InstanceID: g.opts.InstanceID}
		g.features[b.Name] = f
	}
	f.featureBody, f.at, f.UpdateTime = b, c.now, formatTime(c.now)
	c.effect(Effect{Kind: "feature", Action: "update", ID: f.ID, Name: f.Name})
	return created(*f)
}

// listProjects is an operation of IAM, not of the gateway. It finds a project by the name of its region.
func listProjects(g *Gateway, c *call) (reply, error) {
	name := c.queryArg("name")
	if name == "" {
		name = "emulator-1"
	}
	return ok(map[string]any{
		"links": map[string]any{"self": "", "previous": nil, "next": nil},
		"projects": []map[string]any{{
			"id": g.opts.ProjectID, "name": name, "domain_id": generateID(0, 4), "parent_id": generateID(0, 4),
			"enabled": true, "is_domain": false, "description": "",
		}},
	})
}

// loadInstance sets the properties that the file has and keeps the others.
func (l *loader) loadInstance(raw json.RawMessage) error {
	var i instance
	if err := decodeStrict(raw, &i); err != nil {
		return err
	}
	old := &l.instance
	old.Name, old.Spec = cmp.Or(i.Name, old.Name), cmp.Or(i.Spec, old.Spec)
	old.Locks = i.Locks
	if i.Features != nil {
		old.Features = i.Features
	}
	if i.Status != "" {
		old.Status, old.Number = i.Status, cmp.Or(i.Number, statusNumbers[i.Status])
	}
	if created, _, err := l.timesAt("instance"); err == nil {
		old.created = created
	}
	return nil
}

func (d *dumper) dumpInstance() any {
	d.times["instance"] = formatTimes(d.instance.created, time.Time{})
	return d.instance
}

func (l *loader) loadQuotas(raw json.RawMessage) error {
	var all map[string]int
	if err := decodeStrict(raw, &all); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if !slices.ContainsFunc(l.quotas(), func(q quota) bool { return q.name == name }) {
			return fmt.Errorf("unknown quota %s", name)
		}
		l.quotaLimits[name] = all[name]
	}
	return nil
}

func (l *loader) setting(f featureBody) error {
	l.features[f.Name] = &feature{
		ID: l.id("feature/" + f.Name), featureBody: f, InstanceID: l.instance.id, UpdateTime: formatTime(l.now),
	}
	return nil
}

func (d *dumper) dumpSettings() (out []featureBody) {
	for _, name := range slices.Sorted(maps.Keys(d.features)) {
		s := d.features[name]
		out = append(out, s.featureBody)
		d.ids["feature/"+name] = s.ID
	}
	return out
}

// loadFeatures sets the features of the section features: by name, as texts or mappings.
func (l *loader) loadFeatures(raw json.RawMessage) error {
	var all map[string]any
	if err := json.Unmarshal(raw, &all); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		text, ok := all[name].(string)
		if !ok {
			config, err := json.Marshal(all[name])
			if err != nil {
				return err
			}
			text = string(config)
		}
		if !slices.Contains(l.instance.Features, name) {
			l.instance.Features = append(l.instance.Features, name)
		}
		if err := l.setting(featureBody{Name: name, Enable: text != "off", Config: text}); err != nil {
			return err
		}
	}
	return nil
}
