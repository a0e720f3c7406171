package sdktest

import (
	"testing"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/apig/v2/model"
)

// TestChannel creates, updates, lists and deletes a channel with members; one that another channel refers to cannot be
// deleted.
func TestChannel(t *testing.T) {
	c := newClient(t)
	body := func(name string, hosts ...string) *model.VpcCreate {
		b := &model.VpcCreate{
			Name: name, Port: 8080, BalanceStrategy: model.GetVpcCreateBalanceStrategyEnum().E_1, MemberType: model.GetVpcCreateMemberTypeEnum().IP,
			MemberGroups: &[]model.MemberGroupCreate{{MemberGroupName: "blue", MemberGroupWeight: new(int32(80))}},
			VpcHealthConfig: &model.VpcHealthConfig{
				Protocol: model.GetVpcHealthConfigProtocolEnum().TCP, ThresholdNormal: 2, ThresholdAbnormal: 5, TimeInterval: 10, Timeout: new(int32(5)),
			},
		}
		var members []model.MemberInfo
		for _, host := range hosts {
			members = append(members, model.MemberInfo{Host: &host, Weight: new(int32(1)), MemberGroupName: new("blue")})
		}
		b.Members = &members
		return b
	}
	made := call(c, c.CreateVpcChannelV2, model.CreateVpcChannelV2Request{InstanceId: instance, Body: body("orders", "192.0.2.10", "192.0.2.11")})
	refused(c, c.CreateVpcChannelV2, model.CreateVpcChannelV2Request{InstanceId: instance, Body: body("orders")}, 400, "APIG.3208")
	listed := call(c, c.ListVpcChannelsV2, model.ListVpcChannelsV2Request{InstanceId: instance, Name: new("ord")})
	if listed.Total != 1 || *(*listed.VpcChannels)[0].Id != *made.Id || len(*(*listed.VpcChannels)[0].MemberGroups) != 1 {
		t.Errorf("listed: %v", listed)
	}
	shown := call(c, c.ShowDetailsOfVpcChannelV2, model.ShowDetailsOfVpcChannelV2Request{InstanceId: instance, VpcChannelId: *made.Id})
	if m := *shown.Members; len(m) != 2 || *m[0].Port != 8080 || *m[0].EcsId != "192.0.2.10" || *m[0].Weight != 80 || shown.VpcHealthConfig.TimeInterval != 10 {
		t.Errorf("shown: %v", shown)
	}
	if members := call(c, c.ListBackendInstancesV2, model.ListBackendInstancesV2Request{InstanceId: instance, VpcChannelId: *made.Id}); members.Total != 2 {
		t.Errorf("members: %v", members)
	}
	call(c, c.UpdateVpcChannelV2, model.UpdateVpcChannelV2Request{InstanceId: instance, VpcChannelId: *made.Id, Body: body("orders_v2")})
	after := call(c, c.ShowDetailsOfVpcChannelV2, model.ShowDetailsOfVpcChannelV2Request{InstanceId: instance, VpcChannelId: *made.Id})
	if after.Name != "orders_v2" || len(*after.Members) != 0 || after.VpcChannelType.Value() != "builtin" {
		t.Errorf("after an update without members: %v", after)
	}
	other := body("canary")
	other.VpcChannelType, other.VpcHealthConfig = new(model.GetVpcCreateVpcChannelTypeEnum().REFERENCE), nil
	other.MemberGroups = &[]model.MemberGroupCreate{{MemberGroupName: "old", ReferenceVpcChannelId: made.Id}}
	canary := call(c, c.CreateVpcChannelV2, model.CreateVpcChannelV2Request{InstanceId: instance, Body: other})
	refused(c, c.DeleteVpcChannelV2, model.DeleteVpcChannelV2Request{InstanceId: instance, VpcChannelId: *made.Id}, 409, "APIG.3719")
	for _, id := range []string{*canary.Id, *made.Id} {
		call(c, c.DeleteVpcChannelV2, model.DeleteVpcChannelV2Request{InstanceId: instance, VpcChannelId: id})
	}
	refused(c, c.DeleteVpcChannelV2, model.DeleteVpcChannelV2Request{InstanceId: instance, VpcChannelId: *made.Id}, 404, "APIG.3023")
}

// TestChannelTypes writes and reads channels of microservices and references to channels with the vendor's client.
func TestChannelTypes(t *testing.T) {
	c := newClient(t)
	types, services := model.GetVpcCreateVpcChannelTypeEnum(), model.GetMicroServiceCreateServiceTypeEnum()
	body := func(name string, groups ...model.MemberGroupCreate) *model.VpcCreate {
		return &model.VpcCreate{
			Name: name, Port: 8080, BalanceStrategy: model.GetVpcCreateBalanceStrategyEnum().E_1, MemberType: model.GetVpcCreateMemberTypeEnum().IP, MemberGroups: &groups,
		}
	}
	pods := body("pods", model.MemberGroupCreate{
		MemberGroupName: "one", MemberGroupWeight: new(int32(1)), MicroserviceVersion: new("v1"), MicroservicePort: new(int32(8081)),
		MicroserviceLabels: &[]model.MicroserviceLabel{{LabelName: "app", LabelValue: "orders"}},
	})
	pods.VpcChannelType = &types.MICROSERVICE
	refused(c, c.CreateVpcChannelV2, model.CreateVpcChannelV2Request{InstanceId: instance, Body: pods}, 400, "APIG.2041")
	pods.MicroserviceInfo = &model.MicroServiceCreate{ServiceType: &services.CCE, CceInfo: &model.MicroServiceInfoCceBase{
		ClusterId: "cluster-1", Namespace: "default", WorkloadType: model.GetMicroServiceInfoCceBaseWorkloadTypeEnum().DEPLOYMENT, AppName: new("orders"),
	}}
	made := call(c, c.CreateVpcChannelV2, model.CreateVpcChannelV2Request{InstanceId: instance, Body: pods})
	shown := call(c, c.ShowDetailsOfVpcChannelV2, model.ShowDetailsOfVpcChannelV2Request{InstanceId: instance, VpcChannelId: *made.Id})
	if m := *shown.Members; len(m) != 1 || *m[0].Port != 8081 || *shown.MicroserviceInfo.CceInfo.ClusterName == "" || *shown.Type != 3 {
		t.Errorf("shown: %v", shown)
	}
	pods.VpcChannelType, pods.MemberGroups = &types.BUILTIN, nil // an update keeps the type and removes the groups
	call(c, c.UpdateVpcChannelV2, model.UpdateVpcChannelV2Request{InstanceId: instance, VpcChannelId: *made.Id, Body: pods})
	after := call(c, c.ShowDetailsOfVpcChannelV2, model.ShowDetailsOfVpcChannelV2Request{InstanceId: instance, VpcChannelId: *made.Id})
	if after.VpcChannelType.Value() != "microservice" || len(*after.MemberGroups) != 0 {
		t.Errorf("after an update: %v", after)
	}

	registry := body("registry", model.MemberGroupCreate{MemberGroupName: "one", MemberGroupWeight: new(int32(1))})
	registry.VpcChannelType = &types.MICROSERVICE
	registry.MicroserviceInfo = &model.MicroServiceCreate{ServiceType: &services.NACOS, NacosInfo: &model.MicroServiceInfoNacosBase{
		ServiceName: "orders", ServerConfig: []model.NacosServerConfig{{IpAddress: "192.0.2.20", Port: 8848}}, UserInfo: &model.NacosUserInfo{UserName: "gateway", Password: "a-password"},
	}}
	refused(c, c.CreateVpcChannelV2, model.CreateVpcChannelV2Request{InstanceId: instance, Body: registry}, 400, "APIG.2011") // a weight is not allowed
	registry.MemberGroups = nil
	nacos := call(c, c.CreateVpcChannelV2, model.CreateVpcChannelV2Request{InstanceId: instance, Body: registry})
	registryView := call(c, c.ShowDetailsOfVpcChannelV2, model.ShowDetailsOfVpcChannelV2Request{InstanceId: instance, VpcChannelId: *nacos.Id})
	if n := registryView.MicroserviceInfo.NacosInfo; *n.ServerConfig[0].GrpcPort != 9848 || *n.GroupName != "DEFAULT_GROUP" || n.UserInfo.Password != "" {
		t.Errorf("shown of a registry: %v", n)
	}

	canary := body("canary", model.MemberGroupCreate{MemberGroupName: "old", ReferenceVpcChannelId: new("nobody")})
	canary.VpcChannelType = &types.REFERENCE
	refused(c, c.CreateVpcChannelV2, model.CreateVpcChannelV2Request{InstanceId: instance, Body: canary}, 400, "APIG.2011")
	(*canary.MemberGroups)[0].ReferenceVpcChannelId = made.Id
	canary.Members = &[]model.MemberInfo{{Host: new("192.0.2.10")}} // ignored by the gateway
	reference := call(c, c.CreateVpcChannelV2, model.CreateVpcChannelV2Request{InstanceId: instance, Body: canary})
	seen := call(c, c.ShowDetailsOfVpcChannelV2, model.ShowDetailsOfVpcChannelV2Request{InstanceId: instance, VpcChannelId: *reference.Id})
	if g := *seen.MemberGroups; len(*seen.Members) != 0 || *g[0].ReferenceVpcChannelId != *made.Id || seen.MicroserviceInfo.CseInfo.EngineId != "" {
		t.Errorf("seen: %v", seen)
	}
	refused(c, c.ListBackendInstancesV2, model.ListBackendInstancesV2Request{InstanceId: instance, VpcChannelId: *reference.Id}, 403, "APIG.3471")
	refused(c, c.DeleteVpcChannelV2, model.DeleteVpcChannelV2Request{InstanceId: instance, VpcChannelId: *made.Id}, 409, "APIG.3719")
	(*canary.MemberGroups)[0].ReferenceVpcChannelId = reference.Id
	refused(c, c.UpdateVpcChannelV2, model.UpdateVpcChannelV2Request{InstanceId: instance, VpcChannelId: *reference.Id, Body: canary}, 400, "APIG.2011") // refers to itself
	for _, id := range []string{*reference.Id, *made.Id, *nacos.Id} {
		call(c, c.DeleteVpcChannelV2, model.DeleteVpcChannelV2Request{InstanceId: instance, VpcChannelId: id})
	}
}

// TestChannelInUse checks that a channel cannot be deleted while an API uses it, whether in its draft or as
// published.
func TestChannelInUse(t *testing.T) {
	c := newClient(t)
	channel := call(c, c.CreateVpcChannelV2, model.CreateVpcChannelV2Request{InstanceId: instance, Body: &model.VpcCreate{
		Name: "used", Port: 8080, BalanceStrategy: model.GetVpcCreateBalanceStrategyEnum().E_1, MemberType: model.GetVpcCreateMemberTypeEnum().IP,
	}})
	group := call(c, c.CreateApiGroupV2, model.CreateApiGroupV2Request{InstanceId: instance, Body: &model.ApiGroupCreate{Name: "by_channel"}})
	api := call(c, c.CreateApiV2, model.CreateApiV2Request{InstanceId: instance, Body: &model.ApiCreate{
		Name: "by_channel", Type: model.GetApiCreateTypeEnum().E_1, ReqProtocol: model.GetApiCreateReqProtocolEnum().HTTPS,
		ReqMethod: model.GetApiCreateReqMethodEnum().GET, ReqUri: "/by/channel", AuthType: model.GetApiCreateAuthTypeEnum().NONE,
		BackendType: model.GetApiCreateBackendTypeEnum().HTTP, GroupId: group.Id, BackendApi: &model.BackendApiCreate{
			ReqProtocol: new(model.GetBackendApiCreateReqProtocolEnum().HTTP), ReqMethod: new(model.GetBackendApiCreateReqMethodEnum().GET), ReqUri: new("/"), Timeout: 5000,
			VpcChannelStatus: new(model.GetBackendApiCreateVpcChannelStatusEnum().E_1), VpcChannelInfo: &model.ApiBackendVpcReq{VpcChannelId: *channel.Id},
		},
	}})
	for name, want := range map[string]int64{"used": 1, "other": 0} {
		found := call(c, c.ListApisV2, model.ListApisV2Request{InstanceId: instance, VpcChannelName: &name, ReturnDataMode: new("include_group_backend")})
		if found.Total != want || want == 1 && *(*found.Apis)[0].BackendApi.VpcChannelInfo.VpcChannelId != *channel.Id {
			t.Errorf("APIs of the channel %s: %v", name, found)
		}
	}
	refused(c, c.DeleteVpcChannelV2, model.DeleteVpcChannelV2Request{InstanceId: instance, VpcChannelId: *channel.Id}, 403, "APIG.3414")
	call(c, c.DeleteApiV2, model.DeleteApiV2Request{InstanceId: instance, ApiId: *api.Id})
	call(c, c.DeleteVpcChannelV2, model.DeleteVpcChannelV2Request{InstanceId: instance, VpcChannelId: *channel.Id})
}
