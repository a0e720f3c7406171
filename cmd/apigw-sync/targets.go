package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/apigw-sync/apigw-sync/internal/config"
	"github.com/apigw-sync/apigw-sync/internal/report/document"
	"github.com/apigw-sync/apigw-sync/internal/spec"
)

type targetsOptions struct {
	config string
	output outputOptions
}

func newTargetsCommand(p *program) *cobra.Command {
	var o targetsOptions
	cmd := &cobra.Command{
		Use:   "targets",
		Short: "List the targets of the config file",
		Long: `Targets lists the sections of the config file in order, including what the defaults add: the gateway, its
region, the default environment of bindings, and the wave in which an apply to many targets reaches it. It
does not contact a gateway, and shows only the config file: flags and the environment are not applied.
` + exitHelp(exitDone, exitError),
		Example: "  apigw-sync targets\n  apigw-sync targets -o json",
		Args:    noArgs,
		RunE:    p.runE(&o.output, &gatewayOptions{}, o.find),
	}
	cmd.Flags().StringVar(&o.config, "config", "", configUsage)
	o.output.addFlags(cmd.Flags(), "targets")
	return cmd
}

func (o *targetsOptions) find(_ context.Context, out *printer) (document.Document, int, error) {
	d := document.EmptyTargets(head(""))
	file, err := readConfig(o.config)
	if err != nil {
		return d, exitError, out.program.configReadError(out.program.flags, err)
	}
	d.Config = file.Path
	for _, name := range file.Order {
		t, err := file.Target(name)
		if err != nil {
			return d, exitError, err
		}
		d.Targets = append(d.Targets, listedTarget(name, t))
	}
	return d, exitDone, nil
}

// listedTarget returns a target as the list shows it.
func listedTarget(name string, t *config.Target) document.ListedTarget {
	l := document.ListedTarget{
		Target: name, Region: derefText(t.Region), InstanceID: derefText(t.InstanceID), ProjectID: derefText(t.ProjectID), Environment: derefText(t.Environment),
		Endpoint: derefText(t.Endpoint), Against: derefText(t.Against), Wave: t.Wave, Production: t.Production != nil && *t.Production, File: append([]string{}, t.File...),
	}
	if l.Environment == "" {
		l.Environment = spec.DefaultEnvironment
	}
	return l
}

// errNoConfig is the error if a config file is needed and there is none.
var errNoConfig = errors.New("no " + config.Name + " in this folder or above")

// readConfig reads the config file at path. If path is "", it searches for the file.
func readConfig(path string) (*config.File, error) {
	if path == "" {
		found, err := config.Find(".")
		if err != nil {
			return nil, err
		}
		if found == "" {
			return nil, hinted{errNoConfig, "name one with --config"}
		}
		path = found
	}
	file, err := config.Read(path)
	return file, configError(err)
}
