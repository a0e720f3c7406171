package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/apigw-sync/apigw-sync/internal/rotate"
)

// rotateOptions say which app gets a new value, where it comes from and who is told.
type rotateOptions struct {
	gateway gatewayOptions
	app     string
	fromEnv string
	toFile  string
	run     string
	old     []string
	overlap time.Duration
	finish  bool
	yes     bool
}

func newRotateCommand(p *program, g *globals) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "rotate",
		Short: "Replace the secret or a code of an app",
		Args:  noArgs,
		Long: `Rotate replaces what an app proves itself with: a code with an overlap in which the old and the new one
both work, or the secret, of which the old one ends at once.
` + exits(exitDone, exitError),
		Example: `  apigw-sync rotate code orders_mobile --to-file new-code --overlap 10m
  apigw-sync rotate secret orders_mobile --from-env NEW_SECRET --yes`,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newRotateCodeCommand(p, g), newRotateSecretCommand(p, g))
	return cmd
}

func newRotateCodeCommand(p *program, g *globals) *cobra.Command {
	var o rotateOptions
	cmd := &cobra.Command{
		Use:   "code APP",
		Short: "Add a new code to an app, and remove the old one later",
		Long: `Rotate code makes a new code, adds it to the app, sees that the gateway has it, and hands it over: prints it
once, or leaves it in the file of --to-file, or runs --exec with it in APIGW_SYNC_NEW_VALUE. With --overlap
it waits that long and then removes the old code; without, the old one stays until the same command is run
with --finish. The old code is never removed before the new one was seen. A rotation that was interrupted
goes on when it is run again with the same --to-file or --from-env.
` + exits(exitDone, exitError, exitIncomplete),
		Example: `  apigw-sync rotate code orders_mobile --to-file new-code --overlap 10m
  apigw-sync rotate code orders_mobile --to-file new-code --exec 'vault kv put secret/orders code=-' --finish`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.app = args[0]
			return o.start(cmd, p, g, runRotateCode)
		},
	}
	flags := cmd.Flags()
	o.addFlags(flags, "code")
	flags.DurationVar(&o.overlap, "overlap", 0, "remove the old code after this `TIME`, in which both work")
	flags.BoolVar(&o.finish, "finish", false, "remove the old code once the new one is there")
	flags.StringArrayVar(&o.old, "old", nil, "remove this code, named by its `#HASH` as diff shows it; repeatable (default: the only other one)")
	return cmd
}

func newRotateSecretCommand(p *program, g *globals) *cobra.Command {
	var o rotateOptions
	cmd := &cobra.Command{
		Use:   "secret APP",
		Short: "Set a new secret for an app; the old one ends at once",
		Long: `Rotate secret sets a new secret for the app. The old one stops working as soon as the gateway has taken the
new one over. The new one is printed once, or left in the file of --to-file, or handed to --exec in
APIGW_SYNC_NEW_VALUE. The gateway must allow secrets of one's own (APP_KEY_SECRET_SWITCH).
` + exits(exitDone, exitError),
		Example: `  apigw-sync rotate secret orders_mobile --to-file new-secret --yes
  apigw-sync rotate secret orders_mobile --from-env NEW_SECRET --yes`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.app = args[0]
			return o.start(cmd, p, g, runRotateSecret)
		},
	}
	o.addFlags(cmd.Flags(), "secret")
	return cmd
}

func (o *rotateOptions) addFlags(flags *pflag.FlagSet, what string) {
	o.gateway.addFlags(flags)
	flags.StringVar(&o.fromEnv, "from-env", "", "take the new "+what+" from the environment variable `NAME` instead of making one")
	flags.StringVar(&o.toFile, "to-file", "", "keep the new "+what+" in `FILE`, for its owner alone; a "+what+" that is there already is used")
	flags.StringVar(&o.run, "exec", "", "run `COMMAND` in a shell with the new "+what+" in APIGW_SYNC_NEW_VALUE")
	flags.BoolVar(&o.yes, "yes", false, "write without asking; needed when stdin is no terminal")
}

// start settles flags, finds the new value, asks, and runs the rotation.
func (o *rotateOptions) start(cmd *cobra.Command, p *program, g *globals, run func(context.Context, *program, *rotateOptions, *rotate.Rotation) error) (err error) {
	if _, err := p.settle(cmd.Flags()); err != nil {
		return err
	}
	if err := o.gateway.check(); err != nil {
		return err
	}
	ctx, cancel := o.gateway.limit(cmd.Context())
	defer cancel()
	what := cmd.Name()
	question := fmt.Sprintf("Rotate the %s of the app %s?", what, o.app)
	if what == "secret" {
		question += " The old one ends at once."
	}
	if err := p.confirm(ctx, o.yes, "a "+what+" to rotate", question); err != nil {
		return err
	}
	value, err := o.value(p)
	if err != nil {
		return err
	}
	stderr := &shared{w: p.Stderr}
	log, err := g.log(stderr)
	if err != nil {
		return err
	}
	gateway, err := o.gateway.connect(ctx, p, log, stderr)
	if err != nil {
		return err
	}
	defer func() { err = both(err, gateway.close()) }()
	return run(ctx, p, o, &rotate.Rotation{
		Caller: gateway, App: o.app, Value: value, Old: o.old, Overlap: o.overlap, Finish: o.finish,
		Deliver: func(ctx context.Context) error { return o.deliver(ctx, p, value) },
	})
}

// value is the new value: of the environment, of the file that an interrupted run left, or a new one, which
// is in the file before the gateway hears of it.
func (o *rotateOptions) value(p *program) (string, error) {
	if o.fromEnv != "" {
		v, ok := p.Lookup(o.fromEnv)
		if !ok || v == "" {
			return "", hinted{fmt.Errorf("--from-env: the variable %s is not set", o.fromEnv), "set it to the new value"}
		}
		return v, nil
	}
	if o.toFile != "" {
		raw, err := os.ReadFile(o.toFile)
		if err == nil && strings.TrimSpace(string(raw)) != "" {
			return strings.TrimSpace(string(raw)), nil
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", fmt.Errorf("--to-file: %w", err)
		}
	}
	v, err := rotate.NewValue()
	if err != nil || o.toFile == "" {
		return v, err
	}
	const private = 0o600
	return v, writeFile(o.toFile, private, func(w io.Writer) error { _, err := io.WriteString(w, v+"\n"); return err })
}

// deliver hands the new value over. It is printed only where it stands nowhere else.
func (o *rotateOptions) deliver(ctx context.Context, p *program, value string) error {
	if o.run != "" {
		cmd := exec.CommandContext(ctx, "sh", "-c", o.run) //nolint:gosec // the user's own command
		cmd.Env = append(os.Environ(), "APIGW_SYNC_NEW_VALUE="+value, "APIGW_SYNC_APP="+o.app)
		cmd.Stdout, cmd.Stderr = p.Stderr, p.Stderr
		return cmd.Run()
	}
	if o.fromEnv == "" && o.toFile == "" {
		_, err := fmt.Fprintln(p.Stdout, value)
		return err
	}
	return nil
}

func runRotateCode(ctx context.Context, p *program, o *rotateOptions, r *rotate.Rotation) error {
	out, err := r.Code(ctx)
	if err != nil {
		if out != nil && (out.Added || len(out.Removed) > 0) {
			return coded{exitIncomplete, err}
		}
		return err
	}
	if out.Added {
		_, _ = fmt.Fprintf(p.Stderr, "the app %s has the new code\n", o.app)
	}
	for _, hash := range out.Removed {
		_, _ = fmt.Fprintf(p.Stderr, "the code %s is removed\n", hash)
	}
	switch {
	case len(out.Left) > 0:
		_, _ = fmt.Fprintf(p.Stderr, "the code %s still works; run again with --finish to remove it\n", strings.Join(out.Left, ", "))
	case !out.Added && len(out.Removed) == 0:
		_, _ = fmt.Fprintln(p.Stderr, "nothing to do: the new code is there, and the old one is gone")
	}
	return nil
}

func runRotateSecret(ctx context.Context, p *program, o *rotateOptions, r *rotate.Rotation) error {
	if err := r.Secret(ctx); err != nil {
		return err
	}
	_, _ = fmt.Fprintf(p.Stderr, "the app %s has the new secret; the old one has ended\n", o.app)
	return nil
}
