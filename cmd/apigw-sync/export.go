package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
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
	secrets  bool
}

func newExportCommand(p *program, g *globals) *cobra.Command {
	var o exportOptions
	cmd := &cobra.Command{
		Use:     "export",
		Aliases: []string{"dump"},
		Short:   "Write what the gateway holds as desired-state files",
		Long: `Export reads the gateway and writes files of which the diff is empty. Objects are named, ids are left out.
Secrets become variables such as ${SHOP_APP_SECRET:-}: one that is not set leaves the gateway's secret
alone. App codes become {generate: N}.
` + exits(exitDone, exitError),
		Example: `  apigw-sync export > gateway.yaml
  apigw-sync export --kind throttle --name 'orders_*'
  apigw-sync export --split kind --output-file gateway/
  apigw-sync export --with-apis --output-file emulator.yaml`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if _, err := p.settle(cmd.Flags()); err != nil {
				return err
			}
			return runExport(cmd.Context(), p, &o, g)
		},
	}
	flags := cmd.Flags()
	o.compare.gateway.addFlags(flags)
	o.compare.addScope(flags)
	flags.StringVar(&o.path, "output-file", "", "write to `PATH` instead of stdout; a folder with --split")
	flags.StringVar(&o.split, "split", "", "write several files into the folder that --output-file names, `BY` kind, group or object")
	flags.BoolVar(&o.withAPIs, "with-apis", false, "write the APIs as well, for the emulator")
	flags.BoolVar(&o.secrets, "with-secrets", false, "write the values of secrets, into a file that only its owner can read")
	return cmd
}

func (o *exportOptions) check() error {
	switch {
	case o.split != "" && !slices.Contains([]string{"kind", "group", "object"}, o.split):
		return hinted{fmt.Errorf("--split: there is no %q", o.split), "use kind, group or object"}
	case o.split != "" && o.path == "":
		return hinted{errors.New("--split needs a folder"), "name it with --output-file"}
	case o.split != "" && o.withAPIs:
		return hinted{errors.New("--with-apis writes one file"), "leave --split out"}
	case o.secrets && o.path == "":
		return hinted{errors.New("--with-secrets never writes to stdout"), "name a file with --output-file"}
	}
	if info, err := os.Stat(o.path); o.secrets && err == nil && info.Mode().IsRegular() && info.Mode().Perm()&0o077 != 0 {
		return hinted{fmt.Errorf("--with-secrets: %s can be read by others", o.path), "remove it, or chmod 600 it first"}
	}
	return o.compare.check()
}

func runExport(ctx context.Context, p *program, o *exportOptions, g *globals) (err error) {
	if err := o.check(); err != nil {
		return err
	}
	ctx, cancel := o.compare.gateway.limit(ctx)
	defer cancel()
	stderr := &shared{w: p.Stderr}
	log, err := g.log(stderr)
	if err != nil {
		return err
	}
	gateway, err := o.compare.gateway.connect(ctx, p, log, stderr)
	if err != nil {
		return err
	}
	defer func() { err = both(err, gateway.close()) }()
	run := &reconcile.Run{Caller: gateway, Policy: o.compare.policy(), Parallel: o.compare.gateway.parallelism}
	if !g.quiet {
		told := watch(stderr, terminal(p.Stderr))
		defer told.close()
		run.Progress = told.report
	}
	all, err := run.Everything(ctx)
	if err != nil {
		return unread(ctx, err)
	}
	return o.write(p, gateway.instanceID, all)
}

// write writes one file, or a folder of them.
func (o *exportOptions) write(p *program, instance string, all *reconcile.Everything) error {
	e := spec.Export{
		Objects: all.Actual.Objects, Links: all.Actual.Links, Known: all.Catalog.APIs, APIs: o.withAPIs, Secrets: o.secrets,
		Notes: []string{"What the gateway " + instance + " held when it was exported."},
	}
	if o.split == "" {
		raw, vars, err := spec.Write(e)
		if err != nil {
			return err
		}
		if err := o.file(p, o.path, raw); err != nil {
			return err
		}
		return o.tell(p, vars)
	}
	var vars []spec.Variable
	files := pieces(e, o.split)
	names := make([]string, 0, len(files))
	for name := range files {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		raw, more, err := spec.Write(files[name])
		if err != nil {
			return err
		}
		vars = append(vars, more...)
		if err := o.file(p, filepath.Join(o.path, name), raw); err != nil {
			return err
		}
	}
	return o.tell(p, vars)
}

func (o *exportOptions) file(p *program, path string, raw []byte) error {
	write := func(w io.Writer) error { _, err := w.Write(raw); return err }
	if path == "" {
		return write(p.Stdout)
	}
	mode := fs.FileMode(0o666)
	if o.secrets {
		mode = 0o600
	}
	if o.split != "" {
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil { //nolint:gosec // as the umask says
			return err
		}
	}
	return writeFile(path, mode, write)
}

// tell lists the variables that stand for secrets, since a file that is applied elsewhere needs them.
func (o *exportOptions) tell(p *program, vars []spec.Variable) error {
	if len(vars) == 0 {
		return nil
	}
	var b strings.Builder
	b.WriteString("variables that stand for secrets; set them where the files are applied to another gateway:\n")
	for _, v := range vars {
		fmt.Fprintf(&b, "  %s  %s %s\n", v.Name, v.Address, v.Path)
	}
	_, err := io.WriteString(p.Stderr, b.String())
	return err
}

// pieces cuts an export into files: by kind, by object, or by the API group to which all bindings of an
// object lead (what leads to several, or to none, is shared).
func pieces(e spec.Export, by string) map[string]spec.Export {
	groups := map[string]map[string]bool{}
	for _, l := range e.Links {
		owner := kind.LinkOf(l.Kind).Owner + "/" + l.Owner
		if groups[owner] == nil {
			groups[owner] = map[string]bool{}
		}
		groups[owner][l.API.Group] = true
	}
	fileOf := func(kindName, key string) string {
		k := kind.Of(kindName)
		switch by {
		case "kind":
			return k.Section + ".yaml"
		case "object":
			return filepath.Join(k.Section, fileName(key)+".yaml")
		}
		for group := range groups[kindName+"/"+key] {
			if len(groups[kindName+"/"+key]) == 1 {
				return fileName(group) + ".yaml"
			}
		}
		return "shared.yaml"
	}
	out := map[string]spec.Export{}
	for _, obj := range e.Objects {
		k, owner := kind.Of(obj.Kind), obj.Key
		name := ""
		if k.Owner != "" {
			k, owner = kind.Of(k.Owner), obj.Owner
		}
		name = fileOf(k.Name, owner)
		piece := out[name]
		piece.Objects = append(piece.Objects, obj)
		out[name] = piece
	}
	for _, l := range e.Links {
		name := fileOf(kind.LinkOf(l.Kind).Owner, l.Owner)
		piece := out[name]
		piece.Links = append(piece.Links, l)
		out[name] = piece
	}
	for name, piece := range out {
		piece.Known, piece.Secrets, piece.Notes = e.Known, e.Secrets, e.Notes
		out[name] = piece
	}
	return out
}

// fileName keeps what every file system takes.
func fileName(name string) string {
	clean := strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:*?"<>|`, r) || r < ' ' {
			return '_'
		}
		return r
	}, name)
	return strings.TrimLeft(clean, ".")
}
