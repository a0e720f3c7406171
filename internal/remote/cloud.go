package remote

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// Clouds are the domains of clouds that have short names.
var Clouds = map[string]string{
	"huawei":    "myhuaweicloud.com",
	"huawei-eu": "myhuaweicloud.eu",
	"otc":       "otc.t-systems.com",
}

// cloudOf is the short name of the cloud that a region is in.
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

// cloudDomain is the domain that a cloud is given by.
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

// private are top-level domains that nobody can register a name in.
var private = []string{"internal", "local", "lan", "corp", "home", "localhost", "example", "test"}

// parts takes the host of an endpoint apart that is called apig.REGION.DOMAIN; ok is false for any other, and where
// DOMAIN is a top-level domain, since a neighbour might then be somebody else's.
func parts(base *url.URL) (region, domain string, ok bool) {
	host := strings.ToLower(strings.TrimSuffix(base.Hostname(), "."))
	rest, ok := strings.CutPrefix(host, "apig.")
	region, domain, _ = strings.Cut(rest, ".")
	safe := domainName.MatchString(domain) || slices.Contains(private, domain)
	return region, domain, ok && safe && regionName.MatchString(region) && base.Port() == ""
}

// neighbour is the base URL of another service in the region and domain of an endpoint; "" when none follows from it.
func neighbour(base *url.URL, service string) string {
	region, domain, ok := parts(base)
	if !ok {
		return ""
	}
	return "https://" + service + "." + region + "." + domain
}

// regionIn is the region that an endpoint names; "" when it names none.
func regionIn(endpoint string) string {
	base, err := url.Parse(endpoint)
	if err != nil {
		return ""
	}
	if region, _, ok := parts(base); ok {
		return region
	}
	return ""
}
