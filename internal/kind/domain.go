package kind

import (
	"cmp"

	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
)

// OwnDomain is a host name under which the APIs of a group are called. API reference: "Domain Name Management". The group's
// own answers tell of them.
type OwnDomain struct {
	Domain     string `json:"domain"`
	MinTLS     string `json:"min_ssl_version,omitempty"` // "" leaves it to the gateway
	Redirect   bool   `json:"http_redirect"`
	ClientCert *bool  `json:"client_certificate,omitempty"` // nil leaves it to the gateway
	HTTPPort   int64  `json:"http_port"`
	HTTPSPort  int64  `json:"https_port"`
	Untold     bool   `json:"-"` // Redirect is not known
	Odd        `json:"-"`
}

// ownDomainWire is a domain as groups tell it, where it is called domain, and as writes do, where it is called url_domain.
type ownDomainWire struct {
	ID         string `json:"id,omitempty"`
	Domain     string `json:"domain,omitempty"`
	URL        string `json:"url_domain,omitempty"`
	MinTLS     string `json:"min_ssl_version,omitempty"`
	Redirect   *bool  `json:"is_http_redirect_to_https,omitempty"`
	ClientCert *bool  `json:"verified_client_certificate_enabled,omitempty"`
	HTTPPort   *int64 `json:"ingress_http_port,omitempty"`
	HTTPSPort  *int64 `json:"ingress_https_port,omitempty"`
}

// The ports of domains of which nobody says any, and the TLS version of a new one: which one gateways take differs.
const (
	usualHTTP   = 80
	usualHTTPS  = 443
	closedPort  = -1
	newestTLS   = "TLSv1.2"
	portOfHTTPS = "https_port"
)

var ownDomainList = shape.OfList("Host names of the group's own, at most five. A gateway has a host name once. DNS records are made elsewhere.",
	shape.OfMap("A host name.",
		shape.Need("domain", shape.OfText("Host name, such as api.example.com or *.example.com. It identifies the domain.", shape.Length(1, 255),
			shape.Pattern(`(\*\.|[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\.)([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\.){0,6}[A-Za-z][A-Za-z0-9-]*[A-Za-z0-9]`,
				"labels of letters, digits and -, with dots between them, at most eight, and * as the first")).WithExample("api.example.com").
			WithSamples("api.%s.example.com", "*.%s.example.com")),
		shape.May("min_ssl_version", shape.OfText("Oldest version of TLS that callers may use.", shape.Known("TLSv1.1", newestTLS)).WithAbsent("not managed; a new domain takes "+newestTLS)),
		shape.May("http_redirect", shape.OfFlag("Whether calls of HTTP are sent on to HTTPS: GET and HEAD, with a certificate. Most gateways do not tell it.").WithDefault(false).WithMade(false)),
		shape.May("client_certificate", shape.OfFlag("Whether callers must show a certificate. Works only with a certificate that has a root CA.").WithAbsent("not managed").WithMade(false)),
		shape.May("http_port", ingressPort("HTTP", usualHTTP)),
		shape.May(portOfHTTPS, ingressPort("HTTPS", usualHTTPS)),
	).WithExample(map[string]any{"domain": "api.example.com", "min_ssl_version": newestTLS}),
	distinctBy("domain", "domain"), shape.Count(0, mostDomains)).WithAbsent("not managed; [] means none")

const mostDomains = 5

// ingressPort is the shape of a port at which the gateway takes calls.
func ingressPort(protocol string, usual int64) *shape.Shape {
	return shape.OfWhole("Port of "+protocol+"; -1 closes it. Another than "+itoa(usual)+" must be open on the gateway.", shape.Rule{
		Says: "-1, " + itoa(usual) + ", or from 1024 to 49151", Hint: "write " + itoa(usual) + ", -1, or one from 1024 to 49151",
		Keywords: map[string]any{"anyOf": []any{map[string]any{"enum": []any{closedPort, usual}}, map[string]any{"minimum": 1024, "maximum": 49151}}},
		Broken: func(v any) string {
			if n, ok := v.(int64); ok && n != closedPort && n != usual && (n < 1024 || n > 49151) {
				return itoa(n) + " is no port that can be opened"
			}
			return ""
		},
	}).WithUnit("port number").WithDefault(usual).WithMade(usual)
}

var ownDomain = of(Def[OwnDomain, ownDomainWire]{
	Facts: Facts{
		Name: "domain", Trail: "Domain", Owner: AGroup, Field: "domains", Shape: ownDomainList.Items,
		Path: "api-groups/{group}/domains", ListField: "url_domains", OwnerTells: "api-groups/{group}", OnePlace: true,
		Codes: Codes{Gone: []string{"APIG.3020"}, Taken: []string{"APIG.3305"}},
		Ops:   Operations{List: "ShowDetailsOfApiGroupV2", Create: "AssociateDomainV2", Update: "UpdateDomainV2", Delete: "DisassociateDomainV2"},
	},
	Hooks: Hooks[OwnDomain]{
		Normalize: func(d OwnDomain) OwnDomain {
			d.HTTPPort, d.HTTPSPort = cmp.Or(d.HTTPPort, usualHTTP), cmp.Or(d.HTTPSPort, usualHTTPS)
			return d
		},
		Brief: func(d OwnDomain) OwnDomain {
			d.Untold = false
			return d
		},
		Compared: func(d OwnDomain) OwnDomain { d.Untold = false; return d },
		Adopt: func(want, have OwnDomain) OwnDomain {
			if want.MinTLS == "" {
				have.MinTLS = ""
			}
			if want.ClientCert == nil {
				have.ClientCert = nil
			}
			if have.Untold {
				have.Redirect = want.Redirect
			}
			return have
		},
		Unseen: func(want, have OwnDomain) []string {
			if want.Redirect && have.Untold {
				return []string{"/http_redirect"}
			}
			return nil
		},
		Room: func(OwnDomain) Room { return Room{Limit: "APIGROUP_DOMAIN_NUM_LIMIT", What: "domains of a group"} },
		Check: func(d OwnDomain) []shape.Problem {
			if d.HTTPPort == closedPort && d.HTTPSPort == closedPort {
				return []shape.Problem{{Path: "/" + portOfHTTPS, Text: "is closed, and so is http_port", Hint: "open one of them, or remove the domain"}}
			}
			return nil
		},
	},
	Key: func(group string, d OwnDomain) string { return JoinKey(group, d.Domain) },
	Encode: func(w Writing[OwnDomain]) (any, error) {
		d := w.Want
		out := ownDomainWire{URL: d.Domain, MinTLS: cmp.Or(d.MinTLS, newestTLS), Redirect: &d.Redirect, ClientCert: d.ClientCert}
		if d.HTTPPort != usualHTTP || d.HTTPSPort != usualHTTPS || w.Have != nil && (w.Have.HTTPPort != usualHTTP || w.Have.HTTPSPort != usualHTTPS) {
			out.HTTPPort, out.HTTPSPort = &d.HTTPPort, &d.HTTPSPort // which old gateways do not know
		}
		if w.Have == nil {
			out.ClientCert = nil
			return out, nil
		}
		out.URL, out.MinTLS = "", cmp.Or(d.MinTLS, w.Have.MinTLS, newestTLS)
		out.ClientCert = cmp.Or(d.ClientCert, w.Have.ClientCert) // left out, it may be reset
		return out, nil
	},
	Decode: func(w ownDomainWire) Found[OwnDomain] {
		return Found[OwnDomain]{ID: w.ID, Bound: Unknown, Value: OwnDomain{
			Domain: cmp.Or(w.Domain, w.URL), MinTLS: w.MinTLS, Redirect: value(w.Redirect), Untold: w.Redirect == nil, ClientCert: w.ClientCert,
			HTTPPort: value(w.HTTPPort), HTTPSPort: value(w.HTTPSPort),
		}}
	},
})
