package main

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/apigw-sync/apigw-sync/internal/docs/manual"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/report/document"
)

type explainFieldOptions struct {
	output   outputOptions
	question manual.Question
}

func newExplainFieldCommand(p *program) *cobra.Command {
	var o explainFieldOptions
	cmd := &cobra.Command{
		Use:   "explain-field [PATH]",
		Short: "Explain a key of desired-state files",
		Long: `Explain-field prints the reference of a key: its purpose, type, unit, default and rules, what it means to
leave it out, whether a change replaces the object, a valid example, and the keys inside it. Without PATH it
lists the keys of a document. It neither reads files nor contacts a gateway.

PATH is throttles.time_unit, throttles[].time_unit or /throttles/0/time_unit. The content of a plugin
depends on its type: write plugins.content(cors).max_age, or use --type cors. If only one type has the key,
you can leave the type out.
` + exitHelp(exitDone, exitError),
		Example: `  apigw-sync explain-field throttles.time_unit
  apigw-sync explain-field plugins.content --type cors
  apigw-sync explain-field apps --recursive
  apigw-sync explain-field /throttles/0/specials/0/app -o json`,
		Args:              arguments(0, "at most one path", ""),
		ValidArgsFunction: p.completeFirst(completeKeyPaths),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				o.question.Path = args[0]
			}
			return p.runFinder(cmd.Context(), &o.output, &gatewayOptions{}, o.find)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&o.question.Type, "type", "", "`NAME` of the type of plugin whose content to explain")
	suggestValues(flags, "type", pluginTypes()...)
	flags.BoolVar(&o.question.Deep, "recursive", false, "list all nested keys, not only the next level")
	o.output.addFlags(flags, "explain-field")
	return cmd
}

// completeKeyPaths returns the completions of PATH, without brackets, which shells would interpret as patterns.
func completeKeyPaths(*program, *cobra.Command) (out []cobra.Completion) {
	for _, path := range manual.Paths() {
		out = append(out, strings.ReplaceAll(path, "[]", ""))
	}
	return out
}

// pluginTypes returns the values of --type, for completion.
func pluginTypes() (names []string) {
	for _, k := range kind.All {
		if k.Shape.Cases != nil {
			names = slices.AppendSeq(names, maps.Keys(k.Shape.Cases.Shapes))
		}
	}
	slices.Sort(names)
	return names
}

func (o *explainFieldOptions) find(context.Context, *printer) (document.Document, int, error) {
	entry, err := manual.Find(o.question)
	if advice, ok := errors.AsType[interface {
		error
		Hint() string
	}](err); ok {
		err = hinted{err, advice.Hint()}
	}
	return document.NewManual(head(""), entry), exitDone, err
}
