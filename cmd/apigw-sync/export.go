package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/reconcile"
	"github.com/apigw-sync/apigw-sync/internal/spec"
)

type exportOptions struct {
	compare  compareOptions // its gateway, kinds and names
	path     string
	split    string
	withAPIs bool
	allKinds bool
	secrets  bool
	update   []string // files to edit so that they declare what the gateway holds
	adopt    bool     // add objects that no file declares to the files, too
	noOwns   bool
	overlaid bool // the command line names overlays; those of a target are allowed
}

func newExportCommand(p *program) *cobra.Command {
	var o exportOptions
	cmd := &cobra.Command{
		Use:     "export",
		Aliases: []string{"dump"},
		Short:   "Write what the gateway holds as desired-state files",
		Long: `Export reads the gateway and writes desired-state files that match it: a diff with them shows no changes.
Objects are referred to by name; ids are left out. Secrets become variables such as ${SHOP_APP_SECRET:-};
as long as the variable is not set, the secret on the gateway is left alone. App codes become
{generate: N}. Comments at the top of each file list what is missing, and why: what the gateway refuses to
show, and details that files cannot express, which ignore rules leave unchanged.

The files own the kinds that were read completely: what somebody else creates on the gateway later is
drift, and apply --prune deletes it. A comment above owns explains how to narrow that; --no-owns leaves
owns out.

With --split there is one file for each kind, for each object, or for each API group that all bindings of
an object lead to. Files of an earlier complete split that are no longer needed are removed.

With --update, export edits the files at PATH so that they match the gateway. It changes what differs, and
removes what the gateway no longer has. It adds objects that owns covers and no file declares; with --adopt
it also adds those that owns does not cover. Comments, order and layout of everything else stay as they
are. It never writes secrets or values that come from variables; it reports them instead. Then the exit
code is 3, or 1 if nothing could be written.
` + exitHelp(exitDone, exitError, exitIncomplete),
		Example: `  apigw-sync export > gateway.yaml
  apigw-sync export --kind throttle --name 'orders_*'
  apigw-sync export --split kind --output-file gateway/
  apigw-sync export --all-kinds --split kind --output-file gateway/
  apigw-sync export --with-apis --output-file emulator.yaml
  apigw-sync export --update gateway/ --overlay overlays/prod/ --target prod`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.overlaid = cmd.Flags().Changed("overlay")
			return runExport(cmd.Context(), p, &o)
		},
	}
	flags := cmd.Flags()
	addTargets(flags)
	o.compare.files.addContext(flags)
	o.compare.gateway.addFlags(flags)
	o.compare.addScope(flags)
	flags.StringVar(&o.path, "output-file", "", "write to `PATH` instead of stdout; a folder with --split")
	flags.StringVar(&o.split, "split", "", "write several files into the folder of --output-file, one for each `BY`: kind, group or object")
	allowValues(flags, "split", spec.Splits()...)
	flags.BoolVar(&o.withAPIs, "with-apis", false, "also write the APIs, for the emulator")
	flags.BoolVar(&o.allKinds, "all-kinds", false, "also write objects other than policies and apps, such as environments")
	flags.BoolVar(&o.secrets, "with-secrets", false, "write the values of secrets, to a file that only its owner can read")
	flags.BoolVar(&o.noOwns, "no-owns", false, "leave out owns, so that objects created on the gateway later are not drift")
	flags.BoolVar(&o.adopt, "adopt", false, "with --update: add all objects that no file declares, even if owns does not cover them")
	flags.StringArrayVar(&o.update, "update", nil, "edit the file or folder at `PATH` so that it matches the gateway; repeatable")
	return cmd
}

func (o *exportOptions) check() error {
	switch {
	case len(o.update) > 0 && (o.path != "" || o.split != "" || o.withAPIs || o.secrets):
		return hinted{errors.New("--update edits files that exist"), "leave out --output-file, --split, --with-apis and --with-secrets"}
	case len(o.update) == 0 && o.adopt:
		return hinted{errors.New("--adopt works only with --update"), "an export contains everything on the gateway anyway"}
	case slices.Contains(o.update, "-"):
		return hinted{errors.New("--update cannot edit stdin"), "name a file or folder"}
	case len(o.update) == 0 && o.overlaid:
		return hinted{errors.New("--overlay works only with --update"), "an export of everything has no overlays"}
	case o.split != "" && o.path == "":
		return hinted{errors.New("--split needs a folder"), "name it with --output-file"}
	case o.split != "" && o.withAPIs:
		return hinted{errors.New("--with-apis writes one file"), "leave --split out"}
	case o.secrets && o.path == "":
		return hinted{errors.New("--with-secrets never writes to stdout"), "name a file with --output-file"}
	}
	if err := o.checkPrivate(o.path); err != nil {
		return err
	}
	return o.compare.check()
}

func runExport(ctx context.Context, p *program, o *exportOptions) (err error) {
	if err := o.check(); err != nil {
		return err
	}
	ctx, cancel := o.compare.gateway.limit(ctx)
	defer cancel()
	s, err := o.compare.gateway.dial(ctx, p)
	if err != nil {
		return err
	}
	defer func() { err = joinErrors(err, s.end()) }()
	options := o.compare.diffOptions()
	if len(o.update) > 0 {
		options.Kinds, options.Names, options.Environments = nil, nil, nil // exported objects may refer to what these would leave out
	}
	run := s.run(options, o.compare.gateway.parallelism.workers())
	run.Lenient, run.Backends = true, o.withAPIs
	if run.Only, err = o.kindsToRead(p, run); err != nil {
		return err
	}
	all, err := run.Everything(ctx)
	if err != nil {
		return readError(ctx, err)
	}
	if len(o.update) > 0 {
		return o.updateFiles(p, all)
	}
	return o.write(p, s.instanceID, all)
}

// kindsToRead returns the kinds to read; nil means all. By default, these are policies, and kinds that the files to
// edit mention.
func (o *exportOptions) kindsToRead(p *program, run *reconcile.Run) ([]*kind.Kind, error) {
	if o.allKinds || len(o.compare.kinds) > 0 {
		return nil, nil
	}
	out := kind.Policies()
	if len(o.update) == 0 {
		return out, nil
	}
	o.compare.files.files = o.update
	state, _, err := o.compare.files.load(p)
	if err != nil {
		return nil, err
	}
	return append(out, reconcile.Kinds(run.Options, state)...), nil
}

// notes returns the lines at the head of each file that say where it comes from.
func (o *exportOptions) notes(instance string) []string {
	from := exportMark + instance + " held when it was exported"
	if o.split != "" {
		from += ", split by " + o.split
	}
	out := []string{from + "."}
	var only []string
	for _, k := range o.compare.kinds {
		only = append(only, "--kind "+k)
	}
	for _, n := range o.compare.names {
		only = append(only, "--name "+n)
	}
	for _, n := range o.compare.environments {
		only = append(only, "--only-environment "+n)
	}
	if len(only) > 0 {
		out = append(out, "Only what "+strings.Join(only, " ")+" looks at; all else is left out.")
	}
	return out
}

// ownedGlobs returns, by kind, the globs of names of which the export has all objects: all names, or those of --name.
func (o *exportOptions) ownedGlobs(all *reconcile.Everything) map[string][]string {
	if o.noOwns {
		return nil
	}
	globs := o.compare.names
	if len(globs) == 0 {
		globs = []string{"*"}
	}
	out := map[string][]string{}
	for _, k := range all.Kinds {
		refused := slices.ContainsFunc(all.Unread, func(u kind.Unread) bool { return u.Kind == k.Name && u.Owner == "" })
		if !refused && !k.AllExist { // every gateway has these, so they are never extra
			out[k.Name] = globs
		}
	}
	return out
}

// exportMark is the beginning of the line that marks the files of an export.
const exportMark = "What the gateway "

// write writes one file, or a folder of them.
func (o *exportOptions) write(p *program, instance string, all *reconcile.Everything) error {
	files, err := spec.Write(spec.Export{
		Objects: all.Actual.Objects, Links: all.Actual.Links, Known: all.Catalog.APIs, Unread: all.Unread, Skipped: all.Skipped, APIs: o.withAPIs, Secrets: o.secrets,
		Split: spec.Split(o.split), Owns: o.ownedGlobs(all), Notes: o.notes(instance), Environment: o.compare.files.environment,
	})
	if err != nil {
		return err
	}
	if o.split != "" {
		err = o.folder(p, files)
	} else {
		err = o.file(p, o.path, files[0].Data)
	}
	if err != nil {
		return err
	}
	return reportExport(p.Stderr, files)
}

func (o *exportOptions) file(p *program, path string, raw []byte) error {
	if path == "" {
		_, err := p.Stdout.Write(raw)
		return err
	}
	mode := sharedMode
	if o.secrets {
		mode = privateMode
	}
	return writeBytes(path, mode, raw)
}

// checkPrivate refuses to write secrets into an existing file that other users can read, since the file would keep its
// mode.
func (o *exportOptions) checkPrivate(path string) error {
	if !o.secrets {
		return nil
	}
	if err := checkPrivate(path); err != nil {
		return fmt.Errorf("--with-secrets: %w", err)
	}
	return nil
}

// reportExport lists the variables for secrets, which must be set when the files are applied, and what is not in the
// files.
func reportExport(to io.Writer, files []spec.File) error {
	const most = 20
	var vars, left []string
	for _, f := range files {
		for _, v := range f.Variables {
			vars = append(vars, fmt.Sprintf("  %s  %s %s", v.Name, v.Address, v.Path))
		}
		for _, l := range f.LeftOut {
			left = append(left, "  "+l.Address+": "+l.Why)
		}
	}
	var b strings.Builder
	if len(vars) > 0 {
		b.WriteString("variables that stand for secrets; set them where the files are applied to another gateway:\n" + strings.Join(vars, "\n") + "\n")
	}
	if more := len(left) - most; more > 0 {
		left = append(left[:most], fmt.Sprintf("  and %d more, named at the head of the files", more))
	}
	if len(left) > 0 {
		b.WriteString("left out:\n" + strings.Join(left, "\n") + "\n")
	}
	_, err := io.WriteString(to, b.String())
	return err
}
