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

// Shells ask for completions while a line is typed. The answers come from the line, the environment and files, never
// from a gateway. If a file cannot be read, there are fewer completions and no message.

// completer lists the completions of a flag's value or of an argument.
type completer func(p *program, cmd *cobra.Command) []cobra.Completion

// completers are for flags whose values depend on files or the environment. A flag has the same meaning in every
// command.
var completers = map[string]completer{
	"environment": completeEnvironments,
	"from":        completeTargets,
	"name":        completeNames,
	"target":      completeTargets,
	"to":          completeTargets,
}

// The annotations that list values of a flag: either all that it takes, or only some.
const (
	allValues  = "all values"
	someValues = "some values"
)

// allowValues sets the values that a flag takes. Others are refused, see checkValues.
func allowValues(flags *pflag.FlagSet, name string, values ...string) {
	flags.Lookup(name).Annotations = map[string][]string{allValues: values}
}

// suggestValues sets some of the values that a flag takes. After a value, there may be a tab and a description.
func suggestValues(flags *pflag.FlagSet, name string, values ...string) {
	flags.Lookup(name).Annotations = map[string][]string{someValues: values}
}

// complete gives all flags and arguments below cmd their completion.
func (p *program) complete(cmd *cobra.Command) {
	register := func(f *pflag.Flag) {
		_ = cmd.RegisterFlagCompletionFunc(f.Name, p.completionOf(f)) // it fails for inherited flags, which have it already
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

// completionOf returns the completion of a flag's value: from the values that it takes, else from files and
// environment, else by the placeholder in its help text.
func (p *program) completionOf(f *pflag.Flag) cobra.CompletionFunc {
	if values := slices.Concat(f.Annotations[allValues], f.Annotations[someValues]); len(values) > 0 {
		return p.completeWith(func(*program, *cobra.Command) []cobra.Completion { return slices.Clone(values) })
	}
	if find := completers[f.Name]; find != nil {
		return p.completeWith(find)
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

// completeWith turns an offer into the function that cobra calls.
func (p *program) completeWith(find completer) cobra.CompletionFunc {
	return func(cmd *cobra.Command, _ []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
		directive := *p
		directive.Stdin, directive.Stderr = strings.NewReader(""), io.Discard
		all := find(&directive, cmd)
		all = slices.DeleteFunc(all, func(c cobra.Completion) bool { return !strings.HasPrefix(c, typed) })
		slices.SortFunc(all, func(a, b cobra.Completion) int {
			return cmp.Or(strings.Compare(withoutDescription(a), withoutDescription(b)), len(b)-len(a)) // the one with the longest description first
		})
		all = slices.CompactFunc(all, func(a, b cobra.Completion) bool { return withoutDescription(a) == withoutDescription(b) })
		return all, cobra.ShellCompDirectiveNoFileComp
	}
}

// withoutDescription returns a completion without its description.
func withoutDescription(c cobra.Completion) string {
	text, _, _ := strings.Cut(c, "\t")
	return text
}

// completeFirst completes the first argument of a command, the only one that it takes.
func (p *program) completeFirst(find completer) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return p.completeWith(find)(cmd, args, typed)
	}
}

// outlineOf returns an outline of the files that the command line names so far, also for commands without flags for
// files.
func outlineOf(p *program, cmd *cobra.Command) spec.Outline {
	var o fileOptions
	flags := pflag.NewFlagSet(cmd.Name(), pflag.ContinueOnError)
	o.addFlags(flags)
	cmd.Flags().Visit(func(given *pflag.Flag) {
		if f := flags.Lookup(given.Name); f != nil {
			_ = setFlag(f, flagValues(given))
			f.Changed = true
		}
	})
	_ = p.fillFlags(flags)
	inputs, _ := o.inputs(p)
	return spec.ReadOutline(inputs, spec.Options{Environment: o.environment, Lookup: o.lookup(p)})
}

// completeNames returns the names of declared objects of the kinds that --kind selects.
func completeNames(p *program, cmd *cobra.Command) []cobra.Completion {
	_ = p.fillFlags(cmd.Flags())
	var wanted []string
	if f := cmd.Flags().Lookup("kind"); f != nil {
		wanted = f.Value.(pflag.SliceValue).GetSlice()
	}
	return completeOutline(outlineOf(p, cmd), func(k *kind.Kind) bool {
		return len(wanted) == 0 || slices.ContainsFunc(wanted, func(w string) bool { return k == topKind(w) })
	})
}

// topKind returns the kind whose names are offered for a value of --kind: the kind itself, or its owner.
func topKind(name string) *kind.Kind {
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

// completeApps returns the names of declared apps.
func completeApps(p *program, cmd *cobra.Command) []cobra.Completion {
	return completeOutline(outlineOf(p, cmd), func(k *kind.Kind) bool { return k.Name == "app" })
}

// completeOutline returns the names in an outline, with the kinds that have them as descriptions. Each name is listed
// once.
func completeOutline(o spec.Outline, wanted func(*kind.Kind) bool) (out []cobra.Completion) {
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

// completeEnvironments returns the environments that files and targets name.
func completeEnvironments(p *program, cmd *cobra.Command) []cobra.Completion {
	out := outlineOf(p, cmd).Environments
	for _, t := range configuredTargets(p, cmd) {
		if t.Environment != nil {
			out = append(out, *t.Environment)
		}
	}
	return out
}

// completeTargets returns the targets of the config file, with their gateways as descriptions.
func completeTargets(p *program, cmd *cobra.Command) (out []cobra.Completion) {
	for name, t := range configuredTargets(p, cmd) {
		out = append(out, cobra.CompletionWithDesc(name, strings.Join(slices.DeleteFunc(
			[]string{derefText(t.Region), derefText(t.InstanceID), derefText(t.Endpoint), derefText(t.Environment)}, func(s string) bool { return s == "" }), " ")))
	}
	if f := cmd.Flags().Lookup("target"); f != nil && len(out) > 1 {
		if _, many := f.Value.(pflag.SliceValue); many {
			out = append(out, cobra.CompletionWithDesc(everyTarget, "every one of them"))
		}
	}
	return out
}

func derefText(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// configuredTargets returns the targets of the config file by name.
func configuredTargets(p *program, cmd *cobra.Command) map[string]*config.Target {
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

// completeAPIs returns the APIs that the files refer to without a pattern, and those of --against.
func completeAPIs(p *program, cmd *cobra.Command) (out []cobra.Completion) {
	for _, r := range outlineOf(p, cmd).References {
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
	return append(out, completeExportedAPIs(p, cmd)...)
}

// completeExportedAPIs returns the APIs of the export that is used instead of a gateway, with their routes as
// descriptions.
func completeExportedAPIs(p *program, cmd *cobra.Command) (out []cobra.Completion) {
	_ = p.fillFlags(cmd.Flags())
	o := gatewayOptions{parallelism: 1, against: flagValue(cmd.Flags(), "against")}
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
