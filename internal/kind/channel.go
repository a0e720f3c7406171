package kind

import (
	"cmp"
	"errors"
	"regexp"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
)

// Channel is a load balance channel: the servers behind APIs. API reference: "VPC Channel Management". What of it is nil
// is not managed: an update carries what the gateway holds.
type Channel struct {
	Name     string         `json:"name"`
	Type     string         `json:"type"` // fixed at creation
	Port     int64          `json:"port"`
	Strategy string         `json:"balance_strategy"`
	Members  string         `json:"member_type"` // ip or ecs
	Groups   []ChannelGroup `json:"member_groups,omitempty"`
	Servers  []Server       `json:"members,omitempty"`
	Health   *HealthCheck   `json:"health_check,omitempty"`
	Odd      `json:"-"`
}

// ChannelGroup is a part of the members that gets its share of the calls.
type ChannelGroup struct {
	Name   string `json:"name"`
	Weight int64  `json:"weight"`
	Remark string `json:"remark,omitempty"`
}

// Server is a member of a channel: an address, or an ECS by its id.
type Server struct {
	Host    string `json:"host,omitempty"`
	ECS     string `json:"ecs_id,omitempty"`
	ECSName string `json:"ecs_name,omitempty"`
	Port    int64  `json:"port,omitempty"` // that of the channel where a file names none
	Weight  int64  `json:"weight"`
	Group   string `json:"group,omitempty"` // "" for one in none
	Backup  bool   `json:"is_backup,omitempty"`
	Enabled *bool  `json:"enabled,omitempty"`
}

// HealthCheck says how a channel finds out which of its members work.
type HealthCheck struct {
	Protocol  string `json:"protocol"` // TCP HTTP HTTPS
	Path      string `json:"path,omitempty"`
	Method    string `json:"method,omitempty"` // "" for TCP
	Port      int64  `json:"port,omitempty"`   // 0 means that of the member
	Normal    int64  `json:"threshold_normal"`
	Abnormal  int64  `json:"threshold_abnormal"`
	Interval  int64  `json:"time_interval"` // seconds
	Timeout   int64  `json:"timeout"`       // seconds
	Code      string `json:"http_code,omitempty"`
	ClientSSL bool   `json:"enable_client_ssl,omitempty"`
}

type channelWire struct {
	ID       string             `json:"id,omitempty"`
	Name     string             `json:"name"`
	Type     *string            `json:"vpc_channel_type,omitempty"`
	Old      word               `json:"type,omitempty"` // older gateways tell this alone
	Port     *int64             `json:"port"`
	Strategy word               `json:"balance_strategy"`
	Members  *string            `json:"member_type"`
	Groups   []channelGroupWire `json:"member_groups"`
	Servers  []serverWire       `json:"members"`
	Health   *healthCheckWire   `json:"vpc_health_config,omitempty"`
}

type channelGroupWire struct {
	Name   string  `json:"member_group_name"`
	Weight int64   `json:"member_group_weight"`
	Remark *string `json:"member_group_remark"`
}

type serverWire struct {
	Host    string `json:"host,omitempty"`
	ECS     string `json:"ecs_id,omitempty"`
	ECSName string `json:"ecs_name,omitempty"`
	Port    int64  `json:"port"`
	Weight  int64  `json:"weight"`
	Group   string `json:"member_group_name,omitempty"`
	Backup  bool   `json:"is_backup"`
	Status  word   `json:"status"` // 1 on, 2 off
}

type healthCheckWire struct {
	Protocol  string `json:"protocol"`
	Path      string `json:"path,omitempty"`
	Method    string `json:"method,omitempty"`
	Port      int64  `json:"port"`
	Normal    int64  `json:"threshold_normal"`
	Abnormal  int64  `json:"threshold_abnormal"`
	Interval  int64  `json:"time_interval"`
	Timeout   int64  `json:"timeout"`
	Code      string `json:"http_code,omitempty"`
	ClientSSL bool   `json:"enable_client_ssl"`
}

// Types of channels. Of servers is what this version can write.
const ofServers = "builtin"

var (
	oldChannelTypes   = words{"2": ofServers, "3": "microservice"}
	balanceStrategies = words{"1": "weighted_round_robin", "2": "weighted_least_connections", "3": "source_hash", "4": "uri_hash"}
	switchedOff       = word("2")
	channelNames      = shape.Pattern(`[A-Za-z一-鿿][A-Za-z0-9._一-鿿-]*`, "letters, digits, Chinese characters and - _ ., starting with a letter or a Chinese character")
	anyPort           = shape.Range(0, 65535)
	httpCodes         = regexp.MustCompile(`^[1-5][0-9]{2}(-[1-5][0-9]{2})?(,[1-5][0-9]{2}(-[1-5][0-9]{2})?)*$`)
	errOtherChannel   = errors.New("this version changes channels of the type builtin alone; change this one in the console, or ignore it")
)

var channel = of(Def[Channel, channelWire]{
	Facts: Facts{
		Name: "channel", Trail: "Vpc", Section: "channels", Path: "vpc-channels", ListField: "vpc_channels", NameQuery: "name",
		Codes: Codes{Gone: []string{"APIG.3023"}}, Replace: []string{"/type"}, Remains: []string{"/health_check"}, Usual: 200,
		Ops: Operations{
			List: "ListVpcChannelsV2", Show: "ShowDetailsOfVpcChannelV2", Create: "CreateVpcChannelV2", Update: "UpdateVpcChannelV2", Delete: "DeleteVpcChannelV2",
		},
		Shape: channelShape(),
	},
	Hooks: Hooks[Channel]{
		Normalize: normalizeChannel,
		Compared:  comparedChannel,
		Brief:     briefChannel,
		Adopt:     adoptChannel,
		Sent: func(want, have Channel, _ func(string) bool) (Channel, []string) {
			if want.Groups == nil {
				want.Groups = have.Groups
			}
			if want.Servers == nil {
				want.Servers, _ = have.without(want)
			}
			want.Health = cmp.Or(want.Health, have.Health)
			return want, nil
		},
		Check: checkChannel,
		Clash: func(_, have Channel) []shape.Problem { // a replace would take away what no file can bring back
			if have.Type == ofServers || have.Type == "" {
				return nil
			}
			return []shape.Problem{{Path: "/type", Text: "is " + have.Type + " on the gateway, which this version does not manage", Hint: "give the channel another name, or ignore it"}}
		},
		Features: func(c Channel) []string {
			if slices.ContainsFunc(c.Servers, func(s Server) bool { return s.Backup }) {
				return []string{"vpc_backup"}
			}
			return nil
		},
	},
	Key:    func(_ string, c Channel) string { return c.Name },
	Encode: encodeChannel,
	Decode: decodeChannel,
})

func channelShape() *shape.Shape {
	const own = " Needs a feature of the gateway."
	return shape.OfMap("A load balance channel (VPC channel): the servers that APIs send calls to.",
		shape.Need("name", shape.OfText("Name of the channel, unique in the gateway. It identifies the channel.", shape.Length(3, 64), channelNames).WithExample("orders_backend")),
		shape.May("type", shape.OfText("What stands behind the channel: servers. Channels of microservices and of other channels cannot be declared yet.", shape.OneOf(ofServers)).AsFixed().WithDefault(ofServers)),
		shape.Need("port", shape.OfWhole("Port of members that name none.", shape.Range(1, 65535)).WithUnit("port number").WithExample(int64(8080))),
		shape.Need("balance_strategy", shape.OfText("How calls are spread over the members.", shape.OneOf("weighted_round_robin", "weighted_least_connections", "source_hash", "uri_hash"))),
		shape.May("member_type", shape.OfText("What members are: addresses (ip) or cloud servers (ecs).", shape.OneOf("ip", "ecs")).WithDefault("ip")),
		shape.May("member_groups", shape.OfList("Groups of members, each of which gets a share of the calls.", shape.OfMap("A group.",
			shape.Need("name", shape.OfText("Name of the group.", shape.Length(3, 64), channelNames).WithExample("blue").WithSamples("blue", "green", "grey")),
			shape.May("weight", shape.OfWhole("Share of the group.", shape.Range(0, 100)).WithUnit("parts").WithDefault(int64(0)).WithExample(int64(80))),
			shape.May("remark", shape.OfText("Description for people.", shape.Length(0, 255)).WithDefault("").WithExample("The new version")),
		)).KeyedBy("name").WithAbsent("not managed; [] means none").WithMadeBeside(map[string][]any{
			"ip":  {[]any{map[string]any{"name": "blue", "weight": 80}, map[string]any{"name": "green"}}},
			"ecs": {[]any{map[string]any{"name": "blue"}, map[string]any{"name": "green", "weight": 3, "remark": "new"}}},
		})),
		shape.May("members", shape.OfList("The servers.", shape.OfMap("A server.",
			shape.May("host", shape.OfText("Address or host name, for member_type ip.", shape.Length(1, 255)).WithExample("192.0.2.10").WithAbsent("none")),
			shape.May("ecs_id", shape.OfText("Id of the cloud server, for member_type ecs.", shape.Length(1, 64)).WithExample("5f1c2c0b-8c6e-4d5f-8a7b-6c5d4e3f2a1b").WithAbsent("none").
				WithBeside("../member_type", "ecs").WithBeside("host", nil).WithBeside("ecs_name", "orders-1")),
			shape.May("ecs_name", shape.OfText("Name of the cloud server, for member_type ecs.", shape.Length(1, 64)).WithExample("orders-1").WithAbsent("none").
				WithBeside("../member_type", "ecs").WithBeside("host", nil).WithBeside("ecs_id", "5f1c2c0b-8c6e-4d5f-8a7b-6c5d4e3f2a1b")),
			shape.May("port", shape.OfWhole("Port.", anyPort).WithUnit("port number").WithExample(int64(8080)).WithAbsent("the port of the channel")),
			shape.May("weight", shape.OfWhole("Share of the member; in a group with a weight it follows from that and is not compared.", shape.Range(0, 10000)).WithUnit("parts").WithDefault(int64(0)).WithExample(int64(1))),
			shape.May("group", shape.OfText("Name of its group, one of member_groups.", shape.Length(0, 64)).WithDefault("").WithExample("blue").WithBeside("../member_groups", []any{map[string]any{"name": "blue"}})),
			shape.May("is_backup", shape.OfFlag("Whether it gets calls only when no other works."+own).WithDefault(false)),
			shape.May("enabled", shape.OfFlag("Whether it gets calls at all.").WithDefault(true)),
		)).KeyedBy("host", "ecs_id", "port", "group").WithAbsent("not managed; [] means none").WithMadeBeside(map[string][]any{
			"ip": {
				[]any{map[string]any{"host": "192.0.2.10", "weight": 1}, map[string]any{"host": "192.0.2.11", "port": 9000, "enabled": false}},
				[]any{},
				[]any{map[string]any{"host": "192.0.2.12", "weight": 7}},
			},
			"ecs": {[]any{map[string]any{"ecs_id": "ecs-1", "ecs_name": "orders-1"}}, []any{}},
		})),
		shape.May("health_check", shape.OfMap("How the gateway finds out which members work.",
			shape.Need("protocol", shape.OfText("Protocol of the check.", shape.OneOf("TCP", "HTTP", "HTTPS"))),
			shape.May("path", shape.OfText("Path that is called; needed for HTTP and HTTPS.", shape.Length(0, 512)).WithDefault("").WithExample("/health").WithBeside("protocol", "HTTP").WithBeside("http_code", "200-299")),
			shape.May("method", shape.OfText("Method, for HTTP and HTTPS.", shape.OneOf("GET", "HEAD")).WithAbsent("GET for HTTP and HTTPS").WithBeside("protocol", "HTTP").WithBeside("path", "/health").WithBeside("http_code", "200-299")),
			shape.May("port", shape.OfWhole("Port; 0 means that of the member.", anyPort).WithUnit("port number").WithDefault(int64(0)).WithExample(int64(8081))),
			shape.Need("threshold_normal", shape.OfWhole("Good answers after which a member works.", shape.Range(1, 10)).WithUnit("answers").WithExample(int64(2))),
			shape.Need("threshold_abnormal", shape.OfWhole("Bad answers after which it does not.", shape.Range(1, 10)).WithUnit("answers").WithExample(int64(5))),
			shape.Need("time_interval", shape.OfWhole("Time between two checks; more than timeout.", shape.Range(1, 300)).WithUnit("seconds").WithExample(int64(10))),
			shape.Need("timeout", shape.OfWhole("Time for an answer.", shape.Range(1, 30)).WithUnit("seconds").WithExample(int64(5))),
			shape.May("http_code", shape.OfText("Good status codes, needed for HTTP and HTTPS.", shape.Length(0, 255)).WithDefault("").WithExample("200-299").WithBeside("protocol", "HTTP").WithBeside("path", "/health")),
			shape.May("enable_client_ssl", shape.OfFlag("Whether the gateway shows a certificate to members; its feature backend_client_certificate says which.").WithDefault(false)),
		).WithAbsent("not managed; no request takes one away, so that it goes with its channel alone").WithMadeBeside(map[string][]any{
			"ip":  {map[string]any{"protocol": "HTTP", "path": "/health", "http_code": "200-299", "threshold_normal": 2, "threshold_abnormal": 5, "time_interval": 10, "timeout": 5}},
			"ecs": {map[string]any{"protocol": "TCP", "port": 9000, "threshold_normal": 1, "threshold_abnormal": 3, "time_interval": 6, "timeout": 2}},
		})),
	).WithExample(map[string]any{
		"name": "orders_backend", "port": 8080, "balance_strategy": "weighted_round_robin",
		"members": []any{map[string]any{"host": "192.0.2.10", "weight": 1}},
	})
}

func normalizeChannel(c Channel) Channel {
	c.Type, c.Members = cmp.Or(c.Type, ofServers), cmp.Or(c.Members, "ip")
	c.Servers = slices.Clone(c.Servers)
	for i := range c.Servers {
		s := &c.Servers[i]
		s.Port = cmp.Or(s.Port, c.Port)
		s.Enabled = cmp.Or(s.Enabled, new(true))
	}
	if h := c.Health; h != nil && h.Protocol != "TCP" {
		c.Health = new(*h)
		c.Health.Method = cmp.Or(h.Method, "GET")
	}
	return c
}

func comparedChannel(c Channel) Channel {
	c.Groups, c.Servers = slices.Clone(c.Groups), slices.Clone(c.Servers)
	slices.SortFunc(c.Groups, func(a, b ChannelGroup) int { return strings.Compare(a.Name, b.Name) })
	slices.SortFunc(c.Servers, func(a, b Server) int { return slices.Compare(a.key(), b.key()) })
	return c
}

// key is what a member is told apart by.
func (s *Server) key() []string { return []string{s.Host, s.ECS, itoa(s.Port), s.Group} }

// briefChannel leaves out what normalizeChannel fills in.
func briefChannel(c Channel) Channel {
	c.Servers = slices.Clone(c.Servers)
	for i := range c.Servers {
		s := &c.Servers[i]
		if s.Port == c.Port {
			s.Port = 0
		}
		if value(s.Enabled) {
			s.Enabled = nil
		}
	}
	if c.Health != nil && c.Health.Method == "GET" {
		c.Health = new(*c.Health)
		c.Health.Method = ""
	}
	return c
}

// adoptChannel takes from want what it does not manage, and the weights of members that the gateway derives from the
// weight of their group.
func adoptChannel(want, have Channel) Channel {
	weighted := map[string]bool{}
	for _, g := range slices.Concat(have.Groups, want.Groups) {
		weighted[g.Name] = weighted[g.Name] || g.Weight > 0
	}
	have.Servers = slices.Clone(have.Servers)
	for i := range have.Servers {
		s := &have.Servers[i]
		same := func(w Server) bool { return slices.Equal(w.key(), s.key()) }
		if at := slices.IndexFunc(want.Servers, same); at >= 0 && weighted[s.Group] {
			s.Weight = want.Servers[at].Weight
		}
	}
	if want.Servers == nil {
		_, have.Servers = have.without(want)
	}
	if want.Groups == nil {
		have.Groups = nil
	}
	if want.Health == nil {
		have.Health = nil
	}
	return have
}

// without tells which members stay though want does not manage them, and which cannot: those of the other type, and those
// whose groups go.
func (c *Channel) without(want Channel) (stay, lost []Server) {
	for _, s := range c.Servers {
		grouped := s.Group == "" || want.Groups == nil || slices.ContainsFunc(want.Groups, func(g ChannelGroup) bool { return g.Name == s.Group })
		if want.Members == c.Members && grouped {
			stay = append(stay, s)
		} else {
			lost = append(lost, s)
		}
	}
	return stay, lost
}

func encodeChannel(w Writing[Channel]) (any, error) {
	c := w.Want
	if c.Type != ofServers || w.Have != nil && w.Have.Type != ofServers {
		return nil, errOtherChannel
	}
	out := channelWire{
		Name: c.Name, Port: &c.Port, Strategy: balanceStrategies.spell(c.Strategy), Members: &c.Members,
		Groups: make([]channelGroupWire, len(c.Groups)), Servers: make([]serverWire, len(c.Servers)), Health: (*healthCheckWire)(c.Health),
	}
	for i, g := range c.Groups {
		out.Groups[i] = channelGroupWire{Name: g.Name, Weight: g.Weight, Remark: &g.Remark}
	}
	for i, s := range c.Servers {
		out.Servers[i] = serverWire{Host: s.Host, ECS: s.ECS, ECSName: s.ECSName, Port: s.Port, Weight: s.Weight, Group: s.Group, Backup: s.Backup, Status: "1"}
		if !value(s.Enabled) {
			out.Servers[i].Status = switchedOff
		}
	}
	return out, nil
}

func decodeChannel(w channelWire) Found[Channel] {
	c := Channel{
		Name: w.Name, Type: cmp.Or(value(w.Type), oldChannelTypes.read(w.Old)), Port: value(w.Port), Strategy: balanceStrategies.read(w.Strategy), Members: value(w.Members),
		Groups: make([]ChannelGroup, len(w.Groups)), Servers: make([]Server, 0, len(w.Servers)),
	}
	for i, g := range w.Groups {
		c.Groups[i] = ChannelGroup{Name: g.Name, Weight: g.Weight, Remark: value(g.Remark)}
	}
	for _, s := range w.Servers {
		one := Server{Host: s.Host, Port: s.Port, Weight: s.Weight, Group: s.Group, Backup: s.Backup, Enabled: new(s.Status != switchedOff)}
		if c.Members == "ecs" { // else these repeat the host
			one.Host, one.ECS, one.ECSName = "", s.ECS, s.ECSName
		}
		c.Servers = append(c.Servers, one)
	}
	if h := w.Health; h != nil && h.Protocol != "" {
		c.Health = new(HealthCheck(*h))
		if c.Health.Protocol = strings.ToUpper(h.Protocol); c.Health.Protocol == "TCP" {
			c.Health.Method, c.Health.Path, c.Health.Code = "", "", ""
		}
	}
	return Found[Channel]{ID: w.ID, Value: c, Bound: Unknown, Strange: balanceStrategies.strange("/balance_strategy", w.Strategy), Silent: silent(map[string]bool{
		"/port": w.Port != nil, "/balance_strategy": w.Strategy != "",
	})}
}

func checkChannel(c Channel) (out []shape.Problem) {
	problem := func(path, text, hint string) { out = append(out, shape.Problem{Path: path, Text: text, Hint: hint}) }
	groups := map[string]bool{"": true}
	for i, g := range c.Groups {
		if groups[g.Name] {
			problem("/member_groups/"+itoa(int64(i))+"/name", "names "+g.Name+" twice", "remove one of them")
		}
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
			problem(at, "is there twice, with the same port and group", "remove one of them")
		case !groups[s.Group]:
			problem(at+"/group", "is not among member_groups", "add the group there, or remove this line")
		}
		seen[key] = true
	}
	if c.Health != nil {
		out = append(out, checkHealth(*c.Health)...)
	}
	return out
}

func checkHealth(h HealthCheck) (out []shape.Problem) {
	problem := func(name, text, hint string) {
		out = append(out, shape.Problem{Path: "/health_check/" + name, Text: text, Hint: hint})
	}
	if h.Interval <= h.Timeout {
		problem("time_interval", "is not above timeout", "make it longer, or timeout shorter")
	}
	for _, f := range []struct{ name, value string }{{"path", h.Path}, {"http_code", h.Code}, {"method", h.Method}} {
		switch {
		case h.Protocol == "TCP" && f.value != "":
			problem(f.name, "is not for TCP", "remove it")
		case h.Protocol != "TCP" && f.value == "":
			problem("protocol", "needs "+f.name, "add "+f.name)
		}
	}
	if h.Code != "" && !httpCodes.MatchString(h.Code) {
		problem("http_code", "is no list of status codes", "write it like 200-299 or 200,204")
	}
	return out
}
