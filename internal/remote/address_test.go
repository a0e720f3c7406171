package remote

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const oneProject = `{"projects":[{"id":"p1","name":"cn-north-4"}]}`

func TestFindAddress(t *testing.T) {
	profile := testKeys
	profile.ProjectID, profile.IAMEndpoint = "profile", "iam.private.example"
	asksProfileIAM := profile
	asksProfileIAM.ProjectID = ""
	tests := []struct {
		name  string
		want  Address // given
		creds Credentials
		vars  []string
		steps []roundTrip
		got   Address
		asked []string
	}{
		{
			"all given",
			Address{Region: "r1", Endpoint: "https://example.com", ProjectID: "p"},
			testKeys, nil, nil,
			Address{Region: "r1", Endpoint: "https://example.com", ProjectID: "p"},
			nil,
		},
		{
			"looked up",
			Address{Region: "cn-north-4"},
			testKeys, nil,
			[]roundTrip{says(200, oneProject)},
			Address{"cn-north-4", "myhuaweicloud.com", "https://apig.cn-north-4.myhuaweicloud.com", "https://iam.cn-north-4.myhuaweicloud.com", "https://cts.cn-north-4.myhuaweicloud.com", "p1"},
			[]string{"https://iam.cn-north-4.myhuaweicloud.com/v3/projects?name=cn-north-4"},
		},
		{
			"Europe",
			Address{},
			testKeys,
			[]string{"HW_REGION_NAME", "eu-west-101"},
			[]roundTrip{says(200, oneProject)},
			Address{"eu-west-101", "myhuaweicloud.eu", "https://apig.eu-west-101.myhuaweicloud.eu", "https://iam.eu-west-101.myhuaweicloud.eu", "https://cts.eu-west-101.myhuaweicloud.eu", "p1"},
			[]string{"https://iam.eu-west-101.myhuaweicloud.eu/v3/projects?name=eu-west-101"},
		},
		{
			"global IAM",
			Address{Region: "r1"},
			testKeys, nil,
			[]roundTrip{breaks(noHost), says(200, oneProject)},
			Address{"r1", "myhuaweicloud.com", "https://apig.r1.myhuaweicloud.com", "https://iam.r1.myhuaweicloud.com", "https://cts.r1.myhuaweicloud.com", "p1"},
			[]string{"https://iam.r1.myhuaweicloud.com/v3/projects?name=r1", "https://iam.myhuaweicloud.com/v3/projects?name=r1"},
		},
		{
			"a cloud by its short name",
			Address{Region: "r1", Cloud: "otc"},
			testKeys,
			[]string{"HUAWEICLOUD_SDK_REGION_APIG_R1", "https://a.example"},
			[]roundTrip{says(200, oneProject)},
			Address{"r1", "otc.t-systems.com", "https://apig.r1.otc.t-systems.com", "https://iam.r1.otc.t-systems.com", "https://cts.r1.otc.t-systems.com", "p1"},
			[]string{"https://iam.r1.otc.t-systems.com/v3/projects?name=r1"},
		},
		{
			"a cloud of the environment, its IAM not reached",
			Address{Region: "r1"},
			testKeys,
			[]string{"HW_CLOUD", "Cloud.Example"},
			[]roundTrip{breaks(noHost), says(200, oneProject)},
			Address{},
			[]string{"https://iam.r1.cloud.example/v3/projects?name=r1"},
		},
		{
			"a cloud by its region",
			Address{Region: "eu-nl"},
			testKeys, nil,
			[]roundTrip{says(200, oneProject)},
			Address{"eu-nl", "otc.t-systems.com", "https://apig.eu-nl.otc.t-systems.com", "https://iam.eu-nl.otc.t-systems.com", "https://cts.eu-nl.otc.t-systems.com", "p1"},
			[]string{"https://iam.eu-nl.otc.t-systems.com/v3/projects?name=eu-nl"},
		},
		{
			"IAM beside the endpoint, whatever the cloud of the environment",
			Address{Endpoint: "https://apig.r7.cloud.example/base"},
			testKeys,
			[]string{"HW_CLOUD", "huawei"},
			[]roundTrip{says(200, oneProject)},
			Address{Endpoint: "https://apig.r7.cloud.example/base", IAM: "https://iam.r7.cloud.example", Trail: "https://cts.r7.cloud.example", ProjectID: "p1"},
			[]string{"https://iam.r7.cloud.example/v3/projects?name=r7"},
		},
		{
			"endpoints of the SDK",
			Address{Region: "my-r1"},
			testKeys,
			[]string{
				"HUAWEICLOUD_SDK_REGION_APIG_MY_R1", "https://a.example , https://b.example",
				"HUAWEICLOUD_SDK_IAM_ENDPOINT", "https://iam.example",
			},
			[]roundTrip{says(200, oneProject)},
			Address{"my-r1", "", "https://a.example", "https://iam.example", "", "p1"},
			[]string{"https://iam.example/v3/projects?name=my-r1"},
		},
		{
			"IAM of the profile",
			Address{Region: "r1"},
			asksProfileIAM, nil,
			[]roundTrip{says(200, oneProject)},
			Address{"r1", "myhuaweicloud.com", "https://apig.r1.myhuaweicloud.com", "https://iam.private.example", "https://cts.r1.myhuaweicloud.com", "p1"},
			[]string{"https://iam.private.example/v3/projects?name=r1"},
		},
		{
			"project of the profile",
			Address{Region: "r1"},
			profile, nil, nil,
			Address{"r1", "myhuaweicloud.com", "https://apig.r1.myhuaweicloud.com", "https://iam.private.example", "https://cts.r1.myhuaweicloud.com", "profile"},
			nil,
		},
		{
			"project variables",
			Address{Endpoint: "https://example.com"},
			profile,
			[]string{"HW_PROJECT_ID", "p2", "HUAWEICLOUD_SDK_PROJECT_ID", "p3"},
			nil,
			Address{Endpoint: "https://example.com", IAM: "https://iam.private.example", ProjectID: "p2"},
			nil,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var asked []string
			transport, _ := inOrder(tt.steps...)
			hc := &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
				asked = append(asked, r.URL.String())
				if r.Header.Get("X-Project-Id") != "" || r.Header.Get("Authorization") == "" {
					t.Errorf("headers are %v", r.Header)
				}
				return transport(r)
			})}
			got, err := FindAddress(t.Context(), tt.want, tt.creds, variables(tt.vars...), hc)
			if err != nil && tt.got != (Address{}) {
				t.Fatal(err)
			}
			if err != nil {
				got = Address{}
			}
			if diff := cmp.Diff(tt.got, got); diff != "" {
				t.Errorf("address (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.asked, asked); diff != "" {
				t.Errorf("asked (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAddressNotFound(t *testing.T) {
	tests := []struct {
		name string
		want Address
		step roundTrip
		text string
	}{
		{"nothing", Address{}, nil, "set --region or HW_REGION_NAME, or --endpoint"},
		{"no project", Address{Endpoint: "https://example.com"}, nil, "set --project-id or HW_PROJECT_ID"},
		{"odd region", Address{Region: "evil.example/"}, nil, "not a region name"},
		{"plain http", Address{Endpoint: "http://example.com"}, nil, "use https://"},
		{"none", Address{Region: "r1"}, says(200, `{"projects":[]}`), "no project there"},
		{
			"several",
			Address{Region: "r1"},
			says(200, `{"projects":[{"id":"p1","name":"r1"},{"id":"p2","name":"r1"}]}`),
			"there are 2 projects: p1 (r1), p2 (r1); set --project-id",
		},
		{"no id", Address{Region: "r1"}, says(200, `{"projects":[{"name":"r1"}]}`), "without an id"},
		{
			"not allowed",
			Address{Region: "r1"},
			says(401, `{"error":{"message":"who are you?","code":401}}`),
			"who are you?; the credentials come from HW_ACCESS_KEY",
		},
		{"no IAM", Address{Region: "r1", Endpoint: "https://gateway.example.com"}, nil, "the endpoint https://gateway.example.com does not tell which IAM to look it up in; set --project-id"},
		{"odd cloud", Address{Region: "r1", Cloud: "https://evil.example/"}, nil, "is neither huawei, huawei-eu or otc nor a domain"},
		{"top-level cloud", Address{Region: "r1", Cloud: "com"}, nil, "nor a domain"},
		{"another cloud", Address{Region: "r1", Cloud: "otc", Endpoint: "https://apig.r1.myhuaweicloud.com"}, nil, "is not in the cloud otc.t-systems.com"},
		{"unreachable", Address{Region: "r1"}, breaks(noHost), "HUAWEICLOUD_SDK_IAM_ENDPOINT"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := FindAddress(t.Context(), tt.want, testKeys, variables(), &http.Client{Transport: tt.step})
			if !strings.Contains(fmt.Sprint(err), tt.text) {
				t.Errorf("error is %v, want it to hold %q", err, tt.text)
			}
		})
	}
}

// TestCredentialsStayInTheDomain: whatever region, cloud and endpoint are, only hosts in the domain of the endpoint receive
// credentials, unless the user named another one.
func TestCredentialsStayInTheDomain(t *testing.T) {
	for endpoint, iam := range map[string]string{
		"https://apig.eu-de.otc.t-systems.com":    "iam.eu-de.otc.t-systems.com",
		"https://APIG.R1.Cloud.Example":           "iam.r1.cloud.example",
		"https://apig.r1.cloud.example./":         "iam.r1.cloud.example",
		"https://apig.r1.internal":                "iam.r1.internal",
		"https://apig.r1.cloud.example:8443":      "",
		"https://gateway.r1.cloud.example":        "",
		"https://apigw.r1.cloud.example":          "",
		"https://apig.example.com":                "",
		"https://apig.com":                        "",
		"https://apig.co.uk":                      "",
		"https://apig.r_1.cloud.example":          "",
		"https://apig":                            "",
		"https://apig..cloud.example":             "",
		"https://192.0.2.1":                       "",
		"https://[2001:db8::1]":                   "",
		"https://apig.192.0.2.1":                  "",
		"http://127.0.0.1:8080":                   "",
		"http://localhost":                        "",
		"https://myhuaweicloud.com.evil.example/": "",
	} {
		for _, region := range []string{"", "cn-north-4", "eu-west-101", "eu-de"} {
			for _, vars := range [][]string{nil, {"HW_CLOUD", "myhuaweicloud.com"}, {"HUAWEICLOUD_SDK_REGION_APIG_CN_NORTH_4", "https://apig.r9.other.example"}} {
				var asked []string
				hc := &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
					asked = append(asked, r.URL.Host)
					return nil, noHost
				})}
				got, err := FindAddress(t.Context(), Address{Region: region, Endpoint: endpoint}, testKeys, variables(vars...), hc)
				if trail := strings.Replace(iam, "iam.", "https://cts.", 1); got.Trail != trail {
					t.Errorf("%s: the audit trail is %q, want %q", endpoint, got.Trail, trail)
				}
				if err == nil {
					t.Errorf("%s: a project came from nowhere", endpoint)
				}
				for _, host := range asked {
					if known := "iam.otc.t-systems.com"; host != iam && (host != known || !strings.HasSuffix(iam, ".otc.t-systems.com")) {
						t.Errorf("%s, region %q, %v: asked %s, want %q", endpoint, region, vars, host, iam)
					}
				}
				if iam != "" && len(asked) == 0 {
					t.Errorf("%s, region %q, %v: nobody was asked, want %s: %v", endpoint, region, vars, iam, err)
				}
			}
		}
	}
}

// TestIAMDoesNotPassCredentialsOn: if IAM redirects elsewhere, the run ends, and no other host receives a signature.
func TestIAMDoesNotPassCredentialsOn(t *testing.T) {
	for _, to := range []string{"https://iam.evil.example/v3/projects", "http://iam.r1.cloud.example/v3/projects", "https://iam.r1.cloud.example:444/v3/projects", "//evil.example/", "https://u:p@iam.r1.cloud.example/"} {
		var asked []string
		hc := &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			asked = append(asked, r.URL.String())
			return reply(307, "", "Location: "+to), nil
		})}
		_, err := FindAddress(t.Context(), Address{Endpoint: "https://apig.r1.cloud.example"}, testKeys, variables(), hc)
		if err == nil || len(asked) != 1 || !strings.HasPrefix(asked[0], "https://iam.r1.cloud.example/") {
			t.Errorf("%s: asked %v, %v", to, asked, err)
		}
	}
}
