package kind

import (
	"slices"
	"time"

	"github.com/apigw-sync/apigw-sync/internal/api"
)

// Group is a group of APIs with the host names of its own. API reference: "API Group Management".
type Group struct {
	ID      string   `json:"id"`
	Name    string   `json:"name"`
	Domains []Domain `json:"url_domains"`
}

// Domain is a host name of a group, with its certificates.
type Domain struct {
	ID           string           `json:"id"`
	Name         string           `json:"domain"`
	SSLID        string           `json:"ssl_id"` // the RSA certificate alone; older versions know no others
	SSLName      string           `json:"ssl_name"`
	Certificates []CertificateRef `json:"ssl_infos"`
}

// CertificateRef names a certificate of a domain.
type CertificateRef struct {
	ID   string `json:"ssl_id"`
	Name string `json:"ssl_name"`
}

// Bound lists the certificates of the domain, whichever way the gateway tells of them.
func (d *Domain) Bound() []CertificateRef {
	if d.SSLID == "" || slices.ContainsFunc(d.Certificates, func(c CertificateRef) bool { return c.ID == d.SSLID }) {
		return d.Certificates
	}
	return append(slices.Clip(d.Certificates), CertificateRef{ID: d.SSLID, Name: d.SSLName})
}

// ListGroups asks for one page of the API groups, of one exact name when name is not "".
func ListGroups(name string, offset int) api.Request {
	q := pageQuery(offset)
	if name != "" {
		q.Set("name", name)
		q.Set("precise_search", "name")
	}
	return api.Request{Operation: "ListApiGroupsV2", Method: "GET", Path: []string{"api-groups"}, Query: q}
}

// Groups reads the answer of ListGroups.
func Groups(page Page) (out []*Group, err error) {
	out, _, err = entries[Group](&page, "groups")
	return out, err
}

// DomainCertificate is the certificate of a domain. Every field may be missing.
type DomainCertificate struct {
	Name     string `json:"name"`
	NotAfter string `json:"not_after"`
}

// ShowCertificate asks for a certificate of a domain of a group. API reference: "Viewing the Certificate
// Bound to a Domain Name".
func ShowCertificate(groupID, domainID, id string) api.Request {
	return api.Request{
		Operation: "ShowDetailsOfDomainNameCertificateV2", Method: "GET",
		Path: []string{"api-groups", groupID, "domains", domainID, "certificate", id},
	}
}

// Ends is when the certificate ceases to be valid; ok is false when it does not say, or not readably.
func (c *DomainCertificate) Ends() (at time.Time, ok bool) { return ParseTime(c.NotAfter) }

// ParseTime reads a time as gateways write it.
func ParseTime(text string) (at time.Time, ok bool) {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05Z0700", time.DateTime} {
		if at, err := time.Parse(layout, text); err == nil {
			return at.UTC(), true
		}
	}
	return time.Time{}, false
}
