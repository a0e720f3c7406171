// Command tidy finds what `go mod tidy` would change in the go.mod files of modules, without loading the tests of their
// dependencies. `go mod tidy` does load them. It would therefore fail as soon as the module proxy no longer serves a single module
// that nothing here needs. What is missing in a go.mod or go.sum makes the build fail anyway.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
)

// platforms are the platforms of releases. A module is needed if one of them needs it.
var platforms = []string{"linux", "darwin", "windows"}

type module struct {
	Path     string
	Main     bool
	Indirect bool
}

type goMod struct {
	Require []module
	Tool    []struct{ Path string }
}

// pkg is a package, or the test of one, as `go list` prints it.
type pkg struct {
	ImportPath                         string
	Module                             *module
	Imports, TestImports, XTestImports []string
}

func main() {
	var untidy []error
	for _, dir := range os.Args[1:] {
		if err := check(dir); err != nil {
			untidy = append(untidy, fmt.Errorf("%s/go.mod: %w", dir, err))
		}
	}
	if err := errors.Join(untidy...); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func check(dir string) error {
	out, err := goList(dir, "", "mod", "edit", "-json")
	if err != nil {
		return err
	}
	var mod goMod
	if err := json.Unmarshal(out, &mod); err != nil {
		return fmt.Errorf("read go.mod: %w", err)
	}
	listing := []string{"list", "-deps", "-test", "-json=ImportPath,Module,Imports,TestImports,XTestImports", "./..."}
	if len(mod.Tool) > 0 {
		// A module of tools has no code of ours. The dependencies of the tools are listed instead, without tests and build tags.
		listing = []string{"list", "-deps", "-json=ImportPath,Module", "tool"}
	}
	var all []pkg
	for _, goos := range platforms {
		out, err := goList(dir, goos, listing...)
		if err != nil {
			return err
		}
		some, err := decode(out)
		if err != nil {
			return fmt.Errorf("read the packages: %w", err)
		}
		all = append(all, some...)
	}
	if len(mod.Tool) > 0 {
		return nil
	}
	return departures(mod, all)
}

// departures returns the requirements in a go.mod that do not fit the packages of all platforms.
func departures(mod goMod, all []pkg) error {
	from := map[string]string{} // by import path, the module
	for _, p := range all {
		if p.Module != nil && !p.Module.Main {
			from[p.ImportPath] = p.Module.Path
		}
	}
	used, direct := map[string]bool{}, map[string]bool{}
	for _, p := range all {
		used[from[p.ImportPath]] = true
		if p.Module == nil || !p.Module.Main {
			continue
		}
		for _, imports := range [][]string{p.Imports, p.TestImports, p.XTestImports} {
			for _, path := range imports {
				direct[from[path]] = true
			}
		}
	}
	var wrong []error
	for _, r := range mod.Require {
		switch {
		case !used[r.Path]:
			wrong = append(wrong, fmt.Errorf("%s is required and nothing uses it; go mod edit -droprequire=%[1]s", r.Path))
		case r.Indirect && direct[r.Path]:
			wrong = append(wrong, fmt.Errorf("%s is imported here; remove its // indirect", r.Path))
		case !r.Indirect && !direct[r.Path]:
			wrong = append(wrong, fmt.Errorf("%s is not imported here; mark it // indirect", r.Path))
		}
	}
	return errors.Join(wrong...)
}

func decode(stream []byte) (all []pkg, err error) {
	d := json.NewDecoder(bytes.NewReader(stream))
	for {
		var p pkg
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
}

func goList(dir, goos string, args ...string) ([]byte, error) {
	cmd := exec.Command("go", args...) //nolint:gosec // the arguments are ours
	cmd.Dir = dir
	cmd.Env = append(cmd.Environ(), "GOOS="+goos, "CGO_ENABLED=0")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("GOOS=%s go %s: %w\n%s", goos, strings.Join(args, " "), err, stderr.Bytes())
	}
	return out, nil
}
