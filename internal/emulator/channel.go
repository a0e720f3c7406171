package emulator

import (
	"cmp"
	"hash/fnv"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// channel is a load balance channel: groups of servers, with a check of their health.
type channel struct {
	identity
	channelBody
}

type channelBody struct {
	Name     string          `json:"name"`
	Type     string          `json:"vpc_channel_type"`
	Old      int             `json:"type"` // 2 servers, 3 microservice
	Port     int             `json:"port"`
	Strategy int             `json:"balance_strategy"`
	Members  string          `json:"member_type"`
	Groups   []channelGroup  `json:"member_groups"`
	Servers  []channelMember `json:"members"`
	Health   *channelHealth  `json:"vpc_health_config"`
}

type channelGroup struct {
	Name      string `json:"member_group_name"`
	Weight    int    `json:"member_group_weight"`
	Remark    string `json:"member_group_remark"`
	Reference string `json:"reference_vpc_channel_id,omitempty"`
	ID        string `json:"member_group_id"`
}

type channelMember struct {
	Host    string `json:"host"`
	ECS     string `json:"ecs_id"`
	ECSName string `json:"ecs_name"`
	Port    int    `json:"port"`
	Weight  int    `json:"weight"`
	Group   string `json:"member_group_name"`
	Backup  bool   `json:"is_backup"`
	Status  int    `json:"status"`
	ID      string `json:"id"`
	Well    string `json:"health_status"`
}

type channelHealth struct {
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
	Status    int    `json:"status"`
}

type channelView struct {
	ID string `json:"id"`
	channelBody
	Servers    *[]channelMember `json:"members,omitempty"`           // of one that is read alone
	Health     *channelHealth   `json:"vpc_health_config,omitempty"` // the same
	Status     int              `json:"status"`
	DictCode   string           `json:"dict_code"`
	CreateTime string           `json:"create_time"`
}

const (
	channelsPath   = "{I}/vpc-channels"
	oneChannelPath = channelsPath + "/{vpc_channel_id}"
	typeServers    = "builtin"
	typeReference  = "reference"
)

var (
	channelName  = regexp.MustCompile(`^[\p{Han}A-Za-z][\p{Han}A-Za-z0-9_.-]*$`)
	channelCodes = regexp.MustCompile(`^[1-5]\d\d(-[1-5]\d\d)?(,[1-5]\d\d(-[1-5]\d\d)?)*$`)
	theChannel   = inPath("vpc_channel_id", (*state).channels, missing("APIG.3023", "VPC channel %s does not exist"))
)

var channelResource = resource{
	routes: []route{
		{op: "ListVpcChannelsV2", method: http.MethodGet, path: channelsPath, do: listChannels},
		{op: "CreateVpcChannelV2", method: http.MethodPost, path: channelsPath, do: taking(createChannel)},
		{op: "ShowDetailsOfVpcChannelV2", method: http.MethodGet, path: oneChannelPath, do: of(theChannel, showChannel)},
		{op: "UpdateVpcChannelV2", method: http.MethodPut, path: oneChannelPath, do: ofTaking(theChannel, updateChannel)},
		{op: "DeleteVpcChannelV2", method: http.MethodDelete, path: oneChannelPath, do: of(theChannel, deleteChannel)},
		{op: "ListBackendInstancesV2", method: http.MethodGet, path: oneChannelPath + "/members", do: of(theChannel, listMembers)},
	},
	quotas: []quota{quotaChannels},
	sections: []section{
		sectionOf("channels", func(f fileChannel) string { return f.Name }, (*loader).channel, dumped("channel", (*state).channels, (*dumper).dumpChannel)),
	},
}

var quotaChannels = quota{
	name: "VPC_CHANNEL_NUM_LIMIT", code: "APIG.3109", what: "VPC channels", regular: 200, hidden: true, used: func(s *state) int { return len(s.channels().rows) },
}

func (s *state) channels() *table[*channel] { return tableOf[*channel](s, "channel") }

// listed is the channel as lists tell it; whole adds its members and the check of their health.
func (c *channel) listed() channelView {
	v := channelView{ID: c.id, channelBody: c.channelBody, Status: 1, CreateTime: stamp(c.created)}
	v.channelBody.Servers, v.channelBody.Health = nil, nil
	v.Groups = slices.Clone(v.Groups)
	for i := range v.Groups {
		v.Groups[i].ID = c.idOf("group", i)
	}
	return v
}

// idOf is the id of a group or member, which each write of the channel gives anew.
func (c *channel) idOf(what string, i int) string {
	h := fnv.New64a()
	_, _ = h.Write([]byte(c.id + " " + what + " " + strconv.Itoa(i) + " " + stamp(c.updated)))
	return mixID(h.Sum64(), 0)
}

// members are the servers as they are told.
func (c *channel) members() []channelMember {
	out := append([]channelMember{}, c.Servers...)
	for i := range out {
		out[i].ID = c.idOf("member", i)
	}
	return out
}

func (c *channel) whole() channelView {
	v := c.listed()
	members := c.members()
	v.Servers, v.Health = &members, c.channelBody.Health
	return v
}

func (c *channel) effect(action string) Effect {
	return Effect{Kind: "channel", Action: action, ID: c.id, Name: c.name, Type: c.Type}
}

func listChannels(g *Gateway, c *call) (reply, error) {
	var f filter[*channel]
	f.where(c, "id", func(x *channel) string { return x.id })
	f.where(c, "vpc_channel_type", func(x *channel) string { return x.Type })
	f.like(c, "name", c.precise("name"), func(x *channel) string { return x.name })
	return page(g, c, "vpc_channels", g.channels().rows, f.keep(), (*channel).listed)
}

func listMembers(g *Gateway, c *call, x *channel) (reply, error) {
	var f filter[channelMember]
	f.like(c, "member_group_name", c.precise("member_group_name"), func(m channelMember) string { return m.Group })
	return page(g, c, "members", x.members(), f.keep(), func(m channelMember) channelMember { return m })
}

func (g *Gateway) checkChannel(b channelBody, self string) error {
	var v checks
	v.text("name", b.Name, 3, 64, channelName)
	v.that(b.Port >= 1 && b.Port <= 65535, "port")
	v.that(b.Strategy >= 1 && b.Strategy <= 4, "balance_strategy")
	v.oneOf("member_type", b.Members, "ip", "ecs")
	v.oneOf("vpc_channel_type", cmp.Or(b.Type, typeServers), typeServers, typeReference) // what stands in a cluster the emulator does not have
	v.that(b.Old == 0 || b.Old == 2 && b.Type == "", "type")
	groups := map[string]bool{"": true}
	for _, x := range b.Groups {
		v.text("member_group_name", x.Name, 3, 64, channelName)
		v.that(!groups[x.Name], "member_group_name")
		v.that(x.Weight >= 0 && x.Weight <= 100, "member_group_weight")
		v.text("member_group_remark", x.Remark, 0, mostRemark, nil)
		_, known := g.channels().ids[x.Reference]
		v.that(known && b.Type == typeReference || x.Reference == "" && b.Type != typeReference, "reference_vpc_channel_id")
		groups[x.Name] = true
	}
	seen := map[channelMember]bool{}
	for _, x := range b.Servers {
		v.that(x.Host != "" && len(x.Host) <= 255 || b.Members == "ecs", "host")
		v.that(x.ECS != "" && x.ECSName != "" || b.Members == "ip", "ecs_id")
		v.that(x.Port >= 0 && x.Port <= 65535, "port")
		v.that(groups[x.Group], "member_group_name")
		if x.Weight < 0 || x.Weight > 10000 {
			v.fail(invalidAs("APIG.2004", "weight"))
		}
		v.that(x.Status >= 0 && x.Status <= 2, "status")
		at := channelMember{Host: x.Host, ECS: x.ECS, Port: cmp.Or(x.Port, b.Port), Group: x.Group}
		v.that(!seen[at], "members")
		seen[at] = true
	}
	if b.Health != nil {
		v.health(*b.Health)
	}
	if v.err == nil && g.channels().taken("", b.Name, self) {
		v.fail(nameTaken("APIG.3208", "VPC channel", b.Name))
	}
	return v.err
}

func (c *checks) health(h channelHealth) {
	protocol := strings.ToUpper(h.Protocol)
	c.oneOf("protocol", protocol, "TCP", "HTTP", "HTTPS")
	c.that(h.Port >= 0 && h.Port <= 65535, "port")
	c.that(h.Normal >= 1 && h.Normal <= 10, "threshold_normal")
	c.that(h.Abnormal >= 1 && h.Abnormal <= 10, "threshold_abnormal")
	c.that(h.Timeout >= 1 && h.Timeout <= 30, "timeout")
	c.that(h.Interval >= 1 && h.Interval <= 300 && h.Interval > h.Timeout, "time_interval")
	if protocol != "TCP" {
		c.that(h.Path != "", "path")
		c.that(channelCodes.MatchString(h.Code), "http_code")
		c.oneOf("method", cmp.Or(h.Method, "GET"), "GET", "HEAD")
	}
}

// stored is the body as the gateway keeps it; the type stays what it is.
func (b channelBody) stored(was string) channelBody {
	b.Type, b.Old = cmp.Or(was, b.Type, typeServers), 2
	weights := map[string]int{}
	b.Groups = append([]channelGroup{}, b.Groups...)
	for i := range b.Groups {
		weights[b.Groups[i].Name] = b.Groups[i].Weight
	}
	b.Servers = append([]channelMember{}, b.Servers...)
	if b.Type == typeReference {
		b.Servers = []channelMember{}
	}
	for i := range b.Servers {
		m := &b.Servers[i]
		m.Port, m.Status, m.Well = cmp.Or(m.Port, b.Port), cmp.Or(m.Status, 1), "unknown"
		if weights[m.Group] > 0 {
			m.Weight = weights[m.Group]
		}
		if b.Members == "ip" {
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
	if err := cmp.Or(g.checkChannel(b, ""), g.room(quotaChannels, len(g.channels().rows))); err != nil {
		return reply{}, err
	}
	x := &channel{identity: g.identify(b.Name, "", c.now), channelBody: b.stored("")}
	g.channels().add(x)
	c.effect(x.effect("create"))
	return created(x.listed())
}

func showChannel(_ *Gateway, _ *call, x *channel) (reply, error) { return ok(x.whole()) }

func updateChannel(g *Gateway, c *call, x *channel, b channelBody) (reply, error) {
	if b.Type = cmp.Or(b.Type, x.Type); b.Old != 0 {
		b.Type = ""
	}
	if err := g.checkChannel(b, x.id); err != nil {
		return reply{}, err
	}
	if b.Health == nil && g.behaviour.OmittedHealthCheck != "removes" {
		b.Health = x.Health
	}
	g.channels().rename(x, b.Name)
	x.channelBody, x.updated = b.stored(x.Type), c.now
	c.effect(x.effect("update"))
	return ok(x.listed())
}

func deleteChannel(g *Gateway, c *call, x *channel) (reply, error) {
	for _, other := range g.channels().rows {
		if slices.ContainsFunc(other.Groups, func(m channelGroup) bool { return m.Reference == x.id }) {
			return reply{}, refuse(http.StatusConflict, "APIG.3719", "The VPC channel is referenced by VPC channel %s", other.name)
		}
	}
	g.channels().remove(x)
	c.effect(x.effect("delete"))
	return noContent()
}

type fileChannel struct {
	fileObject
	Type     string           `json:"type,omitempty"`
	Port     int              `json:"port"`
	Strategy string           `json:"balance_strategy"`
	Members  string           `json:"member_type,omitempty"`
	Groups   []fileChannelSet `json:"member_groups,omitempty"`
	Servers  []fileMember     `json:"members,omitempty"`
	Health   *fileHealth      `json:"health_check,omitempty"`
}

type fileChannelSet struct {
	Name    string `json:"name"`
	Weight  int    `json:"weight,omitempty"`
	Remark  string `json:"remark,omitempty"`
	Channel string `json:"channel,omitempty"`
}

type fileMember struct {
	Host    string `json:"host,omitempty"`
	ECS     string `json:"ecs_id,omitempty"`
	ECSName string `json:"ecs_name,omitempty"`
	Port    int    `json:"port,omitempty"`
	Weight  int    `json:"weight,omitempty"`
	Group   string `json:"group,omitempty"`
	Backup  bool   `json:"is_backup,omitempty"`
	Enabled *bool  `json:"enabled,omitempty"`
}

type fileHealth struct {
	Protocol  string `json:"protocol"`
	Path      string `json:"path,omitempty"`
	Method    string `json:"method,omitempty"`
	Port      int    `json:"port,omitempty"`
	Normal    int    `json:"threshold_normal"`
	Abnormal  int    `json:"threshold_abnormal"`
	Interval  int    `json:"time_interval"`
	Timeout   int    `json:"timeout"`
	Code      string `json:"http_code,omitempty"`
	ClientSSL bool   `json:"enable_client_ssl,omitempty"`
}

// strategyWords are the words of files for the numbers 1 to 4.
var strategyWords = []string{"weighted_round_robin", "weighted_least_connections", "source_hash", "uri_hash"}

func (l *loader) channel(f fileChannel) error {
	i, err := l.identity("channel", f.Name, "")
	if err != nil {
		return err
	}
	b := channelBody{Name: f.Name, Type: f.Type, Port: f.Port, Strategy: slices.Index(strategyWords, f.Strategy) + 1, Members: cmp.Or(f.Members, "ip")}
	for _, x := range f.Groups {
		one := channelGroup{Name: x.Name, Weight: x.Weight, Remark: x.Remark}
		if other := l.channels().names[[2]string{"", x.Channel}]; other != nil { // which stands before it
			one.Reference = other.id
		}
		b.Groups = append(b.Groups, one)
	}
	for _, x := range f.Servers {
		m := channelMember{Host: x.Host, ECS: x.ECS, ECSName: x.ECSName, Port: x.Port, Weight: x.Weight, Group: x.Group, Backup: x.Backup, Status: 1}
		if !or(x.Enabled, true) {
			m.Status = 2
		}
		b.Servers = append(b.Servers, m)
	}
	if h := f.Health; h != nil {
		b.Health = &channelHealth{h.Protocol, h.Path, h.Method, h.Port, h.Normal, h.Abnormal, h.Interval, h.Timeout, h.Code, h.ClientSSL, 1}
	}
	return fresh(l.channels(), &channel{identity: i, channelBody: b.stored("")})
}

func (d *dumper) dumpChannel(x *channel) fileChannel {
	f := fileChannel{fileObject: fileObject{Name: x.name}, Type: x.Type, Port: x.Port, Members: x.Members}
	if n := x.Strategy; n >= 1 && n <= len(strategyWords) {
		f.Strategy = strategyWords[n-1]
	}
	for _, g := range x.Groups {
		one := fileChannelSet{Name: g.Name, Weight: g.Weight, Remark: g.Remark}
		if other := d.channels().ids[g.Reference]; other != nil {
			one.Channel = other.name
		}
		f.Groups = append(f.Groups, one)
	}
	for _, m := range x.Servers {
		on := m.Status != 2
		one := fileMember{Host: m.Host, Port: m.Port, Weight: m.Weight, Group: m.Group, Backup: m.Backup, Enabled: &on}
		if x.Members == "ecs" {
			one.Host, one.ECS, one.ECSName = "", m.ECS, m.ECSName
		}
		f.Servers = append(f.Servers, one)
	}
	if h := x.Health; h != nil {
		f.Health = &fileHealth{h.Protocol, h.Path, h.Method, h.Port, h.Normal, h.Abnormal, h.Interval, h.Timeout, h.Code, h.ClientSSL}
	}
	return f
}
