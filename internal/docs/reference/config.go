package reference

import (
	"reflect"

	"github.com/apigw-sync/apigw-sync/internal/config"
)

// Config writes the page of the config file.
func Config() string {
	p := newPage("The config file")
	p.text("apigw-sync looks for `" + config.Name + "` in the working folder and the folders above it; `--config` names another file. The file has\n" +
		"two keys. `targets` maps names to targets; `--target` chooses one or more of them. `defaults` sets the keys that a target leaves\n" +
		"out. A key of a target replaces the same key of `defaults`, except for `vars`: there the two are merged, and the target wins.")
	p.text("The keys of a target set flags that are given neither on the command line nor in the environment. Paths are relative to the\n" +
		"file. These are errors, reported with line and column: unknown keys, keys that appear twice, numbers where text is expected\n" +
		"(quote them), and empty texts. Anchors and merge keys (`<<`) work; keys written in the mapping override merged ones. Top-level\n" +
		"keys that begin with `x-` are ignored, so you can put anchors there. Variables do not work. `apigw-sync targets` lists the result.")
	p.printf("\n```yaml\n%s```\n", example)
	rows := make([][]string, 0, reflect.TypeFor[config.Target]().NumField())
	for f := range reflect.TypeFor[config.Target]().Fields() {
		key := f.Tag.Get("json")
		meaning := "Sets [" + code("--"+config.FlagOf(key)) + "](cli.md#flags-of-several-commands)."
		if other := targetKeys[key]; other != "" {
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

// targetKeys describes the keys that set no flag.
var targetKeys = map[string]string{
	"production": "Before anything is written, you must type the name of the target to confirm. `--yes` skips this, too.",
	"wave":       "Order in which `apply` writes to several targets: waves run one after the other, and the targets of a wave at the same time. A target without a wave runs alone, after the numbered waves.",
	"vars":       "Variables of desired-state files, by name. Environment variables override them.",
}

// example is read by a test, so that it stays valid.
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
