// Apigw-sync makes a Huawei Cloud API gateway match desired-state files.
//
// A command has one file, or several whose names begin with its name. Files with code that commands share begin with
// its topic: flags_ (command line, environment, config file), files_, gateway_ and output_; those of diff, apply, undo
// and drift begin with apply_. The new...Command of a command defines its flags. Its work is in find, or in run if it
// writes.
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/apigw-sync/apigw-sync/internal/spec"
)

func main() {
	p := &program{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Environ: os.Environ()}
	os.Exit(p.Main(os.Args[1:]))
}

// program is the whole command with its streams and its environment, so that a test can call it.
//
// Only the result is written to Stdout. Errors, logs, progress and questions are written to Stderr.
type program struct {
	Stdin   io.Reader
	Stdout  io.Writer
	Stderr  io.Writer
	Environ []string // NAME=VALUE

	globals
	setBy      map[string]string // by flag, what set its value if the command line did not
	vars       map[string]string // variables of the target, for desired-state files
	given      map[string]bool   // flags that have a value from the command line or the environment
	production bool              // the target is marked as a production
	target     string            // the target whose section is used; "" for none
	flags      *pflag.FlagSet    // flags of the command that runs; nil before the missing ones are filled in
	fleet      *fleet            // the targets of a run for several; nil for a run for one
	member     *member           // set if this is the run for one of several targets
	written    bool              // the result has been written
	stopped    <-chan struct{}   // closed when a signal stops the run; nil before it begins
}

// Lookup reads a variable of the environment, like os.LookupEnv.
func (p *program) Lookup(name string) (string, bool) {
	for _, variable := range slices.Backward(p.Environ) { // the last one counts
		if value, ok := strings.CutPrefix(variable, name+"="); ok {
			return value, true
		}
	}
	return "", false
}

// Main runs the command that args name and returns the exit code.
func (p *program) Main(args []string) int {
	log.SetOutput(io.Discard) // log messages of net/http quote what it has read, which may contain secrets
	ctx, stop := p.untilSignal()
	defer stop()
	p.stopped = ctx.Done()
	cmd, err := p.execute(ctx, args)
	if err == nil {
		return 0
	}
	if !p.written && wantsJSON(cmd, args, p.Lookup) {
		err = p.emitError(cmd.Name(), err)
	}
	p.printError(err)
	return exitCode(err)
}

// execute runs the command that args name. If several targets are named, it runs once for each of them.
func (p *program) execute(ctx context.Context, args []string) (*cobra.Command, error) {
	root := p.newRootCommand()
	root.SetArgs(args)
	root.PersistentPreRunE = func(cmd *cobra.Command, _ []string) error {
		if err := checkGiven(root, args); err != nil || !hasOwnFlags(cmd) {
			return err
		}
		err := joinErrors(p.fillFlags(cmd.Flags()), checkValues(cmd.Flags()))
		if p.fleet != nil {
			cmd.RunE = func(cmd *cobra.Command, _ []string) error { return p.fleet.run(cmd.Context(), p, cmd, args) }
		}
		return err
	}
	return root.ExecuteContextC(ctx)
}

// hasOwnFlags reports whether a command has flags of its own. Commands without them only print something fixed.
func hasOwnFlags(cmd *cobra.Command) (has bool) {
	cmd.LocalNonPersistentFlags().VisitAll(func(f *pflag.Flag) { has = has || f.Name != "help" })
	return has
}

// signaled is the signal that stopped a run.
type signaled struct{ os.Signal }

func (s signaled) Error() string { return "stopped by the signal " + s.String() }

// untilSignal returns a context that ends with the first signal that stops a run. The second signal kills the process.
// SIGHUP is still ignored if it was ignored from the start, as under nohup.
func (p *program) untilSignal() (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	if !signal.Ignored(syscall.SIGHUP) {
		signal.Notify(signals, syscall.SIGHUP)
	}
	go func() {
		select {
		case s := <-signals:
			signal.Stop(signals)
			cancel(signaled{s})
		case <-ctx.Done():
		}
	}()
	return ctx, func() {
		signal.Stop(signals)
		cancel(nil)
	}
}

// globals are the flags of all commands.
type globals struct {
	color     string
	verbose   bool
	quiet     bool
	logFormat string
}

func (p *program) newRootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "apigw-sync",
		Short: "Make an API gateway match desired-state files",
		Long: `Apigw-sync makes a Huawei Cloud API gateway (APIG, dedicated) match desired-state files: throttling
policies, apps, plugins, access control policies, and what they are bound to.

Every flag can also be set by an environment variable: APIGW_SYNC_ and the name of the flag in upper case,
such as APIGW_SYNC_INSTANCE_ID. There, values of repeatable flags are separated by commas, and fault rules
by semicolons. A flag overrides the environment, which overrides the target in the config file
.apigw-sync.yaml. An empty value, or two different values of a flag that is not repeatable, are an error.
` + exitHelp(0, 1, 2, 3, 4),
		Example: `  apigw-sync validate -f gateway.yaml
  apigw-sync diff --region cn-north-4 --instance-id 0e5a1c0ffee00000000000000000a001
  apigw-sync apply --target staging`,
		Args:               knownCommand,
		RunE:               func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		SilenceErrors:      true,
		SilenceUsage:       true,
		DisableSuggestions: true,
		CompletionOptions:  cobra.CompletionOptions{DisableDefaultCmd: true},
	}
	root.SetIn(p.Stdin)
	root.SetOut(p.Stdout)
	root.SetErr(p.Stderr)
	root.SetFlagErrorFunc(wrongFlag)
	flags := root.PersistentFlags()
	flags.StringVar(&p.color, "color", "auto", "`WHEN` to color the output: auto, always or never")
	flags.BoolVar(&p.verbose, "verbose", false, "log each request, without secrets")
	flags.BoolVar(&p.quiet, "quiet", false, "show no progress, and log only errors")
	flags.StringVar(&p.logFormat, "log-format", "text", "`FORM` of the log: text or json")
	allowValues(flags, "color", "auto", "always", "never")
	allowValues(flags, "log-format", "text", "json")
	root.AddCommand(
		newValidateCommand(p), newTestCommand(p), newDiffCommand(p), newExportCommand(p), newApplyCommand(p), newUndoCommand(p), newRotateCommand(p),
		newDriftCommand(p), newExplainCommand(p), newPromoteCommand(p), newDoctorCommand(p), newTargetsCommand(p), newListCommand(p),
		newEmulatorCommand(p), newSchemaCommand(p), newExplainFieldCommand(p), newFmtCommand(p), newVersionCommand(p), newCompletionCommand(p), newManCommand(p),
	)
	root.InitDefaultHelpCmd()
	p.complete(root)
	return root
}

// knownCommand refuses arguments of a command that only groups subcommands: such arguments are subcommands that do not
// exist.
func knownCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	var known []string
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			known = append(append(known, c.Name()), c.Aliases...)
		}
	}
	return hinted{fmt.Errorf("unknown command %q", args[0]), didYouMean(args[0], known, "see "+cmd.CommandPath()+" --help")}
}

// wrongFlag returns the error for a flag that cannot be parsed. For a flag that does not exist, the hint says which one
// may have been meant.
func wrongFlag(cmd *cobra.Command, err error) error {
	if words := cmd.Flags().Args(); cmd.HasSubCommands() && len(words) > 0 {
		return knownCommand(cmd, words) // the cause is the unknown subcommand, not the flag
	}
	hint := "see " + cmd.CommandPath() + " --help"
	unknown, ok := errors.AsType[*pflag.NotExistError](err)
	if !ok {
		return hinted{lowerFirst(err), hint}
	}
	var known []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { known = append(known, f.Name) })
	for alias, name := range aliases {
		if cmd.Flags().Lookup(name) != nil {
			known = append(known, alias)
		}
	}
	// -prune is parsed as a group of one-letter flags.
	typed, _, _ := strings.Cut(cmp.Or(unknown.GetSpecifiedShortnames(), unknown.GetSpecifiedName()), "=")
	if near := nearest(typed, known); near != "" {
		hint = "did you mean --" + near + "?"
	}
	return hinted{lowerFirst(err), hint}
}

// didYouMean returns the hint for an unknown word of the command line: the known word that may have been meant, or else
// otherwise.
func didYouMean(word string, known []string, otherwise string) string {
	if near := nearest(word, known); near != "" {
		return "did you mean " + near + "?"
	}
	return otherwise
}

// nearest returns the only known word that begins with a word, or else the known word that is most similar to it; "" if
// none is.
func nearest(word string, known []string) string {
	begun := slices.DeleteFunc(slices.Clone(known), func(k string) bool { return !strings.HasPrefix(k, word) })
	if len(begun) == 1 {
		return begun[0]
	}
	return spec.Nearest(word, known)
}

// arguments requires one argument, or at most one if least is 0. what describes them in the error. If hint is "", the
// error points to the help text.
func arguments(least int, what, hint string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if least <= len(args) && len(args) <= 1 {
			return nil
		}
		return hinted{fmt.Errorf("expected %s, not %d", what, len(args)), cmp.Or(hint, "see "+cmd.CommandPath()+" --help")}
	}
}

// noArgs refuses arguments.
func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	hint := "see " + cmd.CommandPath() + " --help"
	if cmd.Flags().Lookup("file") != nil {
		hint = "name files with --file"
	}
	return hinted{fmt.Errorf("unexpected argument %q", args[0]), hint}
}
