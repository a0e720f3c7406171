package sdktest

import (
	"testing"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/apig/v2/model"
)

func authorizerDemo(name string) *model.AuthorizerCreate {
	return &model.AuthorizerCreate{
		Name: name, Type: model.GetAuthorizerCreateTypeEnum().FRONTEND, AuthorizerType: model.GetAuthorizerCreateAuthorizerTypeEnum().FUNC,
		AuthorizerUri: "urn:fss:x:y:function:default:check", Ttl: new(int32(60)),
		Identities: &[]model.Identity{{Name: "Token", Location: model.GetIdentityLocationEnum().HEADER}},
	}
}

// TestAuthorizer creates, updates, lists and deletes a custom authorizer, and is refused a second one of its name.
func TestAuthorizer(t *testing.T) {
	c := newClient(t)
	made := call(c, c.CreateCustomAuthorizerV2, model.CreateCustomAuthorizerV2Request{InstanceId: instance, Body: authorizerDemo("token_check")})
	refused(c, c.CreateCustomAuthorizerV2, model.CreateCustomAuthorizerV2Request{InstanceId: instance, Body: authorizerDemo("token_check")}, 400, "APIG.3211")
	changed := authorizerDemo("token_check")
	changed.UserData = new("shop")
	call(c, c.UpdateCustomAuthorizerV2, model.UpdateCustomAuthorizerV2Request{InstanceId: instance, AuthorizerId: *made.Id, Body: changed})
	all := *call(c, c.ListCustomAuthorizersV2, model.ListCustomAuthorizersV2Request{InstanceId: instance, Name: new("token")}).AuthorizerList
	if len(all) != 1 || *all[0].UserData != "shop" || len(*all[0].Identities) != 1 {
		t.Errorf("listed: %v", all)
	}
	call(c, c.ShowDetailsOfCustomAuthorizersV2, model.ShowDetailsOfCustomAuthorizersV2Request{InstanceId: instance, AuthorizerId: *made.Id})
	call(c, c.DeleteCustomAuthorizerV2, model.DeleteCustomAuthorizerV2Request{InstanceId: instance, AuthorizerId: *made.Id})
	refused(c, c.DeleteCustomAuthorizerV2, model.DeleteCustomAuthorizerV2Request{InstanceId: instance, AuthorizerId: *made.Id}, 404, "APIG.3081")
}

// TestOrchestration creates, updates, lists and deletes an orchestration rule, whose mapped parameter cannot change.
func TestOrchestration(t *testing.T) {
	c := newClient(t)
	demo := func(header string) *model.OrchestrationCreate {
		return &model.OrchestrationCreate{
			OrchestrationName: "tenant_to_shard", OrchestrationStrategy: model.GetOrchestrationCreateOrchestrationStrategyEnum().LIST,
			OrchestrationMappedParam: &model.OrchestrationMappedParam{
				MappedParamName: header, MappedParamType: model.GetOrchestrationMappedParamMappedParamTypeEnum().STRING,
				MappedParamLocation: model.GetOrchestrationMappedParamMappedParamLocationEnum().HEADER,
			},
			OrchestrationMap: &[]model.OrchestrationMap{{MapParamList: &[]string{"a", "b"}, MappedParamValue: new("x")}},
		}
	}
	made := call(c, c.CreateOrchestration, model.CreateOrchestrationRequest{InstanceId: instance, Body: demo("shard")})
	refused(c, c.CreateOrchestration, model.CreateOrchestrationRequest{InstanceId: instance, Body: demo("shard")}, 400, "APIG.3331")
	id := *made.OrchestrationId
	call(c, c.UpdateOrchestration, model.UpdateOrchestrationRequest{InstanceId: instance, OrchestrationId: id, Body: demo("shard")})
	refused(c, c.UpdateOrchestration, model.UpdateOrchestrationRequest{InstanceId: instance, OrchestrationId: id, Body: demo("other")}, 412, "APIG.3713")
	all := call(c, c.ListOrchestrations, model.ListOrchestrationsRequest{InstanceId: instance})
	shown := call(c, c.ShowDetailsOfOrchestration, model.ShowDetailsOfOrchestrationRequest{InstanceId: instance, OrchestrationId: id})
	if all.Total != 1 || len(*shown.OrchestrationMap) != 1 || len(*(*shown.OrchestrationMap)[0].MapParamList) != 2 {
		t.Errorf("listed %v, shown %v", all, shown)
	}
	call(c, c.ListOrchestrationAttachedApis, model.ListOrchestrationAttachedApisRequest{InstanceId: instance, OrchestrationId: id})
	call(c, c.DeleteOrchestration, model.DeleteOrchestrationRequest{InstanceId: instance, OrchestrationId: id})
	refused(c, c.DeleteOrchestration, model.DeleteOrchestrationRequest{InstanceId: instance, OrchestrationId: id}, 404, "APIG.3095")
}

// TestEnvironmentVariables creates, updates, lists and deletes a variable of a group in an environment.
func TestEnvironmentVariables(t *testing.T) {
	c := newClient(t)
	group := call(c, c.CreateApiGroupV2, model.CreateApiGroupV2Request{InstanceId: instance, Body: &model.ApiGroupCreate{Name: "with_variables"}}).Id
	env := *call(c, c.CreateEnvironmentV2, model.CreateEnvironmentV2Request{InstanceId: instance, Body: &model.EnvCreate{Name: "DEV"}}).Id
	demo := &model.EnvVariableCreate{GroupId: &group, EnvId: &env, VariableName: new("backend"), VariableValue: "orders.internal:8080"}
	made := call(c, c.CreateEnvironmentVariableV2, model.CreateEnvironmentVariableV2Request{InstanceId: instance, Body: demo})
	refused(c, c.CreateEnvironmentVariableV2, model.CreateEnvironmentVariableV2Request{InstanceId: instance, Body: demo}, 400, "APIG.3303")
	call(c, c.UpdateEnvironmentVariableV2, model.UpdateEnvironmentVariableV2Request{InstanceId: instance, EnvVariableId: *made.Id, Body: &model.EnvVariableBase{VariableValue: "other"}})
	all := *call(c, c.ListEnvironmentVariablesV2, model.ListEnvironmentVariablesV2Request{InstanceId: instance, GroupId: group}).Variables
	if len(all) != 1 || all[0].VariableValue != "other" {
		t.Errorf("listed: %v", all)
	}
	call(c, c.ShowDetailsOfEnvironmentVariableV2, model.ShowDetailsOfEnvironmentVariableV2Request{InstanceId: instance, EnvVariableId: *made.Id})
	call(c, c.DeleteEnvironmentVariableV2, model.DeleteEnvironmentVariableV2Request{InstanceId: instance, EnvVariableId: *made.Id})
	refused(c, c.DeleteEnvironmentVariableV2, model.DeleteEnvironmentVariableV2Request{InstanceId: instance, EnvVariableId: *made.Id}, 404, "APIG.3011")
}
