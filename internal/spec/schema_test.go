package spec

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"
)

const schemaFile = "../../schema/config.schema.json"

// TestSchemaIsCurrent checks that the schema in the repository is the one that the shapes make.
func TestSchemaIsCurrent(t *testing.T) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(Schema()); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.MkdirAll(filepath.Dir(schemaFile), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	golden(t, schemaFile, b.String())
}

// beyondSchema are the wrong files of the corpus that a JSON Schema cannot detect, and why.
var beyondSchema = map[string]string{
	"contract":             "unset variables",
	"duplicate-names":      "names across items",
	"moved":                "names across items",
	"rules-spanning":       "rules over several values",
	"scalars-spelt":        "how scalars are written",
	"variables-wrong":      "what variables hold",
	"owns-variables-wrong": "what variables hold",
}

// partly are the files of which a JSON Schema detects some mistakes.
var partly = map[string]bool{"contract": true, "rules-spanning": true}

// TestSchemaAgrees compares the verdict of Load about each file of the corpus with that of a JSON Schema validator,
// which gets the file as a common YAML reader decodes it.
func TestSchemaAgrees(t *testing.T) {
	validator := validatorOf(t)
	for name := range beyondSchema {
		contents(t, "testdata/check/"+name+".yaml")
	}
	for _, file := range corpus(t) {
		name := strings.TrimSuffix(filepath.Base(file), ".yaml")
		inputs := inputsOf(t, file)
		if len(inputs) > 1 {
			continue
		}
		documents, err := decoded(inputs[0].Data)
		if err != nil { // not YAML for other readers, either
			continue
		}
		_, findings := Load(inputs, Options{Lookup: lookup})
		var refusal error
		for _, d := range documents {
			refusal = errors.Join(refusal, validator.Validate(d))
		}
		switch bad := wrong(findings); {
		case !bad && refusal != nil:
			t.Errorf("%s is right, but the schema refuses it: %v", name, refusal)
		case bad && refusal == nil && beyondSchema[name] == "":
			t.Errorf("%s is wrong, but the schema lets it pass: %v", name, findings)
		case bad && refusal != nil && beyondSchema[name] != "" && !partly[name]:
			t.Errorf("%s is listed as beyond the schema, but it refuses it: %v", name, refusal)
		}
	}
}

func validatorOf(t *testing.T) *jsonschema.Schema {
	t.Helper()
	document, err := plainJSON(Schema())
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("config.schema.json", document); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("config.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// decoded reads YAML the way most programs do.
func decoded(data []byte) (documents []any, err error) {
	d := yaml.NewDecoder(bytes.NewReader(data))
	for {
		var v any
		if err := d.Decode(&v); errors.Is(err, io.EOF) {
			return documents, nil
		} else if err != nil {
			return nil, err
		}
		if v, err = plainJSON(dated(v)); err != nil {
			return nil, err
		}
		documents = append(documents, v)
	}
}

// dated converts dates back to text.
func dated(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k := range v {
			v[k] = dated(v[k])
		}
	case []any:
		for i := range v {
			v[i] = dated(v[i])
		}
	case time.Time:
		return v.Format(time.DateOnly)
	case map[any]any:
		return fmt.Sprint(v)
	}
	return v
}

func plainJSON(v any) (any, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return jsonschema.UnmarshalJSON(bytes.NewReader(raw))
}
