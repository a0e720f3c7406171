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

// client is the SDK's client of an emulator. It keeps the last answer as received.
type client struct {
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

func newClient(t *testing.T) *client {
	t.Helper()
	return newClientOf(t, orders, sk)
}

func newClientOf(t *testing.T, state, secretKey string) *client {
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
	sdk, err := v2.ApigClientBuilder().
		WithRegion(region.NewRegion("emulator", server.URL)).
		WithCredential(credentials).
		WithHttpConfig(config.DefaultHttpConfig().WithHttpRoundTripper(wire)).
		SafeBuild()
	if err != nil {
		t.Fatal(err)
	}
	return &client{v2.NewApigClient(sdk), t, wire}
}

// call sends a request through the SDK, and decodes the answer a second time, refusing unknown members.
func call[Q, A any](c *client, send func(*Q) (*A, error), request Q) *A {
	c.t.Helper()
	answer, err := send(&request)
	if err != nil {
		c.t.Fatalf("%T: %v", request, err)
	}
	c.wire.mu.Lock()
	defer c.wire.mu.Unlock()
	if len(c.wire.last) == 0 {
		return answer
	}
	d := json.NewDecoder(bytes.NewReader(c.wire.last))
	d.DisallowUnknownFields()
	if err := d.Decode(new(A)); err != nil {
		c.t.Errorf("%T: %v in %s", *answer, err, c.wire.last)
	}
	return answer
}

// refused sends a request that must fail with this status and error code.
func refused[Q, A any](c *client, send func(*Q) (*A, error), request Q, status int, code string) {
	c.t.Helper()
	_, err := send(&request)
	var refusal *sdkerr.ServiceResponseError
	if !errors.As(err, &refusal) || refusal.StatusCode != status || refusal.ErrorCode != code || refusal.RequestId == "" {
		c.t.Errorf("%T: %v, want %d %s with a request id", request, err, status, code)
	}
}

// api finds an API by name.
func (c *client) api(name string) model.ApiInfoPerPage {
	c.t.Helper()
	found := *call(c, c.ListApisV2, model.ListApisV2Request{InstanceId: instance, Name: &name, PreciseSearch: new("name")}).Apis
	if len(found) != 1 {
		c.t.Fatalf("%d APIs named %s", len(found), name)
	}
	return found[0]
}

// publishIDs returns the publish ids of an API, by environment.
func (c *client) publishIDs(name string) map[string]string {
	c.t.Helper()
	a, ids := c.api(name), map[string]string{}
	for i, env := range strings.Split(*a.RunEnvName, "|") {
		ids[env] = strings.Split(*a.PublishId, "|")[i]
	}
	return ids
}

// TestSignatureIsVerified checks that the SDK's signature is accepted, and that one with another key gets the canonical
// request.
func TestSignatureIsVerified(t *testing.T) {
	c := newClient(t)
	name := "Gold plan/50%"
	call(c, c.ListRequestThrottlingPolicyV2, model.ListRequestThrottlingPolicyV2Request{InstanceId: instance, Name: &name})

	forged := newClientOf(t, orders, "another secret key")
	_, err := forged.ListRequestThrottlingPolicyV2(&model.ListRequestThrottlingPolicyV2Request{InstanceId: instance, Name: &name})
	var refusal *sdkerr.ServiceResponseError
	if !errors.As(err, &refusal) || refusal.StatusCode != 401 || refusal.ErrorCode != "APIGW.0301" {
		t.Fatalf("a forged signature: %v", err)
	}
	if want := "/throttles/|name=Gold%20plan%2F50%25|"; !strings.Contains(refusal.ErrorMessage, want) {
		t.Errorf("message %q does not show the canonical request with %q", refusal.ErrorMessage, want)
	}
}

// TestInstance reads the instance, its features and its quotas.
func TestInstance(t *testing.T) {
	c := newClient(t)
	all := call(c, c.ListInstancesV2, model.ListInstancesV2Request{})
	if all.Total != 1 || *(*all.Instances)[0].Id != instance {
		t.Errorf("instances: %v", all)
	}
	details := call(c, c.ShowDetailsOfInstanceV2, model.ShowDetailsOfInstanceV2Request{InstanceId: instance})
	if details.InstanceStatus.Value() != 6 || details.Status.Value() != "Running" || len(*details.SupportedFeatures) == 0 {
		t.Errorf("details: %v", details)
	}
	call(c, c.ListInstanceFeatures, model.ListInstanceFeaturesRequest{InstanceId: instance})
	call(c, c.CreateFeatureV2, model.CreateFeatureV2Request{InstanceId: instance, Body: &model.FeatureToggle{Name: "ratelimit", Enable: true}})
	call(c, c.ListFeaturesV2, model.ListFeaturesV2Request{InstanceId: instance})
	quotas := call(c, c.ListProjectCofigsV2, model.ListProjectCofigsV2Request{InstanceId: instance})
	if len(*quotas.Configs) == 0 {
		t.Error("no quotas")
	}
	refused(c, c.ShowDetailsOfInstanceV2, model.ShowDetailsOfInstanceV2Request{InstanceId: "nobody"}, 404, "APIC.7302")
}
