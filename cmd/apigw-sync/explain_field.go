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
		Short: "Tell what a key of desired-state files is for and what it may be",
		Long: `Explain-field prints the reference of a key: what it is for, its type, unit, default and rules, what leaving
it out means, whether a change replaces the object, a valid example, and the keys in it. Without PATH it
lists what a document holds. It reads no files and asks no gateway.

PATH is throttles.time_unit, throttles[].time_unit or /throttles/0/time_unit. What the content of a plugin
may be depends on its type: plugins.content(cors).max_age, or --type cors. A type that is the only one to
have the key need not be named.
` + exits(exitDone, exitError),
		Example: `  apigw-sync explain-field throttles.time_unit
  apigw-sync explain-field plugins.content --type cors
  apigw-sync explain-field apps --recursive
  apigw-sync explain-field /throttles/0/specials/0/app -o json`,
		Args:              arguments(0, "at most one path", ""),
		ValidArgsFunction: p.offeredFirst(keyPaths),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				o.question.Path = args[0]
			}
			return p.tell(cmd.Context(), &o.output, &gatewayOptions{}, o.find)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&o.question.Type, "type", "", "type `NAME` of the plugin whose content is meant")
	suggests(flags, "type", types()...)
	flags.BoolVar(&o.question.Deep, "recursive", false, "list all keys below, not only the next ones")
	o.output.addFlags(flags, "explain-field")
	return cmd
}

// keyPaths are the values of PATH, without the brackets that shells would take for patterns.
func keyPaths(*program, *cobra.Command) (out []cobra.Completion) {
	for _, path := range manual.Paths() {
		out = append(out, strings.ReplaceAll(path, "[]", ""))
	}
	return out
}

// types are the values of --type, for completion.
func types() (names []string) {
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
