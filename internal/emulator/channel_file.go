package emulator

import (
	"cmp"
	"fmt"
	"slices"
)

// Channels in state files. Their operations are in channel.go.

type fileChannel struct {
	fileObject
	Type       string           `json:"type,omitempty"`
	Port       int              `json:"port"`
	Strategy   string           `json:"balance_strategy"`
	MemberType string           `json:"member_type,omitempty"`
	Groups     []fileChannelSet `json:"member_groups,omitempty"`
	Servers    []fileMember     `json:"members,omitempty"`
	Health     *healthCheck     `json:"health_check,omitempty"`
	Service    *microservice    `json:"microservice,omitempty"`
}

type fileChannelSet struct {
	Name    string         `json:"name"`
	Weight  int            `json:"weight,omitempty"`
	Remark  string         `json:"remark,omitempty"`
	Version string         `json:"microservice_version,omitempty"`
	Port    int            `json:"microservice_port,omitempty"`
	Labels  []channelLabel `json:"microservice_labels,omitempty"`
	Channel string         `json:"reference_channel,omitempty"`
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

// strategyWords are the words in files for the strategies 1 to 4.
var strategyWords = []string{"weighted_round_robin", "weighted_least_connections", "source_hash", "uri_hash"}

// resolveReferences sets the channels that the groups of a channel refer to.
func (l *loader) resolveReferences(x *channel, f fileChannel) error {
	for i, g := range f.Groups {
		if g.Channel == "" {
			continue
		}
		other := l.channels().byName(g.Channel)
		if other == nil {
			return fmt.Errorf("channels: %s: member_groups: %s: no channel is named %q", f.Name, g.Name, g.Channel)
		}
		x.Groups[i].Reference = other.id
	}
	return nil
}

func (l *loader) channel(f fileChannel) error {
	b := channelBody{Name: f.Name, Type: f.Type, Port: f.Port, Strategy: slices.Index(strategyWords, f.Strategy) + 1, MemberType: cmp.Or(f.MemberType, "ip"), Service: f.Service}
	b.Type = cmp.Or(b.Type, typeServers)
	for _, x := range f.Groups {
		b.Groups = append(b.Groups, channelGroup{Name: x.Name, Weight: &x.Weight, Remark: x.Remark, Version: x.Version, Port: x.Port, Labels: x.Labels})
	}
	for _, x := range f.Servers {
		m := channelMember{Host: x.Host, ECS: x.ECS, ECSName: x.ECSName, Port: x.Port, Weight: x.Weight, Group: x.Group, Backup: x.Backup, Status: 1}
		if !valueOr(x.Enabled, true) {
			m.Status = 2
		}
		b.Servers = append(b.Servers, m)
	}
	if h := f.Health; h != nil {
		b.Health = &channelHealth{*h, 1}
	}
	x := &channel{channelBody: b.stored()}
	l.deferred = append(l.deferred, func() error { return l.resolveReferences(x, f) })
	return addNew(l, l.channels(), x, f.Name)
}

func (d *dumper) dumpChannel(x *channel) fileChannel {
	f := fileChannel{fileObject: fileObject{Name: x.name}, Type: x.Type, Port: x.Port, MemberType: x.MemberType, Service: x.Service}
	if n := x.Strategy; n >= 1 && n <= len(strategyWords) {
		f.Strategy = strategyWords[n-1]
	}
	for _, g := range x.Groups {
		one := fileChannelSet{Name: g.Name, Weight: valueOr(g.Weight, 0), Remark: g.Remark, Version: g.Version, Port: g.Port, Labels: g.Labels}
		if other := d.channels().ids[g.Reference]; other != nil {
			one.Channel = other.name
		}
		f.Groups = append(f.Groups, one)
	}
	for _, m := range x.Servers {
		on := m.Status != 2
		one := fileMember{Host: m.Host, Port: m.Port, Weight: m.Weight, Group: m.Group, Backup: m.Backup, Enabled: &on}
		if x.MemberType == "ecs" {
			one.Host, one.ECS, one.ECSName = "", m.ECS, m.ECSName
		}
		f.Servers = append(f.Servers, one)
	}
	if h := x.Health; h != nil {
		f.Health = &h.healthCheck
	}
	return f
}
