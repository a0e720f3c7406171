package sdktest

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/apig/v2/model"
)

// demo returns the throttle of the vendor's manual.
func demo(name string) *model.ThrottleBaseInfo {
	return &model.ThrottleBaseInfo{
		Name: name, TimeUnit: model.GetThrottleBaseInfoTimeUnitEnum().SECOND, TimeInterval: 1, ApiCallLimits: 800,
		UserCallLimits: new(int32(500)), AppCallLimits: new(int32(300)), IpCallLimits: new(int32(600)), Remark: new("Total: 800 calls/second"),
	}
}

func (c *client) newThrottle(name string) string {
	c.t.Helper()
	return *call(c, c.CreateRequestThrottlingPolicyV2, model.CreateRequestThrottlingPolicyV2Request{InstanceId: instance, Body: demo(name)}).Id
}

// TestThrottle creates, reads, updates and deletes a throttle; an update clears the limits that it leaves out.
func TestThrottle(t *testing.T) {
	c := newClient(t)
	made := call(c, c.CreateRequestThrottlingPolicyV2, model.CreateRequestThrottlingPolicyV2Request{InstanceId: instance, Body: demo("throttle_demo")})
	if made.ApiCallLimits != 800 || *made.UserCallLimits != 500 || *made.AppCallLimits != 300 || *made.IpCallLimits != 600 ||
		made.TimeUnit.Value() != "SECOND" || made.Type.Value() != 1 || *made.BindNum != 0 || made.IsIncluSpecialThrottle.Value() != 2 {
		t.Errorf("created: %v", made)
	}
	refused(c, c.CreateRequestThrottlingPolicyV2, model.CreateRequestThrottlingPolicyV2Request{InstanceId: instance, Body: demo("throttle_demo")}, 400, "APIG.3204")

	read := call(c, c.ShowDetailsOfRequestThrottlingPolicyV2, model.ShowDetailsOfRequestThrottlingPolicyV2Request{InstanceId: instance, ThrottleId: *made.Id})
	if read.Name != "throttle_demo" || *read.Remark != "Total: 800 calls/second" {
		t.Errorf("read: %v", read)
	}
	body := demo("throttle_demo")
	body.ApiCallLimits, body.UserCallLimits, body.AppCallLimits, body.IpCallLimits = 700, nil, nil, nil
	put := call(c, c.UpdateRequestThrottlingPolicyV2, model.UpdateRequestThrottlingPolicyV2Request{InstanceId: instance, ThrottleId: *made.Id, Body: body})
	if put.ApiCallLimits != 700 || *put.UserCallLimits != 0 || *put.IpCallLimits != 0 {
		t.Errorf("updated: %v", put)
	}
	call(c, c.DeleteRequestThrottlingPolicyV2, model.DeleteRequestThrottlingPolicyV2Request{InstanceId: instance, ThrottleId: *made.Id})
	refused(c, c.ShowDetailsOfRequestThrottlingPolicyV2, model.ShowDetailsOfRequestThrottlingPolicyV2Request{InstanceId: instance, ThrottleId: *made.Id}, 404, "APIG.3005")
}

// TestThrottlePaging lists throttles page by page, and by parts of names and exact names.
func TestThrottlePaging(t *testing.T) {
	c := newClient(t)
	var want []string
	for i := range 45 {
		name := fmt.Sprintf("throttle_%02d", i)
		want = append(want, name)
		c.newThrottle(name)
	}
	var got []string
	for offset := int64(0); ; {
		page := call(c, c.ListRequestThrottlingPolicyV2, model.ListRequestThrottlingPolicyV2Request{InstanceId: instance, Offset: &offset})
		if page.Total != 45 {
			t.Fatalf("total %d", page.Total)
		}
		for _, x := range *page.Throttles {
			got = append(got, x.Name)
		}
		if offset += int64(page.Size); page.Size == 0 || offset >= page.Total {
			break
		}
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("pages of 20 (-want +got):\n%s", d)
	}
	fuzzy := call(c, c.ListRequestThrottlingPolicyV2, model.ListRequestThrottlingPolicyV2Request{InstanceId: instance, Name: new("le_0"), Limit: new(int32(1000))})
	exact := call(c, c.ListRequestThrottlingPolicyV2, model.ListRequestThrottlingPolicyV2Request{InstanceId: instance, Name: new("le_0"), PreciseSearch: new("name")})
	if fuzzy.Total != 10 || exact.Total != 0 {
		t.Errorf("le_0 found %d fuzzily and %d exactly", fuzzy.Total, exact.Total)
	}
}

// TestThrottleBindings binds a throttle to APIs, reads the bindings from both sides, and unbinds them one by one and in a
// batch.
func TestThrottleBindings(t *testing.T) {
	c := newClient(t)
	id := c.newThrottle("throttle_demo")
	create, get := c.publishIDs("create_order"), c.publishIDs("get_order")
	bound := *call(c, c.AssociateRequestThrottlingPolicyV2, model.AssociateRequestThrottlingPolicyV2Request{InstanceId: instance, Body: &model.ThrottleApiBindingCreate{
		StrategyId: id, PublishIds: []string{create["RELEASE"], create["STAGING"], get["RELEASE"]},
	}}).ThrottleApplys
	if len(bound) != 3 || bound[0].Scope.Value() != 1 {
		t.Fatalf("bound: %v", bound)
	}
	apis := call(c, c.ListApisBindedToRequestThrottlingPolicyV2, model.ListApisBindedToRequestThrottlingPolicyV2Request{InstanceId: instance, ThrottleId: id})
	if apis.Total != 3 || *(*apis.Apis)[0].ThrottleApplyId != *bound[0].Id {
		t.Errorf("bound APIs: %v", apis)
	}
	api := *c.api("create_order").Id
	policies := call(c, c.ListRequestThrottlingPoliciesBindedToApiV2, model.ListRequestThrottlingPoliciesBindedToApiV2Request{InstanceId: instance, ApiId: api})
	if policies.Total != 2 || *(*policies.Throttles)[0].BindId != *bound[0].Id {
		t.Errorf("policies of the API: %v", policies)
	}
	refused(c, c.DeleteRequestThrottlingPolicyV2, model.DeleteRequestThrottlingPolicyV2Request{InstanceId: instance, ThrottleId: id}, 403, "APIG.3451")

	missing := "3a68d39f115d4c128fccd6f624ea6109"
	batch := call(c, c.BatchDisassociateThrottlingPolicyV2, model.BatchDisassociateThrottlingPolicyV2Request{
		InstanceId: instance, Action: "delete", Body: &model.ThrottleBindingBatchDelete{ThrottleBindings: &[]string{*bound[0].Id, missing}},
	})
	if *batch.SuccessCount != 1 || len(*batch.Failure) != 1 || *(*batch.Failure)[0].BindId != missing || *(*batch.Failure)[0].ErrorCode != "APIG.3012" {
		t.Errorf("batch unbind: %v", batch)
	}
	call(c, c.DisassociateRequestThrottlingPolicyV2, model.DisassociateRequestThrottlingPolicyV2Request{InstanceId: instance, ThrottleBindingId: *bound[1].Id})
	refused(c, c.DisassociateRequestThrottlingPolicyV2, model.DisassociateRequestThrottlingPolicyV2Request{InstanceId: instance, ThrottleBindingId: *bound[1].Id}, 404, "APIG.3012")
	free := call(c, c.ListApisUnbindedToRequestThrottlingPolicyV2, model.ListApisUnbindedToRequestThrottlingPolicyV2Request{InstanceId: instance, ThrottleId: id})
	if free.Total != 2 {
		t.Errorf("unbound APIs: %v", free)
	}
}

// TestSpecials creates, updates, lists and deletes special limits for an app and an account.
func TestSpecials(t *testing.T) {
	c := newClient(t)
	id, app := c.newThrottle("throttle_demo"), c.newApp("app_demo")
	made := call(c, c.CreateSpecialThrottlingConfigurationV2, model.CreateSpecialThrottlingConfigurationV2Request{
		InstanceId: instance, ThrottleId: id, Body: &model.ThrottleSpecialCreate{
			CallLimits: 200, ObjectId: app, ObjectType: model.GetThrottleSpecialCreateObjectTypeEnum().APP,
		},
	})
	if *made.AppName != "app_demo" || *made.CallLimits != 200 || *made.ThrottleId != id {
		t.Errorf("created: %v", made)
	}
	call(c, c.CreateSpecialThrottlingConfigurationV2, model.CreateSpecialThrottlingConfigurationV2Request{
		InstanceId: instance, ThrottleId: id, Body: &model.ThrottleSpecialCreate{
			CallLimits: 50, ObjectId: "356de8eb7a8742168586e5daf5339965", ObjectType: model.GetThrottleSpecialCreateObjectTypeEnum().USER,
		},
	})
	call(c, c.UpdateSpecialThrottlingConfigurationV2, model.UpdateSpecialThrottlingConfigurationV2Request{
		InstanceId: instance, ThrottleId: id, StrategyId: *made.Id, Body: &model.ThrottleSpecialUpdate{CallLimits: 180},
	})
	all := call(c, c.ListSpecialThrottlingConfigurationsV2, model.ListSpecialThrottlingConfigurationsV2Request{InstanceId: instance, ThrottleId: id, ObjectType: new("APP")})
	if all.Total != 1 || *(*all.ThrottleSpecials)[0].CallLimits != 180 {
		t.Errorf("listed: %v", all)
	}
	call(c, c.DeleteSpecialThrottlingConfigurationV2, model.DeleteSpecialThrottlingConfigurationV2Request{InstanceId: instance, ThrottleId: id, StrategyId: *made.Id})
}
