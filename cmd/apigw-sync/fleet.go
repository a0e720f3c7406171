package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/apigw-sync/apigw-sync/internal/config"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/report"
	"github.com/apigw-sync/apigw-sync/internal/report/document"
	"github.com/apigw-sync/apigw-sync/internal/spec"
)

// fleet is a run for several targets. Each target has a run of its own inside the process, with flags, files and
// credentials as if it were alone. They share the limit of requests in flight, stderr, and the result.
type fleet struct {
	config   *config.File
	patterns []string // the values of --target
	names    []string // the names of the targets, in the order of the file
}

// everyTarget is the value of --target that means all targets of the config file.
const everyTarget = "all"

// findFleet finds the targets of a command that takes several. It returns nil if one target or none is named. This
// depends only on the form of --target and never on how many targets match, so that the form of the result can be
// foreseen.
func findFleet(flags *pflag.FlagSet) (*fleet, error) {
	asked := flagValues(flags.Lookup("target"))
	if _, many := flags.Lookup("target").Value.(pflag.SliceValue); !many {
		if meansSeveral(asked) {
			return nil, hinted{fmt.Errorf("--target takes one target here, not %s", asked[0]), "name one; diff, drift, validate, doctor, list, export and apply accept several"}
		}
		return nil, nil //nolint:nilnil // one is no fleet
	}
	if !meansSeveral(asked) {
		return nil, nil //nolint:nilnil // one is no fleet
	}
	f := &fleet{patterns: asked}
	file, err := readConfig(flagValue(flags, "config"))
	if err != nil {
		return f, err
	}
	f.config = file
	chosen := map[string]bool{}
	for _, pattern := range asked {
		found, err := matchTargets(file, pattern)
		if err != nil {
			return f, err
		}
		for _, name := range found {
			chosen[name] = true
		}
	}
	f.names = slices.DeleteFunc(slices.Clone(file.Order), func(name string) bool { return !chosen[name] })
	return f, nil
}

// meansSeveral reports whether values of --target have a form that can mean more than one target.
func meansSeveral(asked []string) bool {
	return len(asked) > 1 || len(asked) == 1 && (asked[0] == everyTarget || kind.IsGlob(asked[0]))
}

// matchTargets returns the targets that a value of --target means.
func matchTargets(file *config.File, pattern string) ([]string, error) {
	if pattern != everyTarget && !kind.IsGlob(pattern) {
		_, err := file.Target(pattern)
		return []string{pattern}, err
	}
	if err := checkGlobs("--target", []string{pattern}); err != nil {
		return nil, err
	}
	found := slices.DeleteFunc(slices.Clone(file.Order), func(name string) bool { return pattern != everyTarget && !kind.Glob(pattern, name) })
	switch {
	case len(file.Order) == 0:
		return nil, fmt.Errorf("target %s: %s has no targets", pattern, file.Path)
	case len(found) == 0:
		return nil, fmt.Errorf("no target of %s matches %s; it has %s", file.Path, pattern, strings.Join(file.Order, ", "))
	}
	return found, nil
}

// singleGatewayFlags are flags that would send the runs of all targets to one gateway.
var singleGatewayFlags = []string{"endpoint", "region", "project-id", "instance-id", "against"}

// check refuses flags and settings that are for one gateway or one target.
func (f *fleet) check(p *program, flags *pflag.FlagSet) error {
	for _, name := range singleGatewayFlags {
		if flag := flags.Lookup(name); flag != nil && p.given[name] {
			said := "--" + name
			if !flag.Changed {
				said = envVariable(name)
			}
			return hinted{fmt.Errorf("%s would be the gateway of all %d targets", said, len(f.names)), "leave it out, or name one target"}
		}
	}
	for _, name := range []string{"plan", "update"} {
		if flag := flags.Lookup(name); flag != nil && p.given[name] {
			return hinted{fmt.Errorf("--%s takes one target, but --target matches %d", name, len(f.names)), "name one target"}
		}
	}
	for _, variable := range [][2]string{{"HW_REGION_NAME", "region"}, {"HW_PROJECT_ID", "project"}, {"HUAWEICLOUD_SDK_PROJECT_ID", "project"}} {
		value, _ := p.Lookup(variable[0])
		name := f.targetWithout(variable[1])
		if strings.TrimSpace(value) != "" && name != "" && flags.Lookup("region") != nil {
			return hinted{
				fmt.Errorf("%s would be the %s of all targets that name none, such as %s", variable[0], variable[1], name), "unset it, or name the " + variable[1] + " of each target in " + f.config.Path,
			}
		}
	}
	return nil
}

// targetWithout returns a target that leaves the region or the project to the environment; "" if none does.
func (f *fleet) targetWithout(what string) string {
	for _, name := range f.names {
		t, err := f.config.Target(name)
		if err != nil || t.Against != nil || strings.HasPrefix(derefText(t.Endpoint), emulatorPrefix) {
			continue
		}
		if what == "region" && t.Region == nil && t.Endpoint == nil || what == "project" && t.ProjectID == nil {
			return name
		}
	}
	return ""
}

// perTargetFiles are flags that name a file of which each target needs its own, with the ending of that file. With
// several targets, such a flag names the folder. The ending of a file with results depends on its format.
var perTargetFiles = map[string]string{"out": ".plan", "undo-file": ".undo", "baseline": ".json", "write-baseline": ".json", "journal": ".jsonl", "output-file": ""}

// resultSuffixes are the endings of files with results, by format.
var resultSuffixes = map[string]string{"text": ".txt", "markdown": ".md", "github": ".txt", "junit": ".xml", "sarif": ".sarif", "prometheus": ".prom"}

// members prepares the runs of the targets.
func (f *fleet) members(p *program, cmd *cobra.Command, format string) ([]*member, error) {
	common, err := f.common(p, cmd)
	if err != nil {
		return nil, err
	}
	out := make([]*member, len(f.names))
	for i, name := range f.names {
		m := &member{name: name, common: common, overrides: map[string]string{}, ready: make(chan struct{}), proceed: make(chan error, 1), done: make(chan struct{})}
		if cmd.Flags().Lookup("output") != nil {
			m.overrides["output"] = "json" // an apply in JSON shows nothing before its result
		}
		for flag, ending := range perTargetFiles {
			folder := flagValue(cmd.Flags(), flag)
			if folder == "" {
				continue
			}
			if flag == "output-file" {
				if resultSuffixes[format] == "" && cmd.Name() != "export" { // the format has one file for all targets
					m.overrides[flag] = ""
					continue
				}
				m.writes, m.overrides["output"], ending = true, format, resultSuffixes[format]
			}
			if cmd.Name() == "export" {
				ending = ""
			}
			if err := os.MkdirAll(folder, 0o777); err != nil { //nolint:gosec // the umask decides
				return nil, fmt.Errorf("--%s: %w: with many targets it is a folder", flag, err)
			}
			m.overrides[flag] = filepath.Join(folder, pathComponent(name)+ending)
		}
		if cmd.Name() == "export" {
			delete(m.overrides, "output")
			if err := m.setExportPath(cmd.Flags()); err != nil {
				return nil, err
			}
		}
		out[i] = m
	}
	return out, nil
}

// setExportPath sets the file, or with --split the folder, that the export of a target is written to.
func (m *member) setExportPath(flags *pflag.FlagSet) error {
	if flagValue(flags, "output-file") == "" {
		return hinted{errors.New("an export of many targets needs a folder"), "name it with --output-file"}
	}
	if flagValue(flags, "split") == "" {
		m.overrides["output-file"] += ".yaml"
	}
	m.file = m.overrides["output-file"]
	return nil
}

// run runs the command for each target, and writes the result.
func (f *fleet) run(ctx context.Context, p *program, cmd *cobra.Command, args []string) error {
	out, err := f.printer(p, cmd)
	if err != nil {
		return err
	}
	members, err := f.members(p, cmd, out.format.Name)
	if err == nil {
		err = f.check(p, cmd.Flags())
	}
	if err != nil {
		return out.emit(document.NewFleet(head(""), cmd.Name(), nil), err)
	}
	if len(members) > 0 && members[0].writes { // stdout gets only the table, since the rest is in the folder
		out.path, out.format = "", report.Find("text")
	}
	progress := members[0].common.watch()
	var stopped error
	if cmd.Name() == "apply" {
		members, stopped = f.apply(ctx, p, cmd, members, out, args, progress)
	} else {
		for _, m := range members {
			go m.run(ctx, p, args)
		}
		for i, m := range members {
			<-m.done
			progress.report("targets", i+1, len(members))
		}
	}
	progress.close()
	d := document.NewFleet(head(""), cmd.Name(), memberResults(members))
	if err := out.emit(d, stopped); err != nil {
		return err
	}
	if code := fleetCode(cmd.Name(), d); code != exitDone {
		return coded{code: code}
	}
	return nil
}

// printer returns the printer of the common result.
func (f *fleet) printer(p *program, cmd *cobra.Command) (*printer, error) {
	o := outputOptions{command: cmd.Name(), format: "text"}
	if flag := cmd.Flags().Lookup("output"); flag != nil {
		o.format, o.path = flag.Value.String(), flagValue(cmd.Flags(), "output-file")
	}
	folder := o.path != "" && resultSuffixes[o.format] != ""
	if folder {
		o.path = ""
	}
	out, err := p.printer(&o)
	if err == nil && !out.format.Many {
		return nil, hinted{fmt.Errorf("--output %s supports only one target", o.format), "use text or json, or name one target"}
	}
	return out, err
}

// memberResults returns the results of the targets.
func memberResults(members []*member) (out []document.Member) {
	for _, m := range members {
		r := document.Member{Target: m.name, Wave: m.wave, Skipped: m.skipped}
		if m.skipped == "" {
			r.ExitCode, r.Document, r.History = &m.code, m.document, m.style.History
			if m.code == exitDone {
				r.File = m.file
			}
		}
		out = append(out, r)
	}
	return out
}

// fleetCode returns the exit code of a run for several targets.
func fleetCode(command string, d *document.Fleet) int {
	codes := map[int]bool{}
	written, all := false, true
	for i := range d.Targets {
		m := &d.Targets[i]
		if m.ExitCode != nil {
			codes[*m.ExitCode] = true
		}
		all = all && m.ExitCode != nil && *m.ExitCode == exitDone
		if r, ok := m.Document.(*document.Results); ok {
			written = written || r.Wrote()
		}
	}
	if command == "apply" && (written || codes[exitIncomplete]) && !all {
		return exitIncomplete
	}
	for _, code := range []int{exitError, exitRefused, exitDiffers, exitIncomplete} {
		if codes[code] {
			return code
		}
	}
	return exitDone
}

// gatewayOf returns what the flags of a target say about its gateway.
func gatewayOf(flags *pflag.FlagSet, target string) *document.Gateway {
	if flags.Lookup("instance-id") == nil {
		return nil
	}
	return &document.Gateway{
		InstanceID: flagValue(flags, "instance-id"), Region: flagValue(flags, "region"), Target: target,
		Environment: cmp.Or(flagValue(flags, "environment"), spec.DefaultEnvironment), Against: flagValue(flags, "against"),
	}
}
