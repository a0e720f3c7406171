package emulator

import (
	"cmp"
	"hash/fnv"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// channel is a load balance channel: groups of servers with a health check. Channels whose servers come from a microservice are
// in channel_service.go.
type channel struct {
	identity
	channelBody
}

type channelBody struct {
	Name        string          `json:"name"`
	Type        string          `json:"vpc_channel_type"`
	NumericType int             `json:"type"` // 2 servers, 3 microservice
	Port        int             `json:"port"`
	Strategy    int             `json:"balance_strategy"`
	MemberType  string          `json:"member_type"`
	Groups      []channelGroup  `json:"member_groups"`
	Servers     []channelMember `json:"members"`
	Health      *channelHealth  `json:"vpc_health_config"`
	Service     *microservice   `json:"microservice_info"`
	DictCode    string          `json:"dict_code"` // accepted and ignored
}

type channelGroup struct {
	Name      string `json:"member_group_name"`
	Weight    *int   `json:"member_group_weight"` // nil if none was sent
	Remark    string `json:"member_group_remark"`
	DictCode  string `json:"dict_code"`
	Reference string `json:"reference_vpc_channel_id,omitempty"`
	ID        string `json:"member_group_id"`

	Version string         `json:"microservice_version"`
	Port    int            `json:"microservice_port"` // 0 means that of the channel
	Labels  []channelLabel `json:"microservice_labels,omitempty"`
}

type channelLabel struct {
	Name  string `json:"label_name"`
	Value string `json:"label_value"`
}

type channelMember struct {
	Host         string `json:"host"`
	ECS          string `json:"ecs_id"`
	ECSName      string `json:"ecs_name"`
	Port         int    `json:"port"`
	Weight       int    `json:"weight"`
	Group        string `json:"member_group_name"`
	Backup       bool   `json:"is_backup"`
	Status       int    `json:"status"`
	ID           string `json:"id"`
	HealthStatus string `json:"health_status"`
}

type channelHealth struct {
	healthCheck
	Status int `json:"status"`
}

// healthCheck defines the requests by which the gateway finds out whether servers work.
type healthCheck struct {
	Protocol  string `json:"protocol"`
	Path      string `json:"path"`
	Method    string `json:"method"`
	Port      int    `json:"port"`
	Normal    int    `json:"threshold_normal"`
	Abnormal  int    `json:"threshold_abnormal"`
	Interval  int    `json:"time_interval"`
	Timeout   int    `json:"timeout"`
	Code      string `json:"http_code"`
	ClientSSL bool   `json:"enable_client_ssl"`
}

type channelView struct {
	ID string `json:"id"`
	channelBody
	Servers    *[]channelMember `json:"members,omitempty"`           // only in the details
	Health     *channelHealth   `json:"vpc_health_config,omitempty"` // only in the details
	Service    any              `json:"microservice_info"`
	Status     int              `json:"status"`
	CreateTime string           `json:"create_time"`
}

const (
	channelsPath   = "{I}/vpc-channels"
	oneChannelPath = channelsPath + "/{vpc_channel_id}"
	typeServers    = "builtin"
	typeReference  = "reference"
	typeService    = "microservice"
)

var (
	channelName   = expression(`^[\p{Han}A-Za-z][\p{Han}A-Za-z0-9_.-]*$`)
	channelCodes  = expression(`^[1-5]\d\d(-[1-5]\d\d)?(,[1-5]\d\d(-[1-5]\d\d)?)*$`)
	channelInPath = inPath("vpc_channel_id", (*state).channels, notFound("APIG.3023", "VPC channel %s does not exist"))
)

var channelResource = resource{
	routes: []route{
		{op: "ListVpcChannelsV2", method: http.MethodGet, path: channelsPath, do: listChannels},
		{op: "CreateVpcChannelV2", method: http.MethodPost, path: channelsPath, do: withBody(createChannel)},
		{op: "ShowDetailsOfVpcChannelV2", method: http.MethodGet, path: oneChannelPath, do: showObject(channelInPath, (*Gateway).channelDetails)},
		{op: "UpdateVpcChannelV2", method: http.MethodPut, path: oneChannelPath, do: forObjectWithBody(channelInPath, updateChannel)},
		{op: "DeleteVpcChannelV2", method: http.MethodDelete, path: oneChannelPath, do: forObject(channelInPath, deleteChannel)},
		{op: "ListBackendInstancesV2", method: http.MethodGet, path: oneChannelPath + "/members", do: forObject(channelInPath, listMembers)},
	},
	quotas: []quota{quotaChannels},
	sections: []section{
		listSection("channels", func(f fileChannel) string { return f.Name }, (*loader).channel, dumpAll((*state).channels, (*dumper).dumpChannel)),
	},
}

var quotaChannels = quota{name: "VPC_CHANNEL_NUM_LIMIT", code: "APIG.3109", description: "VPC channels", defaultLimit: 200, hidden: true, used: count((*state).channels)}

func (s *state) channels() *table[*channel] { return tableOf[*channel](s, "channel") }

// listedChannel returns the channel as lists show it.
func (g *Gateway) listedChannel(c *channel) channelView {
	v := channelView{ID: c.id, channelBody: c.channelBody, Status: 1, CreateTime: formatTime(c.created)}
	v.channelBody.Servers, v.channelBody.Health, v.channelBody.Service = nil, nil, nil
	v.Service = c.Service.view(c, g.behaviour.ChannelSecret)
	v.Groups = slices.Clone(v.Groups)
	for i := range v.Groups {
		v.Groups[i].ID = c.partID("group", i)
	}
	return v
}

// partID returns the id of a group or member. Every write of the channel changes these ids.
func (c *channel) partID(what string, i int) string {
	h := fnv.New64a()
	_, _ = h.Write([]byte(c.id + " " + what + " " + strconv.Itoa(i) + " " + formatTime(c.updated)))
	return generateID(h.Sum64(), 0)
}

// members returns the servers as answers show them.
func (c *channel) members() []channelMember {
	out := append([]channelMember{}, c.Servers...)
	if c.Type == typeService {
		out = c.instances()
	}
	for i := range out {
		out[i].ID = c.partID("member", i)
	}
	return out
}

// channelDetails returns the channel as its details show it: with its members and its health check.
func (g *Gateway) channelDetails(c *channel) channelView {
	v := g.listedChannel(c)
	members := c.members()
	v.Servers, v.Health = &members, c.channelBody.Health
	return v
}

func (c *channel) effect(action string) Effect {
	return Effect{Kind: "channel", Action: action, ID: c.id, Name: c.name, Type: c.Type}
}

func listChannels(g *Gateway, c *call) (reply, error) {
	f := idAndNameFilter[*channel](c, "id", "name")
	f.where(c, "vpc_channel_type", func(x *channel) string { return x.Type })
	return page(g, c, "vpc_channels", g.channels().rows, f.condition(), g.listedChannel)
}

func listMembers(g *Gateway, c *call, x *channel) (reply, error) {
	if x.Type == typeReference {
		return reply{}, refuse(http.StatusForbidden, "APIG.3471", "The operation is not supported for VPC channels of this type,type:%s", x.Type)
	}
	var f filter[channelMember]
	f.like(c, "member_group_name", c.isExact("member_group_name"), func(m channelMember) string { return m.Group })
	return page(g, c, "members", x.members(), f.condition(), func(m channelMember) channelMember { return m })
}

// checkChannel checks the body of a create or update; ownID is the id of the channel that is updated.
func (g *Gateway) checkChannel(b channelBody, ownID string) error {
	var v checks
	v.text("name", b.Name, 3, 64, channelName)
	v.require(b.Port >= 1 && b.Port <= 65535, "port")
	v.require(b.Strategy >= 1 && b.Strategy <= 4, "balance_strategy")
	v.oneOf("member_type", b.MemberType, "ip", "ecs")
	v.oneOf("vpc_channel_type", b.Type, typeServers, typeService, typeReference)
	g.checkGroups(&v, b, ownID)
	switch b.Type {
	case typeServers:
		v.members(b)
	case typeService:
		v.require(len(b.Servers) == 0, "members") // they come from the microservice
	}
	v.service(b)
	if b.Health != nil {
		v.health(b.Health.healthCheck)
	}
	v.unique(g.channels().nameTaken("", b.Name, ownID), "APIG.3208", "VPC channel", b.Name)
	return v.err
}

func (g *Gateway) checkGroups(v *checks, b channelBody, ownID string) {
	seen := map[string]bool{}
	for _, x := range b.Groups {
		v.text("member_group_name", x.Name, 3, 64, channelName)
		v.require(!seen[x.Name], "member_group_name")
		seen[x.Name] = true
		v.require(valueOr(x.Weight, 0) >= 0 && valueOr(x.Weight, 0) <= 100, "member_group_weight")
		v.require(x.Weight == nil || !b.Service.setsWeights(), "member_group_weight")
		v.text("member_group_remark", x.Remark, 0, maxRemark, nil)
		v.serviceGroup(x, b.Type)
		_, known := g.channels().ids[x.Reference]
		v.require(known && b.Type == typeReference || x.Reference == "" && b.Type != typeReference, "reference_vpc_channel_id")
		v.require(ownID == "" || !g.refersTo(x.Reference, ownID), "reference_vpc_channel_id")
	}
}

// refersTo reports whether from and to are the same channel, or from refers to to, directly or through other channels.
func (g *Gateway) refersTo(from, to string) bool {
	x := g.channels().ids[from]
	return from == to || x != nil && slices.ContainsFunc(x.Groups, func(m channelGroup) bool { return m.Reference != "" && g.refersTo(m.Reference, to) })
}

func (c *checks) members(b channelBody) {
	groups := map[string]bool{"": true}
	for _, x := range b.Groups {
		groups[x.Name] = true
	}
	seen := map[channelMember]bool{}
	for _, x := range b.Servers {
		c.require(x.Host != "" && len(x.Host) <= 255 || b.MemberType == "ecs", "host")
		c.require(x.ECS != "" && x.ECSName != "" || b.MemberType == "ip", "ecs_id")
		c.require(x.Port >= 0 && x.Port <= 65535, "port")
		c.require(groups[x.Group], "member_group_name")
		if x.Weight < 0 || x.Weight > 10000 {
			c.fail(invalidAs("APIG.2004", "weight"))
		}
		c.require(x.Status >= 0 && x.Status <= 2, "status")
		at := channelMember{Host: x.Host, ECS: x.ECS, Port: cmp.Or(x.Port, b.Port), Group: x.Group}
		c.require(!seen[at], "members")
		seen[at] = true
	}
}

func (c *checks) health(h healthCheck) {
	protocol := strings.ToUpper(h.Protocol)
	c.oneOf("protocol", protocol, "TCP", "HTTP", "HTTPS")
	c.require(h.Port >= 0 && h.Port <= 65535, "port")
	c.require(h.Normal >= 1 && h.Normal <= 10, "threshold_normal")
	c.require(h.Abnormal >= 1 && h.Abnormal <= 10, "threshold_abnormal")
	c.require(h.Timeout >= 1 && h.Timeout <= 30, "timeout")
	c.require(h.Interval >= 1 && h.Interval <= 300 && h.Interval > h.Timeout, "time_interval")
	if protocol != "TCP" {
		c.require(h.Path != "", "path")
		c.require(channelCodes().MatchString(h.Code), "http_code")
		c.oneOf("method", cmp.Or(h.Method, "GET"), "GET", "HEAD")
	}
}

// withType returns the body of a new channel with its type. The old member for the type counts if the new one was not sent, and
// must not contradict it.
func (b channelBody) withType() (channelBody, error) {
	old := map[int]string{2: typeServers, 3: typeService}[b.NumericType]
	var v checks
	v.require(b.NumericType == 0 || old != "" && (b.Type == "" || b.Type == old), "type")
	if b.Type == "" && old == typeService && b.Service == nil {
		old = typeServers
	}
	b.Type, b.NumericType = cmp.Or(b.Type, old, typeServers), 0
	return b, v.err
}

// stored returns a body, which must have a type, as the gateway stores it.
func (b channelBody) stored() channelBody {
	if b.NumericType = 2; b.Type == typeService {
		b.NumericType = 3
	}
	b.Service = b.Service.stored()
	weights := map[string]int{}
	b.Groups = append([]channelGroup{}, b.Groups...)
	for i := range b.Groups {
		b.Groups[i].Weight = new(valueOr(b.Groups[i].Weight, 0))
		weights[b.Groups[i].Name] = *b.Groups[i].Weight
	}
	b.Servers = append([]channelMember{}, b.Servers...)
	if b.Type != typeServers {
		b.Servers = []channelMember{}
	}
	for i := range b.Servers {
		m := &b.Servers[i]
		m.Port, m.Status, m.HealthStatus = cmp.Or(m.Port, b.Port), cmp.Or(m.Status, 1), "unknown"
		if weights[m.Group] > 0 {
			m.Weight = weights[m.Group]
		}
		if b.MemberType == "ip" {
			m.ECS, m.ECSName = m.Host, m.Host
		} else {
			m.Host = "192.168.0." + strconv.Itoa(i+2)
		}
	}
	if b.Health != nil {
		h := *b.Health
		if h.Status = 1; strings.ToUpper(h.Protocol) != "TCP" {
			h.Method = cmp.Or(h.Method, "GET")
		}
		b.Health = &h
	}
	return b
}

func createChannel(g *Gateway, c *call, b channelBody) (reply, error) {
	b, err := b.withType()
	if err := cmp.Or(err, g.checkChannel(b, ""), g.withinQuota(quotaChannels, len(g.channels().rows))); err != nil {
		return reply{}, err
	}
	x := &channel{channelBody: b.stored()}
	g.channels().create(g, c, x, b.Name, "")
	return created(g.listedChannel(x))
}

func updateChannel(g *Gateway, c *call, x *channel, b channelBody) (reply, error) {
	b, err := b.withType()
	b.Type = x.Type // it cannot be changed
	if err := cmp.Or(err, g.checkChannel(b, x.id)); err != nil {
		return reply{}, err
	}
	if b.Health == nil && g.behaviour.OmittedHealthCheck != "removes" {
		b.Health = x.Health
	}
	x.channelBody = b.stored()
	g.channels().update(c, x, b.Name)
	return ok(g.listedChannel(x))
}

func deleteChannel(g *Gateway, c *call, x *channel) (reply, error) {
	for _, other := range g.channels().rows {
		if slices.ContainsFunc(other.Groups, func(m channelGroup) bool { return m.Reference == x.id }) {
			return reply{}, refuse(http.StatusConflict, "APIG.3719", "The VPC channel is referenced by VPC channel %s", other.name)
		}
	}
	for _, a := range g.apis().rows {
		if a.usesChannel(x.id) {
			return reply{}, refuse(http.StatusForbidden, "APIG.3414", "The VPC channel is used by API %s", a.label())
		}
	}
	return g.channels().delete(c, x)
}
