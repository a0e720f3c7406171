package shape

import (
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind/jsonptr"
)

// Secrets returns the JSON pointers of the secrets in a mapping and in the mappings inside it.
func (s *Shape) Secrets() (pointers []string) {
	for _, f := range s.Fields {
		at := jsonptr.Join(f.Name)
		if f.Shape.Secret {
			pointers = append(pointers, at)
		}
		for _, p := range f.Shape.Secrets() {
			pointers = append(pointers, at+p)
		}
	}
	return pointers
}

// SecretName reports whether the name of a value suggests that it is a secret. It is for values that no shape
// describes.
func SecretName(name string) bool {
	name = strings.ToLower(name)
	for _, word := range []string{"secret", "passw", "private_key", "privatekey", "credential"} {
		if strings.Contains(name, word) {
			return true
		}
	}
	return strings.HasSuffix(name, "token")
}
