package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/spf13/pflag"

	"github.com/apigw-sync/apigw-sync/internal/config"
)

// envPrefix begins the names of the environment variables that set flags.
const envPrefix = "APIGW_SYNC_"

// envVariable returns the name of the environment variable that sets a flag.
func envVariable(flag string) string {
	return envPrefix + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// aliases are second names of flags.
var aliases = map[string]string{"auto-approve": "yes"}

// resolveAlias returns the main name of a flag.
func resolveAlias(_ *pflag.FlagSet, name string) pflag.NormalizedName {
	if first, ok := aliases[name]; ok {
		name = first
	}
	return pflag.NormalizedName(name)
}

// fillFlags sets flags that the command line does not set: from the environment, or else from the target in the config
// file.
func (p *program) fillFlags(flags *pflag.FlagSet) (err error) {
	p.flags, p.given, p.setBy = flags, map[string]bool{}, map[string]string{}
	flags.Visit(func(f *pflag.Flag) { p.given[f.Name] = true })
	flags.VisitAll(func(f *pflag.Flag) {
		if err == nil && !p.given[f.Name] {
			if p.given[f.Name], err = p.fromEnvironment(f); p.given[f.Name] {
				p.setBy[f.Name] = envVariable(f.Name)
			}
		}
	})
	if err != nil || flags.Lookup("target") == nil {
		return err
	}
	if p.member != nil {
		err = p.member.setOverrides(flags)
	} else {
		p.fleet, err = findFleet(flags)
		err = p.configReadError(flags, err)
	}
	if err != nil || p.fleet != nil {
		return err
	}
	t, err := findTarget(flagValue(flags, "config"), firstTarget(flags))
	if err != nil || t == nil {
		return joinErrors(p.configReadError(flags, err), checkPaths(flags))
	}
	p.target, p.vars, p.production = t.name, t.Vars, t.Production != nil && *t.Production
	return joinErrors(t.fillFlags(flags, p.given, p.setBy), checkPaths(flags))
}

// The flags that choose the files and the gateway, those that narrow the run, and those that choose how the result
// looks.
var (
	sourceFlags = []string{"config", "target", "endpoint", "region", "project-id", "instance-id", "file", "overlay", "environment"}
	scopeFlags  = []string{"kind", "name", "only-environment", "prune"}
	outputFlags = []string{"output", "output-file", "color", "verbose", "quiet", "log-format"}
)

// commandLine returns a command line for another command. It has the named flags of this command as they were typed,
// or, without names, all flags that affect what is done.
func (p *program) commandLine(command string, names ...string) string {
	var b strings.Builder
	b.WriteString("apigw-sync " + command)
	if p.flags == nil {
		return b.String()
	}
	p.flags.Visit(func(f *pflag.Flag) {
		switch {
		case len(names) > 0 && !slices.Contains(names, f.Name), strings.HasPrefix(f.Name, "emulator-"), slices.Contains(outputFlags, f.Name), f.Name == "notify": // the URLs of notify are secrets
		case f.Value.Type() == "bool" && f.Value.String() == "true":
			b.WriteString(" --" + f.Name)
		default:
			for _, value := range flagValues(f) {
				b.WriteString(" --" + f.Name + "=" + quoted(value))
			}
		}
	})
	return b.String()
}

// quoted returns a word quoted for a shell.
func quoted(word string) string {
	plain := func(r rune) bool {
		return unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("-_./:=,@%+", r)
	}
	if word != "" && !strings.ContainsFunc(word, func(r rune) bool { return !plain(r) }) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// target is a section of a config file.
type target struct {
	*config.Target
	name string
	file *config.File
}

// fillFlags sets flags that were not given to the values in the section, apart from flags that exclude a given flag.
// origin gets the line of the config file that sets each flag.
func (t *target) fillFlags(flags *pflag.FlagSet, given map[string]bool, origin map[string]string) (err error) {
	defaults := t.Flags()
	flags.VisitAll(func(f *pflag.Flag) {
		values, ok := defaults[f.Name]
		if !ok || err != nil || given[f.Name] || given[exclusiveFlags[f.Name]] {
			return
		}
		origin[f.Name] = t.file.Place(t.name, config.KeyOf(f.Name))
		if cause := setFlag(f, values); cause != nil {
			err = configError(t.file.Wrong(t.name, config.KeyOf(f.Name), cause.Error()))
		}
	})
	return err
}

// exclusiveFlags are pairs of flags that exclude each other.
var exclusiveFlags = map[string]string{"against": "endpoint", "endpoint": "against"}

// fromEnvironment sets a flag from its environment variable. An empty variable counts as not set.
func (p *program) fromEnvironment(f *pflag.Flag) (found bool, err error) {
	names := []string{f.Name}
	for alias, name := range aliases {
		if name == f.Name {
			names = append(names, alias)
		}
	}
	for _, name := range names {
		value, _ := p.Lookup(envVariable(name))
		if f.Name == "help" || strings.TrimSpace(value) == "" {
			continue
		}
		values := []string{value}
		if _, several := f.Value.(pflag.SliceValue); several {
			values = splitValues(value, separator(f.Name))
		}
		if err := setFlag(f, values); err != nil {
			return false, fmt.Errorf("%s: %w", envVariable(name), err)
		}
		return true, nil
	}
	return false, nil
}

// separator returns what separates the values of a repeatable flag in an environment variable. Rules of faults may
// contain commas, so it is a semicolon for them.
func separator(flag string) string {
	if strings.HasSuffix(flag, "fault") {
		return ";"
	}
	return ","
}

func splitValues(text, separator string) (out []string) {
	for part := range strings.SplitSeq(text, separator) {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

// flagValue returns the value of a flag; "" if there is no such flag.
func flagValue(flags *pflag.FlagSet, name string) string {
	if f := flags.Lookup(name); f != nil {
		return f.Value.String()
	}
	return ""
}

// flagValues returns the values of a flag as they are written on a command line.
func flagValues(f *pflag.Flag) []string {
	if list, ok := f.Value.(pflag.SliceValue); ok {
		return list.GetSlice()
	}
	return []string{f.Value.String()}
}

func setFlag(f *pflag.Flag, values []string) error {
	if list, ok := f.Value.(pflag.SliceValue); ok {
		return list.Replace(values)
	}
	for _, v := range values {
		if err := f.Value.Set(strings.TrimSpace(v)); err != nil {
			return fmt.Errorf("%q is not valid here: %w", v, err)
		}
	}
	return nil
}

// findTarget reads a section of the config file at path. If path is "", it searches for the file. It returns nil if no
// section is named.
func findTarget(path, name string) (*target, error) {
	if path == "" && name == "" {
		return nil, nil //nolint:nilnil // there is none, which is no error
	}
	file, err := readConfig(path)
	if errors.Is(err, errNoConfig) {
		return nil, hinted{fmt.Errorf("target %s: %w", name, err), hintOf(err)}
	}
	if err != nil || name == "" {
		return nil, err
	}
	section, err := file.Target(name)
	return &target{section, name, file}, err
}

// configError gives problems of a config file the form of problems of desired-state files.
func configError(err error) error {
	if wrong, ok := errors.AsType[*config.Wrong](err); ok {
		_, err = problemsIn(wrong.Findings)
	}
	return err
}

// firstTarget returns the first target that is named; "" if none is.
func firstTarget(flags *pflag.FlagSet) string {
	if names := flagValues(flags.Lookup("target")); len(names) > 0 {
		return names[0]
	}
	return ""
}

// addTargets adds the flags that name one or more sections of the config file.
func addTargets(flags *pflag.FlagSet) {
	flags.StringArray("target", nil, "`NAME` of a section of the config file, a glob, or all; repeatable")
	addConfig(flags)
}

// addTarget adds the flags that name one section of the config file, unless the command already has them.
func addTarget(flags *pflag.FlagSet) {
	if flags.Lookup("target") != nil {
		return
	}
	flags.String("target", "", "`NAME` of a section of the config file")
	addConfig(flags)
}

func addConfig(flags *pflag.FlagSet) *string { return flags.String("config", "", configUsage) }

const configUsage = "config file at `PATH` (default .apigw-sync.yaml in this folder or the nearest one above)"
