package sdktest

import (
	"testing"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/apig/v2/model"
)

func TestAppQuota(t *testing.T) {
	j := newJudge(t)
	body := &model.AppQuotaCreate{Name: "partner_daily", CallLimits: 100, TimeUnit: model.GetAppQuotaCreateTimeUnitEnum().DAY, TimeInterval: 1, ResetTime: new("2026-12-01 00:00:00")}
	made := call(j, j.CreateAppQuota, model.CreateAppQuotaRequest{InstanceId: instance, Body: body})
	if *made.ResetTime != "2026-12-01 00:00:00" || *made.BoundAppNum != 0 {
		t.Errorf("created: %v", made)
	}
	refused(j, j.CreateAppQuota, model.CreateAppQuotaRequest{InstanceId: instance, Body: body}, 400, "APIG.3325")
	call(j, j.DeleteAppQuota, model.DeleteAppQuotaRequest{InstanceId: instance, AppQuotaId: *made.AppQuotaId})
	refused(j, j.DeleteAppQuota, model.DeleteAppQuotaRequest{InstanceId: instance, AppQuotaId: *made.AppQuotaId}, 404, "APIG.3093")
}
