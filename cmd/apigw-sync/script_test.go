package main

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/apigw-sync/apigw-sync/schema"
)

var update = flag.Bool("update", false, "rewrite what scripts compare output with")

// TestMain lets the test binary also serve as the program that scripts run.
func TestMain(m *testing.M) {
	if filepath.Base(os.Args[0]) != "apigw-sync" { // otherwise this process is the program under test, whose environment must stay as it is
		state := filepath.Join(os.TempDir(), "apigw-sync-test-state") // keeps the tests away from the user's own undo files
		if err := os.Setenv("XDG_STATE_HOME", state); err != nil {
			panic(err)
		}
	}
	testscript.Main(m, map[string]func(){"apigw-sync": main})
}

// TestScripts runs the program against the emulator. Scripts can use these commands besides those of testscript:
//
//	exits CODE COMMAND...   runs a command and checks its exit code
//	conforms SCHEMA FILE    checks a JSON file, or stdout, against a schema
//	await FILE TEXT         waits until a file holds a text
func TestScripts(t *testing.T) {
	examples, err := filepath.Abs("../../examples")
	if err != nil {
		t.Fatal(err)
	}
	// Under nohup, tests and their children ignore SIGHUP. A signal that this process handles has its default action
	// in its children.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGHUP)
	testscript.Run(t, testscript.Params{
		Dir:                 "../../testdata/script",
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("EXAMPLES", examples)
			e.Setenv("QUICKSTART", filepath.Join(examples, "quickstart"))
			e.Setenv("HOME", e.WorkDir)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exitsWith, "conforms": conforms, "await": await},
	})
}

func exitsWith(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	err = ts.Exec(args[1], args[2:]...)
	var ended *exec.ExitError
	switch {
	case errors.As(err, &ended):
		got = ended.ExitCode()
	case err != nil:
		ts.Fatalf("%v", err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

func conforms(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: conforms SCHEMA FILE")
	}
	ts.Check(valid(args[0], []byte(ts.ReadFile(args[1]))))
}

func await(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: await FILE TEXT")
	}
	const most = 30 * time.Second
	for begin := time.Now(); time.Since(begin) < most; time.Sleep(10 * time.Millisecond) {
		if text, err := os.ReadFile(ts.MkAbs(args[0])); err == nil && bytes.Contains(text, []byte(args[1])) {
			return
		}
	}
	ts.Fatalf("%s does not get to hold %q", args[0], args[1])
}

// valid checks a document against a schema that also refuses keys that it does not describe, because everything that
// the program writes must be described.
func valid(name string, document []byte) error {
	text, ok := schema.Output(name)
	if !ok {
		return errors.New("no schema " + name)
	}
	described, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return err
	}
	seal(described)
	c := jsonschema.NewCompiler()
	if err := c.AddResource(name, described); err != nil {
		return err
	}
	compiled, err := c.Compile(name)
	if err != nil {
		return err
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(document))
	if err != nil {
		return err
	}
	return compiled.Validate(v)
}

// seal makes every object of a schema refuse keys that are not described.
func seal(v any) {
	switch v := v.(type) {
	case map[string]any:
		if _, described := v["properties"]; described && v["type"] == "object" {
			v["additionalProperties"] = false
		}
		for _, x := range v {
			seal(x)
		}
	case []any:
		for _, x := range v {
			seal(x)
		}
	}
}
