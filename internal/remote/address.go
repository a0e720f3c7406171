package remote

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/api"
)

// Address is where the gateways of a project are reached.
type Address struct {
	Region    string // "" when endpoint and project are known without
	Endpoint  string // base URL
	ProjectID string
}

// regionName keeps a region from changing the host it becomes a part of.
var regionName = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?$`)

// FindAddress completes want, which holds what flags, APIGW_SYNC_* variables and the config file
// say ("" means nothing). The region comes from HW_REGION_NAME, the endpoint from
// HUAWEICLOUD_SDK_REGION_APIG_<REGION> or the region, the project from HW_PROJECT_ID,
// HUAWEICLOUD_SDK_PROJECT_ID or the profile file, and at last from IAM, asked through hc (nil
// means a client of its own). IAM is asked for nothing that is known otherwise.
func FindAddress(ctx context.Context, want Address, creds Credentials, lookup Lookup, hc *http.Client) (Address, error) {
	got := want
	got.Region = firstOf(got.Region, read(lookup, "HW_REGION_NAME"))
	if got.Region != "" && !regionName.MatchString(got.Region) {
		return Address{}, fmt.Errorf("region %q is no region name such as cn-north-4", got.Region)
	}
	if got.Endpoint == "" && got.Region == "" {
		return Address{}, errors.New("no region; set --region or HW_REGION_NAME, or --endpoint")
	}
	if got.Endpoint == "" {
		got.Endpoint = regionEndpoint(got.Region, lookup)
	}
	if _, err := parseEndpoint(got.Endpoint); err != nil {
		return Address{}, err
	}
	got.ProjectID = firstOf(got.ProjectID, read(lookup, "HW_PROJECT_ID"),
		read(lookup, "HUAWEICLOUD_SDK_PROJECT_ID"), creds.ProjectID)
	if got.ProjectID != "" {
		return got, nil
	}
	if got.Region == "" {
		return Address{}, errors.New("no project id; set --project-id or HW_PROJECT_ID, or --region to look it up")
	}
	id, err := findProject(ctx, got.Region, creds, lookup, hc)
	if err != nil {
		return Address{}, fmt.Errorf("look up the project of region %s: %w", got.Region, err)
	}
	got.ProjectID = id
	return got, nil
}

func firstOf(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

// regionEndpoint is the endpoint of APIG in a region. The variable of the SDK may list several,
// separated by commas; the first one counts.
func regionEndpoint(region string, lookup Lookup) string {
	variable := "HUAWEICLOUD_SDK_REGION_APIG_" + strings.ToUpper(strings.ReplaceAll(region, "-", "_"))
	first, _, _ := strings.Cut(read(lookup, variable), ",")
	if first = strings.TrimSpace(first); first != "" {
		return withScheme(first)
	}
	return "https://apig." + region + "." + cloudOf(region)
}

// cloudOf is the domain of a region's endpoints; the European cloud has its own.
func cloudOf(region string) string {
	if region == "eu-west-101" {
		return "myhuaweicloud.eu"
	}
	return "myhuaweicloud.com"
}

func withScheme(endpoint string) string {
	if strings.Contains(endpoint, "://") {
		return endpoint
	}
	return "https://" + endpoint
}

// findProject asks IAM which project has the region's name, which is how regional projects are
// called. A regional IAM that cannot be reached is followed by the global one.
func findProject(ctx context.Context, region string, creds Credentials, lookup Lookup, hc *http.Client) (string, error) {
	named := firstOf(read(lookup, "HUAWEICLOUD_SDK_IAM_ENDPOINT"), creds.IAMEndpoint)
	if named != "" {
		return askProject(ctx, withScheme(named), region, creds, hc)
	}
	id, err := askProject(ctx, "https://iam."+region+"."+cloudOf(region), region, creds, hc)
	if errors.Is(err, api.ErrNotSent) && ctx.Err() == nil {
		return askProject(ctx, "https://iam."+cloudOf(region), region, creds, hc)
	}
	return id, err
}

func askProject(ctx context.Context, endpoint, region string, creds Credentials, hc *http.Client) (string, error) {
	config := Config{Endpoint: endpoint, Credentials: creds, RetryBudget: 5}
	if hc != nil {
		config.Transport = hc.Transport
	}
	iam, err := New(config)
	if err != nil {
		return "", fmt.Errorf("IAM: %w", err)
	}
	iam.where = "--region and HUAWEICLOUD_SDK_IAM_ENDPOINT (or set --project-id)"
	var answer struct {
		Projects []struct {
			ID   string `json:"id"`
			Name string `json:"name"`
		} `json:"projects"`
	}
	r := api.Request{
		Operation: "KeystoneListProjects", Method: http.MethodGet, Query: url.Values{"name": {region}},
	}
	if _, err := iam.call(ctx, []string{"v3", "projects"}, r, &answer); err != nil {
		return "", err
	}
	switch n := len(answer.Projects); {
	case n == 0:
		return "", errors.New("the account has no project there; check --region, or set --project-id")
	case n > 1:
		var ids []string
		for _, p := range answer.Projects {
			ids = append(ids, p.ID+" ("+p.Name+")")
		}
		return "", fmt.Errorf("there are %d: %s; set --project-id", n, strings.Join(ids, ", "))
	case answer.Projects[0].ID == "":
		return "", errors.New("IAM names a project without an id; set --project-id")
	}
	return answer.Projects[0].ID, nil
}
