package kind

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/api"
	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
)

// OwnDomain is a host name under which the APIs of a group are called. The answers about a group list its domains. API
// reference: "Domain Name Management".
type OwnDomain struct {
	Domain     string           `json:"domain"`
	MinTLS     string           `json:"min_ssl_version,omitempty"`    // "" leaves it to the gateway
	Redirect   *bool            `json:"http_redirect,omitempty"`      // nil if the gateway does not report it, or the file does not set it
	Cert       string           `json:"certificate,omitempty"`        // name; the first if the gateway has bound several, one for each algorithm
	ClientCert *bool            `json:"client_certificate,omitempty"` // nil leaves it to the gateway
	HTTPPort   int64            `json:"http_port"`
	HTTPSPort  int64            `json:"https_port"`
	Bound      []CertificateRef `json:"-"` // all certificates of the domain
	Unclear    `json:"-"`
}

// ownDomainWire is a domain in answers about groups, which call its name domain, and in requests, which call it
// url_domain.
type ownDomainWire struct {
	ID         string `json:"id,omitempty"`
	Domain     string `json:"domain,omitempty"`
	URL        string `json:"url_domain,omitempty"`
	MinTLS     string `json:"min_ssl_version,omitempty"`
	Redirect   *bool  `json:"is_http_redirect_to_https,omitempty"`
	ClientCert *bool  `json:"verified_client_certificate_enabled,omitempty"`
	HTTPPort   *int64 `json:"ingress_http_port,omitempty"`
	HTTPSPort  *int64 `json:"ingress_https_port,omitempty"`

	SSLID   string           `json:"ssl_id,omitempty"`
	SSLName string           `json:"ssl_name,omitempty"`
	SSL     []CertificateRef `json:"ssl_infos,omitempty" readonly:"algorithm_type,type,is_has_trusted_root_ca"`
}

// bound lists the certificates of the domain. Older gateways report only the RSA certificate, as ssl_id.
func (w *ownDomainWire) bound() []CertificateRef {
	if w.SSLID == "" || slices.ContainsFunc(w.SSL, func(c CertificateRef) bool { return c.ID == w.SSLID }) {
		return w.SSL
	}
	return append(slices.Clip(w.SSL), CertificateRef{ID: w.SSLID, Name: w.SSLName})
}

// The default ports of domains, and the TLS version of a new domain. The version is always sent, since the default
// differs between gateways.
const (
	defaultHTTPPort  = 80
	defaultHTTPSPort = 443
	closedPort       = -1
	newestTLS        = "TLSv1.2"
	portOfHTTPS      = "https_port"
)

var ownDomainList = shape.OfList("Host names of the group, at most five. A host name can exist only once on a gateway. DNS records are not managed.",
	shape.OfMap("A host name.",
		shape.Required("domain", shape.OfText("Host name, such as api.example.com or *.example.com. It identifies the domain.", shape.Length(1, 255),
			shape.Pattern(`(\*\.|[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\.)([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\.){0,6}[A-Za-z][A-Za-z0-9-]*[A-Za-z0-9]`,
				"labels of letters, digits and -, with dots between them, at most eight, and * as the first")).WithExample("api.example.com").
			WithSamples("api.%s.example.com", "*.%s.example.com")),
		shape.Optional("min_ssl_version", shape.OfText("Oldest version of TLS that callers may use.", shape.Known("TLSv1.1", newestTLS)).WithAbsent("not managed; a new domain takes "+newestTLS)),
		shape.Optional("http_redirect", shape.OfBool("Whether GET and HEAD calls over HTTP are redirected to HTTPS; needs a certificate. Most gateways do not report it: on those, a domain that leaves it out keeps what it has.").WithDefault(false)),
		shape.Optional("certificate", shape.OfText("Name of the certificate that callers see: one of certificates in the files, or one that the gateway has. If it replaces another one, that one is removed first.",
			shape.Length(1, certificateNameMost)).AsNameOf("certificate").WithExample("shop_2026").
			WithAbsent("none, and HTTPS does not work")),
		shape.Optional("client_certificate", shape.OfBool("Whether callers must present a client certificate. Works only if certificate has a root CA.").WithAbsent("not managed").InContext("certificate", "shop_2026")),
		shape.Optional("http_port", ingressPort("HTTP", defaultHTTPPort)),
		shape.Optional(portOfHTTPS, ingressPort("HTTPS", defaultHTTPSPort)),
	).WithExample(map[string]any{"domain": "api.example.com", "min_ssl_version": newestTLS}),
	distinctBy("domain", "domain"), shape.Count(0, mostDomains)).WithAbsent("not managed; [] means none")

const mostDomains = 5

// ingressPort returns the shape of a port at which the gateway accepts calls.
func ingressPort(protocol string, usual int64) *shape.Shape {
	return shape.OfInteger("Port of "+protocol+"; -1 closes it. A port other than "+itoa(usual)+" must be open on the gateway.", shape.Rule{
		Text: "-1, " + itoa(usual) + ", or from 1024 to 49151", Hint: "write " + itoa(usual) + ", -1, or one from 1024 to 49151",
		Keywords: map[string]any{"anyOf": []any{map[string]any{"enum": []any{closedPort, usual}}, map[string]any{"minimum": 1024, "maximum": 49151}}},
		Check: func(v any) string {
			if n, ok := v.(int64); ok && n != closedPort && n != usual && (n < 1024 || n > 49151) {
				return itoa(n) + " is not a port that can be opened"
			}
			return ""
		},
	}).WithUnit("port number").WithDefault(usual).WithSamples(usual, usual, int64(closedPort), usual+8000)
}

var ownDomain = of(Def[OwnDomain, ownDomainWire]{
	Facts: Facts{
		Name: "domain", Trail: "ApiGroup:Domain", Owner: AGroup, Field: "domains", Shape: ownDomainList.Items,
		ReadOnly: []string{"cname_status", "status", "is_has_trusted_root_ca"}, MaybeUnreported: []string{"/http_redirect"},
		RefersTo: "certificate",
		Path:     "api-groups/{group}/domains", ListField: "url_domains", ListPath: "api-groups/{group}", UniqueName: true,
		Codes: Codes{Gone: []string{"APIG.3020"}, Taken: []string{"APIG.3305"}},
		Ops:   Operations{List: "ShowDetailsOfApiGroupV2", Create: "AssociateDomainV2", Update: "UpdateDomainV2", Delete: "DisassociateDomainV2"},
	},
	Hooks: Hooks[OwnDomain]{
		Normalize: func(d OwnDomain) OwnDomain {
			d.HTTPPort, d.HTTPSPort = cmp.Or(d.HTTPPort, defaultHTTPPort), cmp.Or(d.HTTPSPort, defaultHTTPSPort)
			return d
		},
		Concise: func(d OwnDomain) OwnDomain {
			d.Bound = nil
			return d
		},
		Display: func(d OwnDomain) OwnDomain {
			if len(d.Bound) > 1 { // a change of the certificate removes all of them, so the plan must name them
				names := make([]string, len(d.Bound))
				for i, c := range d.Bound {
					names[i] = c.Name
				}
				d.Cert = strings.Join(names, ", ")
			}
			return d
		},
		Compared: func(d OwnDomain) OwnDomain { d.Bound = nil; return d },
		Refs: func(d OwnDomain) []Ref {
			if d.Cert == "" {
				return nil
			}
			return []Ref{{Kind: "certificate", Key: d.Cert, Path: "/certificate"}}
		},
		Adopt: func(want, have OwnDomain) OwnDomain {
			if want.MinTLS == "" {
				have.MinTLS = ""
			}
			if want.clients() == nil {
				have.ClientCert = want.ClientCert
			}
			if have.Redirect == nil || want.Redirect == nil && !*have.Redirect {
				have.Redirect = want.Redirect
			}
			if slices.ContainsFunc(have.Bound, func(c CertificateRef) bool { return c.Name == want.Cert }) {
				have.Cert = want.Cert
			}
			return have
		},
		Excludes: func(a, b OwnDomain) bool { // by some documents, two domains may share a host name if their ports differ
			return a.HTTPPort == b.HTTPPort && a.HTTPPort != closedPort || a.HTTPSPort == b.HTTPSPort && a.HTTPSPort != closedPort
		},
		Conflict: func(want, have OwnDomain) []shape.Problem {
			if value(want.Redirect) && have.Redirect == nil {
				return []shape.Problem{{Path: "/http_redirect", Warning: true}}
			}
			return nil
		},
		InnerQuota: func(OwnDomain) InnerQuota {
			return InnerQuota{LimitName: "APIGROUP_DOMAIN_NUM_LIMIT", What: "domains of a group"}
		},
		Check: func(d OwnDomain) (out []shape.Problem) {
			if d.HTTPPort == closedPort && d.HTTPSPort == closedPort {
				out = append(out, shape.Problem{Path: "/" + portOfHTTPS, Text: "is closed, and so is http_port", Hint: "open one of them, or remove the domain"})
			}
			if value(d.ClientCert) && d.clients() == nil {
				out = append(out, shape.Problem{Path: "/client_certificate", Text: "has no effect without a certificate", Hint: "name one that has a root CA, or remove this line", Warning: true})
			}
			return out
		},
	},
	Key: func(group string, d OwnDomain) string { return JoinKey(group, d.Domain) },
	Encode: func(w Writing[OwnDomain]) (any, error) {
		d := w.Want
		out := ownDomainWire{URL: d.Domain, MinTLS: cmp.Or(d.MinTLS, newestTLS), Redirect: d.Redirect, ClientCert: d.ClientCert}
		if d.HTTPPort != defaultHTTPPort || d.HTTPSPort != defaultHTTPSPort || w.Have != nil && (w.Have.HTTPPort != defaultHTTPPort || w.Have.HTTPSPort != defaultHTTPSPort) {
			out.HTTPPort, out.HTTPSPort = &d.HTTPPort, &d.HTTPSPort // old gateways do not know ports, so send only ports that are not the default
		}
		if w.Have == nil {
			out.ClientCert = nil
			return out, nil
		}
		if w.Have.Redirect != nil && d.Redirect == nil {
			out.Redirect = new(false)
		}
		out.URL, out.MinTLS = "", cmp.Or(d.MinTLS, w.Have.MinTLS, newestTLS)
		out.ClientCert = cmp.Or(d.clients(), w.Have.ClientCert) // if it is left out, the gateway may reset it
		if bindCertificate.Needed(d, *w.Have, false) {
			out.ClientCert = w.Have.ClientCert // the request that binds the certificate sets the new value
		}
		return out, nil
	},
	SeparateWrites: []SeparateWrite[OwnDomain]{unbindCertificates, bindCertificate},
	Decode: func(w ownDomainWire) Found[OwnDomain] {
		bound := w.bound()
		name := ""
		if len(bound) > 0 {
			name = bound[0].Name
		}
		return Found[OwnDomain]{ID: w.ID, Bound: Unknown, Value: OwnDomain{
			Domain: cmp.Or(w.Domain, w.URL), MinTLS: w.MinTLS, Redirect: w.Redirect, ClientCert: w.ClientCert,
			Cert: name, Bound: bound,
			HTTPPort: value(w.HTTPPort), HTTPSPort: value(w.HTTPSPort),
		}}
	},
})

// unbindCertificates removes the certificates of a domain that are not wanted. This comes before the bind, since a
// domain accepts only one certificate for each algorithm. One request removes one certificate.
var unbindCertificates = SeparateWrite[OwnDomain]{
	Fields: []string{"/certificate"}, Operation: "BatchDisassociateCertsV2",
	Needed: func(want, have OwnDomain, _ bool) bool { return len(have.Bound) > 0 && !have.has(want.Cert) },
	Times:  func(have OwnDomain) int { return len(have.Bound) },
	Request: func(_, have OwnDomain, of ObjectRef) (api.Request, error) {
		return certificatesOf(of, "BatchDisassociateCertsV2", "detach", map[string]any{"certificate_ids": []string{have.Bound[of.Nth].ID}}), nil
	},
	Done: func(_, have, now OwnDomain, of ObjectRef) bool { return !now.has(have.Bound[of.Nth].Name) },
}

var bindCertificate = SeparateWrite[OwnDomain]{
	Fields: []string{"/certificate"}, AlsoSets: []string{"/client_certificate"}, Operation: "BatchAssociateCertsV2",
	Needed: func(want, have OwnDomain, _ bool) bool { return want.Cert != "" && !have.has(want.Cert) },
	Request: func(want, _ OwnDomain, of ObjectRef) (api.Request, error) {
		id, ok := of.IDs.ID("certificate", want.Cert)
		if !ok {
			return api.Request{}, fmt.Errorf("no certificate named %s", want.Cert)
		}
		body := map[string]any{"certificate_ids": []string{id}}
		if want.ClientCert != nil {
			body["verified_client_certificate_enabled"] = *want.ClientCert
		}
		return certificatesOf(of, "BatchAssociateCertsV2", "attach", body), nil
	},
	Done: func(want, _, now OwnDomain, _ ObjectRef) bool { return now.has(want.Cert) },
}

// clients returns whether callers must present a certificate. It is nil if that is not managed, or has no effect
// because the domain itself has no certificate.
func (d *OwnDomain) clients() *bool {
	if d.Cert == "" && value(d.ClientCert) {
		return nil
	}
	return d.ClientCert
}

// has reports whether a certificate of that name is bound to the domain.
func (d *OwnDomain) has(name string) bool {
	return slices.ContainsFunc(d.Bound, func(c CertificateRef) bool { return c.Name == name })
}

func certificatesOf(of ObjectRef, operation, verb string, body any) api.Request {
	return api.Request{Operation: operation, Method: "POST", Path: []string{"api-groups", of.Parent.ID, "domains", of.ID, "certificates", verb}, Body: body}
}
