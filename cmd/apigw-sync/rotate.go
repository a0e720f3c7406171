package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/apigw-sync/apigw-sync/internal/checks/rotate"
	"github.com/apigw-sync/apigw-sync/internal/remote"
)

// rotateOptions say which app gets a new value, where the value comes from and where it is delivered.
type rotateOptions struct {
	gateway gatewayOptions
	app     string
	fromEnv string
	toFile  string
	run     string
	runEnv  []string // names of this run's credentials that the command gets, too
	old     []string
	overlap time.Duration
	finish  bool
	yes     bool

	generate bool // for secrets
}

func newRotateCommand(p *program) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "rotate",
		Short: "Replace the secret or a code of an app",
		Args:  knownCommand,
		Long: `Rotate replaces a credential of an app: a code, with a period in which both the old and the new one work,
or the secret, where the old one stops working at once.
` + exitHelp(exitDone, exitError, exitIncomplete),
		Example: `  apigw-sync rotate code orders_mobile --to-file new-code --overlap 10m
  apigw-sync rotate secret orders_mobile --from-env NEW_SECRET --yes`,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newRotateCodeCommand(p), newRotateSecretCommand(p))
	return cmd
}

func newRotateCodeCommand(p *program) *cobra.Command {
	var o rotateOptions
	cmd := &cobra.Command{
		Use:   "code APP",
		Short: "Add a new code to an app, and remove the old one later",
		Long: `Rotate code generates a new code, adds it to the app, and checks that the gateway has it. Then it prints
the code, leaves it in the file of --to-file, or runs --exec with the code in APIGW_SYNC_NEW_VALUE and on
stdin. That command does not get the variables with the credentials of this run, except those that
--exec-env names.

With --overlap it waits for that time and then removes the old code. Without it, the old code stays until
you run the same command with --finish. The old code is never removed before the new one was seen on the
gateway and handed over.

To continue a rotation that was interrupted, run the same command again, on any machine: a code that was
generated here shows which code it replaces. The new code is then handed over again.

If the files declare the codes of the app, set their variable to the new code before the next apply.
` + exitHelp(exitDone, exitError, exitIncomplete),
		Example: `  apigw-sync rotate code orders_mobile --to-file new-code --overlap 10m
  apigw-sync rotate code orders_mobile --exec 'vault kv put secret/orders code=-'
  apigw-sync rotate code orders_mobile --exec 'vault kv put secret/orders code=-' --finish`,
	}
	flags := o.prepare(p, cmd, (*rotate.Rotation).Code, codeReport)
	flags.DurationVar(&o.overlap, "overlap", 0, "remove the old code after this `TIME`; both codes work until then")
	flags.BoolVar(&o.finish, "finish", false, "remove the old code once the gateway has the new one")
	flags.StringArrayVar(&o.old, "old", nil, "remove the code with this `#HASH`, as diff shows it; repeatable (default: the only other code)")
	return cmd
}

func newRotateSecretCommand(p *program) *cobra.Command {
	var o rotateOptions
	cmd := &cobra.Command{
		Use:   "secret APP",
		Short: "Set a new secret for an app; the old one stops working at once",
		Long: `Rotate secret sets a new secret for the app. The old secret stops working as soon as the gateway has the
new one. The new secret is printed, left in the file of --to-file, or passed to --exec in
APIGW_SYNC_NEW_VALUE and on stdin. That command does not get the variables with the credentials of this
run, except those that --exec-env names. If the gateway does not let callers choose secrets
(APP_KEY_SECRET_SWITCH is off), use --generate. If it then shows the new secret masked, look it up in the
console.

If the files declare the secret of the app, set their variable to the new secret before the next apply.
` + exitHelp(exitDone, exitError, exitIncomplete),
		Example: `  apigw-sync rotate secret orders_mobile --to-file new-secret --yes
  apigw-sync rotate secret orders_mobile --from-env NEW_SECRET --yes`,
	}
	flags := o.prepare(p, cmd, (*rotate.Rotation).Secret, secretReport)
	flags.BoolVar(&o.generate, "generate", false, "let the gateway generate the secret")
	return cmd
}

// rotator is the work of a command, and reporter describes its outcome.
type (
	rotator  = func(*rotate.Rotation, context.Context) (*rotate.Outcome, error)
	reporter = func(*rotateOptions, *rotate.Outcome) string
)

// prepare completes a command, whose name is what it rotates, and returns its flags.
func (o *rotateOptions) prepare(p *program, cmd *cobra.Command, run rotator, report reporter) *pflag.FlagSet {
	what, flags := cmd.Name(), cmd.Flags()
	cmd.Args = arguments(1, "one app", "write apigw-sync rotate "+what+" APP")
	cmd.ValidArgsFunction = p.completeFirst(completeApps)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		o.app = args[0]
		return o.start(cmd, p, run, report)
	}
	o.gateway.addFlags(flags)
	flags.StringVar(&o.fromEnv, "from-env", "", "take the new "+what+" from the environment variable `NAME` instead of generating one")
	flags.StringVar(&o.toFile, "to-file", "", "write the new "+what+" to `FILE`, readable only by its owner; if the file already has a "+what+", use that")
	flags.StringVar(&o.run, "exec", "", "run `COMMAND` in a shell with the new "+what+" in APIGW_SYNC_NEW_VALUE and on its stdin")
	flags.StringArrayVar(&o.runEnv, "exec-env", nil, "pass the variable `NAME`, which holds credentials of this run, to the command of --exec, which gets no others; repeatable")
	flags.BoolVar(&o.yes, "yes", false, "write without asking; required if stdin is not a terminal")
	return flags
}

func (o *rotateOptions) check() error {
	switch {
	case o.fromEnv != "" && o.toFile != "":
		return hinted{errors.New("--from-env and --to-file both provide the new value"), "leave one of them out"}
	case o.generate && o.fromEnv != "":
		return hinted{errors.New("--generate lets the gateway generate the value that --from-env provides"), "leave one of them out"}
	case len(o.runEnv) > 0 && o.run == "":
		return hinted{errors.New("--exec-env works only with --exec"), "add --exec, or leave it out"}
	case o.overlap < 0:
		return fmt.Errorf("--overlap: %s is below 0", o.overlap)
	}
	return o.gateway.check()
}

// start asks for confirmation, and runs the rotation.
func (o *rotateOptions) start(cmd *cobra.Command, p *program, run rotator, report reporter) (err error) {
	if err := o.check(); err != nil {
		return err
	}
	ctx, cancel := o.gateway.limit(cmd.Context())
	defer cancel()
	what := cmd.Name()
	question := fmt.Sprintf("Rotate the %s of the app %s?", what, o.app)
	if what == "secret" {
		question += " The old one stops working at once."
	}
	if err := p.confirm(ctx, o.yes, "a "+what+" to rotate", question); err != nil {
		return err
	}
	value, err := o.givenValue(p)
	if err != nil {
		return err
	}
	s, err := o.gateway.dial(ctx, p)
	if err != nil {
		return err
	}
	defer func() { err = joinErrors(err, s.end()) }()
	r := &rotate.Rotation{
		Caller: s.Caller, App: o.app, Value: value, Keep: o.keep, Generate: o.generate,
		Deliver: func(ctx context.Context, value string) error { return o.deliver(ctx, p, value) },
		Old:     o.old, Overlap: o.overlap, Finish: o.finish,
	}
	out, err := run(r, ctx)
	_, _ = io.WriteString(p.Stderr, report(o, out))
	if err != nil && out.Changed() {
		return coded{exitIncomplete, err}
	}
	return err
}

// givenValue returns the new value if there is one already, either in the environment or in a file that an interrupted
// run left.
func (o *rotateOptions) givenValue(p *program) (string, error) {
	if o.fromEnv != "" {
		v, ok := p.Lookup(o.fromEnv)
		if !ok || v == "" {
			return "", hinted{fmt.Errorf("--from-env: the variable %s is not set", o.fromEnv), "set it to the new value"}
		}
		return v, nil
	}
	if o.toFile == "" || o.generate {
		return "", nil
	}
	if err := checkPrivate(o.toFile); err != nil {
		return "", fmt.Errorf("--to-file: %w", err)
	}
	raw, err := os.ReadFile(o.toFile)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("--to-file: %w", err)
	}
	return strings.TrimSpace(string(raw)), nil
}

// checkPrivate refuses a file that users other than its owner can read. It accepts a file that does not exist. Windows
// has no such modes.
func checkPrivate(path string) error {
	info, err := os.Stat(path)
	if err != nil || runtime.GOOS == "windows" || !info.Mode().IsRegular() || info.Mode().Perm()&^privateMode == 0 {
		return nil //nolint:nilerr // opening the file reports the error
	}
	return hinted{fmt.Errorf("%s can be read by others", path), "remove it, or chmod 600 it first"}
}

// keep writes a value to the file before it is sent to the gateway.
func (o *rotateOptions) keep(value string) error {
	if o.toFile == "" {
		return nil
	}
	return writeBytes(o.toFile, privateMode, []byte(value+"\n"))
}

// deliver delivers the new value. It prints the value only if there is no other way of delivery.
func (o *rotateOptions) deliver(ctx context.Context, p *program, value string) error {
	if o.run != "" {
		cmd := exec.CommandContext(ctx, "sh", "-c", o.run) //nolint:gosec // the user's own command
		cmd.Env = append(o.environ(p), "APIGW_SYNC_NEW_VALUE="+value, "APIGW_SYNC_APP="+o.app)
		cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(value), p.Stderr, p.Stderr
		return cmd.Run()
	}
	if o.fromEnv == "" && o.toFile == "" {
		_, err := fmt.Fprintln(p.Stdout, value)
		return err
	}
	return nil
}

// environ returns the environment of the command: that of this program, without credentials that the user did not name
// for it.
func (o *rotateOptions) environ(p *program) []string {
	return slices.DeleteFunc(slices.Clone(p.Environ), func(variable string) bool {
		name, _, _ := strings.Cut(variable, "=")
		return remote.HoldsCredentials(name) && !slices.Contains(o.runEnv, name)
	})
}

// codeReport describes the outcome for codes.
func codeReport(o *rotateOptions, out *rotate.Outcome) string {
	var b strings.Builder
	if out.Added {
		fmt.Fprintf(&b, "the app %s has the new code\n", o.app)
	}
	for _, hash := range out.Removed {
		fmt.Fprintf(&b, "removed the code %s\n", hash)
	}
	switch {
	case len(out.Left) > 0:
		fmt.Fprintf(&b, "the code %s still works; run again with --finish to remove it\n", strings.Join(out.Left, ", "))
	case out.Complete && !out.Changed():
		b.WriteString("nothing to do: the app has the new code, and the old one is gone")
		if o.toFile != "" {
			b.WriteString("; remove " + o.toFile + " to begin another rotation")
		}
		b.WriteString("\n")
	}
	return b.String()
}

// secretReport describes the outcome for the secret.
func secretReport(o *rotateOptions, out *rotate.Outcome) string {
	if !out.Added {
		return ""
	}
	return fmt.Sprintf("the app %s has the new secret; the old one no longer works\n", o.app)
}
