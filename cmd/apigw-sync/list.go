package main

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/fetch"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/report/document"
)

type listOptions struct {
	compare compareOptions // its files, gateway and scope
	output  outputOptions
}

func newListCommand(p *program) *cobra.Command {
	var o listOptions
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List what the gateway holds",
		Long: `List prints one line for each object of the gateway: its kind and name, the number of APIs that it is
bound to (counted once per environment) and, if there are desired-state files, whether they declare it. If
the gateway refuses to show something, that is a warning. List only reads.
` + exitHelp(exitDone, exitError),
		Example: "  apigw-sync list --target prod\n  apigw-sync list --kind throttle --name 'orders_*' -o json\n  apigw-sync list --against export.yaml",
		Args:    noArgs,
		RunE:    p.runE(&o.output, &o.compare.gateway, o.find),
	}
	flags := cmd.Flags()
	o.compare.addLook(flags)
	o.output.addFlags(flags, "list")
	return cmd
}

func (o *listOptions) find(ctx context.Context, out *printer) (document.Document, int, error) {
	d := document.EmptyList(head(""))
	if err := o.compare.check(); err != nil {
		return d, exitError, err
	}
	declared, err := o.declared(out.program)
	if err != nil {
		return d, exitError, err
	}
	s, err := o.compare.gateway.dial(ctx, out.program)
	if err != nil {
		return d, exitError, err
	}
	d.Head = s.head(out.program, o.compare.files.environment)
	err = o.read(ctx, s, d, declared)
	return d, exitDone, joinErrors(err, s.end())
}

// declared returns the addresses that the files declare; nil if there are no files.
func (o *listOptions) declared(p *program) (map[string]bool, error) {
	if o.compare.files.noFiles() {
		return nil, nil
	}
	state, _, err := o.compare.files.loadValid(p)
	if err != nil {
		return nil, err
	}
	out := map[string]bool{}
	for i := range state.Objects {
		out[state.Objects[i].Address()] = true
	}
	return out, nil
}

// read completes d with what the gateway holds.
func (o *listOptions) read(ctx context.Context, s *session, d *document.List, declared map[string]bool) error {
	reader, options := s.reader(0), o.compare.diffOptions()
	reader.Lenient, reader.Parallel = true, o.compare.gateway.parallelism.workers()
	var (
		objects []kind.Object
		bound   map[string]int
	)
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		if o.compare.gateway.against != "" {
			return nil
		}
		instance, err := reader.Instance(gctx)
		if err == nil {
			d.Named(instance.Name)
		}
		return err
	})
	g.Go(func() (err error) {
		if objects, err = reader.Objects(gctx, everyKind(options)); err != nil {
			return err
		}
		objects = slices.DeleteFunc(objects, func(x kind.Object) bool { return !options.Covers(kind.Of(x.Kind), x.Key) })
		bound, err = bindings(gctx, reader, objects, options)
		return err
	})
	if err := g.Wait(); err != nil {
		return readError(ctx, err)
	}
	for i := range objects {
		x := &objects[i]
		item := document.Item{Address: x.Address(), Kind: x.Kind, Name: x.Key}
		if n, ok := bound[x.Address()]; ok {
			item.Bound = &n
		}
		if declared != nil {
			is := declared[x.Address()]
			item.Declared = &is
		}
		d.Objects = append(d.Objects, item)
	}
	slices.SortFunc(d.Objects, func(a, b document.Item) int { return strings.Compare(a.Kind+"\x00"+a.Name, b.Kind+"\x00"+b.Name) })
	for _, u := range reader.Unread() {
		d.Warnings = append(d.Warnings, document.Problem{Message: u.Kind + ": " + u.Message})
	}
	d.Requests = document.Requests{Read: reader.Requests(), InFlight: s.maxInFlight()}
	return nil
}

// everyKind returns the lists of all objects of all kinds that the options select.
func everyKind(options diff.Options) (wants []fetch.Want) {
	for _, k := range kind.All {
		if k.Owner == "" && options.Covers(k, "") {
			wants = append(wants, fetch.Want{Kind: k, All: true})
		}
	}
	return wants
}

// bindings counts the APIs that objects are bound to. Lists of most kinds contain this number. The bindings themselves
// are read only if it is missing, or if the bindings of certain environments are counted.
func bindings(ctx context.Context, reader *fetch.Reader, objects []kind.Object, options diff.Options) (map[string]int, error) {
	out := map[string]int{}
	var reads []diff.Read
	for _, x := range objects {
		for _, l := range kind.LinksFrom(x.Kind) {
			switch {
			case l.Target != kind.APublication:
			case x.Bound >= 0 && (len(options.Environments) == 0 || x.Bound == 0):
				out[x.Address()] = x.Bound
			default:
				out[x.Address()] = 0
				reads = append(reads, diff.Read{Object: x, Link: l})
			}
		}
	}
	if len(reads) == 0 {
		return out, nil
	}
	var rows []fetch.Rows
	catalog := fetch.NewPendingCatalog()
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() error { return catalog.Read(gctx, reader, true, nil) })
	g.Go(func() (err error) {
		_, rows, err = reader.Inside(gctx, reads, catalog)
		return err
	})
	if err := g.Wait(); err != nil {
		return nil, err
	}
	for _, l := range fetch.Join(rows, catalog.Catalog()) {
		if options.CoversEnvironment(l.To.Env) {
			out[kind.LinkOf(l.Kind).Owner+"/"+l.Owner]++
		}
	}
	return out, nil
}
