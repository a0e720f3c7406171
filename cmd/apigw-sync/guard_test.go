package main

import (
	"testing"

	"github.com/spf13/pflag"
)

// TestAnswered checks that exactly the flags that override a guard count as an answer to it, for each type of flag.
func TestAnswered(t *testing.T) {
	for _, tc := range []struct {
		flag string
		args []string
		want bool
	}{
		{"--allow-empty", nil, false},
		{"--allow-empty", []string{"--allow-empty"}, true},
		{"--allow-empty", []string{"--allow-empty=false"}, false},
		{"--max-deletes 12", nil, false},
		{"--max-deletes 3", nil, false}, // the default does not count as an answer
		{"--max-deletes 3", []string{"--max-deletes=10"}, true},
		{"--max-deletes 12", []string{"--max-deletes=11"}, false},
		{"--max-deletes 12", []string{"--max-deletes=12"}, true},
		{"--max-deletes 12", []string{"--max-deletes=-1"}, true},
		{"--max-deletes=-1", []string{"--max-deletes=99"}, false},
		{"--max-deletes=-1", []string{"--max-deletes=-1"}, true},
		{"--names=acl/a", []string{"--names=acl/b"}, false},
		{"--names=acl/a", []string{"--names=acl/b", "--names=acl/a"}, true},
		{"--names=acl/a", []string{"--names"}, true},
		{"--names=acl/a", nil, false},
		{"--unheard-of", []string{"--allow-empty"}, false},
		{"", []string{"--allow-empty"}, false},
	} {
		flags := pflag.NewFlagSet("", pflag.ContinueOnError)
		flags.Bool("allow-empty", false, "")
		flags.Int("max-deletes", 10, "")
		flags.StringArray("names", nil, "")
		flags.Lookup("names").NoOptDefVal = "any"
		if err := flags.Parse(tc.args); err != nil {
			t.Fatal(err)
		}
		if got := overridden(flags, tc.flag); got != tc.want {
			t.Errorf("%q with %v: %v", tc.flag, tc.args, got)
		}
	}
}
