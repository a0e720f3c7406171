package impact

import (
	"cmp"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// signature compares the keys with which the gateway signs what it sends to the backend of an API: a backend that verifies
// signatures refuses calls that are signed with another key, or not signed.
func signature(v *view) (out []Aspect) {
	say := func(before, after string, sure bool) {
		out = append(out, Aspect{Name: Backend, Level: Change, Before: before, After: after, Sure: sure})
	}
	from, before := signedBy(v.before)
	to, after := signedBy(v.after)
	if v.w.addressAfter(from) != to || before.Type != after.Type || before.Algorithm != after.Algorithm {
		say(signatureText(before), signatureText(after), from != "" || v.known("signature_binding"))
		return out
	}
	for _, what := range v.w.credentials[to] {
		say(what+" of "+after.Name, "another", true)
	}
	return out
}

// signedBy returns the signature key that is bound to an API, which can have only one, and its address; "" if there is
// none.
func signedBy(s side) (address string, key kind.Signature) {
	for address, key := range bound[kind.Signature](s) {
		return address, key
	}
	return "", kind.Signature{}
}

// signatureText says how calls to a backend are signed.
func signatureText(key kind.Signature) string {
	if key.Name == "" {
		return "not signed"
	}
	return "signed by " + key.Name + " (" + cmp.Or(key.Algorithm, key.Type) + ")"
}
