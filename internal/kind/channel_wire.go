package kind

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// The form of channels in the API. It has a file of its own, since each type has another form.

func encodeChannel(w Writing[Channel]) (any, error) {
	c := w.Want
	out := channelWire{
		Name: c.Name, Port: &c.Port, Strategy: balanceStrategies.spell(c.Strategy), Members: &c.Members,
		Groups: make([]channelGroupWire, len(c.Groups)), Health: (*healthCheckWire)(c.Health), Service: c.Service,
	}
	for i, g := range c.Groups {
		one, err := encodeGroup(w, g)
		if err != nil {
			return nil, err
		}
		out.Groups[i] = one
	}
	if c.Type != ofServers {
		out.Type = &c.Type
		return out, nil
	}
	servers := make([]serverWire, len(c.Servers))
	for i, s := range c.Servers {
		servers[i] = serverWire{Host: s.Host, ECS: s.ECS, ECSName: s.ECSName, Port: s.Port, Weight: s.Weight, Group: s.Group, Backup: s.Backup, Status: "1"}
		if !value(s.Enabled) {
			servers[i].Status = switchedOff
		}
	}
	out.Servers = &servers
	return out, nil
}

func encodeGroup(w Writing[Channel], g ChannelGroup) (channelGroupWire, error) {
	out := channelGroupWire{Name: g.Name, Remark: &g.Remark}
	if !w.Want.Service.weighsItself() {
		out.Weight = &g.Weight
	}
	switch w.Want.Type {
	case ofMicroservice:
		labels := append([]ChannelLabel{}, g.Labels...)
		out.Version, out.Port, out.Labels = &g.Version, &g.Port, &labels
	case ofChannels:
		id, ok := w.IDs.ID(aChannel, g.Reference)
		if !ok && w.Have != nil && slices.ContainsFunc(w.Have.Groups, func(h ChannelGroup) bool { return h.Reference == g.Reference }) {
			id, ok = g.Reference, true // no list reports the name of this channel, so the reference is its id
		}
		if !ok {
			return out, fmt.Errorf("no channel named %s", g.Reference)
		}
		out.Reference = id
	}
	return out, nil
}

func decodeChannel(w channelWire) Found[Channel] {
	c := Channel{
		Name: w.Name, Type: cmp.Or(value(w.Type), oldChannelTypes.read(w.Old), ofServers), Port: value(w.Port), Strategy: balanceStrategies.read(w.Strategy), Members: value(w.Members),
		Groups: make([]ChannelGroup, len(w.Groups)), Health: decodeHealth(w.Health), OldType: w.Type == nil && w.Old != "",
	}
	reported := map[string]bool{"/port": w.Port != nil, "/balance_strategy": w.Strategy != ""}
	switch c.Type {
	case ofMicroservice:
		c.Service, c.UserOmitted = w.Service.cleaned(), w.Service.omitsUser()
		reported["/microservice"] = c.Service != nil
	case ofChannels:
	default:
		c.Servers = decodeServers(value(w.Servers), c.Members)
	}
	for i, g := range w.Groups {
		c.Groups[i] = ChannelGroup{Name: g.Name, Weight: value(g.Weight), Remark: value(g.Remark)}
		switch c.Type {
		case ofMicroservice:
			c.Groups[i].Version, c.Groups[i].Port = value(g.Version), value(g.Port)
			c.Groups[i].Labels = append(c.Groups[i].Labels, value(g.Labels)...) // stays nil if there are none
		case ofChannels:
			c.Groups[i].Reference = g.Reference
		}
		if c.Service.weighsItself() {
			c.Groups[i].Weight = 0
		}
	}
	return Found[Channel]{ID: w.ID, Value: c, Bound: Unknown, Unrecognized: balanceStrategies.unrecognized("/balance_strategy", w.Strategy), Omitted: omitted(reported)}
}

func decodeServers(servers []serverWire, members string) []Server {
	out := make([]Server, 0, len(servers))
	for _, s := range servers {
		one := Server{Host: s.Host, Port: s.Port, Weight: s.Weight, Group: s.Group, Backup: s.Backup, Enabled: new(s.Status != switchedOff)}
		if members == "ecs" { // for other members, the API repeats the host in these fields
			one.Host, one.ECS, one.ECSName = "", s.ECS, s.ECSName
		}
		out = append(out, one)
	}
	return out
}

func decodeHealth(w *healthCheckWire) *HealthCheck {
	if w == nil || w.Protocol == "" {
		return nil
	}
	h := new(HealthCheck(*w))
	if h.Protocol = strings.ToUpper(h.Protocol); h.Protocol == "TCP" {
		h.Method, h.Path, h.Code = "", "", ""
	}
	return h
}
