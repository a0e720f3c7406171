package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/apigw-sync/apigw-sync/internal/calls/impact"
	"github.com/apigw-sync/apigw-sync/internal/checks/promote"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/reconcile"
	"github.com/apigw-sync/apigw-sync/internal/report/document"
	"github.com/apigw-sync/apigw-sync/internal/spec"
)

// promoteOptions say which targets are compared. Addresses and files come only from the sections of the config file,
// since an environment variable would apply to both targets.
type promoteOptions struct {
	from, to  string
	config    *string
	filesOnly bool
	exitCode  bool
	compare   compareOptions // flags for both targets: kinds, names, and the pace of requests
	output    outputOptions
}

func newPromoteCommand(p *program) *cobra.Command {
	var o promoteOptions
	cmd := &cobra.Command{
		Use:   "promote",
		Short: "Compare two targets, and show which differences are intended",
		Long: `Promote compares the gateways of two targets of the config file, such as staging and prod: their objects,
field by field, and their bindings. The environment of one target corresponds to the environment of the
other. For each difference it shows whether the files of the two targets differ in the same way, and which
overlay or variable makes the difference, or which gateway differs from its files. Promote only reads; use
apply --target to make changes.

The gateways and files are taken from the config file only, not from the environment. Credentials are taken
from the environment. If the two targets need different ones, add the name of the target to the names of
the variables, as in APIGW_SYNC_TOKEN_PROD, or HW_ACCESS_KEY_STAGING with HW_SECRET_KEY_STAGING.
` + exitHelp(exitDone, exitError, exitDiffers),
		Example: `  apigw-sync promote --from staging --to prod
  apigw-sync promote --from staging --to prod --files-only
  apigw-sync promote --from staging --to prod --detailed-exitcode -o markdown`,
		Args: noArgs,
		RunE: p.runE(&o.output, &o.compare.gateway, o.find),
	}
	flags := cmd.Flags()
	flags.StringVar(&o.from, "from", "", "`NAME` of the target that changes come from")
	flags.StringVar(&o.to, "to", "", "`NAME` of the target that changes would go to")
	o.config = addConfig(flags)
	flags.BoolVar(&o.filesOnly, "files-only", false, "compare only the files, without gateways and credentials")
	flags.BoolVar(&o.exitCode, "detailed-exitcode", false, "exit with 2 if there are differences that the files do not declare")
	o.compare.addScope(flags)
	o.compare.gateway.addPace(flags)
	o.output.addFlags(flags, "promote")
	return cmd
}

func (o *promoteOptions) find(ctx context.Context, out *printer) (document.Document, int, error) {
	p, d := out.program, document.NewPromotion(head(""), document.Target{Name: o.from}, document.Target{Name: o.to}, nil)
	if err := o.check(); err != nil {
		return d, exitError, err
	}
	from, err := o.side(p, o.from)
	if err != nil {
		return d, exitError, err
	}
	to, err := o.side(p, o.to)
	if err != nil {
		return d, exitError, err
	}
	reads := 0
	if err = loadBoth(from, to); err == nil && !o.filesOnly {
		reads, err = readBoth(ctx, p, from, to)
	}
	if err != nil {
		return d, exitError, err
	}
	r := promote.Compare(&from.Side, &to.Side)
	d = document.NewPromotion(head(to.instanceID), from.target(), to.target(), r)
	if !o.filesOnly {
		d.SetImpact(nextImpact(&r.Next, to.APIs), r.Next.Plan.Changes)
	}
	d.FilesOnly, d.Requests.Read = o.filesOnly, reads
	d.Warnings = append(distinct(from.warnings, to.warnings), d.Warnings...)
	if o.exitCode && d.Summary.NotDeclared() > 0 {
		return d, exitDiffers, nil
	}
	return d, exitDone, nil
}

// nextImpact returns the impact on callers if the files of the second target are applied. All of its gateway must have
// been read.
func nextImpact(n *promote.Next, apis *kind.Catalog) []impact.Entry {
	// In an impact, "" as the API means everything that a policy is bound to.
	complete, gateway := map[string]bool{}, map[string]bool{"": true, impact.EveryAPI: true}
	for _, l := range kind.Links {
		complete[l.Name] = true
	}
	for _, a := range apis.APIs {
		gateway[a.Address()], gateway[a.Group+impact.AllOf] = true, true
	}
	return slices.DeleteFunc(impact.Of(impact.Input{Have: n.Have, Want: n.Want, Plan: n.Plan, Complete: complete, APIs: apis}), func(e impact.Entry) bool {
		return !gateway[e.API] // only the other target has this API
	})
}

func (o *promoteOptions) check() error {
	switch {
	case o.from == "" || o.to == "":
		return hinted{errors.New("two targets are needed"), "name them with --from and --to"}
	case o.from == o.to:
		return hinted{fmt.Errorf("--from and --to are both %s", o.from), "name two targets"}
	}
	return o.compare.check()
}

// promoteSide is one of the two targets, with its options and what was read of its files and its gateway.
type promoteSide struct {
	promote.Side
	program    *program // with the target as its section
	options    compareOptions
	instanceID string
	warnings   []document.Problem
}

// side sets the options of a target from its section, except for those that the command line or the environment sets
// for both targets.
func (o *promoteOptions) side(p *program, name string) (*promoteSide, error) {
	section, err := findTarget(*o.config, name)
	if err != nil {
		return nil, p.configReadError(p.flags, err)
	}
	own := *p
	own.target, own.vars = name, section.Vars
	s := &promoteSide{program: &own}
	flags := pflag.NewFlagSet(name, pflag.ContinueOnError)
	s.options.files.addFlags(flags)
	s.options.gateway.addFlags(flags)
	s.options.gateway.addAgainst(flags)
	s.options.addScope(flags)
	given := map[string]bool{}
	p.flags.VisitAll(func(f *pflag.Flag) {
		if mine := flags.Lookup(f.Name); mine != nil && p.given[f.Name] && err == nil {
			given[f.Name], err = true, setFlag(mine, flagValues(f))
		}
	})
	flags.StringVar(&o.output.path, "output-file", o.output.path, "")
	if err == nil {
		err = joinErrors(section.fillFlags(flags, given, map[string]string{}), checkPaths(flags))
	}
	if err == nil {
		err = s.options.check()
	}
	s.Target, s.Env, s.Options = name, cmp.Or(s.options.files.environment, spec.DefaultEnvironment), s.options.diffOptions()
	return s, err
}

// load reads the files of the target.
func (s *promoteSide) load() (err error) {
	var findings []spec.Finding
	if s.State, s.Places, findings, err = s.options.files.loadPlaces(s.program, ""); err != nil {
		return fmt.Errorf("target %s: %w", s.Target, err)
	}
	s.warnings, err = problemsIn(findings)
	return err
}

// loadBoth reads the files of both targets. Problems of a file that they share are reported once.
func loadBoth(from, to *promoteSide) error {
	err, second := from.load(), to.load()
	var a, b problems
	if errors.As(err, &a) && errors.As(second, &b) {
		return wrongFiles(distinct(a.list, b.list))
	}
	return joinErrors(err, second)
}

// distinct joins the problems of the files of two targets, without repetitions.
func distinct(a, b []document.Problem) []document.Problem {
	out := append([]document.Problem{}, a...)
	for _, x := range b {
		if !slices.Contains(a, x) {
			out = append(out, x)
		}
	}
	return out
}

func (s *promoteSide) target() document.Target {
	return document.Target{Name: s.Target, InstanceID: s.instanceID, Environment: s.Env}
}

// readBoth reads both gateways at once, and returns the number of requests.
func readBoth(ctx context.Context, p *program, sides ...*promoteSide) (reads int, err error) {
	stderr := &shared{w: p.Stderr}
	var shown *progress
	if !p.quiet {
		shown = watch(stderr, terminal(p.Stderr))
		defer shown.close()
	}
	var sum atomic.Int64
	progress := func(more int) { shown.report("read", int(sum.Add(int64(more))), 0) }
	only := kind.Policies()
	for _, s := range sides {
		only = append(only, reconcile.Kinds(s.Options, s.State)...)
	}
	counts, failed := make([]int, len(sides)), make([]error, len(sides))
	var running sync.WaitGroup
	for i, s := range sides {
		running.Go(func() {
			if counts[i], failed[i] = s.read(ctx, only, stderr, progress); failed[i] != nil {
				failed[i] = fmt.Errorf("target %s: %w", s.Target, failed[i])
			}
		})
	}
	running.Wait()
	for i := range sides {
		reads, err = reads+counts[i], joinErrors(err, failed[i])
	}
	return reads, err
}

// read reads the objects of some kinds from the gateway of the target.
func (s *promoteSide) read(ctx context.Context, only []*kind.Kind, stderr *shared, progress func(more int)) (reads int, err error) {
	ctx, cancel := s.options.gateway.limit(ctx)
	defer cancel()
	log, err := s.program.log(stderr)
	if err != nil {
		return 0, err
	}
	gateway, err := s.options.gateway.connect(ctx, s.program, log, stderr)
	if err != nil {
		return 0, err
	}
	defer func() { err = joinErrors(err, gateway.close()) }()
	var last atomic.Int64
	run := &reconcile.Run{Caller: gateway, Options: s.Options, Only: only, Parallel: s.options.gateway.parallelism.workers(), Progress: func(_ string, done, _ int) {
		progress(done - int(last.Swap(int64(done))))
	}}
	run.Backends = true
	all, err := run.Everything(ctx)
	if err != nil {
		return 0, readError(ctx, err)
	}
	s.instanceID, s.Have, s.APIs = gateway.instanceID, all.Actual, all.Catalog
	if o := s.options.gateway; o.against == "" && o.endpoint != emulatorPrefix {
		s.Gateway = cmp.Or(o.endpoint, gateway.endpoint) + " " + gateway.instanceID
	}
	return all.Reads, nil
}
