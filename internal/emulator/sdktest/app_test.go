package sdktest

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/apig/v2/model"
)

func (c *client) newApp(name string) string {
	c.t.Helper()
	return *call(c, c.CreateAnAppV2, model.CreateAnAppV2Request{InstanceId: instance, Body: &model.AppCreate{Name: name}}).Id
}

// TestApp creates, renames, checks, lists and deletes an app, and resets its secret to a generated and to a chosen one.
func TestApp(t *testing.T) {
	c := newClient(t)
	made := call(c, c.CreateAnAppV2, model.CreateAnAppV2Request{InstanceId: instance, Body: &model.AppCreate{Name: "app_demo", Remark: new("Demo app")}})
	if made.Creator.Value() != "USER" || made.Status.Value() != 1 || made.AppType.Value() != "apig" || *made.AppKey == "" || *made.AppSecret == "" {
		t.Errorf("created: %v", made)
	}
	put := call(c, c.UpdateAppV2, model.UpdateAppV2Request{InstanceId: instance, AppId: *made.Id, Body: &model.AppCreate{Name: "app_demo2"}})
	if *put.Name != "app_demo2" || *put.Remark != "Demo app" {
		t.Errorf("updated: %v", put)
	}
	checked := call(c, c.CheckAppV2, model.CheckAppV2Request{InstanceId: instance, AppId: *made.Id})
	if *checked.Name != "app_demo2" {
		t.Errorf("checked: %v", checked)
	}
	all := call(c, c.ListAppsV2, model.ListAppsV2Request{InstanceId: instance})
	if all.Total != 1 || *(*all.Apps)[0].BindNum != 0 {
		t.Errorf("listed: %v", all)
	}
	reset := call(c, c.ResettingAppSecretV2, model.ResettingAppSecretV2Request{InstanceId: instance, AppId: *made.Id, Body: &model.AppResetCreate{}})
	if *reset.AppSecret == *made.AppSecret {
		t.Error("the secret is the old one")
	}
	given := call(c, c.ResettingAppSecretV2, model.ResettingAppSecretV2Request{InstanceId: instance, AppId: *made.Id, Body: &model.AppResetCreate{AppSecret: new("a-new-secret")}})
	read := call(c, c.ShowDetailsOfAppV2, model.ShowDetailsOfAppV2Request{InstanceId: instance, AppId: *made.Id})
	if *given.AppSecret != "a-new-secret" || *read.AppSecret != "a-new-secret" {
		t.Errorf("reset to %v, read %v", given, read)
	}
	call(c, c.DeleteAppV2, model.DeleteAppV2Request{InstanceId: instance, AppId: *made.Id})
	refused(c, c.ShowDetailsOfAppV2, model.ShowDetailsOfAppV2Request{InstanceId: instance, AppId: *made.Id}, 404, "APIG.3002")
}

// TestAppCodes adds chosen and generated codes to an app up to the quota, reads and deletes them.
func TestAppCodes(t *testing.T) {
	c := newClient(t)
	app, value := c.newApp("app_demo"), strings.Repeat("c0de", 16)
	given := call(c, c.CreateAppCodeV2, model.CreateAppCodeV2Request{InstanceId: instance, AppId: app, Body: &model.AppCodeCreate{AppCode: value}})
	generated := call(c, c.CreateAppCodeAutoV2, model.CreateAppCodeAutoV2Request{InstanceId: instance, AppId: app})
	if given.AppCode != value || len(generated.AppCode) != 64 {
		t.Errorf("given %v, generated %v", given, generated)
	}
	all := call(c, c.ListAppCodesV2, model.ListAppCodesV2Request{InstanceId: instance, AppId: app})
	got := []string{(*all.AppCodes)[0].AppCode, (*all.AppCodes)[1].AppCode}
	if d := cmp.Diff([]string{value, generated.AppCode}, got); d != "" {
		t.Errorf("listed (-want +got):\n%s", d)
	}
	call(c, c.ShowDetailsOfAppCodeV2, model.ShowDetailsOfAppCodeV2Request{InstanceId: instance, AppId: app, AppCodeId: *given.Id})
	for range 3 {
		call(c, c.CreateAppCodeAutoV2, model.CreateAppCodeAutoV2Request{InstanceId: instance, AppId: app})
	}
	refused(c, c.CreateAppCodeAutoV2, model.CreateAppCodeAutoV2Request{InstanceId: instance, AppId: app}, 403, "APIG.3131")
	call(c, c.DeleteAppCodeV2, model.DeleteAppCodeV2Request{InstanceId: instance, AppId: app, AppCodeId: *given.Id})
	refused(c, c.DeleteAppCodeV2, model.DeleteAppCodeV2Request{InstanceId: instance, AppId: app, AppCodeId: *given.Id}, 404, "APIG.3082")
}

// TestAppACL sets, reads and removes the access control of an app.
func TestAppACL(t *testing.T) {
	c := newClient(t)
	app, values := c.newApp("app_demo"), []string{"192.168.0.1", "192.168.0.5-192.168.0.10", "192.168.0.100/28"}
	call(c, c.UpdateAppAcl, model.UpdateAppAclRequest{InstanceId: instance, AppId: app, Body: &model.AppAclCreate{AppAclType: "PERMIT", AppAclValues: values}})
	read := call(c, c.ShowDetailsOfAppAcl, model.ShowDetailsOfAppAclRequest{InstanceId: instance, AppId: app})
	if d := cmp.Diff(values, *read.AppAclValues); d != "" || *read.AppAclType != "PERMIT" {
		t.Errorf("read (-want +got):\n%s", d)
	}
	call(c, c.DeleteAppAcl, model.DeleteAppAclRequest{InstanceId: instance, AppId: app})
	gone := call(c, c.ShowDetailsOfAppAcl, model.ShowDetailsOfAppAclRequest{InstanceId: instance, AppId: app})
	if gone.AppAclType != nil {
		t.Errorf("after removal: %v", gone)
	}
}

// TestAuthorizations authorizes an app for an API twice, and reads the authorization from both sides.
func TestAuthorizations(t *testing.T) {
	c := newClient(t)
	app, api, env := c.newApp("app_demo"), *c.api("create_order").Id, "DEFAULT_ENVIRONMENT_RELEASE_ID"
	request := model.CreateAuthorizingAppsV2Request{InstanceId: instance, Body: &model.ApiAuthCreate{EnvId: env, AppIds: []string{app}, ApiIds: []string{api}}}
	made := *call(c, c.CreateAuthorizingAppsV2, request).Auths
	if len(made) != 1 || made[0].AuthResult.Status.Value() != "SUCCESS" || *made[0].AuthResult.ApiName != "create_order" {
		t.Fatalf("authorized: %v", made)
	}
	again := *call(c, c.CreateAuthorizingAppsV2, request).Auths
	if again[0].AuthResult.Status.Value() != "SKIPPED" || *again[0].Id != *made[0].Id {
		t.Errorf("authorized again: %v", again)
	}
	apis := call(c, c.ListApisBindedToAppV2, model.ListApisBindedToAppV2Request{InstanceId: instance, AppId: app})
	apps := call(c, c.ListAppsBindedToApiV2, model.ListAppsBindedToApiV2Request{InstanceId: instance, ApiId: &api})
	whole := call(c, c.ListAppsBindedToApiV2, model.ListAppsBindedToApiV2Request{InstanceId: instance})
	if apis.Total != 1 || apps.Total != 1 || whole.Total != 1 || *(*apps.Auths)[0].AppName != "app_demo" {
		t.Errorf("APIs %v, apps %v, all %v", apis, apps, whole)
	}
	free := call(c, c.ListApisUnbindedToAppV2, model.ListApisUnbindedToAppV2Request{InstanceId: instance, AppId: app, EnvId: env})
	if free.Total != 1 || *(*free.Apis)[0].Name != "get_order" {
		t.Errorf("not authorized: %v", free)
	}
	call(c, c.CancelingAuthorizationV2, model.CancelingAuthorizationV2Request{InstanceId: instance, AppAuthId: *made[0].Id})
	refused(c, c.CancelingAuthorizationV2, model.CancelingAuthorizationV2Request{InstanceId: instance, AppAuthId: *made[0].Id}, 404, "APIG.3009")
}

// TestAppQuotas binds a quota to an app and unbinds it again.
func TestAppQuotas(t *testing.T) {
	c := newClient(t)
	app := c.newApp("app_demo")
	quota := call(c, c.CreateAppQuota, model.CreateAppQuotaRequest{InstanceId: instance, Body: &model.AppQuotaCreate{
		Name: "quota_demo", CallLimits: 1000, TimeInterval: 1, TimeUnit: model.GetAppQuotaCreateTimeUnitEnum().DAY,
	}})
	call(c, c.AssociateAppsForAppQuota, model.AssociateAppsForAppQuotaRequest{InstanceId: instance, AppQuotaId: *quota.AppQuotaId, Body: &model.CreateAppQuotaBindingApp{AppIds: []string{app}}})
	bound := call(c, c.ShowAppBoundAppQuota, model.ShowAppBoundAppQuotaRequest{InstanceId: instance, AppId: app})
	if *bound.Name != "quota_demo" || *bound.BoundAppNum != 1 {
		t.Errorf("bound: %v", bound)
	}
	apps := call(c, c.ListAppQuotaBoundApps, model.ListAppQuotaBoundAppsRequest{InstanceId: instance, AppQuotaId: *quota.AppQuotaId})
	if apps.Total != 1 {
		t.Errorf("apps: %v", apps)
	}
	call(c, c.DisassociateAppQuotaWithApp, model.DisassociateAppQuotaWithAppRequest{InstanceId: instance, AppQuotaId: *quota.AppQuotaId, AppId: app})
	call(c, c.DeleteAppQuota, model.DeleteAppQuotaRequest{InstanceId: instance, AppQuotaId: *quota.AppQuotaId})
}
