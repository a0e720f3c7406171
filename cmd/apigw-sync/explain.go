package main

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/spf13/cobra"

	"github.com/apigw-sync/apigw-sync/internal/calls/explain"
	"github.com/apigw-sync/apigw-sync/internal/report/document"
	"github.com/apigw-sync/apigw-sync/internal/spec"
)

type explainOptions struct {
	compare compareOptions
	output  outputOptions
	api     string
}

func newExplainCommand(p *program) *cobra.Command {
	var o explainOptions
	cmd := &cobra.Command{
		Use:   "explain API",
		Short: "Show what is in force for an API, and which line declares it",
		Long: `Explain shows what is in force for one API in one environment: the throttle with its special limits, the
plugins by type, the access control by entity type, and the apps that may call, each with its access
control and quota; also the custom authorizer, the backend with its channel, and the gateway response, as
published. For each it prints the file and line that declares or binds it, or "set on the gateway only". It
also shows what overrides what: a rate_limit plugin overrides a throttle, a cors plugin overrides the
setting of the API itself.

API is GROUP/NAME, a name that only one API has, an id, or "METHOD /path". Without desired-state files,
everything is shown as set on the gateway only.
` + exitHelp(exitDone, exitError),
		Example: `  apigw-sync explain orders/create_order --target prod
  apigw-sync explain "GET /v1/orders/{id}" --environment STAGING -o json
  apigw-sync explain orders/create_order --against export.yaml`,
		ValidArgsFunction: p.completeFirst(completeAPIs),
		Args:              arguments(1, "one API", ""),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.api = args[0]
			return p.runFinder(cmd.Context(), &o.output, &o.compare.gateway, o.find)
		},
	}
	flags := cmd.Flags()
	o.compare.files.addFlags(flags)
	o.compare.gateway.addFlags(flags)
	o.compare.gateway.addAgainst(flags)
	flags.Lookup("environment").Usage = "`NAME` of the environment to explain, and of bindings that name none (default \"" + spec.DefaultEnvironment + "\")"
	o.output.addFlags(flags, "explain")
	return cmd
}

func (o *explainOptions) find(ctx context.Context, out *printer) (document.Document, int, error) {
	d := document.NewExplanation(head(""), nil)
	state, warnings, err := o.state(out.program)
	if err != nil {
		return d, exitError, err
	}
	s, err := o.compare.gateway.dial(ctx, out.program)
	if err != nil {
		return d, exitError, err
	}
	d.Head = s.head(out.program, o.compare.files.environment)
	reader := s.reader(0)
	api, err := explain.Find(ctx, reader, o.api)
	if err == nil {
		var found *explain.Report
		found, err = explain.Look(ctx, reader, state, api, cmp.Or(o.compare.files.environment, spec.DefaultEnvironment))
		d = document.NewExplanation(d.Head, found)
	}
	if _, unclear := errors.AsType[*explain.Unclear](err); unclear {
		err = hinted{err, "name it as GROUP/NAME, as \"METHOD /path\", or by its id"}
	}
	d.Warnings = slices.Insert(d.Warnings, 0, warnings...)
	return d, exitDone, joinErrors(err, s.end())
}

// state reads the files, where there are any.
func (o *explainOptions) state(p *program) (*spec.State, []document.Problem, error) {
	if o.compare.files.noFiles() {
		return &spec.State{}, []document.Problem{{Message: "no desired-state files: there is neither gateway.yaml nor gateway/ here", Hint: "name them with --file"}}, nil
	}
	return o.compare.files.loadValid(p)
}
