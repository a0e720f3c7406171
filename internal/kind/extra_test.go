package kind

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/apigw-sync/apigw-sync/internal/api/wire"
)

// TestBeyond checks that fields of a channel which the vendor's reference does not describe are sent back at the
// right place of an update, whatever else the update changes.
func TestBeyond(t *testing.T) {
	tests := []struct {
		name, told, body, want string
		hidden                 []string
	}{
		{name: "nothing", told: `{"id":"1","name":"a","status":1,"create_time":"x"}`, body: `{"name":"a"}`, want: `{"name":"a"}`},
		{name: "what says nothing", told: `{"x":null,"y":"","z":{},"microservice_info":{"cse_info":{"x":""}}}`, body: `{"name":"a"}`, want: `{"name":"a"}`},
		{name: "no is an answer", told: `{"x":false,"y":0}`, body: `{"name":"a"}`, want: `{"name":"a","x":false,"y":0}`},
		{name: "numbers as they come", told: `{"x":{"y":[12345678901234567890]}}`, body: `{}`, want: `{"x":{"y":[12345678901234567890]}}`},
		{
			name: "a part that the update leaves out",
			told: `{"vpc_health_config":{"protocol":"TCP","x":1},"member_groups":[{"member_group_name":"g","x":1}]}`, body: `{"name":"a","member_groups":[]}`, want: `{"name":"a","member_groups":[]}`,
		},
		{
			name: "entries by their keys",
			told: `{"member_groups":[{"member_group_name":"a","x":1},{"member_group_name":"b","x":2}]}`,
			body: `{"member_groups":[{"member_group_name":"b"},{"member_group_name":"c"}]}`, want: `{"member_groups":[{"member_group_name":"b","x":2},{"member_group_name":"c"}]}`,
		},
		{
			name: "addresses, which answers repeat as servers",
			told: `{"members":[{"host":"h","ecs_id":"h","port":80,"member_group_name":"g","x":1},{"host":"h","ecs_id":"h","port":80,"member_group_name":"","x":2}]}`,
			body: `{"members":[{"host":"h","port":80},{"host":"h","port":80,"member_group_name":"g"}]}`,
			want: `{"members":[{"host":"h","port":80,"x":2},{"host":"h","port":80,"member_group_name":"g","x":1}]}`,
		},
		{
			name: "servers, of which answers tell addresses",
			told: `{"members":[{"host":"192.168.0.2","ecs_id":"e","port":80,"x":1}]}`, body: `{"members":[{"ecs_id":"e","port":80}]}`, want: `{"members":[{"ecs_id":"e","port":80,"x":1}]}`,
		},
		{
			name: "of a registry", told: `{"microservice_info":{"id":"2","nacos_info":{"x":1,"server_config":[{"ip_address":"i","port":1,"weight":3}]}}}`,
			body: `{"microservice_info":{"nacos_info":{"server_config":[{"ip_address":"i","port":1}]}}}`,
			want: `{"microservice_info":{"nacos_info":{"x":1,"server_config":[{"ip_address":"i","port":1,"weight":3}]}}}`,
		},
		{name: "masked", told: `{"microservice_info":{"token":"a***b"},"x":1}`, body: `{"microservice_info":{}}`, want: `{"microservice_info":{},"x":1}`, hidden: []string{"/microservice_info/token"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := extra(channel.form, []byte(tt.told))
			body, err := b.addTo(channel.form, json.RawMessage(tt.body))
			if err != nil {
				t.Fatal(err)
			}
			got, _ := json.Marshal(body)
			was, _ := wire.Tree([]byte(tt.want))
			now, _ := wire.Tree(got)
			if d := cmp.Diff(was, now); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
			if b != nil {
				if d := cmp.Diff(tt.hidden, b.Hidden); d != "" {
					t.Errorf("hidden (-want +got):\n%s", d)
				}
			}
		})
	}
}
