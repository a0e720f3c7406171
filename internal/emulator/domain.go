package emulator

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
)

// domain is a host name of a group's own.
type domain struct {
	part
	name  string
	group *group
	domainSettings
	certs []*certificate // at most one for each algorithm
}

// domainSettings are the properties of a domain that callers can set.
type domainSettings struct {
	MinVersion string `json:"min_ssl_version"`
	Redirect   bool   `json:"is_http_redirect_to_https"`
	Verify     bool   `json:"verified_client_certificate_enabled"`
	HTTPPort   int    `json:"ingress_http_port"`
	HTTPSPort  int    `json:"ingress_https_port"`
}

type domainView struct {
	ID       string    `json:"id"`
	Domain   string    `json:"domain"`
	CNAME    int       `json:"cname_status"`
	SSLID    string    `json:"ssl_id,omitempty"`
	SSLName  string    `json:"ssl_name,omitempty"`
	SSLInfos []sslInfo `json:"ssl_infos"`
	domainSettings
	TrustedCA bool  `json:"is_has_trusted_root_ca"`
	Redirect  *bool `json:"is_http_redirect_to_https,omitempty"`
}

type sslInfo struct {
	ID        string `json:"ssl_id"`
	Name      string `json:"ssl_name"`
	Algorithm string `json:"algorithm_type"`
	Type      int    `json:"type"` // 1 of the instance, 2 global
	TrustedCA bool   `json:"is_has_trusted_root_ca"`
}

type domainBody struct {
	Domain string `json:"url_domain"`
	domainSettings
}

// domainBinding is a domain in answers to a bind or update, and in the list of a certificate's domains.
type domainBinding struct {
	ID              string `json:"id"`
	Domain          string `json:"url_domain"`
	Status          int    `json:"status"`
	*domainSettings        // nil for domains of other gateways
}

const (
	domainsPath   = "{I}/api-groups/{group_id}/domains"
	oneDomainPath = domainsPath + "/{domain_id}"
)

var domainNotFound = notFound("APIG.3020", "The URL domain does not exist")

var domainInPath = partInPath(groupInPath, func(x *group) []*domain { return x.domains }, "domain_id", domainNotFound)

var domainResource = resource{
	routes: []route{
		{op: "AssociateDomainV2", method: http.MethodPost, path: domainsPath, do: forObjectWithBody(groupInPath, createDomain)},
		{op: "UpdateDomainV2", method: http.MethodPut, path: oneDomainPath, do: forObjectWithBody(domainInPath, updateDomain)},
		{op: "DisassociateDomainV2", method: http.MethodDelete, path: oneDomainPath, do: forObject(domainInPath, deleteDomain)},
		{op: "UpdateSlDomainSettingV2", method: http.MethodPut, path: "{I}/api-groups/{group_id}/sl-domain-access-settings", do: forObjectWithBody(groupInPath, setSlDomain)},
		{op: "ShowDetailsOfDomainNameCertificateV2", method: http.MethodGet, path: oneDomainPath + "/certificate/{certificate_id}", do: forObject(domainInPath, showDomainCertificate)},
		{op: "BatchAssociateCertsV2", method: http.MethodPost, path: oneDomainPath + "/certificates/attach", do: forObjectWithBody(domainInPath, attachCertificates)},
		{op: "BatchDisassociateCertsV2", method: http.MethodPost, path: oneDomainPath + "/certificates/detach", do: forObjectWithBody(domainInPath, detachCertificates)},
	},
	quotas: []quota{quotaDomains},
}

var quotaDomains = quota{name: "APIGROUP_DOMAIN_NUM_LIMIT", code: "APIG.3108", description: "domain names", defaultLimit: 5}

// domainName matches a host name, whose first label may be a wildcard.
var domainName = expression(`^(\*\.)?([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,}$`)

// view returns a domain as groups show it. Only some gateways report there whether it redirects.
func (d *domain) view(redirect bool) domainView {
	v := domainView{ID: d.id, Domain: d.name, CNAME: 3, SSLInfos: []sslInfo{}, domainSettings: d.domainSettings}
	if redirect {
		v.Redirect = &d.Redirect
	}
	for _, k := range d.certs {
		if v.SSLID == "" || k.Algorithm == "RSA" {
			v.SSLID, v.SSLName = k.id, k.name
		}
		v.SSLInfos = append(v.SSLInfos, sslInfo{ID: k.id, Name: k.name, Algorithm: k.Algorithm, Type: k.scopeNumber()})
	}
	return v
}

func (d *domain) bindView() domainBinding { return domainBinding{d.id, d.name, 3, &d.domainSettings} }

func (d *domain) effect(action string) Effect {
	return Effect{Kind: "domain", Action: action, ID: d.id, Name: d.name, Policy: d.group.id, PolicyName: d.group.name}
}

// apply updates the domain with the body of the call. A body has both ports or none. minVersion is used if it has no minimum version.
func (d *domain) apply(c *call, minVersion string) error {
	s := d.domainSettings
	s.MinVersion = ""
	c.mergeBody(&s)
	s.MinVersion = cmp.Or(s.MinVersion, minVersion)
	var v checks
	v.oneOf("min_ssl_version", s.MinVersion, "TLSv1.1", "TLSv1.2")
	v.require(c.sent("ingress_http_port") == c.sent("ingress_https_port"), "ingress_http_port")
	v.require(s.HTTPPort != -1 || s.HTTPSPort != -1, "ingress_http_port")
	if v.err == nil {
		d.domainSettings = s
	}
	return v.err
}

func createDomain(g *Gateway, c *call, x *group, b domainBody) (reply, error) {
	if len(b.Domain) > 255 || !domainName().MatchString(b.Domain) {
		return reply{}, invalidAs("APIG.2024", "url_domain")
	}
	if g.hasDomain(b.Domain) {
		return reply{}, nameTaken("APIG.3305", "domain", b.Domain)
	}
	if err := g.withinQuota(quotaDomains, len(x.domains)); err != nil {
		return reply{}, err
	}
	d := &domain{name: b.Domain, group: x, domainSettings: domainSettings{HTTPPort: 80, HTTPSPort: 443}}
	if err := d.apply(c, "TLSv1.1"); err != nil {
		return reply{}, err
	}
	d.part = part{g.nextSeq(), g.newID()}
	x.domains = append(x.domains, d)
	c.effect(d.effect("create"))
	return created(d.bindView())
}

// hasDomain reports whether any group of the gateway has the host name.
func (s *state) hasDomain(name string) bool {
	for _, x := range s.groups().rows {
		if slices.ContainsFunc(x.domains, func(d *domain) bool { return d.name == name }) {
			return true
		}
	}
	return false
}

// updateDomain answers 201, as documented.
func updateDomain(_ *Gateway, c *call, d *domain, _ domainBody) (reply, error) {
	if err := d.apply(c, ""); err != nil {
		return reply{}, err
	}
	c.effect(d.effect("update"))
	return created(d.bindView())
}

func deleteDomain(_ *Gateway, c *call, d *domain) (reply, error) {
	d.group.domains = slices.DeleteFunc(slices.Clone(d.group.domains), func(o *domain) bool { return o == d })
	c.effect(d.effect("delete"))
	return noContent()
}

type slDomainBody struct {
	Enabled *bool `json:"sl_domain_access_enabled"`
}

func setSlDomain(_ *Gateway, c *call, x *group, b slDomainBody) (reply, error) {
	if b.Enabled == nil {
		return reply{}, invalid("sl_domain_access_enabled")
	}
	x.slAccess = *b.Enabled
	c.effect(x.effect("update"))
	return noContent()
}

func showDomainCertificate(g *Gateway, c *call, d *domain) (reply, error) {
	for _, k := range d.certs {
		if k.id == c.path["certificate_id"] {
			return ok(k.ofDomain(g))
		}
	}
	return reply{}, certificateNotFound(c.path["certificate_id"])
}

// certificatesBody is the body of an attach or detach. It must have exactly one id.
type certificatesBody struct {
	IDs    []string `json:"certificate_ids"`
	Verify *bool    `json:"verified_client_certificate_enabled"`
}

func (b certificatesBody) find(g *Gateway) (*certificate, error) {
	if len(b.IDs) != 1 {
		return nil, invalid("certificate_ids")
	}
	return g.certs().get(b.IDs[0], certificateNotFound)
}

func attachCertificates(g *Gateway, c *call, d *domain, b certificatesBody) (reply, error) {
	k, err := b.find(g)
	if err != nil {
		return reply{}, err
	}
	for _, other := range d.certs {
		if other != k && other.Algorithm == k.Algorithm {
			return reply{}, refuse(http.StatusBadRequest, "APIG.2051", "A certificate of the algorithm is bound to the domain name already,id:%s", other.id)
		}
	}
	if d.Verify = valueOr(b.Verify, k.RootCA); !slices.Contains(d.certs, k) {
		d.certs = append(slices.Clip(d.certs), k)
	}
	c.effect(d.effect("update"))
	return noContent()
}

func detachCertificates(g *Gateway, c *call, d *domain, b certificatesBody) (reply, error) {
	k, err := b.find(g)
	if err != nil {
		return reply{}, err
	}
	if at := slices.Index(d.certs, k); at >= 0 {
		d.certs = slices.Delete(slices.Clone(d.certs), at, at+1)
		c.effect(d.effect("update"))
	}
	return noContent()
}

type fileDomain struct {
	Domain string `json:"domain"`
	fileDomainSettings
	Certificate fileCertificate `json:"certificate,omitzero"`
	More        []string        `json:"more_certificates,omitempty"` // certificates of other algorithms, by name in gateway.certificates
}

// fileDomainSettings are domainSettings, of which files leave out what has its default.
type fileDomainSettings struct {
	MinVersion string `json:"min_ssl_version,omitempty"`
	Redirect   bool   `json:"is_http_redirect_to_https,omitempty"`
	Verify     bool   `json:"verified_client_certificate_enabled,omitempty"`
	HTTPPort   int    `json:"ingress_http_port,omitempty"`
	HTTPSPort  int    `json:"ingress_https_port,omitempty"`
}

// fileCertificate is the name of a certificate in gateway.certificates, or the facts of a certificate that only this domain has.
type fileCertificate struct {
	ref string
	certificateFacts
}

// UnmarshalJSON implements [json.Unmarshaler].
func (k *fileCertificate) UnmarshalJSON(b []byte) error {
	return decodeTextOr(b, &k.ref, &k.certificateFacts)
}

// MarshalJSON implements [json.Marshaler].
func (k fileCertificate) MarshalJSON() ([]byte, error) { return json.Marshal(k.ref) }

// IsZero reports whether the domain has no certificate.
func (k fileCertificate) IsZero() bool { return k.ref == "" && k.Name == "" }

func (l *loader) domain(x *group, f fileDomain) error {
	d := &domain{
		part: part{l.nextSeq(), l.id("domain/" + x.address() + "/" + f.Domain)}, name: f.Domain, group: x, domainSettings: domainSettings(f.fileDomainSettings),
	}
	d.MinVersion, d.HTTPPort, d.HTTPSPort = cmp.Or(d.MinVersion, "TLSv1.1"), cmp.Or(d.HTTPPort, 80), cmp.Or(d.HTTPSPort, 443)
	if l.hasDomain(f.Domain) {
		return errors.New("a group already has this domain, and a gateway can have it only once")
	}
	refs := f.More
	if f.Certificate.ref != "" {
		refs = append([]string{f.Certificate.ref}, f.More...)
	} else if !f.Certificate.IsZero() {
		k, err := l.certificate(f.Certificate.certificateFacts)
		if err != nil {
			return err
		}
		d.certs = []*certificate{k}
	}
	for _, ref := range refs {
		k := l.certs().byName(ref)
		if k == nil {
			return fmt.Errorf("certificate %q does not exist; add it to gateway.certificates", ref)
		}
		d.certs = append(d.certs, k)
	}
	x.domains = append(x.domains, d)
	return nil
}

// dumpDomains returns the domains of a group.
func (d *dumper) dumpDomains(x *group) (out []fileDomain) {
	for _, o := range x.domains {
		shown := fileDomain{Domain: o.name, fileDomainSettings: fileDomainSettings(o.domainSettings)}
		for i, k := range o.certs {
			if i == 0 {
				shown.Certificate.ref = k.name
			} else {
				shown.More = append(shown.More, k.name)
			}
		}
		out = append(out, shown)
		d.ids["domain/"+x.address()+"/"+o.name] = o.id
	}
	return out
}
