package main

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/apigw-sync/apigw-sync/internal/config"
)

// TestPrecedence sets one flag in every possible way, and then removes the setting with the highest precedence step
// by step.
func TestPrecedence(t *testing.T) {
	section := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(section, []byte("targets: {x: {region: from-config, kind: [acl], max_rps: 2.5}}"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name         string
		args         []string
		env          []string
		region, kind string
	}{
		{"flag", []string{"--region=from-flag", "--kind=app", "--kind=plugin", "--target=x"}, []string{"APIGW_SYNC_REGION=from-env", "APIGW_SYNC_KIND=throttle"}, "from-flag", "[app,plugin]"},
		{"environment", []string{"--target=x"}, []string{"APIGW_SYNC_REGION=from-env", "APIGW_SYNC_KIND=throttle, app"}, "from-env", "[throttle,app]"},
		{"config", nil, []string{"APIGW_SYNC_TARGET=x", "APIGW_SYNC_REGION= "}, "from-config", "[acl]"},
		{"default", nil, nil, "", "[]"},
	} {
		var o compareOptions
		flags := pflag.NewFlagSet("diff", pflag.ContinueOnError)
		o.addFlags(flags)
		if err := flags.Parse(append(c.args, "--config", section)); err != nil {
			t.Fatal(err)
		}
		p := &program{Environ: c.env}
		if err := p.fillFlags(flags); err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if got := flags.Lookup("kind").Value.String(); o.gateway.region != c.region || got != c.kind {
			t.Errorf("%s: region %q and kinds %s, want %q and %s", c.name, o.gateway.region, got, c.region, c.kind)
		}
	}
}

// TestEveryKeyOfTargets checks that each key of a target applies if neither the flag nor the environment sets it, in
// every command that has the flag.
func TestEveryKeyOfTargets(t *testing.T) {
	section := filepath.Join(t.TempDir(), "config.yaml")
	values := map[string][3]string{ // set in the config file, the environment, and on the command line
		"string": {"a", "b", "c"}, "stringArray": {"[a]", "b", "c"}, "bool": {"true", "false", "true"},
		"int": {"1", "2", "3"}, "N|auto": {"1", "auto", "3"}, "float64": {"1", "2", "3"}, "duration": {"1s", "2s", "3s"},
	}
	keys := map[string]bool{}
	for field := range reflect.TypeFor[config.Target]().Fields() {
		if key := field.Tag.Get("json"); !slices.Contains([]string{"vars", "production", "wave"}, key) {
			keys[key] = false
		}
	}
	for _, cmd := range (&program{}).newRootCommand().Commands() {
		if cmd.Flags().Lookup("target") == nil {
			continue
		}
		for key := range keys {
			flag := config.FlagOf(key)
			f := cmd.Flags().Lookup(flag)
			if f == nil {
				continue
			}
			keys[key] = true
			v := values[f.Value.Type()]
			if err := os.WriteFile(section, []byte("targets: {x: {"+key+": "+v[0]+"}}"), 0o600); err != nil {
				t.Fatal(err)
			}
			for level, want := range []string{f.DefValue, v[0], v[1], v[2]} {
				if got := settled(t, cmd.Name(), flag, section, level, v); got != strings.Trim(want, "[]") {
					t.Errorf("%s --%s at level %d is %q, want %q", cmd.Name(), flag, level, got, want)
				}
			}
		}
	}
	for key, found := range keys {
		if !found {
			t.Errorf("no command has a flag for %s", key)
		}
	}
}

// settled returns the value of a flag with the settings up to a level: 0 is the default, 1 the config file, 2 the
// environment, 3 the command line. Paths from the config file are returned as written there.
func settled(t *testing.T, command, flag, section string, level int, v [3]string) string {
	t.Helper()
	p := &program{}
	cmd, _, err := p.newRootCommand().Find([]string{command})
	if err != nil {
		t.Fatal(err)
	}
	args := []string{"--config", section}
	if level > 0 {
		args = append(args, "--target", "x")
	}
	if level > 1 {
		p.Environ = []string{envVariable(flag) + "=" + v[1]}
	}
	if level > 2 {
		args = append(args, "--"+flag+"="+v[2])
	}
	if err := cmd.ParseFlags(args); err != nil {
		t.Fatal(err)
	}
	if err := p.fillFlags(cmd.Flags()); err != nil {
		t.Fatal(err)
	}
	got := strings.Trim(cmd.Flags().Lookup(flag).Value.String(), "[]")
	return strings.TrimPrefix(got, filepath.Dir(section)+string(filepath.Separator))
}

// TestTwins checks that every flag of every command can be set with its environment variable.
func TestTwins(t *testing.T) {
	p := &program{}
	values := map[string]string{"bool": "true", "int": "7", "N|auto": "7", "float64": "7", "duration": "7s"}
	var visit func(*cobra.Command)
	visit = func(cmd *cobra.Command) {
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			value := values[f.Value.Type()]
			if value == "" {
				value = "seven"
			}
			p.Environ = []string{"APIGW_SYNC_" + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_")) + "=" + value}
			found, err := p.fromEnvironment(f)
			if err != nil || found != (f.Name != "help") {
				t.Errorf("%s --%s: found %t, error %v", cmd.CommandPath(), f.Name, found, err)
			}
			if got := strings.Trim(f.Value.String(), "[]"); found && got != value {
				t.Errorf("%s --%s is %q, want %q", cmd.CommandPath(), f.Name, got, value)
			}
		})
		for _, c := range cmd.Commands() {
			visit(c)
		}
	}
	visit(p.newRootCommand())
	p.Environ = []string{"APIGW_SYNC_AUTO_APPROVE=true"}
	cmd, _, err := p.newRootCommand().Find([]string{"apply"})
	if err != nil {
		t.Fatal(err)
	}
	if found, err := p.fromEnvironment(cmd.Flags().Lookup("yes")); !found || err != nil {
		t.Errorf("APIGW_SYNC_AUTO_APPROVE: found %t, error %v", found, err)
	}
}

// TestHelp checks that the help of every command lists the exit codes and has an example.
func TestHelp(t *testing.T) {
	p := &program{}
	for _, cmd := range p.newRootCommand().Commands() {
		if cmd.Name() == "help" {
			continue
		}
		if !strings.Contains(cmd.Long, "Exit codes:\n  0  done") {
			t.Errorf("%s does not tell its exit codes", cmd.Name())
		}
		if !strings.Contains(cmd.Example, "apigw-sync "+cmd.Name()) {
			t.Errorf("%s has no example", cmd.Name())
		}
	}
}

func commandOf(args string) *cobra.Command {
	cmd, _, _ := (&program{}).newRootCommand().Find(strings.Fields(args))
	return cmd
}

// TestWantsJSON checks that a request for JSON is recognized even if other arguments are wrong.
func TestWantsJSON(t *testing.T) {
	for args, want := range map[string]bool{
		"diff -o json":              true,
		"diff -ojson":               true,
		"diff -o=json":              true,
		"diff --output json":        true,
		"diff --output=json --nope": true,
		"diff --nope -o json":       true,
		"diff":                      false,
		"diff -o text":              false,
		"diff -o":                   false,
		"emulator -- diff -o json":  false,
	} {
		if got := wantsJSON(commandOf(args), strings.Fields(args), func(string) (string, bool) { return "", false }); got != want {
			t.Errorf("%s: got %t", args, got)
		}
	}
	inEnv := func(name string) (string, bool) { return "json", name == "APIGW_SYNC_OUTPUT" }
	for args, want := range map[string]bool{"diff": true, "diff -otext": false, "export": false, "rotate code a": false} {
		if got := wantsJSON(commandOf(args), strings.Fields(args), inEnv); got != want {
			t.Errorf("%s with a variable: got %t", args, got)
		}
	}
}
