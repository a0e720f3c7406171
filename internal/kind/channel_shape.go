package kind

import (
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
)

// The shape of channels in files. It has a file of its own, since it is long: it differs by type.

var (
	channelNames = shape.Pattern(`[A-Za-z一-鿿][A-Za-z0-9._一-鿿-]*`, "letters, digits, Chinese characters and - _ ., starting with a letter or a Chinese character")
	anyPort      = shape.Range(0, 65535)
	httpCodes    = shape.Expression(`^[1-5][0-9]{2}(-[1-5][0-9]{2})?(,[1-5][0-9]{2}(-[1-5][0-9]{2})?)*$`)
	labelTexts   = shape.Pattern(`[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?`, "letters, digits and - _ ., with a letter or digit at both ends")
)

func channelShape() *shape.Shape {
	return shape.OfMap("A load balance channel (VPC channel): the servers that APIs send calls to.",
		shape.Required("name", shape.OfText("Name of the channel, unique in the gateway. It identifies the channel.", shape.Length(3, 64), channelNames).WithExample("orders_backend")),
		shape.Optional("type", shape.OfText("Where the channel sends calls: to its members (builtin), to the instances of a microservice, or to other channels (reference).", shape.OneOf(ofServers, ofMicroservice, ofChannels)).AsImmutable().WithDefault(ofServers)),
		shape.Required("port", shape.OfInteger("Port of the members that do not set one.", shape.Range(1, 65535)).WithUnit("port number").WithExample(int64(8080))),
		shape.Required("balance_strategy", shape.OfText("How calls are distributed among the members.", shape.OneOf("weighted_round_robin", "weighted_least_connections", "source_hash", "uri_hash"))),
		shape.Optional("member_type", shape.OfText("What members are: addresses (ip) or cloud servers (ecs).", shape.OneOf("ip", "ecs")).WithDefault("ip")),
		shape.Optional("member_groups", memberGroups()),
		shape.Optional("members", memberList()),
		shape.Optional("health_check", healthCheck()),
		shape.Optional("microservice", microserviceShape().WithExample(exampleMicroservice).WithAbsent("none").InContext("type", ofMicroservice).InContext("members", nil).WithSamplesFor(sampleMicroservices)),
	).WithExample(map[string]any{
		"name": "orders_backend", "port": 8080, "balance_strategy": "weighted_round_robin",
		"members": []any{map[string]any{"host": "192.0.2.10", "weight": 1}},
	})
}

func memberGroups() *shape.Shape {
	return shape.OfList("Groups of members, each of which gets a share of the calls.", shape.OfMap("A group.",
		shape.Required("name", shape.OfText("Name of the group.", shape.Length(3, 64), channelNames).WithExample("blue").WithSamples("blue", "green", "grey")),
		shape.Optional("weight", shape.OfInteger("Share of the calls that the group gets. For Nacos, the registry decides it.", shape.Range(0, 100)).WithUnit("parts").WithDefault(int64(0)).WithExample(int64(80))),
		shape.Optional("remark", shape.OfText("Description for people.", shape.Length(0, 255)).WithDefault("").WithExample("The new version")),
		shape.Optional("microservice_version", shape.OfText("Version of the instances, for type microservice.", shape.Length(0, 64)).WithDefault("").WithExample("v1").WithSamples().InContext("../type", ofMicroservice).InContext("../members", nil).InContext("../microservice", exampleMicroservice)),
		shape.Optional("microservice_port", shape.OfInteger("Port of the instances, for type microservice; 0 means the port of the channel.", anyPort).WithUnit("port number").WithDefault(int64(0)).WithExample(int64(8081)).WithSamples().InContext("../type", ofMicroservice).InContext("../members", nil).InContext("../microservice", exampleMicroservice)),
		shape.Optional("microservice_labels", shape.OfList("Labels of the instances, for type microservice.", shape.OfMap("A label.",
			shape.Required("label_name", shape.OfText("Name of the label.", shape.Length(1, 63), labelTexts).WithExample("app")),
			shape.Required("label_value", shape.OfText("Value of the label.", shape.Length(1, 63), labelTexts).WithExample("orders")),
		)).KeyedBy("label_name").WithAbsent("none").WithSamples().InContext("../type", ofMicroservice).InContext("../members", nil).InContext("../microservice", exampleMicroservice)),
		shape.Optional("reference_channel", shape.OfText("Name of the channel that gets the calls of the group: one of channels in the files, or one that the gateway has. Required for type reference, and only allowed there.",
			shape.Length(3, 64)).AsNameOf(aChannel).WithExample("orders_pods").WithAbsent("none").InContext("../type", ofChannels).InContext("../members", nil)),
	)).KeyedBy("name").WithAbsent("not managed, but required for type reference; [] means none").WithSamplesFor(map[string][]any{
		ofServers: {
			[]any{map[string]any{"name": "blue", "weight": 80}, map[string]any{"name": "green"}},
			[]any{map[string]any{"name": "blue"}, map[string]any{"name": "green", "weight": 3, "remark": "new"}},
		},
		ofMicroservice: {
			[]any{map[string]any{"name": "blue", "microservice_version": "v1", "microservice_port": 8081, "microservice_labels": []any{map[string]any{"label_name": "app", "label_value": "orders"}}}},
			[]any{map[string]any{"name": "blue", "microservice_labels": []any{map[string]any{"label_name": "tier", "label_value": "gold"}, map[string]any{"label_name": "app", "label_value": "orders"}}}, map[string]any{"name": "green"}},
		},
	})
}

func memberList() *shape.Shape {
	return shape.OfList("The servers, for type builtin only: a microservice keeps its own list, and a reference has no members.", shape.OfMap("A server.",
		shape.Optional("host", shape.OfText("Address or host name, for member_type ip.", shape.Length(1, 255)).WithExample("192.0.2.10").WithAbsent("none")),
		shape.Optional("ecs_id", shape.OfText("Id of the cloud server, for member_type ecs.", shape.Length(1, 64)).WithExample("5f1c2c0b-8c6e-4d5f-8a7b-6c5d4e3f2a1b").WithAbsent("none").
			InContext("../member_type", "ecs").InContext("host", nil).InContext("ecs_name", "orders-1")),
		shape.Optional("ecs_name", shape.OfText("Name of the cloud server, for member_type ecs.", shape.Length(1, 64)).WithExample("orders-1").WithAbsent("none").
			InContext("../member_type", "ecs").InContext("host", nil).InContext("ecs_id", "5f1c2c0b-8c6e-4d5f-8a7b-6c5d4e3f2a1b")),
		shape.Optional("port", shape.OfInteger("Port.", anyPort).WithUnit("port number").WithExample(int64(8080)).WithAbsent("the port of the channel")),
		shape.Optional("weight", shape.OfInteger("Share of the calls that the member gets. In a group with a weight, it follows from that weight and is not compared.", shape.Range(0, 10000)).WithUnit("parts").WithDefault(int64(0)).WithExample(int64(1))),
		shape.Optional("group", shape.OfText("Name of the member's group, one of member_groups.", shape.Length(0, 64)).WithDefault("").WithExample("blue").InContext("../member_groups", []any{map[string]any{"name": "blue"}})),
		shape.Optional("is_backup", shape.OfBool("Whether the member gets calls only when no other member works. Needs a feature of the gateway.").WithDefault(false)),
		shape.Optional("enabled", shape.OfBool("Whether the member is in use; false means that it gets no calls.").WithDefault(true)),
	)).KeyedBy("host", "ecs_id", "port", "group").WithAbsent("not managed; [] means none").WithSamplesFor(map[string][]any{
		"ip": {
			[]any{map[string]any{"host": "192.0.2.10", "weight": 1}, map[string]any{"host": "192.0.2.11", "port": 9000, "enabled": false}},
			[]any{},
			[]any{map[string]any{"host": "192.0.2.12", "weight": 7}},
		},
		"ecs":          {[]any{map[string]any{"ecs_id": "ecs-1", "ecs_name": "orders-1"}}, []any{}},
		ofMicroservice: {}, ofChannels: {},
	})
}

func healthCheck() *shape.Shape {
	return shape.OfMap("How the gateway checks which members work.",
		shape.Required("protocol", shape.OfText("Protocol of the check.", shape.OneOf("TCP", "HTTP", "HTTPS"))),
		shape.Optional("path", shape.OfText("Path that is called; required for HTTP and HTTPS.", shape.Length(0, 512)).WithDefault("").WithExample("/health").InContext("protocol", "HTTP").InContext("http_code", "200-299")),
		shape.Optional("method", shape.OfText("Method, for HTTP and HTTPS.", shape.OneOf("GET", "HEAD")).WithAbsent("GET for HTTP and HTTPS").InContext("protocol", "HTTP").InContext("path", "/health").InContext("http_code", "200-299")),
		shape.Optional("port", shape.OfInteger("Port that is checked; 0 means the port of the member.", anyPort).WithUnit("port number").WithDefault(int64(0)).WithExample(int64(8081))),
		shape.Required("threshold_normal", shape.OfInteger("Number of good answers after which a member counts as working.", shape.Range(1, 10)).WithUnit("answers").WithExample(int64(2))),
		shape.Required("threshold_abnormal", shape.OfInteger("Number of bad answers after which a member counts as not working.", shape.Range(1, 10)).WithUnit("answers").WithExample(int64(5))),
		shape.Required("time_interval", shape.OfInteger("Time between two checks; must be longer than timeout.", shape.Range(1, 300)).WithUnit("seconds").WithExample(int64(10))),
		shape.Required("timeout", shape.OfInteger("How long a member may take to answer.", shape.Range(1, 30)).WithUnit("seconds").WithExample(int64(5))),
		shape.Optional("http_code", shape.OfText("Status codes that count as good; required for HTTP and HTTPS.", shape.Length(0, 255)).WithDefault("").WithExample("200-299").InContext("protocol", "HTTP").InContext("path", "/health")),
		shape.Optional("enable_client_ssl", shape.OfBool("Whether the gateway presents a client certificate to members. Its feature backend_client_certificate sets which one.").WithDefault(false)),
	).WithAbsent("not managed; no request removes a health check, so it ends only with its channel").WithSamplesFor(map[string][]any{
		"ip":       {map[string]any{"protocol": "HTTP", "path": "/health", "http_code": "200-299", "threshold_normal": 2, "threshold_abnormal": 5, "time_interval": 10, "timeout": 5}},
		ofChannels: {},
		"ecs":      {map[string]any{"protocol": "TCP", "port": 9000, "threshold_normal": 1, "threshold_abnormal": 3, "time_interval": 6, "timeout": 2}},
	})
}

var exampleMicroservice = map[string]any{
	"service_type": "CCE", "cce_info": map[string]any{"cluster_id": "ab1485b4-f91b-11ec-8d3b-0255ac101a2b", "namespace": "default", "workload_type": "deployment", "app_name": "orders"},
}

// sampleMicroservices are microservices for generated states, by the type of the channel; other types have none.
var sampleMicroservices = map[string][]any{
	"": {},
	ofMicroservice: {
		map[string]any{"service_type": "CSE", "cse_info": map[string]any{"engine_id": "engine-1", "service_id": "service-1"}},
		map[string]any{"service_type": "CCE", "cce_info": map[string]any{"cluster_id": "cluster-1", "namespace": "default", "workload_type": "deployment", "app_name": "orders"}},
		map[string]any{"service_type": "CCE", "cce_info": map[string]any{"cluster_id": "cluster-1", "namespace": "shop", "workload_type": "daemonset", "label_key": "app", "label_value": "orders"}},
		map[string]any{"service_type": "NACOS", "nacos_info": map[string]any{"service_name": "orders", "server_config": []any{map[string]any{"ip_address": "192.0.2.20", "port": 8848}}}},
		map[string]any{"service_type": "NACOS", "nacos_info": map[string]any{
			"service_name": "orders", "namespace": "shop", "group_name": "gold", "server_config": []any{map[string]any{"ip_address": "192.0.2.21", "port": 8848, "grpc_port": 9000}, map[string]any{"ip_address": "192.0.2.20", "port": 8848}},
			"user_info": map[string]any{"user_name": "gateway", "password": "ssssssss-nacos"},
		}},
	},
}

func checkChannel(c Channel) (out []shape.Problem) {
	out = append(checkChannelType(c), checkGroups(c)...)
	if c.Type == ofServers {
		out = append(out, checkServers(c)...)
	}
	if c.Health != nil {
		out = append(out, checkHealth(*c.Health)...)
	}
	if c.Service != nil {
		out = append(out, checkMicroservice(c.Service)...)
	}
	return out
}

// checkChannelType finds fields that a channel lacks, or cannot have, because of its type.
func checkChannelType(c Channel) (out []shape.Problem) {
	problem := func(path, text, hint string) { out = append(out, shape.Problem{Path: path, Text: text, Hint: hint}) }
	switch {
	case c.Type == ofMicroservice && c.Service == nil:
		problem("/type", "needs microservice, which says where its members come from", "add microservice")
	case c.Type != ofMicroservice && c.Service != nil:
		problem("/microservice", "is not for type "+c.Type, "remove it, or write type: microservice")
	}
	switch {
	case c.Type == ofMicroservice && c.Servers != nil:
		problem("/members", "are not for type microservice, since the service keeps the list itself", "remove them")
	case c.Type == ofChannels && c.Servers != nil:
		problem("/members", "are not for type reference, whose groups refer to other channels", "remove them")
	}
	if c.Type == ofChannels && c.Groups == nil {
		problem("/type", "needs member_groups, each with a reference_channel", "add member_groups")
	}
	if c.Type == ofChannels && c.Health != nil {
		out = append(out, shape.Problem{
			Path: "/health_check", Text: "has no effect for type reference, which has no members of its own", Hint: "add it to the channels that it refers to", Warning: true,
		})
	}
	return out
}

func checkGroups(c Channel) (out []shape.Problem) {
	seen := map[string]bool{}
	for i, g := range c.Groups {
		problem := func(field, text, hint string) {
			out = append(out, shape.Problem{Path: "/member_groups/" + itoa(int64(i)) + field, Text: text, Hint: hint})
		}
		if seen[g.Name] {
			problem("/name", "names "+g.Name+" twice", "remove one of them")
		}
		seen[g.Name] = true
		for _, f := range []struct {
			field string
			there bool
		}{{"/microservice_version", g.Version != ""}, {"/microservice_port", g.Port != 0}, {"/microservice_labels", g.Labels != nil}} {
			if f.there && c.Type != ofMicroservice {
				problem(f.field, "is only for type microservice", "remove it")
			}
		}
		labels := map[string]bool{}
		for n, l := range g.Labels {
			if labels[l.Name] {
				problem("/microservice_labels/"+itoa(int64(n))+"/label_name", "names "+l.Name+" twice", "remove one of them")
			}
			labels[l.Name] = true
		}
		switch {
		case g.Weight > 0 && c.Service.weighsItself():
			problem("/weight", "cannot be set for Nacos, where the registry decides it", "remove it")
		case g.Reference == "" && c.Type == ofChannels:
			problem("", "needs reference_channel, since its channel has the type reference", "add the name of a channel")
		case g.Reference != "" && c.Type != ofChannels:
			problem("/reference_channel", "is only for type reference", "remove it, or write type: reference")
		case g.Reference != "" && g.Reference == c.Name:
			problem("/reference_channel", "is the channel itself", "name another channel")
		}
	}
	return out
}

func checkServers(c Channel) (out []shape.Problem) {
	problem := func(path, text, hint string) { out = append(out, shape.Problem{Path: path, Text: text, Hint: hint}) }
	groups := map[string]bool{"": true}
	for _, g := range c.Groups {
		groups[g.Name] = true
	}
	seen := map[string]bool{}
	for i, s := range c.Servers {
		at := "/members/" + itoa(int64(i))
		key := strings.Join(s.key(), " ")
		switch {
		case c.Members == "ip" && (s.Host == "" || s.ECS+s.ECSName != ""):
			problem(at, "needs host, and neither ecs_id nor ecs_name", "write its address, or member_type: ecs")
		case c.Members == "ecs" && (s.ECS == "" || s.ECSName == "" || s.Host != ""):
			problem(at, "needs ecs_id and ecs_name, and no host", "write both, or member_type: ip")
		case seen[key]:
			problem(at, "is listed twice with the same port and group", "remove one of them")
		case !groups[s.Group]:
			problem(at+"/group", "is not among member_groups", "add the group there, or remove this line")
		}
		seen[key] = true
	}
	return out
}

func checkHealth(h HealthCheck) (out []shape.Problem) {
	problem := func(name, text, hint string) {
		out = append(out, shape.Problem{Path: "/health_check/" + name, Text: text, Hint: hint})
	}
	if h.Interval <= h.Timeout {
		problem("time_interval", "is not longer than timeout", "make it longer, or timeout shorter")
	}
	for _, f := range []struct{ name, value string }{{"path", h.Path}, {"http_code", h.Code}, {"method", h.Method}} {
		switch {
		case h.Protocol == "TCP" && f.value != "":
			problem(f.name, "is not for TCP", "remove it")
		case h.Protocol != "TCP" && f.value == "":
			problem("protocol", "needs "+f.name, "add "+f.name)
		}
	}
	if h.Code != "" && !httpCodes().MatchString(h.Code) {
		problem("http_code", "is not a list of status codes", "write it like 200-299 or 200,204")
	}
	return out
}
