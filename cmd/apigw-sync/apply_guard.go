package main

import (
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"github.com/apigw-sync/apigw-sync/internal/report/document"
	"github.com/apigw-sync/apigw-sync/internal/saved/planfile"
)

// overridden reports whether the flag that overrides a refusal was given as the refusal names it: a switch that is on,
// a number that is high enough or negative, or a list that has the value or means all.
func overridden(flags *pflag.FlagSet, flag string) bool {
	if flags == nil { // the command only reads
		return false
	}
	name, value := strings.TrimPrefix(flag, "--"), ""
	if at := strings.IndexAny(name, " ="); at >= 0 {
		name, value = name[:at], name[at+1:]
	}
	f := flags.Lookup(name)
	if f == nil || !given(f) {
		return false
	}
	if list, ok := f.Value.(pflag.SliceValue); ok {
		all := func(v string) bool { return v == f.NoOptDefVal }
		return slices.Contains(list.GetSlice(), value) || slices.ContainsFunc(list.GetSlice(), all)
	}
	allowed, err := strconv.Atoi(f.Value.String())
	if err != nil {
		return f.Value.String() == "true"
	}
	needed, err := strconv.Atoi(value)
	return allowed < 0 || err == nil && needed >= 0 && allowed >= needed
}

// given reports whether a flag was set, or has a value other than its default.
func given(f *pflag.Flag) bool { return f.Changed || f.Value.String() != f.DefValue }

// recheckGuards refuses a saved plan that guards refused when it was made, unless flags of this run override them. The
// health of the gateway is checked again instead.
func (o *compareOptions) recheckGuards(f *planfile.File) error {
	list := slices.DeleteFunc(slices.Clone(f.Refusals), func(r document.Refusal) bool {
		return r.Guard == "instance" || overridden(o.flags, r.Flag)
	})
	if len(list) == 0 {
		return nil
	}
	return refuseWith(list)
}
