package sdktest

import (
	"testing"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/apig/v2/model"
)

// TestDomains reads the domain of a group and its certificate, and adds and removes another domain.
func TestDomains(t *testing.T) {
	c := newClientOf(t, orders+`
      domains:
        - {domain: shop.example.com, certificate: {name: shop_cert, common_name: shop.example.com, san: [shop.example.com], not_before: 2026-01-31T00:00:00Z, not_after: 2027-01-31T00:00:00Z}}
`, sk)
	groups := *call(c, c.ListApiGroupsV2, model.ListApiGroupsV2Request{InstanceId: instance, Name: new("orders"), PreciseSearch: new("name")}).Groups
	group := groups[0].Id
	domain := (*groups[0].UrlDomains)[0]
	if *domain.Domain != "shop.example.com" || *domain.SslName != "shop_cert" || *(*domain.SslInfos)[0].SslId != *domain.SslId {
		t.Fatalf("domain: %v", domain)
	}
	call(c, c.ShowDetailsOfApiGroupV2, model.ShowDetailsOfApiGroupV2Request{InstanceId: instance, GroupId: group})
	details := call(c, c.ShowDetailsOfDomainNameCertificateV2, model.ShowDetailsOfDomainNameCertificateV2Request{
		InstanceId: instance, GroupId: group, DomainId: *domain.Id, CertificateId: *domain.SslId,
	})
	if *details.NotAfter != "2027-01-31T00:00:00Z" {
		t.Errorf("details: %v", details)
	}
	certs := call(c, c.ListCertificatesV2, model.ListCertificatesV2Request{InstanceId: instance})
	if certs.Total != 1 {
		t.Errorf("certificates: %v", certs)
	}
	call(c, c.ListAttachedDomainsV2, model.ListAttachedDomainsV2Request{CertificateId: *domain.SslId})
	made := call(c, c.AssociateDomainV2, model.AssociateDomainV2Request{InstanceId: instance, GroupId: group, Body: &model.UrlDomainCreate{UrlDomain: new("api.example.com")}})
	call(c, c.DisassociateDomainV2, model.DisassociateDomainV2Request{InstanceId: instance, GroupId: group, DomainId: *made.Id})
}
