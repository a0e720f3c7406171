package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/apigw-sync/apigw-sync/internal/calls/intent"
	"github.com/apigw-sync/apigw-sync/internal/spec"
	"github.com/apigw-sync/apigw-sync/schema"
)

func newSchemaCommand(p *program) *cobra.Command {
	names := append([]string{"config", "cases"}, schema.Outputs()...)
	return &cobra.Command{
		Use:   "schema [" + strings.Join(names, "|") + "]",
		Short: "Print the JSON Schema of a format",
		Long: `Schema prints the JSON Schema (2020-12) of desired-state files (config, the default), of files with test
cases (cases), or of the JSON output of a command. Plan is the output of diff, result the output of apply,
and validation the output of validate.
` + exitHelp(exitDone, exitError),
		Example:   "  apigw-sync schema > gateway.schema.json\n  apigw-sync schema plan",
		ValidArgs: names,
		Args:      cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				args = names[:1]
			}
			return runSchema(p, args[0], names)
		},
	}
}

func runSchema(p *program, name string, names []string) error {
	if made := map[string]func() map[string]any{"config": spec.Schema, "cases": intent.Schema}[name]; made != nil {
		e := json.NewEncoder(p.Stdout)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		return e.Encode(made())
	}
	text, ok := schema.Output(name)
	if !ok {
		return hinted{fmt.Errorf("there is no schema %q", name), didYouMean(name, names, "there are "+strings.Join(names, ", "))}
	}
	_, err := p.Stdout.Write(text)
	return err
}
