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
			Address{"r1", "https://example.com", "p"},
			testKeys, nil, nil,
			Address{"r1", "https://example.com", "p"},
			nil,
		},
		{
			"looked up",
			Address{Region: "cn-north-4"},
			testKeys, nil,
			[]roundTrip{says(200, oneProject)},
			Address{"cn-north-4", "https://apig.cn-north-4.myhuaweicloud.com", "p1"},
			[]string{"https://iam.cn-north-4.myhuaweicloud.com/v3/projects?name=cn-north-4"},
		},
		{
			"Europe",
			Address{},
			testKeys,
			[]string{"HW_REGION_NAME", "eu-west-101"},
			[]roundTrip{says(200, oneProject)},
			Address{"eu-west-101", "https://apig.eu-west-101.myhuaweicloud.eu", "p1"},
			[]string{"https://iam.eu-west-101.myhuaweicloud.eu/v3/projects?name=eu-west-101"},
		},
		{
			"global IAM",
			Address{Region: "r1"},
			testKeys, nil,
			[]roundTrip{breaks(noHost), says(200, oneProject)},
			Address{"r1", "https://apig.r1.myhuaweicloud.com", "p1"},
			[]string{"https://iam.r1.myhuaweicloud.com/v3/projects?name=r1", "https://iam.myhuaweicloud.com/v3/projects?name=r1"},
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
			Address{"my-r1", "https://a.example", "p1"},
			[]string{"https://iam.example/v3/projects?name=my-r1"},
		},
		{
			"IAM of the profile",
			Address{Region: "r1"},
			asksProfileIAM, nil,
			[]roundTrip{says(200, oneProject)},
			Address{"r1", "https://apig.r1.myhuaweicloud.com", "p1"},
			[]string{"https://iam.private.example/v3/projects?name=r1"},
		},
		{
			"project of the profile",
			Address{Region: "r1"},
			profile, nil, nil,
			Address{"r1", "https://apig.r1.myhuaweicloud.com", "profile"},
			nil,
		},
		{
			"project variables",
			Address{Endpoint: "https://example.com"},
			profile,
			[]string{"HW_PROJECT_ID", "p2", "HUAWEICLOUD_SDK_PROJECT_ID", "p3"},
			nil,
			Address{"", "https://example.com", "p2"},
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
			if err != nil {
				t.Fatal(err)
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
		{"odd region", Address{Region: "evil.example/"}, nil, "no region name"},
		{"plain http", Address{Endpoint: "http://example.com"}, nil, "use https://"},
		{"none", Address{Region: "r1"}, says(200, `{"projects":[]}`), "no project there"},
		{
			"several",
			Address{Region: "r1"},
			says(200, `{"projects":[{"id":"p1","name":"r1"},{"id":"p2","name":"r1"}]}`),
			"there are 2: p1 (r1), p2 (r1); set --project-id",
		},
		{"no id", Address{Region: "r1"}, says(200, `{"projects":[{"name":"r1"}]}`), "without an id"},
		{
			"not allowed",
			Address{Region: "r1"},
			says(401, `{"error":{"message":"who are you?","code":401}}`),
			"who are you?; the credentials come from HW_ACCESS_KEY",
		},
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
