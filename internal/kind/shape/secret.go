package shape

import "strings"

// SecretName reports whether the name of a value that no shape describes says that it is a secret.
func SecretName(name string) bool {
	name = strings.ToLower(name)
	for _, word := range []string{"secret", "passw", "private_key", "privatekey", "credential"} {
		if strings.Contains(name, word) {
			return true
		}
	}
	return strings.HasSuffix(name, "token")
}
