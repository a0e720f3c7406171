package manual

import (
	"strings"
	"testing"

	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/spec"
)

// TestEveryExampleIsRight checks that the examples of explain-field can be copied into a file, which is then valid.
func TestEveryExampleIsRight(t *testing.T) {
	certificate := kind.Of("certificate").Shape
	made := func(key, beside string) string { return certificate.Field(key).Samples[beside][0].(string) }
	lookup := func(name string) (string, bool) {
		if name == "SHOP_KEY" {
			return made("private_key", "ECC"), true
		}
		return strings.Repeat("a", 64), true
	}
	read := func(_, path string) (string, error) {
		if path == "certs/ca.pem" {
			return made("trusted_root_ca", ""), nil
		}
		return made("cert_content", "ECC"), nil
	}
	paths := Paths()
	if len(paths) < 200 {
		t.Fatalf("there are %d paths", len(paths))
	}
	for _, path := range paths {
		e, err := Find(Question{Path: path})
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		if e.Path != path {
			t.Errorf("asked for %s, told of %s", path, e.Path)
		}
		text := e.Example + "\n"
		if path != "version" {
			text = "version: " + spec.Version + "\n" + text
		}
		if _, findings := spec.Load([]spec.Input{{Name: path, Data: []byte(text)}}, spec.Options{Lookup: lookup, Text: read}); len(findings) > 0 {
			t.Errorf("the example of %s is wrong: %v\n%s", path, findings, text)
		}
	}
}
