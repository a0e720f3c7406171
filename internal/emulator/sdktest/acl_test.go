package sdktest

import (
	"testing"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/apig/v2/model"
)

func aclDemo(value string) *model.ApiAclCreate {
	return &model.ApiAclCreate{
		AclName: "acl_demo", AclType: model.GetApiAclCreateAclTypeEnum().PERMIT, AclValue: value,
		EntityType: model.GetApiAclCreateEntityTypeEnum().IP,
	}
}

// TestACL creates, updates, lists and batch-deletes an ACL; the batch reports the id that does not exist.
func TestACL(t *testing.T) {
	c := newClient(t)
	made := call(c, c.CreateAclStrategyV2, model.CreateAclStrategyV2Request{InstanceId: instance, Body: aclDemo("192.168.1.5,192.168.10.1")})
	if made.AclType.Value() != "PERMIT" || *made.EntityType != "IP" || *made.AclValue != "192.168.1.5,192.168.10.1" {
		t.Errorf("created: %v", made)
	}
	call(c, c.UpdateAclStrategyV2, model.UpdateAclStrategyV2Request{InstanceId: instance, AclId: *made.Id, Body: aclDemo("10.0.0.0/8")})
	read := call(c, c.ShowDetailsOfAclPolicyV2, model.ShowDetailsOfAclPolicyV2Request{InstanceId: instance, AclId: *made.Id})
	all := call(c, c.ListAclStrategiesV2, model.ListAclStrategiesV2Request{InstanceId: instance, Name: new("acl")})
	if *read.AclValue != "10.0.0.0/8" || all.Total != 1 || *(*all.Acls)[0].BindNum != 0 {
		t.Errorf("read %v, listed %v", read, all)
	}
	batch := call(c, c.BatchDeleteAclV2, model.BatchDeleteAclV2Request{InstanceId: instance, Action: "delete", Body: &model.AclBatchDelete{Acls: &[]string{*made.Id, "nobody"}}})
	if *batch.SuccessCount != 1 || *(*batch.Failure)[0].AclId != "nobody" || *(*batch.Failure)[0].ErrorCode != "APIG.3006" {
		t.Errorf("batch deletion: %v", batch)
	}
}

// TestACLBatchUnbind checks the example in the vendor's manual: one binding is removed, and another one does not
// exist.
func TestACLBatchUnbind(t *testing.T) {
	c := newClient(t)
	acl := *call(c, c.CreateAclStrategyV2, model.CreateAclStrategyV2Request{InstanceId: instance, Body: aclDemo("10.0.0.1")}).Id
	ids := c.publishIDs("create_order")
	bound := *call(c, c.CreateApiAclBindingV2, model.CreateApiAclBindingV2Request{InstanceId: instance, Body: &model.AclApiBindingCreate{
		AclId: &acl, PublishIds: &[]string{ids["RELEASE"], ids["STAGING"]},
	}}).AclBindings
	if len(bound) != 2 || *bound[0].AclId != acl {
		t.Fatalf("bound: %v", bound)
	}
	refused(c, c.DeleteAclV2, model.DeleteAclV2Request{InstanceId: instance, AclId: acl}, 403, "APIG.3447")

	const missing = "3a68d39f115d4c128fccd6f624ea6109"
	batch := call(c, c.BatchDeleteApiAclBindingV2, model.BatchDeleteApiAclBindingV2Request{
		InstanceId: instance, Action: "delete", Body: &model.AclBindingBatchDelete{AclBindings: &[]string{*bound[0].Id, missing}},
	})
	failure := *batch.Failure
	if *batch.SuccessCount != 1 || len(failure) != 1 || *failure[0].BindId != missing || *failure[0].ErrorCode != "APIG.3010" || *failure[0].ErrorMsg == "" {
		t.Errorf("batch unbind: %v", batch)
	}
	refused(c, c.BatchDeleteApiAclBindingV2, model.BatchDeleteApiAclBindingV2Request{
		InstanceId: instance, Action: "remove", Body: &model.AclBindingBatchDelete{AclBindings: &[]string{*bound[1].Id}},
	}, 400, "APIG.2011")
	apis := call(c, c.ListApisBindedToAclPolicyV2, model.ListApisBindedToAclPolicyV2Request{InstanceId: instance, AclId: acl})
	api := *c.api("create_order").Id
	acls := call(c, c.ListAclPolicyBindedToApiV2, model.ListAclPolicyBindedToApiV2Request{InstanceId: instance, ApiId: api})
	free := call(c, c.ListApisUnbindedToAclPolicyV2, model.ListApisUnbindedToAclPolicyV2Request{InstanceId: instance, AclId: acl})
	if apis.Total != 1 || *(*apis.Apis)[0].EnvName != "STAGING" || acls.Total != 1 || free.Total != 2 {
		t.Errorf("APIs %v, ACLs %v, free %v", apis, acls, free)
	}
	call(c, c.DeleteApiAclBindingV2, model.DeleteApiAclBindingV2Request{InstanceId: instance, AclBindingsId: *bound[1].Id})
	call(c, c.DeleteAclV2, model.DeleteAclV2Request{InstanceId: instance, AclId: acl})
}
