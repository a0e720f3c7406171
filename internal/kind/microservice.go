package kind

import (
	"cmp"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
)

// Microservice is where the members of a channel come from: a service of a registry or a workload of a cluster. The
// gateway also reports read-only fields, such as names and addresses.
type Microservice struct {
	Type       string      `json:"service_type"` // CSE, CCE, CCE_SERVICE or NACOS; only the field of that type is set
	CSE        *CSEInfo    `json:"cse_info,omitempty" readonly:"engine_name,service_name,register_address,cse_app_id,version"`
	CCE        *CCEInfo    `json:"cce_info,omitempty" readonly:"cluster_name"`
	CCEService *CCEService `json:"cce_service_info,omitempty" readonly:"cluster_name"`
	Nacos      *NacosInfo  `json:"nacos_info,omitempty"`
}

// CSEInfo is a service of a Cloud Service Engine.
type CSEInfo struct {
	Engine  string `json:"engine_id"`
	Service string `json:"service_id"`
}

// CCEInfo is a workload of a Cloud Container Engine, found by the name of its app or by a label.
type CCEInfo struct {
	Cluster    string `json:"cluster_id"`
	Namespace  string `json:"namespace"`
	Workload   string `json:"workload_type"` // deployment statefulset daemonset
	App        string `json:"app_name,omitempty"`
	LabelKey   string `json:"label_key,omitempty"`
	LabelValue string `json:"label_value,omitempty"`
}

// CCEService is a service of a Cloud Container Engine.
type CCEService struct {
	Cluster   string `json:"cluster_id"`
	Namespace string `json:"namespace"`
	Service   string `json:"service_name"`
}

// NacosInfo is a service of a Nacos registry.
type NacosInfo struct {
	Namespace string        `json:"namespace,omitempty"` // id; "" means public
	Cluster   string        `json:"cluster_name,omitempty"`
	Group     string        `json:"group_name,omitempty"`
	Service   string        `json:"service_name"`
	Servers   []NacosServer `json:"server_config" key:"ip_address,port"`
	User      *NacosUser    `json:"user_info,omitempty"`
}

// NacosServer is an address of a registry.
type NacosServer struct {
	IP   string `json:"ip_address"`
	Port int64  `json:"port"`
	GRPC int64  `json:"grpc_port,omitempty"` // if a file gives none, 1000 above the port
}

// NacosUser is the user with whom the gateway logs in to the registry. The gateway may hide the password.
type NacosUser struct {
	Name     string `json:"user_name"`
	Password string `json:"password"` // "" leaves the password on the gateway alone
}

const (
	nacosPassword = "/microservice/nacos_info/user_info/password"
	nacosCluster  = "DEFAULT"
	nacosGroup    = "DEFAULT_GROUP"
	nacosGRPC     = 1000 // the default gRPC port is this much above the port
)

// weighsItself reports whether the registry decides the weights of groups.
func (m *Microservice) weighsItself() bool { return m != nil && m.Type == "NACOS" }

// told returns the microservice of an answer without the fields of other service types; nil for a stub.
func (m *Microservice) cleaned() *Microservice {
	if m == nil || m.Type == "" {
		return nil
	}
	out := &Microservice{Type: m.Type}
	switch m.Type {
	case "CSE":
		out.CSE = m.CSE
	case "CCE":
		out.CCE = m.CCE
	case "CCE_SERVICE":
		out.CCEService = m.CCEService
	case "NACOS":
		out.Nacos = m.Nacos
	}
	if n := out.Nacos; n != nil && n.User != nil && n.User.Name == "" && n.User.Password == "" {
		out.Nacos = new(*n)
		out.Nacos.User = nil
	}
	return out.changed(func(n *NacosInfo) {
		if n.User != nil && n.User.Password == "" { // the user has a password, but this gateway leaves it out
			n.User.Password = masked
		}
	})
}

// silent reports whether the answer of the gateway leaves out the user of the registry. If there is no user, gateways
// that report users return a stub of empty texts.
func (m *Microservice) omitsUser() bool { return m != nil && m.Type == "NACOS" && m.user() == nil }

// complete fills in the defaults of fields that files may leave out. Only Nacos services have such fields.
func (m *Microservice) complete() *Microservice {
	return m.changed(func(n *NacosInfo) {
		n.Cluster, n.Group = cmp.Or(n.Cluster, nacosCluster), cmp.Or(n.Group, nacosGroup)
		for i := range n.Servers {
			n.Servers[i].GRPC = cmp.Or(n.Servers[i].GRPC, n.Servers[i].Port+nacosGRPC)
		}
	})
}

// concise leaves out what complete fills in.
func (m *Microservice) concise() *Microservice {
	return m.changed(func(n *NacosInfo) {
		if n.Cluster == nacosCluster {
			n.Cluster = ""
		}
		if n.Group == nacosGroup {
			n.Group = ""
		}
		for i := range n.Servers {
			if n.Servers[i].GRPC == n.Servers[i].Port+nacosGRPC {
				n.Servers[i].GRPC = 0
			}
		}
	})
}

// adopt returns m without the password if want leaves it to the gateway. If the gateway is silent about the user, m
// gets the user of want with a masked password.
func (m *Microservice) adopt(want *Microservice, userOmitted bool) *Microservice {
	w := want.user()
	if w != nil && userOmitted {
		m = m.changed(func(n *NacosInfo) { n.User = &NacosUser{Name: w.Name, Password: masked} })
	}
	if w == nil || w.Password != "" {
		return m
	}
	return m.changed(func(n *NacosInfo) {
		if n.User != nil {
			n.User.Password = ""
		}
	})
}

// sent returns m with the gateway's password if m leaves the password to the gateway, since an update replaces the
// whole microservice. If the gateway hides the password, lost names it.
func (m *Microservice) sent(have *Microservice, userOmitted bool) (_ *Microservice, lost []string) {
	user, held := m.user(), have.user()
	if user == nil || held == nil && !userOmitted || user.Password != "" {
		return m, nil
	}
	if held == nil || !InClear(held.Password) {
		return m, []string{nacosPassword}
	}
	return m.changed(func(n *NacosInfo) { n.User.Password = held.Password }), nil
}

func (m *Microservice) user() *NacosUser {
	if m == nil || m.Nacos == nil {
		return nil
	}
	return m.Nacos.User
}

// changed returns a copy of m whose Nacos settings were changed by set; m itself if it is not a Nacos service.
func (m *Microservice) changed(set func(*NacosInfo)) *Microservice {
	if m == nil || m.Nacos == nil {
		return m
	}
	n := *m.Nacos
	n.Servers = slices.Clone(n.Servers)
	if n.User != nil {
		n.User = new(*n.User)
	}
	set(&n)
	out := *m
	out.Nacos = &n
	return &out
}

// microserviceShape describes the registry or cluster of a channel. Its keys are the API's names.
func microserviceShape() *shape.Shape {
	clusterID := shape.Required("cluster_id", shape.OfText("Id of the cluster.", shape.Length(1, 64)).WithExample("ab1485b4-f91b-11ec-8d3b-0255ac101a2b"))
	namespace := shape.Required("namespace", shape.OfText("Namespace in the cluster.", shape.Length(1, 63)).WithExample("default"))
	app := shape.Pattern(`[A-Za-z一-鿿][A-Za-z0-9._一-鿿-]*`, "letters, digits, Chinese characters and - _ ., starting with a letter or a Chinese character")
	nacosWord := shape.Pattern(`[A-Za-z0-9_.:-]*`, "letters, digits and - _ . :")
	return shape.OfMap("The service whose instances are the members, for type microservice. The service keeps the list of members itself.",
		shape.Required("service_type", shape.OfText("Where the service is registered. Which service it is, is set in cse_info, cce_info, cce_service_info or nacos_info.", shape.OneOf("CSE", "CCE", "CCE_SERVICE", "NACOS"))),
		shape.Optional("cse_info", shape.OfMap("A service of a Cloud Service Engine, for service_type CSE.",
			shape.Required("engine_id", shape.OfText("Id of the engine.", shape.Length(1, 64)).WithExample("5f1c2c0b-8c6e-4d5f-8a7b-6c5d4e3f2a1b")),
			shape.Required("service_id", shape.OfText("Id of the service.", shape.Length(1, 64)).WithExample("8a7b6c5d4e3f2a1b5f1c2c0b8c6e4d5f")),
		).WithAbsent("none").InContext("service_type", "CSE")),
		shape.Optional("cce_info", shape.OfMap("A workload of a Cloud Container Engine, for service_type CCE: found by app_name, or by label_key and label_value.",
			clusterID, namespace,
			shape.Required("workload_type", shape.OfText("Kind of workload.", shape.OneOf("deployment", "statefulset", "daemonset"))),
			shape.Optional("app_name", shape.OfText("Name of the app.", shape.Length(1, 64), app).WithExample("orders").WithAbsent("none").InContext("label_key", nil).InContext("label_value", nil)),
			shape.Optional("label_key", shape.OfText("Name of a label.", shape.Length(1, 64)).WithExample("app").WithAbsent("none").InContext("label_value", "orders").InContext("app_name", nil)),
			shape.Optional("label_value", shape.OfText("Value of that label.", shape.Length(1, 64)).WithExample("orders").WithAbsent("none").InContext("label_key", "app").InContext("app_name", nil)),
		).WithAbsent("none").InContext("service_type", "CCE")),
		shape.Optional("cce_service_info", shape.OfMap("A service of a Cloud Container Engine, for service_type CCE_SERVICE, which the vendor's documentation calls unsupported.",
			clusterID, namespace,
			shape.Required("service_name", shape.OfText("Name of the service.", shape.Length(1, 64), app).WithExample("orders")),
		).WithAbsent("none").InContext("service_type", "CCE_SERVICE").InContext("cce_info", nil)),
		shape.Optional("nacos_info", shape.OfMap("A service of a Nacos registry, for service_type NACOS.",
			shape.Optional("namespace", shape.OfText("Id of the namespace; empty means public.", shape.Length(0, 64), nacosWord).WithDefault("").WithExample("orders")),
			shape.Optional("cluster_name", shape.OfText("Cluster of the service.", shape.Length(1, 64), nacosWord).WithDefault(nacosCluster)),
			shape.Optional("group_name", shape.OfText("Group of the service.", shape.Length(1, 128), nacosWord).WithDefault(nacosGroup)),
			shape.Required("service_name", shape.OfText("Name of the service.", shape.Length(1, 512)).WithExample("orders")),
			shape.Required("server_config", shape.OfList("Addresses of the registry.", shape.OfMap("An address.",
				shape.Required("ip_address", shape.OfText("Address of a server.", shape.Length(1, 255)).WithExample("192.0.2.20")),
				shape.Required("port", shape.OfInteger("Port.", shape.Range(1, 65535)).WithUnit("port number").WithExample(int64(8848))),
				shape.Optional("grpc_port", shape.OfInteger("Port for gRPC.", shape.Range(1, 65535)).WithUnit("port number").WithExample(int64(9848)).WithAbsent("port + 1000")),
			), shape.Count(1, 0)).KeyedBy("ip_address", "port")),
			shape.Optional("user_info", shape.OfMap("User with whom the gateway logs in to the registry.",
				shape.Required("user_name", shape.OfText("Name of the user.", shape.Length(1, 255)).WithExample("gateway")),
				shape.Optional("password", shape.OfText("Password of the user.", shape.Length(1, 255)).AsSecret().WithExample("${NACOS_PASSWORD}").WithAbsent("the password on the gateway is left alone; if the gateway hides it, every update needs it")),
			).WithAbsent("no login")),
		).WithAbsent("none").InContext("service_type", "NACOS")),
	)
}

// checkMicroservice finds fields that do not fit the type of the service.
func checkMicroservice(m *Microservice) (out []shape.Problem) {
	problem := func(name, text, hint string) {
		out = append(out, shape.Problem{Path: "/microservice/" + name, Text: text, Hint: hint})
	}
	for _, f := range []struct {
		serviceType string
		there       bool
	}{{"CSE", m.CSE != nil}, {"CCE", m.CCE != nil}, {"CCE_SERVICE", m.CCEService != nil}, {"NACOS", m.Nacos != nil}} {
		name := strings.ToLower(f.serviceType) + "_info"
		switch {
		case m.Type == f.serviceType && !f.there:
			problem("service_type", "needs "+name, "add "+name)
		case m.Type != f.serviceType && f.there:
			problem("service_type", "is "+m.Type+", but "+name+" is for "+f.serviceType, "remove "+name+", or write "+f.serviceType)
		}
	}
	if c := m.CCE; c != nil && (c.App == "") == (c.LabelKey == "" && c.LabelValue == "") || c != nil && (c.LabelKey == "") != (c.LabelValue == "") {
		problem("cce_info", "needs either app_name, or label_key and label_value", "write one of them")
	}
	if n := m.Nacos; n != nil {
		seen := map[NacosServer]bool{}
		for i, s := range n.Servers {
			at := NacosServer{IP: s.IP, Port: s.Port}
			if seen[at] {
				problem("nacos_info/server_config/"+itoa(int64(i)), "is listed twice", "remove one of them")
			}
			seen[at] = true
			if s.GRPC > 65535 {
				problem("nacos_info/server_config/"+itoa(int64(i)), "has a port above 64535, so that grpc_port is missing", "add grpc_port")
			}
		}
	}
	return out
}
