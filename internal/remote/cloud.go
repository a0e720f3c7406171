package remote

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// Clouds are the domains of the clouds that have short names.
var Clouds = map[string]string{
	"huawei":    "myhuaweicloud.com",
	"huawei-eu": "myhuaweicloud.eu",
	"otc":       "otc.t-systems.com",
}

// cloudOf is the short name of the cloud to which a region belongs.
func cloudOf(region string) string {
	switch {
	case strings.HasPrefix(region, "eu-west-1"): // but eu-west-0, Paris, is not
		return "huawei-eu"
	case region == "eu-de" || region == "eu-nl":
		return "otc"
	}
	return "huawei"
}

var domainName = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]([a-z0-9-]*[a-z0-9])?$`)

// cloudDomain is the domain of a cloud, which is given as a domain or a short name.
func cloudDomain(cloud string) (string, error) {
	domain := strings.ToLower(cloud)
	if known := Clouds[domain]; known != "" {
		return known, nil
	}
	if !domainName.MatchString(domain) {
		return "", fmt.Errorf("cloud %q is neither huawei, huawei-eu or otc nor a domain such as myhuaweicloud.com", cloud)
	}
	return domain, nil
}

// private are top-level domains in which nobody can register a name.
var private = []string{"internal", "local", "lan", "corp", "home", "localhost", "example", "test"}

// splitEndpoint splits an endpoint whose host is apig.REGION.DOMAIN. ok is false for any other host, and if DOMAIN is a
// top-level domain, since hosts next to it may then belong to somebody else.
func splitEndpoint(base *url.URL) (region, domain string, ok bool) {
	host := strings.ToLower(strings.TrimSuffix(base.Hostname(), "."))
	rest, ok := strings.CutPrefix(host, "apig.")
	region, domain, _ = strings.Cut(rest, ".")
	safe := domainName.MatchString(domain) || slices.Contains(private, domain)
	return region, domain, ok && safe && regionName.MatchString(region) && base.Port() == ""
}

// sibling is the base URL of another service in the region and domain of an endpoint; "" if the endpoint has no such form.
func sibling(base *url.URL, service string) string {
	region, domain, ok := splitEndpoint(base)
	if !ok {
		return ""
	}
	return "https://" + service + "." + region + "." + domain
}

// regionIn is the region in the host of an endpoint; "" if it has none.
func regionIn(endpoint string) string {
	base, err := url.Parse(endpoint)
	if err != nil {
		return ""
	}
	if region, _, ok := splitEndpoint(base); ok {
		return region
	}
	return ""
}
