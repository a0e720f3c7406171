package kind

import (
	"cmp"
	"time"

	"github.com/apigw-sync/apigw-sync/internal/api"
	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
)

// Certificate is a server certificate of the project. The gateway reports facts about it, such as its serial number,
// but never the certificate itself or its key. Therefore a certificate in a file is compared by these facts. API
// reference: "SSL Certificate Management".
type Certificate struct {
	Name      string `json:"name"`
	Type      string `json:"type"`                      // global or instance; fixed at creation
	Algorithm string `json:"algorithm_type"`            // RSA, ECC or SM2; "" means the algorithm of the certificate's key
	Content   string `json:"cert_content,omitempty"`    // "": not managed
	Key       string `json:"private_key,omitempty"`     // "": not managed
	RootCA    string `json:"trusted_root_ca,omitempty"` // "": not managed
	X509      X509   `json:"-"`                         // about the gateway's certificate; zero for a declared one
	Unclear   `json:"-"`
}

// Types of certificates: for all gateways of the project, or for one.
const (
	everywhere = "global"
	inOne      = "instance"
)

// Placeholders for a root certificate and a key that the gateway has and does not show.
const (
	rootPlaceholder = "a root certificate"
	masked          = "***"
)

type certificateWire struct {
	ID        string   `json:"id,omitempty"`
	Name      string   `json:"name"`
	Type      *string  `json:"type"`
	Instance  string   `json:"instance_id,omitempty"`
	Algorithm *string  `json:"algorithm_type,omitempty"`
	Content   string   `json:"cert_content,omitempty"`
	Key       string   `json:"private_key,omitempty"`
	RootCA    string   `json:"trusted_root_ca,omitempty"`
	HasRoot   *bool    `json:"is_has_trusted_root_ca,omitempty"`
	Serial    string   `json:"serial_number,omitempty"`
	Common    string   `json:"common_name,omitempty"`
	SAN       []string `json:"san,omitempty"`
	NotBefore string   `json:"not_before,omitempty"`
	NotAfter  string   `json:"not_after,omitempty"`
}

var certificate = of(Def[Certificate, certificateWire]{
	Facts: Facts{
		Name: "certificate", Trail: "SslCertificate", Section: "certificates", Scope: api.Project, Path: "certificates?instance_id={instance}", ListField: "certs", NameQuery: "name",
		ReadOnly: []string{"project_id", "version", "organization", "organizational_unit", "locality", "state", "country", "issuer", "signature_algorithm"},
		Codes:    Codes{Gone: []string{"APIG.3021", "APIG.3025"}}, DuplicateNames: true,
		WriteOnly: []string{"/cert_content", "/private_key"},
		Immutable: []string{"/type", "/algorithm_type"}, KeptWhenOmitted: []string{"/trusted_root_ca"},
		Ops: Operations{
			List: "ListCertificatesV2", Show: "ShowDetailsOfCertificateV2", Create: "CreateCertificateV2", Update: "UpdateCertificateV2", Delete: "DeleteCertificateV2",
		},
		Shape: certificateShape(),
	},
	Hooks: Hooks[Certificate]{
		Normalize: func(c Certificate) Certificate {
			c.Type = cmp.Or(c.Type, everywhere)
			if chain, err := readChain(c.Content); c.Algorithm == "" && err == nil {
				c.Algorithm = algorithmOf(chain[0].PublicKey)
			}
			return c
		},
		Compared: described,
		Display:  described,
		Adopt:    adoptCertificate,
		Sent: func(want, have Certificate, _ func(string) bool) (Certificate, []string) {
			if have.RootCA != "" && want.RootCA == "" && want.Type == have.Type { // global certificates have no root certificate
				return want, []string{"/trusted_root_ca"}
			}
			return want, nil
		},
		LastDay: func(c Certificate) string {
			if c.Content == "" {
				return ""
			}
			last, _ := c.EndsWithin(0, "")
			return last
		},
		Interrupts: func(c Certificate) string {
			if c.Type == inOne {
				return ""
			}
			return "is a global certificate, which other gateways of the project may also use"
		},
		Check: checkCertificate,
	},
	Key: func(_ string, c Certificate) string { return c.Name },
	Encode: func(w Writing[Certificate]) (any, error) {
		c := w.Want
		out := certificateWire{Name: c.Name, Type: &c.Type, Content: c.Content, Key: c.Key, RootCA: c.RootCA, Algorithm: optional(c.Algorithm)}
		if c.Type == inOne {
			out.Instance = api.ThisInstance
		}
		_, err := readChain(c.Content)
		return out, err
	},
	Decode: func(w certificateWire) Found[Certificate] {
		c := Certificate{Name: w.Name, Type: value(w.Type), Algorithm: value(w.Algorithm), X509: X509{
			Serial: w.Serial, CommonName: w.Common, Names: w.SAN, NotBefore: instant(w.NotBefore), NotAfter: instant(w.NotAfter),
		}}
		c.Content, c.Key = c.X509.String(), masked
		if value(w.HasRoot) {
			c.RootCA = rootPlaceholder
		}
		return Found[Certificate]{ID: w.ID, Value: c, Bound: Unknown, Omitted: omitted(map[string]bool{
			"/type": w.Type != nil, "/algorithm_type": w.Algorithm != nil, "/cert_content": c.X509.identifies(),
		})}
	},
})

const certificateNameMost = 50

func certificateShape() *shape.Shape {
	const kept = "the gateway keeps the one that it has"
	return shape.OfMap("A certificate with which the gateway serves the domains of groups.",
		shape.Required("name", shape.OfText("Name of the certificate. It identifies the certificate.", shape.Length(4, certificateNameMost),
			shape.Pattern(`[A-Za-z一-鿿][A-Za-z0-9_一-鿿]*`, "letters, digits, _ and Chinese characters, starting with a letter or a Chinese character")).WithExample("shop_2026")),
		shape.Optional("type", shape.OfText("Which gateways can use it: all gateways of the project (global), or only this one (instance). A certificate that other gateways also use changes only with --allow-interruption.",
			shape.OneOf(everywhere, inOne)).AsImmutable().WithDefault(everywhere)),
		shape.Optional("algorithm_type", shape.OfText("Algorithm of the key. A domain can have one certificate for each algorithm.", shape.OneOf("RSA", "ECC")).AsImmutable().WithAbsent("that of cert_content")),
		shape.Optional("cert_content", shape.OfText("The certificate as PEM, followed by its issuers, each after the certificate that it signed. It is compared by serial number, names and validity.",
			shape.Length(0, 1<<16)).AsNotReturned().WithAbsent(kept).WithExample("${file:certs/shop.pem}").InContext("private_key", "${SHOP_KEY}").
			WithSamplesFor(sampleCertificates)),
		shape.Optional("private_key", shape.OfText("Private key of the certificate as PEM, not encrypted. The gateway never shows it.",
			shape.Length(0, 1<<16)).AsSecret().WithAbsent(kept).WithExample("${SHOP_KEY}").InContext("cert_content", "${file:certs/shop.pem}").
			WithSamplesFor(sampleKeys)),
		shape.Optional("trusted_root_ca", shape.OfText("Certificates, as PEM, of the authorities whose client certificates are accepted; only for type instance. The tool only compares whether there are any.",
			shape.Length(0, 1<<16)).AsNotReturned().WithAbsent(kept+", unless the certificate is replaced: a new algorithm_type needs it, and a global certificate has none").WithExample("${file:certs/ca.pem}").InContext("type", inOne).
			WithSamples(sampleRoot)),
	)
}

// described returns a certificate whose PEM texts are replaced by descriptions of the certificates in them.
func described(c Certificate) Certificate {
	for _, text := range []*string{&c.Content, &c.RootCA} {
		if chain, err := readChain(*text); err == nil {
			*text = x509Of(chain[0]).String()
		}
	}
	return c
}

// adoptCertificate takes from want what want does not manage, the key, which follows from the certificate, and texts
// that do not contradict what the gateway reports. A certificate that is replaced does not keep its root certificate,
// since its successor never had it.
func adoptCertificate(want, have Certificate) Certificate {
	have.Key = want.Key
	if chain, err := readChain(want.Content); want.Content == "" || err == nil && x509Of(chain[0]).matches(have.X509) {
		have.Content = want.Content
	}
	if want.Algorithm == "" {
		have.Algorithm = ""
	}
	other := func(want, have string) bool { return have != "" && have != want }
	replaced := other(want.Type, have.Type) || other(want.Algorithm, have.Algorithm)
	if want.RootCA == "" && !replaced || want.RootCA != "" && have.RootCA != "" {
		have.RootCA = want.RootCA
	}
	return have
}

// instant converts a time of a gateway to RFC 3339, in UTC and whole seconds; "" if it is not a time.
func instant(text string) string {
	t, ok := ParseTime(text)
	if !ok {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

func checkCertificate(c Certificate) (out []shape.Problem) {
	problem := func(path, text, hint string) { out = append(out, shape.Problem{Path: path, Text: text, Hint: hint}) }
	if c.RootCA != "" {
		if c.Type != inOne {
			problem("/trusted_root_ca", "is only for type instance", "write type: instance, or remove it")
		}
		if wrong := wrongRoots(c.RootCA); wrong != "" {
			problem("/trusted_root_ca", wrong, "name a file of root certificates as PEM")
		}
	}
	switch {
	case c.Content == "" && c.Key != "":
		problem("/private_key", "is set without cert_content", "write the certificate, too, or remove both")
		return out
	case c.Content == "":
		return out
	}
	chain, err := readChain(c.Content)
	if err != nil {
		problem("/cert_content", err.Error(), "name a file with the certificate as PEM, first the server's own, then its issuers")
		return out
	}
	if wrong := brokenChain(chain); wrong != "" {
		problem("/cert_content", wrong, "put the server's own certificate first, then the one that signed it, and so on")
		return out
	}
	leaf := chain[0]
	if len(leaf.DNSNames)+len(leaf.IPAddresses) == 0 {
		problem("/cert_content", "names no domain: it has no subject alternative names", "have it issued with them; the gateway accepts no other")
	}
	if leaf.NotAfter.After(lastSecond) {
		out = append(out, shape.Problem{Path: "/cert_content", Text: "is valid beyond " + lastSecond.Format(time.DateOnly) + ", which not every gateway accepts", Hint: "have it issued for a shorter time", Warning: true})
	}
	if of := algorithmOf(leaf.PublicKey); c.Algorithm != "" && of != c.Algorithm {
		problem("/algorithm_type", "is "+c.Algorithm+", and the certificate has a key of "+cmp.Or(of, "another algorithm"), "remove this line, or name another certificate")
	}
	if c.Key == "" {
		problem("/cert_content", "is set without private_key", "write private_key: ${SHOP_KEY}, and set the variable to the key as PEM")
	} else if wrong := wrongKey(c.Key, leaf); wrong != "" {
		problem("/private_key", wrong, "give the key that belongs to cert_content as PEM, not encrypted")
	}
	return out
}

// lastSecond is the last time that fits into 32 bits. Some gateway versions cannot store a later one.
var lastSecond = time.Date(2038, 1, 19, 3, 14, 7, 0, time.UTC)
