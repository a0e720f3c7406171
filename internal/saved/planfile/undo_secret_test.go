package planfile

import (
	"maps"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// registry is a channel with a Nacos registry, with or without a user.
func registry(user *kind.NacosUser) kind.Channel {
	return kind.Channel{
		Name: "orders", Type: "microservice", Port: 80, Strategy: "source_hash", Members: "ip",
		Service: &kind.Microservice{Type: "NACOS", Nacos: &kind.NacosInfo{
			Cluster: "DEFAULT", Group: "DEFAULT_GROUP", Service: "orders", User: user,
			Servers: []kind.NacosServer{{IP: "192.0.2.20", Port: 8848, GRPC: 9848}},
		}},
	}
}

func kafka(sasl map[string]any) kind.Plugin {
	content := map[string]any{"broker_list": []any{"10.0.0.1:9092"}, "topic": "orders", "sasl_config": sasl}
	return kind.Plugin{Name: "orders", Type: "kafka_log", Content: content}
}

// TestBackSecret checks that a secret that the run added is removed together with its mapping if that is new as well, and that a
// mapping that the run removed with its secret is lost: the gateway refuses it without the secret.
func TestBackSecret(t *testing.T) {
	const password, sasl = "/microservice/nacos_info/user_info/password", "/content/sasl_config/sasl_password"
	masked, user := &kind.NacosUser{Name: "gateway", Password: "******"}, &kind.NacosUser{Name: "gateway", Password: "ssssssss"}
	servers := kind.Channel{Name: "orders", Type: "builtin", Port: 80, Strategy: "source_hash", Members: "ip"}
	other := registry(nil)
	other.Port = 81
	login := func(more map[string]any) kind.Plugin {
		config := map[string]any{"security_protocol": "SASL_PLAINTEXT", "sasl_mechanisms": "PLAIN", "sasl_username": "u"}
		maps.Copy(config, more)
		return kafka(config)
	}
	plain := map[string]any{"security_protocol": "PLAINTEXT"}
	for name, tc := range map[string]struct {
		kind             string
		have, want, back any
		secret, lost     string
		id               string // of the present object
	}{
		"given by an update":    {"channel", registry(nil), registry(user), registry(nil), password, "", "c1"},
		"given by a replace":    {"channel", servers, registry(user), servers, password, "", "c2"},
		"taken away":            {"channel", registry(masked), other, registry(nil), "", "/microservice/nacos_info/user_info", "c1"},
		"hidden and taken away": {"plugin", login(nil), kafka(plain), kafka(plain), "", "/content/sasl_config", "c1"},
		"left to the gateway":   {"channel", registry(masked), registry(&kind.NacosUser{Name: "shop"}), registry(&kind.NacosUser{Name: "gateway"}), "", "", "c1"},
		"given to a plugin":     {"plugin", kafka(plain), login(map[string]any{"sasl_password": "ssssssss"}), kafka(plain), sasl, "", "c1"},
	} {
		t.Run(name, func(t *testing.T) {
			object := func(id string, v any) kind.Object {
				return kind.Object{Kind: tc.kind, Key: "orders", ID: id, Bound: kind.Unknown, Value: v}
			}
			d := kind.Declared{Object: object("", tc.want)}
			if tc.secret != "" {
				d.Secrets = []kind.Origin{{Path: tc.secret, Variables: []string{"SECRET"}}}
			}
			head := headOf(t, kind.Actual{Objects: []kind.Object{object("c1", tc.have)}}, kind.Desired{Objects: []kind.Declared{d}})
			r, err := DecodeRecord(append(head, begun(tc.kind+"/orders")...))
			if err != nil {
				t.Fatal(err)
			}
			now := kind.Actual{Objects: []kind.Object{object(tc.id, tc.want)}}
			undo, err := r.Undo(now, func(NeededSecret) (string, error) { return user.Password, nil })
			if err != nil {
				t.Fatal(err)
			}
			k := kind.Of(tc.kind)
			if d := cmp.Diff(k.Pack(k.Explicit(tc.back)), k.Pack(undo.Extract.Desired.Objects[0].Value)); d != "" {
				t.Errorf("wanted back (-want +got):\n%s", d)
			}
			lost := ""
			for _, l := range undo.Losses {
				lost += l.Path
			}
			if d := cmp.Diff(tc.lost, lost); d != "" || len(undo.Stale) > 0 {
				t.Errorf("lost (-want +got):\n%s\nstale: %s", d, told(undo.Stale))
			}
		})
	}
}
