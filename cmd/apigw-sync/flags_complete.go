package main

import (
	"cmp"
	"io"
	"log/slog"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/apigw-sync/apigw-sync/internal/config"
	"github.com/apigw-sync/apigw-sync/internal/fetch"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/spec"
)

// Shells ask for what may come next while a line is typed. Answers come from the line, the environment and
// files, never from a gateway; what cannot be read gives fewer answers and no word about it.

// offer lists what may come next on the command line.
type offer func(p *program, cmd *cobra.Command) []cobra.Completion

// offers are for flags whose values are found, not fixed. A flag means the same in every command.
var offers = map[string]offer{
	"environment": environments,
	"from":        targets,
	"name":        names,
	"target":      targets,
	"to":          targets,
}

// The annotations of a flag with values that it takes: all of them, or some.
const (
	allValues  = "all values"
	someValues = "some values"
)

// takes says which values a flag takes. Others are refused, see checkValues.
func takes(flags *pflag.FlagSet, name string, values ...string) {
	flags.Lookup(name).Annotations = map[string][]string{allValues: values}
}

// suggests says which values, among others, a flag takes, each perhaps with a tab and a description behind it.
func suggests(flags *pflag.FlagSet, name string, values ...string) {
	flags.Lookup(name).Annotations = map[string][]string{someValues: values}
}

// complete gives all flags and arguments below cmd their completion.
func (p *program) complete(cmd *cobra.Command) {
	register := func(f *pflag.Flag) {
		_ = cmd.RegisterFlagCompletionFunc(f.Name, p.completionOf(f)) // inherited ones have theirs already
	}
	cmd.Flags().VisitAll(register)
	cmd.PersistentFlags().VisitAll(register)
	if cmd.ValidArgs == nil && cmd.ValidArgsFunction == nil && !strings.Contains(cmd.Use, " ") {
		cmd.ValidArgsFunction = cobra.NoFileCompletions
	}
	for _, c := range cmd.Commands() {
		p.complete(c)
	}
}

// completionOf tells how the value of a flag is completed: from what it takes, else from what there is, else
// by what the help text calls it.
func (p *program) completionOf(f *pflag.Flag) cobra.CompletionFunc {
	if values := slices.Concat(f.Annotations[allValues], f.Annotations[someValues]); len(values) > 0 {
		return p.offered(func(*program, *cobra.Command) []cobra.Completion { return slices.Clone(values) })
	}
	if find := offers[f.Name]; find != nil {
		return p.offered(find)
	}
	directive, extensions := cobra.ShellCompDirectiveNoFileComp, []string(nil)
	switch what, _ := pflag.UnquoteUsage(f); what {
	case "FILE", "PATH":
		directive = cobra.ShellCompDirectiveDefault
		if slices.Contains(yamlFlags, f.Name) {
			directive, extensions = cobra.ShellCompDirectiveFilterFileExt, []string{"yaml", "yml", "json"}
		}
	case "FOLDER":
		directive = cobra.ShellCompDirectiveFilterDirs
	case "COMMAND":
		directive = cobra.ShellCompDirectiveDefault
	}
	return cobra.FixedCompletions(extensions, directive)
}

// yamlFlags name files in YAML: desired state, what looks like it, cases, and the config file.
var yamlFlags = []string{"against", "cases", "config", "file", "overlay", "state"}

// offered makes an offer what cobra calls.
func (p *program) offered(find offer) cobra.CompletionFunc {
	return func(cmd *cobra.Command, _ []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
		silent := *p
		silent.Stdin, silent.Stderr = strings.NewReader(""), io.Discard
		all := find(&silent, cmd)
		all = slices.DeleteFunc(all, func(c cobra.Completion) bool { return !strings.HasPrefix(c, typed) })
		slices.SortFunc(all, func(a, b cobra.Completion) int {
			return cmp.Or(strings.Compare(choice(a), choice(b)), len(b)-len(a)) // the one that tells most first
		})
		all = slices.CompactFunc(all, func(a, b cobra.Completion) bool { return choice(a) == choice(b) })
		return all, cobra.ShellCompDirectiveNoFileComp
	}
}

// choice is a completion without its description.
func choice(c cobra.Completion) string {
	text, _, _ := strings.Cut(c, "\t")
	return text
}

// offeredFirst completes the first argument of a command, the only one that it takes.
func (p *program) offeredFirst(find offer) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return p.offered(find)(cmd, args, typed)
	}
}

// sketch outlines the files that the command line names so far, also for commands that have no flags for files.
func sketch(p *program, cmd *cobra.Command) spec.Outline {
	var o fileOptions
	flags := pflag.NewFlagSet(cmd.Name(), pflag.ContinueOnError)
	o.addFlags(flags)
	cmd.Flags().Visit(func(given *pflag.Flag) {
		if f := flags.Lookup(given.Name); f != nil {
			_ = assign(f, valuesOf(given))
			f.Changed = true
		}
	})
	_ = p.settle(flags)
	inputs, _ := o.inputs(p)
	return spec.ReadOutline(inputs, spec.Options{Environment: o.environment, Lookup: o.lookup(p)})
}

// names are the names of objects that the files declare, of the kinds that --kind asks for.
func names(p *program, cmd *cobra.Command) []cobra.Completion {
	_ = p.settle(cmd.Flags())
	var wanted []string
	if f := cmd.Flags().Lookup("kind"); f != nil {
		wanted = f.Value.(pflag.SliceValue).GetSlice()
	}
	return named(sketch(p, cmd), func(k *kind.Kind) bool {
		return len(wanted) == 0 || slices.ContainsFunc(wanted, func(w string) bool { return k == standing(w) })
	})
}

// standing is the kind whose objects have the names that are offered for a value of --kind: that kind, or its owner.
func standing(name string) *kind.Kind {
	if l := kind.LinkOf(name); l != nil {
		name = l.Owner
	}
	if k := kind.Of(name); k != nil && k.Owner != "" {
		name = k.Owner
	}
	i := slices.IndexFunc(kind.All, func(k *kind.Kind) bool { return k.Name == name || k.Section == name })
	if i < 0 {
		return nil
	}
	return kind.All[i]
}

// apps are the names of apps that the files declare.
func apps(p *program, cmd *cobra.Command) []cobra.Completion {
	return named(sketch(p, cmd), func(k *kind.Kind) bool { return k.Name == "app" })
}

// named are the names in an outline, described by what has them. A name is listed once, also when several
// kinds have it.
func named(o spec.Outline, wanted func(*kind.Kind) bool) (out []cobra.Completion) {
	about := map[string]string{}
	for _, i := range o.Items {
		if !wanted(i.Kind) {
			continue
		}
		text := i.Kind.Name
		if remark := strings.Join(strings.Fields(i.Remark), " "); remark != "" {
			text += ": " + remark
		}
		if before := about[i.Name]; before != "" && before != text {
			text = before + "; " + text
		}
		about[i.Name] = text
	}
	for name, text := range about {
		out = append(out, cobra.CompletionWithDesc(name, text))
	}
	return out
}

// environments are those that files and targets name.
func environments(p *program, cmd *cobra.Command) []cobra.Completion {
	out := sketch(p, cmd).Environments
	for _, t := range configured(p, cmd) {
		if t.Environment != nil {
			out = append(out, *t.Environment)
		}
	}
	return out
}

// targets are those of the config file, with the gateway that each means.
func targets(p *program, cmd *cobra.Command) (out []cobra.Completion) {
	for name, t := range configured(p, cmd) {
		out = append(out, cobra.CompletionWithDesc(name, strings.Join(slices.DeleteFunc(
			[]string{text(t.Region), text(t.InstanceID), text(t.Endpoint), text(t.Environment)}, func(s string) bool { return s == "" }), " ")))
	}
	if f := cmd.Flags().Lookup("target"); f != nil && len(out) > 1 {
		if _, many := f.Value.(pflag.SliceValue); many {
			out = append(out, cobra.CompletionWithDesc(everyTarget, "every one of them"))
		}
	}
	return out
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// configured are the targets of the config file.
func configured(p *program, cmd *cobra.Command) map[string]*config.Target {
	path := ""
	if f := cmd.Flags().Lookup("config"); f != nil {
		_, _ = p.fromEnvironment(f)
		path = f.Value.String()
	}
	if path == "" {
		path, _ = config.Find(".")
	}
	if path == "" {
		return nil
	}
	file, err := config.Read(path)
	if err != nil {
		return nil
	}
	return file.Targets
}

// apis are the APIs that the files refer to without a pattern, and those of --against.
func apis(p *program, cmd *cobra.Command) (out []cobra.Completion) {
	for _, r := range sketch(p, cmd).References {
		switch {
		case r.Target() != kind.APublication:
		case r.Text != "":
			out = append(out, r.Text)
		case r.Group != "" && r.Name != "" && !kind.IsGlob(r.Group+r.Name):
			out = append(out, r.Group+"/"+r.Name)
		case r.Method != "" && r.Path != "":
			out = append(out, r.Method+" "+r.Path)
		}
	}
	return append(out, exportedAPIs(p, cmd)...)
}

// exportedAPIs are the APIs of the export that is used instead of a gateway, described by their routes.
func exportedAPIs(p *program, cmd *cobra.Command) (out []cobra.Completion) {
	_ = p.settle(cmd.Flags())
	o := gatewayOptions{parallelism: 1, against: valueOf(cmd.Flags(), "against")}
	if o.against == "" {
		return nil
	}
	gateway, err := o.connect(cmd.Context(), p, slog.New(slog.DiscardHandler), io.Discard)
	if err != nil {
		return nil
	}
	catalog, err := (&fetch.Reader{Caller: gateway}).Catalog(cmd.Context(), true, nil)
	if err != nil {
		return nil
	}
	for _, a := range catalog.APIs {
		out = append(out, cobra.CompletionWithDesc(a.Address(), a.Method+" "+a.Path))
	}
	return out
}
