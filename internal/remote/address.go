package remote

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/api"
)

// Address is where to reach the gateways of a project.
type Address struct {
	Region    string // "" if endpoint and project are known without it
	Cloud     string // domain of the endpoint and of IAM, or its short name; "" if the endpoint was given
	Endpoint  string // base URL
	IAM       string // base URL of IAM, which receives the credentials; "" if it is not known
	Trail     string // base URL of the audit trail, which receives the credentials, too; "" if it is not known
	ProjectID string
}

// TrailVariable is the environment variable with the endpoint of the audit trail (CTS).
const TrailVariable = "APIGW_SYNC_CTS_ENDPOINT"

// regionName is strict so that a region cannot change the host of which it becomes a part.
var regionName = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?$`)

// FindAddress calls Locate, and looks the project up in IAM if it is not known otherwise. Requests go through hc (nil means a
// client of its own). With an error, it returns the part of the address that was found.
func FindAddress(ctx context.Context, want Address, creds Credentials, lookup Lookup, hc *http.Client) (Address, error) {
	got, err := Locate(want, creds, lookup)
	if err != nil || got.ProjectID != "" {
		return got, err
	}
	region := cmp.Or(got.Region, regionIn(got.Endpoint))
	switch {
	case got.IAM == "":
		return got, fmt.Errorf("no project id, and the endpoint %s does not tell which IAM to look it up in; "+
			"set --project-id or HW_PROJECT_ID, or HUAWEICLOUD_SDK_IAM_ENDPOINT", got.Endpoint)
	case region == "":
		return got, errors.New("no project id; set --project-id or HW_PROJECT_ID, or --region to look it up")
	}
	if got.ProjectID, err = findProject(ctx, got, region, creds, hc); err != nil {
		return got, fmt.Errorf("look up the project of region %s at %s: %w", region, got.IAM, err)
	}
	return got, nil
}

// Locate completes want, which has what flags, APIGW_SYNC_* variables and the config file say ("" means nothing). It sends no
// requests. The region comes from HW_REGION_NAME, the cloud from HW_CLOUD or the region, the endpoint from
// HUAWEICLOUD_SDK_REGION_APIG_<REGION> or region and cloud, the project from HW_PROJECT_ID, HUAWEICLOUD_SDK_PROJECT_ID or the
// profile file.
//
// IAM and the audit trail are those that the user names (HUAWEICLOUD_SDK_IAM_ENDPOINT and the profile file,
// APIGW_SYNC_CTS_ENDPOINT), else the ones in the region and domain of the endpoint: credentials must not go to another domain.
func Locate(want Address, creds Credentials, lookup Lookup) (Address, error) {
	got := want
	got.Region = cmp.Or(got.Region, read(lookup, "HW_REGION_NAME"))
	if got.Region != "" && !regionName.MatchString(got.Region) {
		return Address{}, fmt.Errorf("region %q is not a region name such as cn-north-4", got.Region)
	}
	if got.Endpoint == "" && got.Region == "" {
		return Address{}, errors.New("no region; set --region or HW_REGION_NAME, or --endpoint")
	}
	if got.Endpoint == "" && got.Cloud == "" {
		got.Endpoint = sdkEndpoint(got.Region, lookup)
	}
	if err := got.settleCloud(lookup); err != nil {
		return Address{}, err
	}
	base, err := parseEndpoint(got.Endpoint)
	if err != nil {
		return Address{}, err
	}
	got.IAM = sibling(base, "iam")
	if named := cmp.Or(read(lookup, "HUAWEICLOUD_SDK_IAM_ENDPOINT"), creds.IAMEndpoint); named != "" {
		got.IAM = withScheme(named)
	}
	got.Trail = sibling(base, "cts")
	if named := read(lookup, TrailVariable); named != "" {
		got.Trail = withScheme(named)
	}
	got.ProjectID = cmp.Or(got.ProjectID, read(lookup, "HW_PROJECT_ID"),
		read(lookup, "HUAWEICLOUD_SDK_PROJECT_ID"), creds.ProjectID)
	return got, nil
}

// settleCloud derives the endpoint from the cloud, or checks that a given endpoint is in it.
func (a *Address) settleCloud(lookup Lookup) error {
	given := a.Cloud
	cloud, err := cloudDomain(cmp.Or(given, read(lookup, "HW_CLOUD"), cloudOf(a.Region)))
	switch base, _ := url.Parse(a.Endpoint); {
	case err != nil:
		return err
	case a.Endpoint == "":
		a.Cloud, a.Endpoint = cloud, "https://apig."+a.Region+"."+cloud
	case given != "" && base != nil && !strings.HasSuffix("."+base.Hostname(), "."+cloud):
		return fmt.Errorf("the endpoint %s is not in the cloud %s; leave out --endpoint or --cloud", a.Endpoint, cloud)
	default:
		a.Cloud = "" // the endpoint is given
	}
	return nil
}

// sdkEndpoint is the endpoint of APIG in a region that the SDK's variable for that region has; "" if it is not set. Of several
// endpoints, separated by commas, the first one counts.
func sdkEndpoint(region string, lookup Lookup) string {
	variable := "HUAWEICLOUD_SDK_REGION_APIG_" + strings.ToUpper(strings.ReplaceAll(region, "-", "_"))
	first, _, _ := strings.Cut(read(lookup, variable), ",")
	if first = strings.TrimSpace(first); first != "" {
		return withScheme(first)
	}
	return ""
}

func withScheme(endpoint string) string {
	if strings.Contains(endpoint, "://") {
		return endpoint
	}
	return "https://" + endpoint
}

// findProject asks IAM for the project with the name of the region, as the project of a region has it. If a regional IAM cannot
// be reached, it asks the global IAM of the clouds that are known to have one.
func findProject(ctx context.Context, a Address, region string, creds Credentials, hc *http.Client) (string, error) {
	id, err := askProject(ctx, a.IAM, region, creds, hc)
	if !errors.Is(err, api.ErrNotSent) || ctx.Err() != nil {
		return id, err
	}
	for _, domain := range Clouds {
		if a.IAM == "https://iam."+region+"."+domain {
			return askProject(ctx, "https://iam."+domain, region, creds, hc)
		}
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
	if _, err := iam.call(ctx, iam.base, []string{"v3", "projects"}, r, &answer); err != nil {
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
		return "", fmt.Errorf("there are %d projects: %s; set --project-id", n, strings.Join(ids, ", "))
	case answer.Projects[0].ID == "":
		return "", errors.New("IAM returned a project without an id; set --project-id")
	}
	return answer.Projects[0].ID, nil
}
