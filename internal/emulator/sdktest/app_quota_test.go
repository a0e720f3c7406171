package sdktest

import (
	"testing"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/apig/v2/model"
)

// TestAppQuota creates a quota, binds it to an app, reads it from both sides, and removes both.
func TestAppQuota(t *testing.T) {
	c := newClient(t)
	body := &model.AppQuotaCreate{Name: "partner_daily", CallLimits: 100, TimeUnit: model.GetAppQuotaCreateTimeUnitEnum().DAY, TimeInterval: 1, ResetTime: new("2026-12-01 00:00:00")}
	made := call(c, c.CreateAppQuota, model.CreateAppQuotaRequest{InstanceId: instance, Body: body})
	if *made.ResetTime != "2026-12-01 00:00:00" || *made.BoundAppNum != 0 {
		t.Errorf("created: %v", made)
	}
	refused(c, c.CreateAppQuota, model.CreateAppQuotaRequest{InstanceId: instance, Body: body}, 400, "APIG.3325")

	app := *call(c, c.CreateAnAppV2, model.CreateAnAppV2Request{InstanceId: instance, Body: &model.AppCreate{Name: "partner_a"}}).Id
	if none := call(c, c.ShowAppBoundAppQuota, model.ShowAppBoundAppQuotaRequest{InstanceId: instance, AppId: app}); none.AppQuotaId != nil {
		t.Errorf("bound to nothing: %v", none)
	}
	bind := model.AssociateAppsForAppQuotaRequest{InstanceId: instance, AppQuotaId: *made.AppQuotaId, Body: &model.CreateAppQuotaBindingApp{AppIds: []string{app}}}
	if applied := *call(c, c.AssociateAppsForAppQuota, bind).Applies; len(applied) != 1 || *applied[0].AppId != app || *applied[0].AppQuotaId != *made.AppQuotaId {
		t.Errorf("bound: %v", applied)
	}
	apps := call(c, c.ListAppQuotaBoundApps, model.ListAppQuotaBoundAppsRequest{InstanceId: instance, AppQuotaId: *made.AppQuotaId})
	if apps.Total != 1 || *(*apps.Apps)[0].Name != "partner_a" || *(*apps.Apps)[0].AppQuotaName != "partner_daily" {
		t.Errorf("apps: %v", apps)
	}
	if quota := call(c, c.ShowAppBoundAppQuota, model.ShowAppBoundAppQuotaRequest{InstanceId: instance, AppId: app}); *quota.Name != "partner_daily" || *quota.BoundAppNum != 1 {
		t.Errorf("quota: %v", quota)
	}
	call(c, c.DisassociateAppQuotaWithApp, model.DisassociateAppQuotaWithAppRequest{InstanceId: instance, AppQuotaId: *made.AppQuotaId, AppId: app})
	if apps := call(c, c.ListAppQuotaBoundApps, model.ListAppQuotaBoundAppsRequest{InstanceId: instance, AppQuotaId: *made.AppQuotaId}); apps.Total != 0 {
		t.Errorf("after the unbind: %v", apps)
	}
	call(c, c.DeleteAppQuota, model.DeleteAppQuotaRequest{InstanceId: instance, AppQuotaId: *made.AppQuotaId})
	refused(c, c.DeleteAppQuota, model.DeleteAppQuotaRequest{InstanceId: instance, AppQuotaId: *made.AppQuotaId}, 404, "APIG.3093")
}
