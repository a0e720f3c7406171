package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/apigw-sync/apigw-sync/internal/report/document"
)

// checkValues refuses values that a flag with a fixed set of values does not take.
func checkValues(flags *pflag.FlagSet) error {
	var wrong error
	flags.VisitAll(func(f *pflag.Flag) {
		known := f.Annotations[allValues]
		for _, value := range flagValues(f) {
			if len(known) > 0 && value != f.DefValue && !slices.Contains(known, value) {
				last := len(known) - 1
				use := "use " + strings.Join(known[:last], ", ") + " or " + known[last]
				wrong = joinErrors(wrong, hinted{fmt.Errorf("--%s: there is no %q", f.Name, value), didYouMean(value, known, use)})
			}
		}
	})
	return wrong
}

// checkGiven checks the flags as they were typed. Two different values of a flag that takes one value are an error.
// Otherwise the last one would win silently, and --instance-id a --instance-id b would reach only b. An empty value is
// an error, too, since it usually comes from an unset shell variable, and -f "" would read the current folder.
func checkGiven(root *cobra.Command, args []string) error {
	cmd, rest, err := root.Find(args)
	if err != nil {
		return nil //nolint:nilerr // cobra tells it
	}
	var wrong problems
	first := map[string]string{}
	_ = cmd.Flags().ParseAll(rest, func(f *pflag.Flag, value string) error { // cobra reports the errors of this
		_, several := f.Value.(pflag.SliceValue)
		before, again := first[f.Name]
		first[f.Name] = value
		switch {
		case strings.TrimSpace(value) == "" && strings.HasPrefix(f.Value.Type(), "string"):
			wrong.list = append(wrong.list, document.Problem{Message: fmt.Sprintf("--%s is empty", f.Name), Hint: "leave it out, or give it a value"})
		case again && !several && before != value:
			message := fmt.Sprintf("--%s takes one value, and is given two: %s and %s", f.Name, before, value)
			wrong.list = append(wrong.list, document.Problem{Message: message, Hint: "leave one of them out"})
		}
		return nil
	})
	if len(wrong.list) == 0 {
		return nil
	}
	return wrong
}
