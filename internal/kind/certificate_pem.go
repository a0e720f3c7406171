package kind

import (
	"bytes"
	"cmp"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// X509 holds facts about a certificate. A gateway may report only some of them.
type X509 struct {
	Serial     string   `json:"serial,omitempty"` // in decimal
	CommonName string   `json:"common_name,omitempty"`
	Names      []string `json:"names,omitempty"`
	NotBefore  string   `json:"not_before,omitempty"` // RFC 3339, in UTC
	NotAfter   string   `json:"not_after,omitempty"`
}

func x509Of(c *x509.Certificate) X509 {
	f := X509{Serial: c.SerialNumber.String(), CommonName: c.Subject.CommonName, Names: slices.Clone(c.DNSNames), NotBefore: c.NotBefore.UTC().Format(time.RFC3339), NotAfter: c.NotAfter.UTC().Format(time.RFC3339)}
	for _, ip := range c.IPAddresses {
		f.Names = append(f.Names, ip.String())
	}
	return f
}

// identifies reports whether the facts are enough to tell a certificate from its successor.
func (f X509) identifies() bool { return f.Serial != "" || f.NotAfter != "" }

// matches reports whether the gateway may have this certificate: none of the facts that it reports contradicts f, and they
// are enough to identify a certificate.
func (f X509) matches(reported X509) bool {
	names := func(list []string) []string {
		hosts := slices.DeleteFunc(slices.Clone(list), func(s string) bool { _, err := netip.ParseAddr(s); return err == nil || s == "" })
		return slices.Compact(slices.Sorted(slices.Values(hosts)))
	}
	return reported.identifies() &&
		(reported.Serial == "" || sameSerial(f.Serial, reported.Serial)) &&
		(reported.NotBefore == "" || reported.NotBefore == f.NotBefore) && (reported.NotAfter == "" || reported.NotAfter == f.NotAfter) &&
		(len(reported.Names) == 0 || slices.EqualFunc(names(f.Names), names(reported.Names), strings.EqualFold))
}

// sameSerial compares a decimal serial number with one of a gateway, which may be decimal or hexadecimal.
func sameSerial(decimal, reported string) bool {
	n, _ := new(big.Int).SetString(decimal, 10)
	for _, base := range []int{10, 16} {
		if m, ok := new(big.Int).SetString(strings.ReplaceAll(reported, ":", ""), base); ok && n != nil && n.Cmp(m) == 0 {
			return true
		}
	}
	return false
}

// String describes the certificate to people, such as "serial 01:2C, shop.example.com, valid until 2027-01-01".
func (f X509) String() string {
	var parts []string
	if n, ok := new(big.Int).SetString(f.Serial, 10); ok {
		parts = append(parts, "serial "+colons(n.Bytes()))
	} else if f.Serial != "" {
		parts = append(parts, "serial "+f.Serial)
	}
	if len(f.Names) > 0 {
		parts = append(parts, strings.Join(f.Names, " "))
	} else if f.CommonName != "" {
		parts = append(parts, f.CommonName)
	}
	if day, _, _ := strings.Cut(f.NotAfter, "T"); day != "" {
		parts = append(parts, "valid until "+day)
	}
	return strings.Join(parts, ", ")
}

func colons(b []byte) string {
	pairs := make([]string, max(1, len(b)))
	pairs[0] = "00"
	for i := range b {
		pairs[i] = strings.ToUpper(hex.EncodeToString(b[i : i+1]))
	}
	return strings.Join(pairs, ":")
}

const certificateBlock = "CERTIFICATE"

// readChain reads the certificates in a PEM text. The message of an error continues a sentence that begins with the
// name of the field.
func readChain(text string) (chain []*x509.Certificate, err error) {
	rest := []byte(text)
	for {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		if block.Type != certificateBlock {
			return nil, fmt.Errorf("holds %s %s, and should hold certificates alone", article(block.Type), block.Type)
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("holds a certificate that cannot be read (RSA and ECC are known): %s", strings.TrimPrefix(err.Error(), "x509: "))
		}
		chain = append(chain, c)
	}
	switch {
	case len(chain) == 0:
		return nil, errors.New("is no certificate as PEM")
	case len(bytes.TrimSpace(rest)) > 0:
		return nil, fmt.Errorf("has text behind the last certificate (%d so far), which may be a broken one", len(chain))
	}
	return chain, nil
}

func article(word string) string {
	if strings.ContainsRune("AEIOUR", rune((word + " ")[0])) { // such as an RSA PRIVATE KEY
		return "an"
	}
	return "a"
}

// brokenChain returns what is wrong with the order of a chain; "" if each certificate is signed by the one after it.
func brokenChain(chain []*x509.Certificate) string {
	if chain[0].IsCA && len(chain) > 1 {
		return "begins with the certificate of an issuer (" + subject(chain[0]) + ")"
	}
	for i, c := range chain[:len(chain)-1] {
		if err := c.CheckSignatureFrom(chain[i+1]); err != nil {
			return fmt.Sprintf("has %s behind %s, which it did not sign", subject(chain[i+1]), subject(c))
		}
	}
	return ""
}

func subject(c *x509.Certificate) string {
	return cmp.Or(c.Subject.CommonName, c.Subject.String(), "one without a name")
}

// wrongRoots returns why a text is not a list of root certificates; "" if it is one.
func wrongRoots(text string) string {
	if text == rootPlaceholder {
		return ""
	}
	roots, err := readChain(text)
	if err != nil {
		return err.Error()
	}
	for _, c := range roots {
		if !c.IsCA {
			return "holds " + subject(c) + ", which is not that of an issuer"
		}
	}
	return ""
}

// wrongKey returns why a text is not the private key of a certificate; "" if it is. The message never quotes the text,
// since that is secret.
func wrongKey(text string, c *x509.Certificate) string {
	for rest := []byte(text); ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			return "is not a private key as PEM"
		}
		if strings.Contains(block.Type, "ENCRYPTED") || block.Headers["DEK-Info"] != "" {
			return "is encrypted"
		}
		if !strings.HasSuffix(block.Type, "PRIVATE KEY") {
			continue // another block, such as EC PARAMETERS
		}
		key, ok := parseKey(block.Bytes)
		public, known := c.PublicKey.(interface{ Equal(crypto.PublicKey) bool })
		switch {
		case !ok:
			return "cannot be read as a private key"
		case !known || !public.Equal(key.Public()):
			return "does not belong to cert_content"
		}
		return ""
	}
}

func parseKey(der []byte) (crypto.Signer, bool) {
	for _, parse := range []func([]byte) (any, error){
		x509.ParsePKCS8PrivateKey,
		func(der []byte) (any, error) { return x509.ParsePKCS1PrivateKey(der) },
		func(der []byte) (any, error) { return x509.ParseECPrivateKey(der) },
	} {
		if key, err := parse(der); err == nil {
			signer, ok := key.(crypto.Signer)
			return signer, ok
		}
	}
	return nil, false
}

// algorithmOf returns the API's name of a key's algorithm; "" if it has no name for it.
func algorithmOf(key any) string {
	switch key.(type) {
	case *rsa.PublicKey:
		return "RSA"
	case *ecdsa.PublicKey:
		return "ECC"
	}
	return ""
}

// Ends returns when a certificate of a gateway expires; ok is false if the gateway does not report it.
func (c *Certificate) Ends() (at time.Time, ok bool) { return ParseTime(c.X509.NotAfter) }

// EndsWithin reports whether a certificate expires within a number of days after the day of, which is YYYY-MM-DD. last
// is the last day on which it is valid, "" if that is not known. It works for declared certificates and for those of a
// gateway.
func (c *Certificate) EndsWithin(days int, of string) (last string, soon bool) {
	facts := c.X509
	if chain, err := readChain(c.Content); err == nil {
		facts = x509Of(chain[0])
	}
	last, _, _ = strings.Cut(facts.NotAfter, "T")
	today, err := time.Parse(time.DateOnly, of)
	return last, err == nil && last != "" && last <= today.AddDate(0, 0, days).Format(time.DateOnly)
}
