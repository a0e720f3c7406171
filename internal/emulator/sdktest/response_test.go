package sdktest

import (
	"testing"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/apig/v2/model"
)

// TestGatewayResponses creates, updates, lists and deletes a gateway response; the default one can be neither renamed nor
// deleted.
func TestGatewayResponses(t *testing.T) {
	c := newClient(t)
	group := call(c, c.CreateApiGroupV2, model.CreateApiGroupV2Request{InstanceId: instance, Body: &model.ApiGroupCreate{Name: "with_responses"}}).Id
	answer := func(body string) map[string]model.ResponseInfo {
		return map[string]model.ResponseInfo{"THROTTLED": {Status: new(int32(429)), Body: &body, Headers: &[]model.ResponseInfoHeader{{Key: new("Retry-After"), Value: new("1")}}}}
	}
	demo := func(name, body string) *model.ResponsesCreate {
		return &model.ResponsesCreate{Name: name, Responses: answer(body)}
	}
	made := call(c, c.CreateGatewayResponseV2, model.CreateGatewayResponseV2Request{InstanceId: instance, GroupId: group, Body: demo("orders_errors", "slow")})
	refused(c, c.CreateGatewayResponseV2, model.CreateGatewayResponseV2Request{InstanceId: instance, GroupId: group, Body: demo("orders_errors", "slow")}, 400, "APIG.3216")
	id := *made.Id
	call(c, c.UpdateGatewayResponseV2, model.UpdateGatewayResponseV2Request{InstanceId: instance, GroupId: group, ResponseId: id, Body: demo("shop_errors", "slower")})
	shown := call(c, c.ShowDetailsOfGatewayResponseV2, model.ShowDetailsOfGatewayResponseV2Request{InstanceId: instance, GroupId: group, ResponseId: id})
	if got := shown.Responses; *shown.Name != "shop_errors" || *got["THROTTLED"].Body != "slower" || *got["THROTTLED"].Default || *got["NOT_FOUND"].Status != 404 || !*got["NOT_FOUND"].Default || !*got["ACCESS_DENIED"].Default || got["DEFAULT_4XX"].Status != nil {
		t.Errorf("shown: %v", shown)
	}
	all := *call(c, c.ListGatewayResponsesV2, model.ListGatewayResponsesV2Request{InstanceId: instance, GroupId: group}).Responses
	if len(all) != 2 || !*all[0].Default || *all[0].Name != "default" || *all[1].Default {
		t.Errorf("listed: %v", all)
	}
	refused(c, c.DeleteGatewayResponseV2, model.DeleteGatewayResponseV2Request{InstanceId: instance, GroupId: group, ResponseId: *all[0].Id}, 409, "APIG.3491")
	refused(c, c.UpdateGatewayResponseV2, model.UpdateGatewayResponseV2Request{InstanceId: instance, GroupId: group, ResponseId: *all[0].Id, Body: demo("other", "slow")}, 409, "APIG.3492")
	call(c, c.DeleteGatewayResponseV2, model.DeleteGatewayResponseV2Request{InstanceId: instance, GroupId: group, ResponseId: id})
}
