package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/apigw-sync/apigw-sync/internal/emulator"
	"github.com/apigw-sync/apigw-sync/internal/remote"
)

type serveOptions struct {
	emulatorOptions
	listen string
	state  string
}

func newEmulatorCommand(p *program) *cobra.Command {
	var o serveOptions
	cmd := &cobra.Command{
		Use:   "emulator [-- COMMAND ...]",
		Short: "Serve an emulated gateway on this machine",
		Long: `Emulator serves an emulated gateway from memory, on a loopback address, for trying things out and for
tests. It prints export lines for its address and token, and runs until a signal stops it. With a COMMAND,
it runs the command with these variables set, and ends with it.

The state file is YAML: the sections of a desired-state file, plus "gateway" with environments, groups
and APIs. If something changed, it is written back at the end.

Behaviours of the gateway (--behaviour NAME=VALUE; the first value is the default):
` + emulator.BehaviourHelp + `
Faults (--fault RULE):
` + emulator.FaultHelp + exitHelp(exitDone, exitError) + `
  N  the exit code of the COMMAND`,
		Example: `  apigw-sync emulator --state state.yaml -- apigw-sync diff
  apigw-sync emulator --state state.yaml -- bash
  apigw-sync emulator --fault 'op=CreateAcl* every=2 status=500' -- ./test.sh`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 && cmd.ArgsLenAtDash() != 0 {
				return hinted{fmt.Errorf("unexpected argument %q", args[0]), "put -- before the command"}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return runEmulator(cmd.Context(), p, &o, args)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&o.listen, "listen", "127.0.0.1:0", "loopback `ADDRESS` and port to listen on; port 0 means any free port")
	flags.StringVar(&o.state, "state", "", "keep the state in `FILE`, which is created if it does not exist")
	flags.DurationVar(&o.latency, "latency", 0, "delay of each request")
	o.addFlags(flags, "")
	return cmd
}

func runEmulator(ctx context.Context, p *program, o *serveOptions, command []string) (err error) {
	options, err := o.options()
	if err != nil {
		return err
	}
	options.Log = p.Stderr
	e, err := startEmulator(o.state, options)
	if err != nil {
		return err
	}
	g := e.gateway
	defer func() { err = joinErrors(err, e.save()) }()
	serving, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	url, wait, err := g.Listen(serving, o.listen)
	if err != nil {
		return err
	}
	variables := []string{
		envVariable("endpoint") + "=" + url, envVariable("project-id") + "=" + emulator.DefaultProjectID,
		envVariable("instance-id") + "=" + emulator.DefaultInstanceID, envVariable("token") + "=" + emulator.DefaultToken,
		remote.TrailVariable + "=" + url,
	}
	if len(command) > 0 {
		err = p.runCommand(ctx, command, variables)
		stop()
		return joinErrors(err, wait())
	}
	for _, v := range variables {
		if _, err := fmt.Fprintln(p.Stdout, "export "+v); err != nil {
			return err
		}
	}
	context.AfterFunc(ctx, stop)
	return wait()
}

// runCommand runs a command with additional variables. Its exit code becomes that of this program.
func (p *program) runCommand(ctx context.Context, command, variables []string) error {
	cmd := exec.CommandContext(ctx, command[0], command[1:]...) //nolint:gosec // the user asked to run it
	cmd.Stdin, cmd.Stdout, cmd.Stderr = p.Stdin, p.Stdout, p.Stderr
	cmd.Env = slices.Concat(p.Environ, variables)
	cmd.Cancel = func() error {
		// A terminal sends SIGINT to the command, too, and a second one might kill it.
		var s signaled
		if errors.As(context.Cause(ctx), &s) && s.Signal != os.Interrupt {
			if err := cmd.Process.Signal(s.Signal); err != nil {
				return err
			}
		}
		return os.ErrProcessDone // then Wait returns how the command ended
	}
	cmd.WaitDelay = 15 * time.Second
	err := cmd.Run()
	var ended *exec.ExitError
	if !errors.As(err, &ended) {
		return err
	}
	if code := ended.ExitCode(); code >= 0 {
		return coded{code: code}
	}
	const bySignal = 128 // what shells add to the number of a signal
	if status, ok := ended.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return coded{code: bySignal + int(status.Signal())}
	}
	return err
}
