package sdktest

import (
	"testing"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/apig/v2/model"
)

// TestAPILife creates an environment and a group, publishes an API, and removes everything again.
func TestAPILife(t *testing.T) {
	j := newJudge(t)
	env := call(j, j.CreateEnvironmentV2, model.CreateEnvironmentV2Request{InstanceId: instance, Body: &model.EnvCreate{Name: "DEV"}})
	group := call(j, j.CreateApiGroupV2, model.CreateApiGroupV2Request{InstanceId: instance, Body: &model.ApiGroupCreate{Name: "api_group_001"}})
	api := call(j, j.CreateApiV2, model.CreateApiV2Request{InstanceId: instance, Body: &model.ApiCreate{
		Name: "Api_http", Type: model.GetApiCreateTypeEnum().E_1, ReqProtocol: model.GetApiCreateReqProtocolEnum().HTTPS,
		ReqMethod: model.GetApiCreateReqMethodEnum().GET, ReqUri: "/test/http", AuthType: model.GetApiCreateAuthTypeEnum().APP,
		BackendType: model.GetApiCreateBackendTypeEnum().MOCK, GroupId: group.Id, MockInfo: &model.ApiMockCreate{ResultContent: new("mock")},
	}})
	call(j, j.ShowDetailsOfApiV2, model.ShowDetailsOfApiV2Request{InstanceId: instance, ApiId: *api.Id})
	live := call(j, j.CreateOrDeletePublishRecordForApiV2, model.CreateOrDeletePublishRecordForApiV2Request{InstanceId: instance, Body: &model.ApiActionInfo{
		Action: model.GetApiActionInfoActionEnum().ONLINE, EnvId: *env.Id, ApiId: *api.Id,
	}})
	listed := j.api("Api_http")
	if *listed.PublishId != *live.PublishId || *listed.RunEnvName != "DEV" {
		t.Errorf("listed: %v", listed)
	}
	call(j, j.ListApiVersionsV2, model.ListApiVersionsV2Request{InstanceId: instance, ApiId: *api.Id})
	call(j, j.ListApiVersionDetailV2, model.ListApiVersionDetailV2Request{InstanceId: instance, VersionId: *live.VersionId})
	call(j, j.ListApiRuntimeDefinitionV2, model.ListApiRuntimeDefinitionV2Request{InstanceId: instance, ApiId: *api.Id, EnvId: env.Id})
	refused(j, j.DeleteApiV2, model.DeleteApiV2Request{InstanceId: instance, ApiId: *api.Id}, 403, "APIG.3416")
	batch := call(j, j.BatchPublishOrOfflineApiV2, model.BatchPublishOrOfflineApiV2Request{InstanceId: instance, Action: "offline", Body: &model.ApiBatchPublish{
		Apis: &[]string{*api.Id, "nobody"}, EnvId: *env.Id,
	}})
	if len(*batch.Success) != 1 || len(*batch.Failure) != 1 {
		t.Errorf("batch offline: %v", batch)
	}
	call(j, j.DeleteApiV2, model.DeleteApiV2Request{InstanceId: instance, ApiId: *api.Id})
	call(j, j.DeleteApiGroupV2, model.DeleteApiGroupV2Request{InstanceId: instance, GroupId: group.Id})
	call(j, j.DeleteEnvironmentV2, model.DeleteEnvironmentV2Request{InstanceId: instance, EnvId: *env.Id})
	call(j, j.ListEnvironmentsV2, model.ListEnvironmentsV2Request{InstanceId: instance})
	call(j, j.ListTagsV2, model.ListTagsV2Request{InstanceId: instance})
}

// TestStatistics reads the calls of the last hour of a group and of an API.
func TestStatistics(t *testing.T) {
	j := newJudge(t)
	api := j.api("get_order")
	group := call(j, j.ListLatelyGroupStatisticsV2, model.ListLatelyGroupStatisticsV2Request{InstanceId: instance, GroupId: api.GroupId})
	one := call(j, j.ListLatelyApiStatisticsV2, model.ListLatelyApiStatisticsV2Request{InstanceId: instance, ApiId: *api.Id, Duration: "1h"})
	if len(*group.List) != 60 || len(*one.List) != 60 || *(*one.List)[0].ReqCount != 2 {
		t.Errorf("group %v, API %v", group, one)
	}
}
