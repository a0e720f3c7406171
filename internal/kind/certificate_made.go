package kind

import "embed"

// Certificates and keys for made-up states. The certificates are self-signed and not used anywhere else. Some tests
// draw a certificate and a key at random until they belong together.
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
		panic(err) // the file is not embedded
	}
	return string(text)
}
