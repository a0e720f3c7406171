package sdktest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/auth/basic"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/config"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/region"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/sdkerr"
	v2 "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/apig/v2"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/apig/v2/model"

	"github.com/apigw-sync/apigw-sync/internal/emulator"
)

const (
	instance = emulator.DefaultInstanceID
	ak       = "AKEXAMPLE0000000001"
	sk       = "skExample0000000000000000000000000000001"
)

// orders is a group with two APIs, published in two environments.
const orders = `
version: apigw-sync/v1
gateway:
  environments: [RELEASE, STAGING]
  traffic: [{group: orders, api: get_order, calls: 120, errors_5xx: 6, avg_latency: 12.5, max_latency: 80}]
  groups:
    - name: orders
      apis:
        - {name: create_order, method: POST, path: /v1/orders, auth_type: APP, published: [RELEASE, STAGING], tags: [public]}
        - {name: get_order, method: GET, path: "/v1/orders/{id}", auth_type: APP, published: [RELEASE]}
`

// judge is the SDK's client of an emulator. It keeps the last answer as received.
type judge struct {
	*v2.ApigClient
	t    *testing.T
	wire *recorder
}

// recorder keeps the body of the last answer.
type recorder struct {
	mu   sync.Mutex
	last []byte
}

func (r *recorder) RoundTrip(q *http.Request) (*http.Response, error) {
	answer, err := http.DefaultTransport.RoundTrip(q)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return nil, err
	}
	_ = answer.Body.Close()
	answer.Body = io.NopCloser(bytes.NewReader(body))
	r.mu.Lock()
	defer r.mu.Unlock()
	r.last = body
	return answer, nil
}

func newJudge(t *testing.T) *judge {
	t.Helper()
	return newJudgeOf(t, orders, sk)
}

func newJudgeOf(t *testing.T, state, secretKey string) *judge {
	t.Helper()
	g := emulator.New(emulator.Options{AccessKey: ak, SecretKey: sk, Seed: 1})
	if err := g.Load([]byte(state)); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(g)
	t.Cleanup(server.Close)
	credentials, err := basic.NewCredentialsBuilder().WithAk(ak).WithSk(secretKey).WithProjectId(emulator.DefaultProjectID).SafeBuild()
	if err != nil {
		t.Fatal(err)
	}
	wire := &recorder{}
	client, err := v2.ApigClientBuilder().
		WithRegion(region.NewRegion("emulator", server.URL)).
		WithCredential(credentials).
		WithHttpConfig(config.DefaultHttpConfig().WithHttpRoundTripper(wire)).
		SafeBuild()
	if err != nil {
		t.Fatal(err)
	}
	return &judge{v2.NewApigClient(client), t, wire}
}

// call sends a request through the SDK, and decodes the answer a second time, refusing unknown members.
func call[Q, A any](j *judge, send func(*Q) (*A, error), request Q) *A {
	j.t.Helper()
	answer, err := send(&request)
	if err != nil {
		j.t.Fatalf("%T: %v", request, err)
	}
	j.wire.mu.Lock()
	defer j.wire.mu.Unlock()
	if len(j.wire.last) == 0 {
		return answer
	}
	d := json.NewDecoder(bytes.NewReader(j.wire.last))
	d.DisallowUnknownFields()
	if err := d.Decode(new(A)); err != nil {
		j.t.Errorf("%T: %v in %s", *answer, err, j.wire.last)
	}
	return answer
}

// refused sends a request that must fail with this status and error code.
func refused[Q, A any](j *judge, send func(*Q) (*A, error), request Q, status int, code string) {
	j.t.Helper()
	_, err := send(&request)
	var no *sdkerr.ServiceResponseError
	if !errors.As(err, &no) || no.StatusCode != status || no.ErrorCode != code || no.RequestId == "" {
		j.t.Errorf("%T: %v, want %d %s with a request id", request, err, status, code)
	}
}

// api finds an API by name.
func (j *judge) api(name string) model.ApiInfoPerPage {
	j.t.Helper()
	found := *call(j, j.ListApisV2, model.ListApisV2Request{InstanceId: instance, Name: &name, PreciseSearch: new("name")}).Apis
	if len(found) != 1 {
		j.t.Fatalf("%d APIs named %s", len(found), name)
	}
	return found[0]
}

// publishIDs returns the publish ids of an API, by environment.
func (j *judge) publishIDs(name string) map[string]string {
	j.t.Helper()
	a, ids := j.api(name), map[string]string{}
	for i, env := range strings.Split(*a.RunEnvName, "|") {
		ids[env] = strings.Split(*a.PublishId, "|")[i]
	}
	return ids
}

// TestSignatureIsVerified checks that the SDK's signature is accepted, and that one with another key gets the canonical
// request.
func TestSignatureIsVerified(t *testing.T) {
	j := newJudge(t)
	name := "Gold plan/50%"
	call(j, j.ListRequestThrottlingPolicyV2, model.ListRequestThrottlingPolicyV2Request{InstanceId: instance, Name: &name})

	forged := newJudgeOf(t, orders, "another secret key")
	_, err := forged.ListRequestThrottlingPolicyV2(&model.ListRequestThrottlingPolicyV2Request{InstanceId: instance, Name: &name})
	var no *sdkerr.ServiceResponseError
	if !errors.As(err, &no) || no.StatusCode != 401 || no.ErrorCode != "APIGW.0301" {
		t.Fatalf("a forged signature: %v", err)
	}
	if want := "/throttles/|name=Gold%20plan%2F50%25|"; !strings.Contains(no.ErrorMessage, want) {
		t.Errorf("message %q does not show the canonical request with %q", no.ErrorMessage, want)
	}
}

// TestInstance reads the instance, its features and its quotas.
func TestInstance(t *testing.T) {
	j := newJudge(t)
	all := call(j, j.ListInstancesV2, model.ListInstancesV2Request{})
	if all.Total != 1 || *(*all.Instances)[0].Id != instance {
		t.Errorf("instances: %v", all)
	}
	details := call(j, j.ShowDetailsOfInstanceV2, model.ShowDetailsOfInstanceV2Request{InstanceId: instance})
	if details.InstanceStatus.Value() != 6 || details.Status.Value() != "Running" || len(*details.SupportedFeatures) == 0 {
		t.Errorf("details: %v", details)
	}
	call(j, j.ListInstanceFeatures, model.ListInstanceFeaturesRequest{InstanceId: instance})
	call(j, j.CreateFeatureV2, model.CreateFeatureV2Request{InstanceId: instance, Body: &model.FeatureToggle{Name: "ratelimit", Enable: true}})
	call(j, j.ListFeaturesV2, model.ListFeaturesV2Request{InstanceId: instance})
	quotas := call(j, j.ListProjectCofigsV2, model.ListProjectCofigsV2Request{InstanceId: instance})
	if len(*quotas.Configs) == 0 {
		t.Error("no quotas")
	}
	refused(j, j.ShowDetailsOfInstanceV2, model.ShowDetailsOfInstanceV2Request{InstanceId: "nobody"}, 404, "APIC.7302")
}
