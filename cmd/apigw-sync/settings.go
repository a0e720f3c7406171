package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/pflag"

	"github.com/apigw-sync/apigw-sync/internal/config"
)

// envPrefix begins the environment's twin of every flag.
const envPrefix = "APIGW_SYNC_"

// twin is the variable that stands for a flag.
func twin(flag string) string {
	return envPrefix + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// aliases are second names of flags.
var aliases = map[string]string{"auto-approve": "yes"}

// unaliased is the first name of a flag.
func unaliased(_ *pflag.FlagSet, name string) pflag.NormalizedName {
	if first, ok := aliases[name]; ok {
		name = first
	}
	return pflag.NormalizedName(name)
}

// settle gives flags that the command line left alone their values from the environment, else from the
// target of the config file. It returns the target's variables.
func (p *program) settle(flags *pflag.FlagSet) (vars map[string]string, err error) {
	given := map[string]bool{}
	flags.Visit(func(f *pflag.Flag) { given[f.Name] = true })
	flags.VisitAll(func(f *pflag.Flag) {
		if err == nil && !given[f.Name] {
			given[f.Name], err = p.fromEnvironment(f)
		}
	})
	if err != nil || flags.Lookup("target") == nil {
		return nil, err
	}
	target, path, err := p.target(flags)
	if err != nil || target == nil {
		return nil, err
	}
	defaults := target.Flags()
	flags.VisitAll(func(f *pflag.Flag) {
		if values, ok := defaults[f.Name]; ok && err == nil && !given[f.Name] {
			if cause := assign(f, values); cause != nil {
				err = fmt.Errorf("%s: targets.%s.%s: %w", path, flags.Lookup("target").Value, strings.ReplaceAll(f.Name, "-", "_"), cause)
			}
		}
	})
	return target.Vars, err
}

// fromEnvironment sets f from its twin. A variable that is set but empty counts as not set.
func (p *program) fromEnvironment(f *pflag.Flag) (found bool, err error) {
	names := []string{f.Name}
	for alias, name := range aliases {
		if name == f.Name {
			names = append(names, alias)
		}
	}
	for _, name := range names {
		value, _ := p.Lookup(twin(name))
		if f.Name == "help" || strings.TrimSpace(value) == "" {
			continue
		}
		values := []string{value}
		if _, several := f.Value.(pflag.SliceValue); several {
			values = split(value, separator(f.Name))
		}
		if err := assign(f, values); err != nil {
			return false, fmt.Errorf("%s: %w", twin(name), err)
		}
		return true, nil
	}
	return false, nil
}

// separator stands between the values of a repeatable flag in the environment. Rules of faults may
// hold commas.
func separator(flag string) string {
	if strings.HasSuffix(flag, "fault") {
		return ";"
	}
	return ","
}

func split(text, separator string) (out []string) {
	for part := range strings.SplitSeq(text, separator) {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

func assign(f *pflag.Flag, values []string) error {
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

// target reads the section of the config file that --target names; nil when it names none.
func (p *program) target(flags *pflag.FlagSet) (*config.Target, string, error) {
	path, name := flags.Lookup("config").Value.String(), flags.Lookup("target").Value.String()
	if path == "" && name == "" {
		return nil, "", nil
	}
	if path == "" {
		found, err := config.Find(".")
		if err != nil {
			return nil, "", err
		}
		if found == "" {
			here, _ := os.Getwd() // for the message alone
			return nil, "", hinted{fmt.Errorf("target %s: no %s in %s or above", name, config.Name, here), "name one with --config"}
		}
		path = found
	}
	file, err := config.Read(path)
	if err != nil || name == "" {
		return nil, path, err
	}
	target, err := file.Target(name)
	return target, path, err
}
