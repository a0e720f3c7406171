package kind

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/api"
	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
)

// Signature is a key with which the gateway signs its requests to backends, so that these can verify them. Gateways
// show key and secret in clear, but in an example of the reference the secret is masked. API reference: "Signature Key
// Management".
type Signature struct {
	Name      string `json:"name"`
	Type      string `json:"type"`      // hmac, basic, public_key or aes
	Algorithm string `json:"algorithm"` // only for type aes
	Key       string `json:"key"`       // "" leaves the key to the gateway
	Secret    string `json:"secret"`    // "" leaves the secret to the gateway
	Unclear   `json:"-"`
}

type signatureWire struct {
	ID        string  `json:"id,omitempty"`
	Name      string  `json:"name"`
	Type      *string `json:"sign_type"`
	Key       string  `json:"sign_key,omitempty"`
	Secret    string  `json:"sign_secret,omitempty"`
	Algorithm string  `json:"sign_algorithm"`
	Bound     *int    `json:"bind_num,omitempty"`
}

// signatureType describes the keys and secrets of a type.
type signatureType struct {
	features    []string
	key, secret signatureText
}

type signatureText struct {
	least, most int
	form        func() *regexp.Regexp
	says        string
}

func (t signatureText) broken(text string) string {
	switch n := len(text); {
	case n < t.least || n > t.most:
		return "has " + itoa(int64(n)) + " characters; " + t.span() + " are needed"
	case !t.form().MatchString(text):
		return "has characters that its type does not allow"
	}
	return ""
}

func (t signatureText) span() string {
	if t.least == t.most {
		return itoa(int64(t.least))
	}
	return itoa(int64(t.least)) + " to " + itoa(int64(t.most))
}

var (
	signatureWord   = signatureText{8, 32, shape.Expression(`^[A-Za-z0-9][A-Za-z0-9_-]*$`), "letters, digits, _ and -, starting with a letter or digit"}
	signatureUser   = signatureText{4, 32, shape.Expression(`^[A-Za-z][A-Za-z0-9_-]*$`), "letters, digits, _ and -, starting with a letter"}
	signatureSecret = signatureText{16, 64, shape.Expression(`^[A-Za-z0-9][A-Za-z0-9_!@#$%-]*$`), "letters, digits and _ - ! @ # $ %, starting with a letter or digit"}
	signatureCode   = signatureText{8, 512, shape.Expression(`^[A-Za-z0-9+/][A-Za-z0-9_+/=-]*$`), "letters, digits and _ - + / =, starting with a letter, digit, + or /"}
	signatureBytes  = signatureText{16, 16, shape.Expression(`^[A-Za-z0-9+/][A-Za-z0-9_!@#$%+/=-]*$`), "letters, digits and _ - ! @ # $ % + / =, starting with a letter, digit, + or /"}
)

func (t signatureText) long(least, most int) signatureText { t.least, t.most = least, most; return t }

// signatureTypes are the types; for aes, the key is the type followed by the algorithm.
var signatureTypes = map[string]signatureType{
	"hmac":            {nil, signatureWord, signatureSecret},
	"basic":           {[]string{"sign_basic"}, signatureUser, signatureSecret.long(8, 64)},
	"public_key":      {[]string{"public_key"}, signatureCode, signatureBytes.long(15, 2048)}, // the lower bound is 15, but 16 in one table
	"aes aes-128-cfb": {[]string{"sign_aes"}, signatureBytes, signatureBytes},
	"aes aes-256-cfb": {[]string{"sign_aes"}, signatureBytes.long(32, 32), signatureBytes},
}

func (s *Signature) rules() (signatureType, bool) {
	t, ok := signatureTypes[strings.TrimSpace(s.Type+" "+s.Algorithm)]
	return t, ok
}

var signature = of(Def[Signature, signatureWire]{
	Facts: Facts{
		Name: "signature", Trail: "Signature", Section: "signatures", Path: "signs", ListField: "signs", NameQuery: "name",
		ReadOnly: []string{"ldapi_bind_num"},
		Codes:    Codes{Bound: []string{"APIG.1119"}}, LimitName: "SIGN_NUM_LIMIT",
		Generated: []string{"/key", "/secret"},
		Immutable: []string{"/type", "/algorithm"}, // whether a type can change in place is uncertain, and keys of one do not fit another
		Ops: Operations{
			List: "ListSignatureKeysV2", Create: "CreateSignatureKeyV2", Update: "UpdateSignatureKeyV2", Delete: "DeleteSignatureKeyV2",
		},
		Shape: shape.OfMap("A signature key: the gateway signs its requests to the backends of the APIs bound to it.",
			shape.Required("name", name("signature key", "orders_signing", 64)),
			shape.Required("type", shape.OfText("How requests are signed; all but hmac need features of the gateway.", shape.OneOf("hmac", "basic", "public_key", "aes")).AsImmutable()),
			shape.Optional("algorithm", shape.OfText("Algorithm of aes; the other types have none.", shape.OneOf("aes-128-cfb", "aes-256-cfb")).AsImmutable().WithAbsent("none")),
			shape.Optional("key", shape.OfText("Key, or user name of basic. "+signatureWord.span()+" characters for hmac, "+signatureUser.span()+" for basic, "+signatureCode.span()+" for public_key, 16 or 32 for aes.",
				shape.Length(4, 512)).AsSecret().WithExample("${SIGN_KEY}").WithAbsent(generatedByGateway).
				InContext("type", "public_key").InContext("algorithm", nil).WithSamplesFor(map[string][]any{
				"hmac": {"orders-key-one", "orders-key-two"}, "basic": {"orders_user", "shop_user"}, "public_key": {"b3JkZXJzLWtleQ==", "c2hvcC1rZXk="},
				"aes-128-cfb": {"orders-key-16-01", "orders-key-16-02"}, "aes-256-cfb": {"orders-key-of-32-characters---01", "orders-key-of-32-characters---02"},
			})),
			shape.Optional("secret", shape.OfText("Secret, password of basic, or vector of aes. 16 to 64 characters for hmac, 8 to 64 for basic, 15 to 2048 for public_key, 16 for aes.",
				shape.Length(8, 2048)).AsSecret().WithExample("${SIGN_SECRET}").WithAbsent(generatedByGateway).
				InContext("type", "public_key").InContext("algorithm", nil).WithSamplesFor(map[string][]any{
				"hmac": {"orders-secret-number-one", "orders-secret-number-two"}, "basic": {"orders-password", "shop-password"},
				"public_key": {"b3JkZXJzLXNlY3JldC1vbmU=", "b3JkZXJzLXNlY3JldC10d28="}, "aes": {"orders-vector-01", "orders-vector-02"},
			})),
		).WithExample(map[string]any{"name": "orders_signing", "type": "aes", "algorithm": "aes-256-cfb"}),
	}, Hooks: Hooks[Signature]{
		Features: func(s Signature) []string {
			t, _ := s.rules()
			return t.features
		},
		Sent: func(want, have Signature, _ func(string) bool) (Signature, []string) {
			return want, slices.Concat(hidden("/key", want.Key, have.Key), hidden("/secret", want.Secret, have.Secret))
		},
		Check: checkSignature,
	},
	Key: func(_ string, s Signature) string { return s.Name },
	Encode: func(w Writing[Signature]) (any, error) {
		s := w.Want
		if w.Have != nil { // some versions generate new values for fields that an update leaves out
			s.Key, s.Secret = cmp.Or(s.Key, inClear(w.Have.Key)), cmp.Or(s.Secret, inClear(w.Have.Secret))
		}
		return signatureWire{Name: s.Name, Type: &s.Type, Key: s.Key, Secret: s.Secret, Algorithm: s.Algorithm}, nil
	},
	Decode: func(w signatureWire) Found[Signature] {
		return Found[Signature]{
			ID: w.ID, Bound: bound(w.Bound), Omitted: omitted(map[string]bool{"/type": w.Type != nil}),
			Value: Signature{Name: w.Name, Type: value(w.Type), Algorithm: w.Algorithm, Key: w.Key, Secret: w.Secret},
		}
	},
})

// inClear returns a secret that the gateway shows; "" if it is hidden or masked. An update is sent without the secret
// only at the end of a replace, where the successor, whose key the gateway has just generated, gets its final name.
func inClear(shown string) string {
	if !InClear(shown) {
		return ""
	}
	return shown
}

// hidden returns the pointer of a secret if an update must send it, but the files leave it out and the gateway masks
// it.
func hidden(pointer, want, shown string) []string {
	if want != "" || shown == "" || InClear(shown) {
		return nil
	}
	return []string{pointer}
}

func checkSignature(s Signature) (out []shape.Problem) {
	t, ok := s.rules()
	switch {
	case !ok && s.Type == "aes":
		return []shape.Problem{{Path: "/algorithm", Text: "is missing", Hint: "aes needs aes-128-cfb or aes-256-cfb"}}
	case !ok:
		return []shape.Problem{{Path: "/algorithm", Text: "is only for aes", Hint: "remove it, or write type: aes"}}
	}
	for _, f := range []struct {
		path, text string
		rule       signatureText
	}{{"/key", s.Key, t.key}, {"/secret", s.Secret, t.secret}} {
		if wrong := f.rule.broken(f.text); f.text != "" && wrong != "" {
			out = append(out, shape.Problem{Path: f.path, Text: wrong, Hint: "for " + s.Type + " write " + f.rule.span() + " of " + f.rule.says})
		}
	}
	return out
}

// signatureBindingRow is a binding in lists and in the answer of a bind.
type signatureBindingRow struct {
	ID          string `json:"id"`
	SignatureID string `json:"sign_id"`
	Signature   string `json:"sign_name"`
	boundAPI
}

func signatureRow(r signatureBindingRow) Row { return r.row(r.ID, r.SignatureID, r.Signature) }

// signatureFree is an API in unbinded-apis, to which a key is not bound, with the key that is.
type signatureFree struct {
	listedAPI
	Signature *string `json:"signature_name"`
}

// signatureBinding binds keys to APIs. An API has one key in an environment, and the bind of another one replaces it.
var signatureBinding = &LinkKind{
	Name: "signature_binding", Trail: "SignatureBinding", Owner: "signature", Target: APublication, Field: "apis", Overwrites: true, Codes: Codes{Gone: []string{"APIG.3018"}},
	Slot:     func(any) string { return "" },
	OfOwner:  bindings("ListApisBindedToSignatureKeyV2", "bindings", "sign_id", signatureRow, "sign-bindings", "binded-apis"),
	OfTarget: bindings("ListSignatureKeysBindedToApiV2", "bindings", "api_id", signatureRow, "sign-bindings", "binded-signs"),
	Unbound: bindings("ListApisNotBoundWithSignatureKeyV2", "apis", "sign_id", func(r signatureFree) Row {
		return freeAPI(r.listedAPI, r.Signature)
	}, "sign-bindings", "unbinded-apis"),
	Answer: answer("bindings", signatureRow),
	Bind:   bindPublished("AssociateSignatureKeyV2", "sign-bindings", "sign_id"),
	Unbind: []Write{{
		By: Alone, Operation: "DisassociateSignatureKeyV2", Max: 1,
		Request: func(l []Link) api.Request {
			return api.Request{Operation: "DisassociateSignatureKeyV2", Method: "DELETE", Path: []string{"sign-bindings", l[0].ID}}
		},
	}},
}
