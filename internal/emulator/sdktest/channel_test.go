package sdktest

import (
	"testing"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/apig/v2/model"
)

func TestChannel(t *testing.T) {
	j := newJudge(t)
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
	made := call(j, j.CreateVpcChannelV2, model.CreateVpcChannelV2Request{InstanceId: instance, Body: body("orders", "192.0.2.10", "192.0.2.11")})
	refused(j, j.CreateVpcChannelV2, model.CreateVpcChannelV2Request{InstanceId: instance, Body: body("orders")}, 400, "APIG.3208")
	listed := call(j, j.ListVpcChannelsV2, model.ListVpcChannelsV2Request{InstanceId: instance, Name: new("ord")})
	if listed.Total != 1 || *(*listed.VpcChannels)[0].Id != *made.Id || len(*(*listed.VpcChannels)[0].MemberGroups) != 1 {
		t.Errorf("listed: %v", listed)
	}
	shown := call(j, j.ShowDetailsOfVpcChannelV2, model.ShowDetailsOfVpcChannelV2Request{InstanceId: instance, VpcChannelId: *made.Id})
	if m := *shown.Members; len(m) != 2 || *m[0].Port != 8080 || *m[0].EcsId != "192.0.2.10" || *m[0].Weight != 80 || shown.VpcHealthConfig.TimeInterval != 10 {
		t.Errorf("shown: %v", shown)
	}
	if members := call(j, j.ListBackendInstancesV2, model.ListBackendInstancesV2Request{InstanceId: instance, VpcChannelId: *made.Id}); members.Total != 2 {
		t.Errorf("members: %v", members)
	}
	call(j, j.UpdateVpcChannelV2, model.UpdateVpcChannelV2Request{InstanceId: instance, VpcChannelId: *made.Id, Body: body("orders_v2")})
	after := call(j, j.ShowDetailsOfVpcChannelV2, model.ShowDetailsOfVpcChannelV2Request{InstanceId: instance, VpcChannelId: *made.Id})
	if after.Name != "orders_v2" || len(*after.Members) != 0 || after.VpcChannelType.Value() != "builtin" {
		t.Errorf("after an update without members: %v", after)
	}
	other := body("canary")
	other.VpcChannelType, other.VpcHealthConfig = new(model.GetVpcCreateVpcChannelTypeEnum().REFERENCE), nil
	other.MemberGroups = &[]model.MemberGroupCreate{{MemberGroupName: "old", ReferenceVpcChannelId: made.Id}}
	canary := call(j, j.CreateVpcChannelV2, model.CreateVpcChannelV2Request{InstanceId: instance, Body: other})
	refused(j, j.DeleteVpcChannelV2, model.DeleteVpcChannelV2Request{InstanceId: instance, VpcChannelId: *made.Id}, 409, "APIG.3719")
	for _, id := range []string{*canary.Id, *made.Id} {
		call(j, j.DeleteVpcChannelV2, model.DeleteVpcChannelV2Request{InstanceId: instance, VpcChannelId: id})
	}
	refused(j, j.DeleteVpcChannelV2, model.DeleteVpcChannelV2Request{InstanceId: instance, VpcChannelId: *made.Id}, 404, "APIG.3023")
}
