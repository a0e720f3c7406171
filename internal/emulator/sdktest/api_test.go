package sdktest

import (
	"testing"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/apig/v2/model"
)

// TestAPILife creates an environment and a group, publishes an API, and removes everything again.
func TestAPILife(t *testing.T) {
	c := newClient(t)
	env := call(c, c.CreateEnvironmentV2, model.CreateEnvironmentV2Request{InstanceId: instance, Body: &model.EnvCreate{Name: "DEV"}})
	group := call(c, c.CreateApiGroupV2, model.CreateApiGroupV2Request{InstanceId: instance, Body: &model.ApiGroupCreate{Name: "api_group_001"}})
	api := call(c, c.CreateApiV2, model.CreateApiV2Request{InstanceId: instance, Body: &model.ApiCreate{
		Name: "Api_http", Type: model.GetApiCreateTypeEnum().E_1, ReqProtocol: model.GetApiCreateReqProtocolEnum().HTTPS,
		ReqMethod: model.GetApiCreateReqMethodEnum().GET, ReqUri: "/test/http", AuthType: model.GetApiCreateAuthTypeEnum().APP,
		BackendType: model.GetApiCreateBackendTypeEnum().MOCK, GroupId: group.Id, MockInfo: &model.ApiMockCreate{ResultContent: new("mock")},
	}})
	call(c, c.ShowDetailsOfApiV2, model.ShowDetailsOfApiV2Request{InstanceId: instance, ApiId: *api.Id})
	live := call(c, c.CreateOrDeletePublishRecordForApiV2, model.CreateOrDeletePublishRecordForApiV2Request{InstanceId: instance, Body: &model.ApiActionInfo{
		Action: model.GetApiActionInfoActionEnum().ONLINE, EnvId: *env.Id, ApiId: *api.Id,
	}})
	listed := c.api("Api_http")
	if *listed.PublishId != *live.PublishId || *listed.RunEnvName != "DEV" {
		t.Errorf("listed: %v", listed)
	}
	call(c, c.ListApiVersionsV2, model.ListApiVersionsV2Request{InstanceId: instance, ApiId: *api.Id})
	call(c, c.ListApiVersionDetailV2, model.ListApiVersionDetailV2Request{InstanceId: instance, VersionId: *live.VersionId})
	call(c, c.ListApiRuntimeDefinitionV2, model.ListApiRuntimeDefinitionV2Request{InstanceId: instance, ApiId: *api.Id, EnvId: env.Id})
	refused(c, c.DeleteApiV2, model.DeleteApiV2Request{InstanceId: instance, ApiId: *api.Id}, 403, "APIG.3416")
	batch := call(c, c.BatchPublishOrOfflineApiV2, model.BatchPublishOrOfflineApiV2Request{InstanceId: instance, Action: "offline", Body: &model.ApiBatchPublish{
		Apis: &[]string{*api.Id, "nobody"}, EnvId: *env.Id,
	}})
	if len(*batch.Success) != 1 || len(*batch.Failure) != 1 {
		t.Errorf("batch offline: %v", batch)
	}
	call(c, c.DeleteApiV2, model.DeleteApiV2Request{InstanceId: instance, ApiId: *api.Id})
	call(c, c.DeleteApiGroupV2, model.DeleteApiGroupV2Request{InstanceId: instance, GroupId: group.Id})
	call(c, c.DeleteEnvironmentV2, model.DeleteEnvironmentV2Request{InstanceId: instance, EnvId: *env.Id})
	call(c, c.ListEnvironmentsV2, model.ListEnvironmentsV2Request{InstanceId: instance})
	call(c, c.ListTagsV2, model.ListTagsV2Request{InstanceId: instance})
}

// TestStatistics reads the calls of the last hour of a group and of an API.
func TestStatistics(t *testing.T) {
	c := newClient(t)
	api := c.api("get_order")
	group := call(c, c.ListLatelyGroupStatisticsV2, model.ListLatelyGroupStatisticsV2Request{InstanceId: instance, GroupId: api.GroupId})
	one := call(c, c.ListLatelyApiStatisticsV2, model.ListLatelyApiStatisticsV2Request{InstanceId: instance, ApiId: *api.Id, Duration: "1h"})
	if len(*group.List) != 60 || len(*one.List) != 60 || *(*one.List)[0].ReqCount != 2 {
		t.Errorf("group %v, API %v", group, one)
	}
}
