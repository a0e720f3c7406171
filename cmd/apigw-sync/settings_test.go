package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// TestPrecedence gives one flag at every place and takes them away from the top.
func TestPrecedence(t *testing.T) {
	config := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(config, []byte("targets: {x: {region: from-config, kind: [acl], max_rps: 2.5}}"), 0o600); err != nil {
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
		if err := flags.Parse(append(c.args, "--config", config)); err != nil {
			t.Fatal(err)
		}
		p := &program{Environ: c.env}
		if _, err := p.settle(flags); err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if got := flags.Lookup("kind").Value.String(); o.gateway.region != c.region || got != c.kind {
			t.Errorf("%s: region %q and kinds %s, want %q and %s", c.name, o.gateway.region, got, c.region, c.kind)
		}
	}
}

// TestTwins holds every flag of every command against its twin in the environment.
func TestTwins(t *testing.T) {
	p := &program{}
	values := map[string]string{"bool": "true", "int": "7", "float64": "7", "duration": "7s"}
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

// TestHelp holds the help of every command against the house rules.
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
		if got := wantsJSON(strings.Fields(args), func(string) (string, bool) { return "", false }); got != want {
			t.Errorf("%s: got %t", args, got)
		}
	}
	inEnv := func(name string) (string, bool) { return "json", name == "APIGW_SYNC_OUTPUT" }
	if !wantsJSON([]string{"diff"}, inEnv) || wantsJSON([]string{"diff", "-otext"}, inEnv) {
		t.Error("the environment does not count as it should")
	}
}
