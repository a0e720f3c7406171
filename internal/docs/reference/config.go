package reference

import (
	"reflect"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/config"
)

// Config writes the page of the config file.
func Config() string {
	p := newPage("The config file")
	p.text("`" + config.Name + "` is looked for in the working folder and upward; `--config` names another one. It holds one key,\n" +
		"`targets`: a mapping of names, any of which `--target` chooses. What a target says stands in for flags that neither the\n" +
		"command line nor the environment gives. Paths are relative to the file. Unknown keys, keys that appear twice, numbers where\n" +
		"text is expected (quote them) and empty texts are errors, reported with their places. Anchors and merge keys work; variables do not.")
	p.printf("\n```yaml\n%s```\n", example)
	rows := make([][]string, 0, reflect.TypeFor[config.Target]().NumField())
	for f := range reflect.TypeFor[config.Target]().Fields() {
		key := f.Tag.Get("json")
		meaning := "Stands in for [" + code("--"+strings.ReplaceAll(key, "_", "-")) + "](cli.md#flags-of-several-commands)."
		if key == "production" {
			meaning = "The question before something is written asks for the name of the target. `--yes` answers that, too."
		}
		if f.Type.Kind() == reflect.Map {
			meaning = "Variables of desired-state files, by their names. The environment wins over them."
		}
		rows = append(rows, []string{code(key), typeWord(f.Type), meaning})
	}
	p.printf("\n## A target\n")
	p.table([]string{"Key", "Value", "Meaning"}, rows)
	return p.String()
}

// example is held to what the program reads by a test.
const example = `targets:
  staging:
    region: cn-north-4
    instance_id: 0e5a1c0ffee00000000000000000a001
    environment: STAGING
    file: [gateway/]
    overlay: [overlays/staging/]
    vars: {ORDERS_LIMIT: "100"}
  prod:
    region: cn-north-4
    instance_id: 0e5a1c0ffee00000000000000000b002
    production: true
    file: [gateway/]
    prune: true
    max_deletes: 3
`

func typeWord(t reflect.Type) string {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return map[reflect.Kind]string{
		reflect.String: "text", reflect.Bool: "true or false", reflect.Int: "whole number", reflect.Float64: "number",
		reflect.Slice: "list of texts", reflect.Map: "mapping of texts",
	}[t.Kind()]
}
