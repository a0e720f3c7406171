package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/pflag"

	"github.com/apigw-sync/apigw-sync/internal/checks/lint"
	"github.com/apigw-sync/apigw-sync/internal/emulator"
	"github.com/apigw-sync/apigw-sync/internal/reconcile"
	"github.com/apigw-sync/apigw-sync/internal/remote"
	"github.com/apigw-sync/apigw-sync/internal/report"
)

// lintOptions say whether files are linted, and how.
type lintOptions struct {
	on         bool
	severities []string
	against    string
	explain    string
}

func (o *lintOptions) addFlags(flags *pflag.FlagSet) {
	flags.BoolVar(&o.on, "lint", false, "also look for settings that are allowed but risky")
	flags.StringArrayVar(&o.severities, "lint-severity", nil, "set the severity of a rule (error, warning, note or off) as `RULE=SEVERITY`; repeatable")
	suggestValues(flags, "lint-severity", severitySettings()...)
	flags.StringVar(&o.against, "against", "", "with --lint, let rules use the APIs and policies in `FILE`, an export made with --with-apis")
	flags.StringVar(&o.explain, "explain-rule", "", "explain the lint `RULE` with this number or name, or list all rules with all; check no files")
	suggestValues(flags, "explain-rule", ruleNames()...)
}

// check refuses flags that have no effect without --lint. The environment may set them, since other commands use them.
func (o *lintOptions) check(flags *pflag.FlagSet) error {
	for _, name := range []string{"against", "lint-severity"} {
		if flags.Changed(name) && !o.on {
			return hinted{fmt.Errorf("--%s works only with --lint", name), "add --lint"}
		}
	}
	return nil
}

// ruleNames returns the values of --explain-rule, for completion.
func ruleNames() []string {
	out := []string{"all\tlist the rules"}
	for _, r := range lint.Rules {
		out = append(out, r.ID+"\t"+r.Title, r.Name+"\t"+r.ID)
	}
	return out
}

// severitySettings returns the values of --lint-severity, for completion.
func severitySettings() (out []string) {
	for _, r := range lint.Rules {
		for s := lint.Off; s <= lint.Error; s++ {
			out = append(out, r.Name+"="+s.String()+"\t"+r.ID, r.ID+"="+s.String()+"\t"+r.Title)
		}
	}
	return out
}

// explanation explains one rule, or lists all rules.
func (o *lintOptions) explanation(p *program, format string) error {
	if format != "text" {
		return hinted{errors.New("--explain-rule writes only text"), "leave --output out"}
	}
	if o.explain == "all" {
		return report.LintRules(p.Stdout)
	}
	r, unknown := lint.Find(o.explain)
	if unknown != nil {
		return hinted{fmt.Errorf("--explain-rule: %s", unknown.What), unknown.Hint}
	}
	return report.LintRule(p.Stdout, r)
}

// settings parses the severities.
func (o *lintOptions) settings() (map[string]lint.Severity, error) {
	out, unknown := lint.Severities(o.severities)
	if unknown != nil {
		return nil, hinted{fmt.Errorf("--lint-severity: %s", unknown.What), unknown.Hint}
	}
	return out, nil
}

// run completes the input and lints it.
func (o *lintOptions) run(ctx context.Context, p *program, in lint.Input) (*lint.Result, error) {
	in.Today, in.Production = time.Now().Format(time.DateOnly), p.production
	if o.against != "" {
		var err error
		if in.Gateway, err = readExport(ctx, p, o.against); err != nil {
			return nil, err
		}
	}
	found := lint.Run(in)
	return &found, nil
}

// readExport reads everything in an export. An export without APIs is an error, since references cannot be resolved
// with it.
func readExport(ctx context.Context, p *program, path string) (*lint.Gateway, error) {
	const (
		hint   = "make it with export --with-apis"
		atOnce = 10 // requests in flight, as commands have by default
	)
	g, err := fromExport(p, path, remote.Config{Parallelism: atOnce, RequestTimeout: time.Minute}, emulator.Options{Log: p.Stderr})
	if err != nil {
		return nil, err
	}
	run := &reconcile.Run{Caller: g, Parallel: atOnce}
	all, err := run.Everything(ctx)
	switch {
	case err != nil:
		return nil, fmt.Errorf("--against %s: %w", path, err)
	case len(all.Catalog.APIs) == 0:
		return nil, hinted{fmt.Errorf("--against %s: it contains no APIs", path), hint}
	}
	return &lint.Gateway{Actual: all.Actual, Catalog: all.Catalog}, nil
}

// notLinted adds to the errors of files that the files were not linted.
func notLinted(err error) error {
	if wrong, ok := errors.AsType[problems](err); ok {
		wrong.summary += "; lint did not run"
		return wrong
	}
	return err
}
