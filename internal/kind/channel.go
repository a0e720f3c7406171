package kind

import (
	"cmp"
	"slices"

	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
)

// Channel is a load balance channel: the servers behind APIs. Fields that are nil are not managed, and an update sends
// back what the gateway holds. API reference: "VPC Channel Management".
type Channel struct {
	Name        string         `json:"name"`
	Type        string         `json:"type"` // builtin, microservice or reference; fixed at creation
	Port        int64          `json:"port"`
	Strategy    string         `json:"balance_strategy"`
	Members     string         `json:"member_type"` // ip or ecs
	Groups      []ChannelGroup `json:"member_groups,omitempty"`
	Servers     []Server       `json:"members,omitempty"` // only for type builtin; the members of a microservice come from the service
	Health      *HealthCheck   `json:"health_check,omitempty"`
	Service     *Microservice  `json:"microservice,omitempty"` // only for type microservice
	OldType     bool           `json:"-"`                      // the gateway reports the type only in its old form, which has no word for references
	UserOmitted bool           `json:"-"`                      // the gateway does not report the user of the registry
	Unclear     `json:"-"`
}

// ChannelGroup is a group of members that gets a share of the calls.
type ChannelGroup struct {
	Name      string         `json:"name"`
	Weight    int64          `json:"weight"`
	Remark    string         `json:"remark,omitempty"`
	Version   string         `json:"microservice_version,omitempty"`
	Port      int64          `json:"microservice_port,omitempty"`   // 0 means the port of the channel
	Labels    []ChannelLabel `json:"microservice_labels,omitempty"` // a set
	Reference string         `json:"reference_channel,omitempty"`   // name of a channel; its id until nameChannels replaces it
}

// ChannelLabel selects members of a microservice.
type ChannelLabel struct {
	Name  string `json:"label_name"`
	Value string `json:"label_value"`
}

// Server is a member of a channel: an address, or an ECS by its id.
type Server struct {
	Host    string `json:"host,omitempty"`
	ECS     string `json:"ecs_id,omitempty"`
	ECSName string `json:"ecs_name,omitempty"`
	Port    int64  `json:"port,omitempty"` // the port of the channel if a file gives none
	Weight  int64  `json:"weight"`
	Group   string `json:"group,omitempty"` // "" for a member outside of all groups
	Backup  bool   `json:"is_backup,omitempty"`
	Enabled *bool  `json:"enabled,omitempty"`
}

// HealthCheck defines how a channel finds out which of its members work.
type HealthCheck struct {
	Protocol  string `json:"protocol"` // TCP HTTP HTTPS
	Path      string `json:"path,omitempty"`
	Method    string `json:"method,omitempty"` // "" for TCP
	Port      int64  `json:"port,omitempty"`   // 0 means the port of the member
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
	Type     *string            `json:"vpc_channel_type,omitempty"` // left out if it is the default, since old gateways do not know it
	Old      word               `json:"type,omitempty"`             // the only type that older gateways report
	Port     *int64             `json:"port"`
	Strategy word               `json:"balance_strategy"`
	Members  *string            `json:"member_type"`
	Groups   []channelGroupWire `json:"member_groups" key:"member_group_name" readonly:"member_group_id,create_time,update_time,dict_code"`
	Servers  *[]serverWire      `json:"members,omitempty" key:"ecs_id|host,port,member_group_name" readonly:"id,vpc_channel_id,create_time,member_group_id,health_status"` // left out if they are not the channel's own
	Health   *healthCheckWire   `json:"vpc_health_config,omitempty" readonly:"id,vpc_channel_id,create_time,status"`
	Service  *Microservice      `json:"microservice_info,omitempty" readonly:"id,instance_id,create_time,update_time"` // a stub of empty texts if there is none
}

type channelGroupWire struct {
	Name      string          `json:"member_group_name"`
	Weight    *int64          `json:"member_group_weight,omitempty"`
	Remark    *string         `json:"member_group_remark"`
	Version   *string         `json:"microservice_version,omitempty"`
	Port      *int64          `json:"microservice_port,omitempty"`
	Labels    *[]ChannelLabel `json:"microservice_labels,omitempty" key:"label_name"`
	Reference string          `json:"reference_vpc_channel_id,omitempty"`
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

// Types of channels.
const (
	ofServers      = "builtin"
	ofMicroservice = "microservice"
	ofChannels     = "reference"
)

// aChannel is the name of the kind. Code that channel itself refers to cannot use channel.Name: that would be an
// initialization cycle.
const aChannel = "channel"

var (
	oldChannelTypes   = words{"2": ofServers, "3": ofMicroservice}
	balanceStrategies = words{"1": "weighted_round_robin", "2": "weighted_least_connections", "3": "source_hash", "4": "uri_hash"}
	switchedOff       = word("2")
)

var channel = of(Def[Channel, channelWire]{
	Facts: Facts{
		Name: aChannel, Trail: "Vpc", Section: "channels", Path: "vpc-channels", ListField: "vpc_channels", NameQuery: "name",
		ReadOnly: []string{"status", "dict_code"},
		Codes:    Codes{Gone: []string{"APIG.3023"}}, Immutable: []string{"/type"}, KeptWhenOmitted: []string{"/health_check"}, RefersTo: aChannel, DefaultLimit: 200,
		Ops: Operations{
			List: "ListVpcChannelsV2", Show: "ShowDetailsOfVpcChannelV2", Create: "CreateVpcChannelV2", Update: "UpdateVpcChannelV2", Delete: "DeleteVpcChannelV2",
		},
		Shape: channelShape(),
	},
	Hooks: Hooks[Channel]{
		Normalize: normalizeChannel,
		Concise:   conciseChannel,
		Adopt:     adoptChannel,
		Sent:      sentChannel,
		Conflict: func(want, have Channel) []shape.Problem { // a replace would create a channel of the same type again
			if !have.OldType || have.Type != ofServers || want.Type == ofServers {
				return nil
			}
			return []shape.Problem{{Path: "/type", Text: "is " + ofServers + " on this gateway, which knows only the old form of types and makes no others", Hint: "remove the channel from the files, or make it in the gateway's console"}}
		},
		Check: checkChannel,
		Refs:  channelRefs,
		Features: func(c Channel) []string {
			if slices.ContainsFunc(c.Servers, func(s Server) bool { return s.Backup }) {
				return []string{"vpc_backup"}
			}
			return nil
		},
	},
	Key:    func(_ string, c Channel) string { return c.Name },
	Names:  nameChannels,
	Encode: encodeChannel,
	Decode: decodeChannel,
})

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
	c.Groups = slices.Clone(c.Groups)
	for i := range c.Groups {
		if len(c.Groups[i].Labels) == 0 {
			c.Groups[i].Labels = nil
		}
	}
	c.Service = c.Service.complete()
	return c
}

// key returns what identifies a member of a channel.
func (s *Server) key() []string { return []string{s.Host, s.ECS, itoa(s.Port), s.Group} }

// conciseChannel leaves out what normalizeChannel fills in.
func conciseChannel(c Channel) Channel {
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
	c.Service = c.Service.concise()
	return c
}

// adoptChannel removes from have what want does not manage, and takes from want the weights of members that the gateway
// derives from the weight of their group. A channel of another type keeps everything, since it is replaced and all of
// this is deleted.
func adoptChannel(want, have Channel) Channel {
	if want.Type != have.Type {
		if want.Groups == nil && len(have.Groups) == 0 {
			have.Groups = nil
		}
		if want.Servers == nil && len(have.Servers) == 0 {
			have.Servers = nil
		}
		return have
	}
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
	have.Service = have.Service.adopt(want.Service, have.UserOmitted)
	return have
}

// without divides the members that want does not manage into those that stay and those that cannot stay: members of
// another member type, and members whose group is removed.
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

// sentChannel adds to want what it does not manage, as the gateway has it, since an update replaces the whole channel.
func sentChannel(want, have Channel, _ func(string) bool) (Channel, []string) {
	if want.Groups == nil {
		want.Groups = have.Groups
	}
	if want.Servers == nil {
		want.Servers, _ = have.without(want)
	}
	want.Health = cmp.Or(want.Health, have.Health)
	var lost []string
	want.Service, lost = want.Service.sent(have.Service, have.UserOmitted)
	return want, lost
}

// channelRefs returns the channels that a channel of type reference refers to.
func channelRefs(c Channel) (out []Ref) {
	for i, g := range c.Groups {
		seen := slices.ContainsFunc(c.Groups[:i], func(other ChannelGroup) bool { return other.Reference == g.Reference })
		if g.Reference != "" && !seen {
			out = append(out, Ref{Kind: aChannel, Key: g.Reference, Path: "/member_groups/" + itoa(int64(i)) + "/reference_channel"})
		}
	}
	return out
}

// nameChannels replaces the ids of the channels that a channel refers to by their names. A channel that no list reports
// keeps its id.
func nameChannels(c Channel, name func(kindName, id string) string) Channel {
	c.Groups = slices.Clone(c.Groups)
	for i := range c.Groups {
		if g := &c.Groups[i]; g.Reference != "" {
			g.Reference = cmp.Or(name(aChannel, g.Reference), g.Reference)
		}
	}
	return c
}

// On returns the members of the channel that are not switched off. They get calls if their weights allow it.
func (c *Channel) On() (out []Server) {
	for _, s := range c.Servers {
		if s.Enabled == nil || *s.Enabled {
			out = append(out, s)
		}
	}
	return out
}

// Weighs reports whether a group, or a member that is not switched off, has a weight above 0.
func (c *Channel) Weighs() bool {
	return slices.ContainsFunc(c.Groups, func(g ChannelGroup) bool { return g.Weight > 0 }) ||
		slices.ContainsFunc(c.On(), func(s Server) bool { return s.Weight > 0 })
}
