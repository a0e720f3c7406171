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

// Address is where the gateways of a project are reached.
type Address struct {
	Region    string // "" when endpoint and project are known without
	Cloud     string // domain of the endpoint and of IAM, or its short name; "" when the endpoint was given
	Endpoint  string // base URL
	IAM       string // base URL of the IAM that may see the credentials; "" when there is none
	Trail     string // base URL of the audit trail, which sees the credentials, too; "" when there is none
	ProjectID string
}

// TrailVariable names the audit trail (CTS) of the project.
const TrailVariable = "APIGW_SYNC_CTS_ENDPOINT"

// regionName keeps a region from changing the host it becomes a part of.
var regionName = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?$`)

// FindAddress is Locate, with the project at last looked up from IAM, asked through hc (nil means a client of its
// own). IAM is asked for nothing that is known otherwise. What was found is returned beside an error, too.
func FindAddress(ctx context.Context, want Address, creds Credentials, lookup Lookup, hc *http.Client) (Address, error) {
	got, err := Locate(want, creds, lookup)
	if err != nil || got.ProjectID != "" {
		return got, err
	}
	region := cmp.Or(got.Region, regionIn(got.Endpoint))
	switch {
	case got.IAM == "":
		return got, fmt.Errorf("no project id, and no IAM to look it up follows from the endpoint %s; "+
			"set --project-id or HW_PROJECT_ID, or name the IAM with HUAWEICLOUD_SDK_IAM_ENDPOINT", got.Endpoint)
	case region == "":
		return got, errors.New("no project id; set --project-id or HW_PROJECT_ID, or --region to look it up")
	}
	if got.ProjectID, err = findProject(ctx, got, region, creds, hc); err != nil {
		return got, fmt.Errorf("look up the project of region %s at %s: %w", region, got.IAM, err)
	}
	return got, nil
}

// Locate completes want, which holds what flags, APIGW_SYNC_* variables and the config file say ("" means nothing),
// and asks nobody. The region comes from HW_REGION_NAME, the cloud from HW_CLOUD or the region, the endpoint from
// HUAWEICLOUD_SDK_REGION_APIG_<REGION> or region and cloud, the project from HW_PROJECT_ID, HUAWEICLOUD_SDK_PROJECT_ID
// or the profile file.
//
// IAM is the one that the user names (HUAWEICLOUD_SDK_IAM_ENDPOINT, the profile file), else the endpoint's
// neighbour, and so is the audit trail (APIGW_SYNC_CTS_ENDPOINT): credentials go to no other domain than that of the endpoint.
func Locate(want Address, creds Credentials, lookup Lookup) (Address, error) {
	got := want
	got.Region = cmp.Or(got.Region, read(lookup, "HW_REGION_NAME"))
	if got.Region != "" && !regionName.MatchString(got.Region) {
		return Address{}, fmt.Errorf("region %q is no region name such as cn-north-4", got.Region)
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
	got.IAM = neighbour(base, "iam")
	if named := cmp.Or(read(lookup, "HUAWEICLOUD_SDK_IAM_ENDPOINT"), creds.IAMEndpoint); named != "" {
		got.IAM = withScheme(named)
	}
	got.Trail = neighbour(base, "cts")
	if named := read(lookup, TrailVariable); named != "" {
		got.Trail = withScheme(named)
	}
	got.ProjectID = cmp.Or(got.ProjectID, read(lookup, "HW_PROJECT_ID"),
		read(lookup, "HUAWEICLOUD_SDK_PROJECT_ID"), creds.ProjectID)
	return got, nil
}

// settleCloud completes the endpoint by the cloud, or holds a given endpoint against it.
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
		a.Cloud = "" // the endpoint says all
	}
	return nil
}

// sdkEndpoint is the endpoint of APIG in a region that the variable of the SDK names; "" when it does not. It may
// list several, separated by commas; the first one counts.
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

// findProject asks IAM which project has the region's name, which is how regional projects are
// called. A regional IAM that cannot be reached is followed by the global one, where a cloud is known to have one.
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
		return "", fmt.Errorf("there are %d: %s; set --project-id", n, strings.Join(ids, ", "))
	case answer.Projects[0].ID == "":
		return "", errors.New("IAM names a project without an id; set --project-id")
	}
	return answer.Projects[0].ID, nil
}
