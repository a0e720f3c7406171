package sdktest

import (
	"testing"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/apig/v2/model"
)

func signDemo(key *string) *model.BaseSignature {
	return &model.BaseSignature{Name: "sign_demo", SignType: new(model.GetBaseSignatureSignTypeEnum().HMAC), SignKey: key, SignSecret: key}
}

// TestSignatureKey creates, updates, lists and deletes a signature key; an update without a key generates a new one.
func TestSignatureKey(t *testing.T) {
	c := newClient(t)
	made := call(c, c.CreateSignatureKeyV2, model.CreateSignatureKeyV2Request{InstanceId: instance, Body: signDemo(nil)})
	if len(*made.SignKey) < 8 || len(*made.SignSecret) < 16 || made.SignType.Value() != "hmac" {
		t.Errorf("created: %v", made)
	}
	given := "a-signature-key-01"
	call(c, c.UpdateSignatureKeyV2, model.UpdateSignatureKeyV2Request{InstanceId: instance, SignId: *made.Id, Body: signDemo(&given)})
	all := *call(c, c.ListSignatureKeysV2, model.ListSignatureKeysV2Request{InstanceId: instance, Name: new("sign")}).Signs
	if len(all) != 1 || *all[0].SignKey != given || *all[0].BindNum != 0 {
		t.Errorf("listed: %v", all)
	}
	other := call(c, c.UpdateSignatureKeyV2, model.UpdateSignatureKeyV2Request{InstanceId: instance, SignId: *made.Id, Body: signDemo(nil)})
	if *other.SignKey == given {
		t.Error("an update without a key keeps it")
	}
	refused(c, c.CreateSignatureKeyV2, model.CreateSignatureKeyV2Request{InstanceId: instance, Body: signDemo(nil)}, 400, "APIG.3207")
	refused(c, c.CreateSignatureKeyV2, model.CreateSignatureKeyV2Request{InstanceId: instance, Body: &model.BaseSignature{
		Name: "sign_aes", SignType: new(model.GetBaseSignatureSignTypeEnum().AES), SignAlgorithm: new(model.GetBaseSignatureSignAlgorithmEnum().AES_128_CFB), SignKey: &given,
	}}, 400, "APIG.2011")
	call(c, c.DeleteSignatureKeyV2, model.DeleteSignatureKeyV2Request{InstanceId: instance, SignId: *made.Id})
	refused(c, c.DeleteSignatureKeyV2, model.DeleteSignatureKeyV2Request{InstanceId: instance, SignId: *made.Id}, 404, "APIG.3017")
}

// TestSignatureKeyBinding binds two signature keys to one API, of which the second replaces the first, and unbinds it.
func TestSignatureKeyBinding(t *testing.T) {
	c := newClient(t)
	first := *call(c, c.CreateSignatureKeyV2, model.CreateSignatureKeyV2Request{InstanceId: instance, Body: signDemo(nil)}).Id
	body := signDemo(nil)
	body.Name = "sign_other"
	second := *call(c, c.CreateSignatureKeyV2, model.CreateSignatureKeyV2Request{InstanceId: instance, Body: body}).Id
	ids, api := c.publishIDs("create_order"), *c.api("create_order").Id
	for _, key := range []string{first, second} { // the second displaces the first
		bound := *call(c, c.AssociateSignatureKeyV2, model.AssociateSignatureKeyV2Request{InstanceId: instance, Body: &model.SignApiBinding{
			SignId: key, PublishIds: []string{ids["RELEASE"]},
		}}).Bindings
		if len(bound) != 1 || *bound[0].SignId != key || *bound[0].SignKey == "" {
			t.Fatalf("bound: %v", bound)
		}
	}
	apis := call(c, c.ListApisBindedToSignatureKeyV2, model.ListApisBindedToSignatureKeyV2Request{InstanceId: instance, SignId: first})
	free := call(c, c.ListApisNotBoundWithSignatureKeyV2, model.ListApisNotBoundWithSignatureKeyV2Request{InstanceId: instance, SignId: first})
	keys := call(c, c.ListSignatureKeysBindedToApiV2, model.ListSignatureKeysBindedToApiV2Request{InstanceId: instance, ApiId: api})
	if apis.Total != 0 || free.Total == 0 || keys.Total != 1 || *(*keys.Bindings)[0].SignName != "sign_other" {
		t.Errorf("APIs %v, free %v, keys %v", apis, free, keys)
	}
	binding := *(*keys.Bindings)[0].Id
	call(c, c.DisassociateSignatureKeyV2, model.DisassociateSignatureKeyV2Request{InstanceId: instance, SignBindingsId: binding})
	refused(c, c.DisassociateSignatureKeyV2, model.DisassociateSignatureKeyV2Request{InstanceId: instance, SignBindingsId: binding}, 404, "APIG.3018")
}
