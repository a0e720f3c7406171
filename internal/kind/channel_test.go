package kind

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestChannelsAsTold checks how answers about channels are read: stubs count as absent, fields of other types and
// read-only fields are left out, and numbers may be texts.
func TestChannelsAsTold(t *testing.T) {
	const head = `{"id":"1","name":"a","port":80,"balance_strategy":1,"member_type":"ip",`
	base := Channel{Name: "a", Port: 80, Strategy: "weighted_round_robin", Members: "ip", Groups: []ChannelGroup{}}
	with := func(set func(*Channel)) Channel {
		c := base
		set(&c)
		return c
	}
	for name, tc := range map[string]struct {
		told string
		want Channel
	}{
		"servers with a stub": {
			head + `"vpc_channel_type":"builtin","type":2,"members":[],"microservice_info":{"service_type":"","cse_info":{"engine_id":""},"cce_info":{"cluster_id":""}}}`,
			with(func(c *Channel) { c.Type, c.Servers = "builtin", []Server{} }),
		},
		"old form of servers": {head + `"type":2}`, with(func(c *Channel) { c.Type, c.Servers, c.OldType = "builtin", []Server{}, true })},
		"a workload, its members and what is told besides": {
			head + `"vpc_channel_type":"microservice","type":3,"members":[{"host":"10.247.0.2","port":80,"weight":1}],
			 "member_groups":[{"member_group_name":"one","member_group_weight":1,"microservice_version":"","microservice_port":"8081","microservice_labels":null,"reference_vpc_channel_id":""}],
			 "microservice_info":{"id":"x","instance_id":"y","service_type":"CCE","cse_info":{"engine_id":""},"cce_info":{"cluster_id":"c","namespace":"d","workload_type":"deployment","app_name":"e","label_key":"","label_value":"","cluster_name":"f"}}}`,
			with(func(c *Channel) {
				c.Type, c.Groups = "microservice", []ChannelGroup{{Name: "one", Weight: 1, Port: 8081}}
				c.Service = &Microservice{Type: "CCE", CCE: &CCEInfo{Cluster: "c", Namespace: "d", Workload: "deployment", App: "e"}}
			}),
		},
		"a registry, whose weights are its own": {
			head + `"vpc_channel_type":"microservice","member_groups":[{"member_group_name":"one","member_group_weight":50}],
			 "microservice_info":{"service_type":"NACOS","nacos_info":{"service_name":"s","server_config":[{"ip_address":"192.0.2.20","port":8848}],"user_info":{"user_name":"","password":""}}}}`,
			with(func(c *Channel) {
				c.Type, c.Groups = "microservice", []ChannelGroup{{Name: "one"}}
				c.Service = &Microservice{Type: "NACOS", Nacos: &NacosInfo{Cluster: "DEFAULT", Group: "DEFAULT_GROUP", Service: "s", Servers: []NacosServer{{IP: "192.0.2.20", Port: 8848, GRPC: 9848}}}}
			}),
		},
		"a reference, by id": {
			head + `"vpc_channel_type":"reference","members":[],"member_groups":[{"member_group_name":"one","member_group_weight":1,"microservice_port":0,"reference_vpc_channel_id":"7"}]}`,
			with(func(c *Channel) {
				c.Type, c.Groups = "reference", []ChannelGroup{{Name: "one", Weight: 1, Reference: "7"}}
			}),
		},
	} {
		t.Run(name, func(t *testing.T) {
			o, err := channel.Completed(Object{}, json.RawMessage(tc.told))
			if err != nil {
				t.Fatal(err)
			}
			got := o.Value.(Channel)
			got.Unclear = nil
			if d := cmp.Diff(tc.want, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

// TestReferenceOfUnknownName checks that a reference of a group is sent back as an id if no list reports its name.
func TestReferenceOfUnknownName(t *testing.T) {
	c := Channel{Name: "a", Type: "reference", Members: "ip", Groups: []ChannelGroup{{Name: "one", Reference: "7"}}}
	for name, have := range map[string]any{"of a file": nil, "of the gateway": c} {
		q, err := channel.Update(c, Object{ID: "1", Value: have}, nil, noIDs{})
		if have == nil {
			if err == nil {
				t.Errorf("%s: sent as %v", name, q.Body)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if got := q.Body.(channelWire).Groups[0].Reference; got != "7" {
			t.Errorf("%s: sent %q", name, got)
		}
	}
}

type noIDs struct{}

func (noIDs) ID(string, string) (string, bool) { return "", false }
