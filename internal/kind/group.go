package kind

import (
	"time"

	"github.com/apigw-sync/apigw-sync/internal/api"
)

// CertificateRef names a certificate of a domain.
type CertificateRef struct {
	ID   string `json:"ssl_id"`
	Name string `json:"ssl_name"`
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

// Ends returns when the certificate expires; ok is false if that is not reported, or cannot be read.
func (c *DomainCertificate) Ends() (at time.Time, ok bool) { return ParseTime(c.NotAfter) }

// ParseTime reads a time in any of the formats that gateways use.
func ParseTime(text string) (at time.Time, ok bool) {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05Z0700", time.DateTime} {
		if at, err := time.Parse(layout, text); err == nil {
			return at.UTC(), true
		}
	}
	return time.Time{}, false
}
