package sdktest

import (
	"net/http/httptest"
	"testing"
	"time"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/auth/basic"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/config"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/region"
	apig "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/apig/v2"
	apigmodel "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/apig/v2/model"
	cts "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/cts/v3"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/cts/v3/model"

	"github.com/apigw-sync/apigw-sync/internal/emulator"
)

// TestAuditTrail checks that the vendor's SDK can read the audit trail that the emulator records.
func TestAuditTrail(t *testing.T) {
	server := httptest.NewServer(emulator.New(emulator.Options{AccessKey: ak, SecretKey: sk, Seed: 1}))
	t.Cleanup(server.Close)
	credentials, err := basic.NewCredentialsBuilder().WithAk(ak).WithSk(sk).WithProjectId(emulator.DefaultProjectID).SafeBuild()
	if err != nil {
		t.Fatal(err)
	}
	at := region.NewRegion("emulator", server.URL)
	gateway, err := apig.ApigClientBuilder().WithRegion(at).WithCredential(credentials).SafeBuild()
	if err != nil {
		t.Fatal(err)
	}
	wire := &recorder{}
	trail, err := cts.CtsClientBuilder().WithRegion(at).WithCredential(credentials).WithHttpConfig(config.DefaultHttpConfig().WithHttpRoundTripper(wire)).SafeBuild()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"sign_one", "sign_two", "sign_one"} { // the last create fails, since the name is taken
		_, _ = apig.NewApigClient(gateway).CreateSignatureKeyV2(&apigmodel.CreateSignatureKeyV2Request{InstanceId: instance, Body: &apigmodel.BaseSignature{
			Name: name, SignType: new(apigmodel.GetBaseSignatureSignTypeEnum().HMAC),
		}})
	}
	c := &client{t: t, wire: wire}
	ask := model.ListTracesRequest{
		TraceType: model.GetListTracesRequestTraceTypeEnum().SYSTEM, ServiceType: new("APIG"), Limit: new(int32(2)),
		From: new(time.Now().Add(-time.Hour).UnixMilli()), To: new(time.Now().Add(time.Minute).UnixMilli()),
	}
	first := call(c, cts.NewCtsClient(trail).ListTraces, ask)
	if len(*first.Traces) != 2 || first.MetaData.Marker == nil {
		t.Fatalf("the first page: %v", first)
	}
	failed, second := (*first.Traces)[0], (*first.Traces)[1]
	if failed.TraceRating.Value() != "warning" || *second.ResourceName != "sign_two" || *second.TraceName != "CreateSignatureKey" || *second.ResourceType != "Signature" || *second.RequestId == "" {
		t.Errorf("the first page: %v", first)
	}
	ask.Next = first.MetaData.Marker
	if last := call(c, cts.NewCtsClient(trail).ListTraces, ask); len(*last.Traces) != 1 || last.MetaData.Marker != nil {
		t.Errorf("the last page: %v", last)
	}
}
