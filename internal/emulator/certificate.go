package emulator

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net/http"
	"slices"
	"strings"
	"time"
)

// certificate is a server certificate of the project. Its key is never shown.
type certificate struct {
	identity
	certificateFacts
	pem certificateBody // what was uploaded, without the key; zero if only the facts are known
}

// certificateFacts are the properties of a certificate, from the state file or read from an uploaded certificate.
type certificateFacts struct {
	Name       string    `json:"name"`
	Type       string    `json:"type,omitempty"`           // global (default) or instance
	Algorithm  string    `json:"algorithm_type,omitempty"` // RSA (default), ECC or SM2
	CommonName string    `json:"common_name,omitempty"`
	SAN        []string  `json:"san,omitempty"`
	NotBefore  time.Time `json:"not_before,omitzero"`
	NotAfter   time.Time `json:"not_after"`
	Serial     string    `json:"serial_number,omitempty"` // decimal
	Issuer     []string  `json:"issuer,omitempty"`
	Org        []string  `json:"organization,omitempty"`
	Signature  string    `json:"signature_algorithm,omitempty"`
	RootCA     bool      `json:"is_has_trusted_root_ca,omitempty"`
	Elsewhere  []string  `json:"elsewhere,omitempty"` // host names on other gateways of the project that use it
}

// certificateBody is a certificate to upload, in a request or in a desired-state file, where the content may be missing.
type certificateBody struct {
	Name       string `json:"name"`
	Content    string `json:"cert_content"`
	PrivateKey string `json:"private_key"`
	Type       string `json:"type"`
	InstanceID string `json:"instance_id"`
	RootCA     string `json:"trusted_root_ca"`
	Algorithm  string `json:"algorithm_type"`
}

const (
	certificatesPath   = "/v2/{project_id}/apigw/certificates"
	oneCertificatePath = certificatesPath + "/{certificate_id}"
)

var certificateNotFound = notFound("APIG.3025", "Certificate %s does not exist")

var certificateInPath = inPath("certificate_id", (*state).certs, certificateNotFound)

var certificateResource = resource{
	routes: []route{
		{op: "ListCertificatesV2", method: http.MethodGet, path: certificatesPath, do: forObject(requiredQuery("instance_id"), listCertificates)},
		{op: "CreateCertificateV2", method: http.MethodPost, path: certificatesPath, do: withBody(createCertificate)},
		{op: "ShowDetailsOfCertificateV2", method: http.MethodGet, path: oneCertificatePath, do: showObject(certificateInPath, (*Gateway).certificateView)},
		{op: "UpdateCertificateV2", method: http.MethodPut, path: oneCertificatePath, do: forObjectWithBody(certificateInPath, updateCertificate)},
		{op: "DeleteCertificateV2", method: http.MethodDelete, path: oneCertificatePath, do: forObject(certificateInPath, deleteCertificate)},
		{op: "ListAttachedDomainsV2", method: http.MethodGet, path: oneCertificatePath + "/attached-domains", do: forObject(certificateInPath, listAttachedDomains)},
	},
	sections: []section{
		listSection("certificates", func(f certificateBody) string { return f.Name }, (*loader).upload, dumpSome((*state).certs, (*certificate).uploaded, (*dumper).dumpUpload)),
		listSection("gateway.certificates", func(f certificateFacts) string { return f.Name }, (*loader).addCertificate, dumpSome((*state).certs, (*certificate).onlyFacts, (*dumper).dumpFacts)),
	},
}

func (s *state) certs() *table[*certificate] { return tableOf[*certificate](s, "certificate") }

func (f certificateFacts) withDefaults() certificateFacts {
	if f.Type == "" {
		f.Type = "global"
	}
	if f.Algorithm == "" {
		f.Algorithm = "RSA"
	}
	if f.Signature == "" {
		f.Signature = "SHA256-RSA"
	}
	if f.Serial == "" {
		f.Serial = new(big.Int).SetBytes([]byte(f.Name)).String()
	}
	return f
}

// scopeNumber returns the type as it appears in domains.
func (k *certificate) scopeNumber() int {
	if k.Type == "instance" {
		return 1
	}
	return 2
}

// listed returns the certificate as lists show it.
func (k *certificate) listed(g *Gateway) map[string]any {
	return without(g.certificateView(k), "version", "serial_number", "not_before", "issuer", "organization")
}

// ofDomain returns the certificate as the details of a domain show it.
func (k *certificate) ofDomain(g *Gateway) map[string]any {
	return without(g.certificateView(k), "algorithm_type", "is_has_trusted_root_ca")
}

func without(v map[string]any, members ...string) map[string]any {
	for _, m := range members {
		delete(v, m)
	}
	return v
}

// certificateView returns the certificate without the members that it has no value for, as the service does.
func (g *Gateway) certificateView(k *certificate) map[string]any {
	v := map[string]any{
		"id": k.id, "name": k.name, "type": k.Type, "instance_id": "common", "project_id": g.opts.ProjectID,
		"create_time": formatTime(k.created), "update_time": formatTime(k.updated), "version": 3,
		"serial_number": k.Serial, "signature_algorithm": k.Signature, "algorithm_type": k.Algorithm, "is_has_trusted_root_ca": k.RootCA,
	}
	if k.Type == "instance" {
		v["instance_id"] = g.opts.InstanceID
	}
	for member, at := range map[string]time.Time{"not_before": k.NotBefore, "not_after": k.NotAfter} {
		if !at.IsZero() {
			v[member] = formatTime(at)
		}
	}
	if k.CommonName != "" {
		v["common_name"] = k.CommonName
	}
	for member, list := range map[string][]string{"san": k.SAN, "issuer": k.Issuer, "organization": k.Org} {
		if len(list) > 0 {
			v[member] = list
		}
	}
	return v
}

func listCertificates(g *Gateway, c *call, id string) (reply, error) {
	if id != g.opts.InstanceID {
		return reply{}, instanceNotFound(id)
	}
	var f filter[*certificate]
	f.like(c, "name", false, func(k *certificate) string { return k.name })
	f.like(c, "common_name", false, func(k *certificate) string { return k.CommonName })
	f.where(c, "signature_algorithm", func(k *certificate) string { return k.Signature })
	f.where(c, "type", func(k *certificate) string { return k.Type })
	f.where(c, "algorithm_type", func(k *certificate) string { return k.Algorithm })
	return page(g, c, "certs", g.certs().rows, f.condition(), func(k *certificate) map[string]any { return k.listed(g) })
}

// check checks a body and returns the facts of its certificate.
func (b certificateBody) check(g *Gateway, now time.Time) (certificateFacts, error) {
	var v checks
	v.text("name", b.Name, 4, 50, policyName)
	v.require(b.Type == "" || b.Type == "global" || b.Type == "instance" && b.InstanceID == g.opts.InstanceID, "type")
	v.require(b.RootCA == "" || b.Type == "instance", "trusted_root_ca")
	if v.err != nil {
		return certificateFacts{}, v.err
	}
	return readCertificate(b, now, false)
}

func createCertificate(g *Gateway, c *call, b certificateBody) (reply, error) {
	facts, err := b.check(g, c.now)
	if err != nil {
		return reply{}, err
	}
	k := &certificate{certificateFacts: facts.withDefaults(), pem: b.withoutKey()}
	g.certs().create(g, c, k, b.Name, "")
	return ok(g.certificateView(k)) // 200, not 201
}

// updateCertificate replaces the content of a certificate, which remains bound. Its type and algorithm cannot change.
func updateCertificate(g *Gateway, c *call, k *certificate, b certificateBody) (reply, error) {
	facts, err := b.check(g, c.now)
	if err != nil {
		return reply{}, err
	}
	facts = facts.withDefaults()
	if facts.Type != k.Type || facts.Algorithm != k.Algorithm {
		return reply{}, invalid("type")
	}
	facts.Elsewhere = k.Elsewhere
	k.certificateFacts, k.pem = facts, b.withoutKey()
	g.certs().update(c, k, b.Name)
	return ok(g.certificateView(k))
}

// readCertificate checks an uploaded certificate and its key as the service does. With keyless, for state files, the key may be missing.
func readCertificate(b certificateBody, now time.Time, keyless bool) (certificateFacts, error) {
	if block, _ := pem.Decode([]byte(b.RootCA)); block == nil && b.RootCA != "" {
		return certificateFacts{}, invalidAs("APIG.2106", "trusted_root_ca")
	}
	block, _ := pem.Decode([]byte(b.Content))
	if block == nil {
		return certificateFacts{}, invalidAs("APIG.2106", "cert_content")
	}
	leaf, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return certificateFacts{}, invalidAs("APIG.2106", "cert_content")
	}
	if strings.Contains(b.PrivateKey, "ENCRYPTED") {
		return certificateFacts{}, invalidAs("APIG.2105", "private_key")
	}
	if _, err := tls.X509KeyPair([]byte(b.Content), []byte(b.PrivateKey)); err != nil && !keyless {
		return certificateFacts{}, invalidAs("APIG.2101", "private_key")
	}
	if now.After(leaf.NotAfter) {
		return certificateFacts{}, invalidAs("APIG.2102", "cert_content")
	}
	if len(leaf.DNSNames)+len(leaf.IPAddresses) == 0 {
		return certificateFacts{}, invalidAs("APIG.2109", "cert_content")
	}
	f := certificateFacts{
		Name: b.Name, Type: b.Type, CommonName: leaf.Subject.CommonName, SAN: leaf.DNSNames, NotBefore: leaf.NotBefore,
		NotAfter: leaf.NotAfter, Serial: leaf.SerialNumber.String(), Issuer: leaf.Issuer.Organization,
		Org: leaf.Subject.Organization, Signature: leaf.SignatureAlgorithm.String(), Algorithm: "RSA", RootCA: b.RootCA != "",
	}
	if leaf.PublicKeyAlgorithm == x509.ECDSA {
		f.Algorithm = "ECC"
	}
	if b.Algorithm != "" && b.Algorithm != f.Algorithm {
		return certificateFacts{}, invalid("algorithm_type")
	}
	return f, nil
}

// domainsUsing returns the domains that use the certificate, and their groups.
func (g *Gateway) domainsUsing(k *certificate) (domains []*domain, groups []*group) {
	for _, x := range g.groups().rows {
		for _, d := range x.domains {
			if slices.Contains(d.certs, k) {
				domains, groups = append(domains, d), append(groups, x)
			}
		}
	}
	return domains, groups
}

func deleteCertificate(g *Gateway, c *call, k *certificate) (reply, error) {
	if domains, _ := g.domainsUsing(k); len(domains)+len(k.Elsewhere) > 0 {
		return reply{}, refuse(http.StatusBadRequest, "APIG.2000", "The certificate has been bound to domain names,id:%s", k.id)
	}
	return g.certs().delete(c, k)
}

// attachedDomain is a domain that uses a certificate. The group is missing if it is one of another gateway.
type attachedDomain struct {
	domainBinding
	SSLID      string `json:"ssl_id"`
	SSLName    string `json:"ssl_name"`
	InstanceID string `json:"instance_id"`
	GroupID    string `json:"api_group_id,omitempty"`
	GroupName  string `json:"api_group_name,omitempty"`
}

func listAttachedDomains(g *Gateway, c *call, k *certificate) (reply, error) {
	domains, groups := g.domainsUsing(k)
	var rows []attachedDomain
	for i, d := range domains {
		rows = append(rows, attachedDomain{d.bindView(), k.id, k.name, g.opts.InstanceID, groups[i].id, groups[i].name})
	}
	for _, host := range k.Elsewhere {
		rows = append(rows, attachedDomain{domainBinding{ID: generateID(0, 5), Domain: host, Status: 3}, k.id, k.name, generateID(0, 6), "", ""})
	}
	var f filter[attachedDomain]
	f.like(c, "url_domain", false, func(v attachedDomain) string { return v.Domain })
	return page(g, c, "bound_domains", rows, f.condition(), func(v attachedDomain) attachedDomain { return v })
}

func (l *loader) certificate(f certificateFacts) (*certificate, error) {
	k := &certificate{certificateFacts: f.withDefaults()}
	return k, addNew(l, l.certs(), k, f.Name)
}

func (l *loader) addCertificate(f certificateFacts) error {
	_, err := l.certificate(f)
	return err
}

// withoutKey returns what the state file keeps of an uploaded certificate. The algorithm is left out, because the key determines it.
func (b certificateBody) withoutKey() certificateBody {
	kept := certificateBody{Name: b.Name, Type: b.Type, Content: b.Content, RootCA: b.RootCA}
	if kept.Type == (certificateFacts{}).withDefaults().Type {
		kept.Type = ""
	}
	return kept
}

func (l *loader) upload(b certificateBody) error {
	if b.Content == "" {
		return l.addCertificate(certificateFacts{Name: b.Name, Type: b.Type, Algorithm: b.Algorithm, RootCA: b.RootCA != ""})
	}
	facts, err := readCertificate(b, l.now, b.PrivateKey == "")
	if err != nil {
		return err
	}
	k, err := l.certificate(facts)
	if err == nil {
		k.pem = b.withoutKey()
	}
	return err
}

// uploaded reports whether the content of the certificate is known, not only its facts.
func (k *certificate) uploaded() bool  { return k.pem.Content != "" }
func (k *certificate) onlyFacts() bool { return !k.uploaded() }

func (d *dumper) dumpUpload(k *certificate) certificateBody { return k.pem }
func (d *dumper) dumpFacts(k *certificate) certificateFacts { return k.certificateFacts }
