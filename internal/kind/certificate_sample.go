package kind

import "embed"

// Certificates and keys for generated states. The certificates are self-signed and not used anywhere else. Some tests
// draw a certificate and a key at random until they belong together.
var (
	//go:embed samples/*.pem
	sampleFiles embed.FS

	sampleCertificates = map[string][]any{"ECC": {samplePEM("first"), samplePEM("second")}, "RSA": {samplePEM("rsa")}}
	sampleKeys         = map[string][]any{"ECC": {samplePEM("first.key"), samplePEM("second.key")}, "RSA": {samplePEM("rsa.key")}}
	sampleRoot         = samplePEM("root")
)

func samplePEM(name string) string {
	text, err := sampleFiles.ReadFile("samples/" + name + ".pem")
	if err != nil {
		panic(err) // the file is not embedded
	}
	return string(text)
}
