package sdktest

import (
	"testing"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/apig/v2/model"
)

// TestFeature sets a feature, which is refused twice within a minute, and for a feature that the instance does not have.
func TestFeature(t *testing.T) {
	c := newClient(t)
	if listed := call(c, c.ListFeaturesV2, model.ListFeaturesV2Request{InstanceId: instance}); listed.Total != 0 {
		t.Errorf("before: %v", listed)
	}
	set := model.CreateFeatureV2Request{InstanceId: instance, Body: &model.FeatureToggle{Name: "ratelimit", Enable: true, Config: new(`{"api_limits":500}`)}}
	if made := call(c, c.CreateFeatureV2, set); *made.Name != "ratelimit" || !*made.Enable || *made.Config != `{"api_limits":500}` {
		t.Errorf("set: %v", made)
	}
	refused(c, c.CreateFeatureV2, set, 409, "APIG.3711") // allowed only once a minute
	set.Body = &model.FeatureToggle{Name: "resize_huge_flavor", Enable: true}
	refused(c, c.CreateFeatureV2, set, 412, "APIG.3458")
	listed := call(c, c.ListFeaturesV2, model.ListFeaturesV2Request{InstanceId: instance})
	if listed.Total != 1 || *(*listed.Features)[0].Config != `{"api_limits":500}` || *(*listed.Features)[0].InstanceId != instance {
		t.Errorf("after: %v", listed)
	}
}
