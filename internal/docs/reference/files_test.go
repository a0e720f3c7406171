package reference_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/apigw-sync/apigw-sync/internal/docs/reference"
)

// TestExamplesAreForFiles checks that the examples on the page about files can be copied into a file.
func TestExamplesAreForFiles(t *testing.T) {
	examples := regexp.MustCompile("Example: (?:`` (.+?) ``|`([^`]+)`)").FindAllStringSubmatch(reference.Files(), -1)
	if len(examples) < 100 {
		t.Fatalf("only %d examples", len(examples))
	}
	for _, found := range examples {
		text := strings.ReplaceAll(found[1]+found[2], `\|`, "|") // undo the escapes of a table
		var v any
		if err := yaml.Unmarshal([]byte(text), &v); strings.ContainsAny(text[:1], "{[") && err != nil && json.Unmarshal([]byte(text), &v) != nil {
			t.Errorf("%s: %v", text, err)
		}
		if strings.HasPrefix(text, "map[") {
			t.Errorf("%s is of Go", text)
		}
	}
}
