package kind

import "embed"

// Certificates and keys for made-up states: each certificate is signed by its own key, and is good for nothing else. Some
// tests draw pairs until they belong together.
var (
	//go:embed made/*.pem
	madeFiles embed.FS

	madeCertificates = map[string][]any{"ECC": {madePEM("first"), madePEM("second")}, "RSA": {madePEM("rsa")}}
	madeKeys         = map[string][]any{"ECC": {madePEM("first.key"), madePEM("second.key")}, "RSA": {madePEM("rsa.key")}}
	madeRoot         = madePEM("root")
)

func madePEM(name string) string {
	text, err := madeFiles.ReadFile("made/" + name + ".pem")
	if err != nil {
		panic(err) // there is no such file
	}
	return string(text)
}
