package emulator

import (
	"cmp"
	"slices"
	"strconv"
)

// microservice is the registry or cluster that the members of a channel come from. The emulator invents its instances.
type microservice struct {
	Type  string     `json:"service_type"` // CSE CCE NACOS; CCE_SERVICE is not supported
	CSE   *cseInfo   `json:"cse_info,omitempty"`
	CCE   *cceInfo   `json:"cce_info,omitempty"`
	CCES  *cceSvc    `json:"cce_service_info,omitempty"`
	Nacos *nacosInfo `json:"nacos_info,omitempty"`
}

type cseInfo struct {
	Engine  string `json:"engine_id"`
	Service string `json:"service_id"`
}

type cceInfo struct {
	Cluster    string `json:"cluster_id"`
	Namespace  string `json:"namespace"`
	Workload   string `json:"workload_type"`
	App        string `json:"app_name,omitempty"`
	LabelKey   string `json:"label_key,omitempty"`
	LabelValue string `json:"label_value,omitempty"`
}

type cceSvc struct {
	Cluster   string `json:"cluster_id"`
	Namespace string `json:"namespace"`
	Service   string `json:"service_name"`
}

type nacosInfo struct {
	Namespace string        `json:"namespace"`
	Cluster   string        `json:"cluster_name"`
	Group     string        `json:"group_name"`
	Service   string        `json:"service_name"`
	Servers   []nacosServer `json:"server_config"`
	User      *nacosUser    `json:"user_info"`
}

type nacosServer struct {
	IP   string `json:"ip_address"`
	Port int    `json:"port"`
	GRPC int    `json:"grpc_port"` // if none is sent, the port plus 1000
}

type nacosUser struct {
	Name     string `json:"user_name"`
	Password string `json:"password"`
}

// setsWeights reports whether the registry decides the weights of groups.
func (m *microservice) setsWeights() bool { return m != nil && m.Type == "NACOS" }

// stored returns a microservice as the gateway stores it, with defaults for what was left out.
func (m *microservice) stored() *microservice {
	if m == nil || m.Nacos == nil {
		return m
	}
	n := *m.Nacos
	n.Cluster, n.Group, n.Servers = cmp.Or(n.Cluster, "DEFAULT"), cmp.Or(n.Group, "DEFAULT_GROUP"), slices.Clone(n.Servers)
	for i := range n.Servers {
		n.Servers[i].GRPC = cmp.Or(n.Servers[i].GRPC, n.Servers[i].Port+1000)
	}
	out := *m
	out.Nacos = &n
	return &out
}

// service checks the microservice of a channel. Channels of other types must not have one.
func (c *checks) service(b channelBody) {
	m := b.Service
	if b.Type != typeService {
		c.require(m == nil, "microservice_info")
		return
	}
	if m == nil {
		c.fail(invalidAs("APIG.2041", "microservice_info"))
		return
	}
	wrong := func(code string, broken bool, parameter string) {
		if broken {
			c.fail(invalidAs(code, parameter))
		}
	}
	switch m.Type {
	case "CSE":
		wrong("APIG.2042", m.CSE == nil || m.CSE.Engine == "" || m.CSE.Service == "", "cse_info")
	case "CCE":
		w := m.CCE
		wrong("APIG.2041", w == nil || w.Cluster == "" || w.Namespace == "" || (w.App == "") == (w.LabelKey == "" || w.LabelValue == ""), "cce_info")
		if w != nil {
			c.oneOf("workload_type", w.Workload, "deployment", "statefulset", "daemonset")
		}
	case "NACOS":
		n := m.Nacos
		wrong("APIG.2048", n == nil || n.Service == "" || len(n.Servers) == 0 || n.User != nil && (n.User.Name == "" || n.User.Password == ""), "nacos_info")
		if n != nil {
			for _, s := range n.Servers {
				wrong("APIG.2048", s.IP == "" || s.Port < 1 || s.Port > 65535 || s.GRPC < 0 || s.GRPC > 65535, "server_config")
			}
		}
	default:
		wrong("APIG.2041", true, "service_type")
	}
}

// serviceGroup checks the members of a group that are about microservices. Groups of other channels must not have them.
func (c *checks) serviceGroup(x channelGroup, channelType string) {
	c.require(channelType == typeService || x.Version == "" && x.Port == 0 && len(x.Labels) == 0, "microservice_labels")
	c.text("microservice_version", x.Version, 0, 64, nil)
	c.require(x.Port >= 0 && x.Port <= 65535, "microservice_port")
	for _, l := range x.Labels {
		c.text("label_name", l.Name, 1, 63, nil)
		c.text("label_value", l.Value, 1, 63, nil)
	}
}

// instances returns the members that the microservice has: one in each group.
func (c *channel) instances() (out []channelMember) {
	groups := c.Groups
	if len(groups) == 0 {
		groups = []channelGroup{{}}
	}
	for i, g := range groups {
		host := "10.247.0." + strconv.Itoa(i+2)
		out = append(out, channelMember{
			Host: host, ECS: host, ECSName: host, Port: cmp.Or(g.Port, c.Port), Weight: valueOr(g.Weight, 0), Group: g.Name, Status: 1, HealthStatus: "unknown",
		})
	}
	return out
}

// view returns a microservice as answers show it, with names that the gateway looked up, or a stub if there is none.
func (m *microservice) view(c *channel, secret string) map[string]any {
	out := map[string]any{
		"id": "", "instance_id": "", "service_type": "", "create_time": "", "update_time": "",
		"cse_info":         map[string]any{"engine_id": "", "service_id": "", "engine_name": "", "service_name": "", "register_address": "", "cse_app_id": "", "version": ""},
		"cce_info":         map[string]any{"cluster_id": "", "namespace": "", "workload_type": "", "app_name": "", "label_key": "", "label_value": "", "cluster_name": ""},
		"cce_service_info": map[string]any{"cluster_id": "", "namespace": "", "service_name": "", "cluster_name": ""},
	}
	if m == nil {
		return out
	}
	out["id"], out["instance_id"], out["service_type"] = c.partID("microservice", 0), c.partID("instance", 0), m.Type
	out["create_time"], out["update_time"] = formatTime(c.created), formatTime(c.updated)
	if i := m.CSE; i != nil {
		out["cse_info"] = map[string]any{
			"engine_id": i.Engine, "service_id": i.Service, "engine_name": "engine", "service_name": "service", "register_address": "192.0.2.30:30100", "cse_app_id": "default", "version": "",
		}
	}
	if i := m.CCE; i != nil {
		out["cce_info"] = map[string]any{
			"cluster_id": i.Cluster, "namespace": i.Namespace, "workload_type": i.Workload, "app_name": i.App, "label_key": i.LabelKey, "label_value": i.LabelValue, "cluster_name": "cluster",
		}
	}
	if i := m.Nacos; i != nil {
		out["nacos_info"] = i.view(secret)
	}
	return out
}

// view returns a registry as answers show it. secret is Behaviour.ChannelSecret.
func (n *nacosInfo) view(secret string) map[string]any {
	out := map[string]any{
		"namespace": n.Namespace, "cluster_name": n.Cluster, "group_name": n.Group, "service_name": n.Service, "server_config": n.Servers,
	}
	u := n.User
	if u == nil {
		u = &nacosUser{} // a stub
	}
	user := map[string]any{"user_name": u.Name}
	switch {
	case secret == "no-user":
		return out
	case secret == "masked" && u.Password != "":
		user["password"] = "******"
	case secret == "clear":
		user["password"] = u.Password
	}
	out["user_info"] = user
	return out
}
