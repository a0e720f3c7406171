package reference

import (
	"reflect"

	"github.com/apigw-sync/apigw-sync/internal/config"
)

// Config writes the page of the config file.
func Config() string {
	p := newPage("The config file")
	p.text("`" + config.Name + "` is looked for in the working folder and upward; `--config` names another one. It holds\n" +
		"`targets`, a mapping of names, any of which `--target` chooses, and `defaults`, which say what targets leave out: `vars` of both\n" +
		"hold, a target's before those of the defaults; anything else that a target says takes the place of what the defaults say.\n" +
		"What a target says stands in for flags that neither the command line nor the environment gives. Paths are relative to the file.\n" +
		"Unknown keys, keys that appear twice, numbers where text is expected (quote them) and empty texts are errors, reported with\n" +
		"their places. Anchors and merge keys (`<<`) work, what is written wins over what they bring, and top-level keys that begin with\n" +
		"`x-` are a place for anchors; variables do not work. `apigw-sync targets` lists what comes of it.")
	p.printf("\n```yaml\n%s```\n", example)
	rows := make([][]string, 0, reflect.TypeFor[config.Target]().NumField())
	for f := range reflect.TypeFor[config.Target]().Fields() {
		key := f.Tag.Get("json")
		meaning := "Stands in for [" + code("--"+config.FlagOf(key)) + "](cli.md#flags-of-several-commands)."
		if other := ofTargets[key]; other != "" {
			meaning = other
		}
		if key == "parallelism" {
			rows = append(rows, []string{code(key), "whole number, or `auto`", meaning})
			continue
		}
		rows = append(rows, []string{code(key), typeWord(f.Type), meaning})
	}
	p.printf("\n## A target\n")
	p.table([]string{"Key", "Value", "Meaning"}, rows)
	return p.String()
}

// ofTargets tells of keys that set no flag.
var ofTargets = map[string]string{
	"production": "The question before something is written asks for the name of the target. `--yes` answers that, too.",
	"wave":       "Number by which targets come one after the other where `apply` is given many, those of the same number side by side. One without comes alone, after the numbered ones.",
	"vars":       "Variables of desired-state files, by their names. The environment wins over them.",
}

// example is held to what the program reads by a test.
const example = `defaults:
  region: cn-north-4
  file: [gateway/]
targets:
  staging:
    instance_id: 0e5a1c0ffee00000000000000000a001
    environment: STAGING
    overlay: [overlays/staging/]
    vars: {ORDERS_LIMIT: "100"}
  prod:
    instance_id: 0e5a1c0ffee00000000000000000b002
    production: true
    wave: 2
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
