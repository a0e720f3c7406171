// Package release_test checks the files that describe a release with the parsers of the tools that use them:
// goreleaser for its configuration, buildkit for the Dockerfile. It builds nothing; `make test-release` does.
package release_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/goreleaser/goreleaser/v2/pkg/config"
	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
)

const root = "../.."

func project(t *testing.T) config.Project {
	t.Helper()
	p, err := config.Load(filepath.Join(root, ".goreleaser.yaml")) // fails on unknown keys
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestSources checks that every file which the configuration uses exists in the repository, or is made by
// scripts/share.sh.
func TestSources(t *testing.T) {
	p := project(t)
	script, err := os.ReadFile(filepath.Join(root, "scripts", "share.sh"))
	if err != nil {
		t.Fatal(err)
	}
	sources := []string{p.Builds[0].Main, "Dockerfile"}
	for _, f := range p.Archives[0].Files {
		sources = append(sources, f.Source)
	}
	for _, c := range p.NFPMs[0].Contents {
		sources = append(sources, c.Source)
	}
	for _, s := range sources {
		made, ok := strings.CutPrefix(s, "bin/share/")
		if !ok {
			if _, err := os.Stat(filepath.Join(root, s)); err != nil {
				t.Error(err)
			}
			continue
		}
		made, _, _ = strings.Cut(made, "/*")
		if !bytes.Contains(script, []byte("$to/"+made)) {
			t.Errorf("scripts/share.sh does not make %s", s)
		}
	}
}

// TestBuilds checks that programs are linked statically, for all systems, and have their version and commit built in.
func TestBuilds(t *testing.T) {
	b := project(t).Builds[0]
	if d := cmp.Diff([]string{"linux", "darwin", "windows"}, b.Goos); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"amd64", "arm64"}, b.Goarch); d != "" {
		t.Error(d)
	}
	if !slices.Contains(b.Env, "CGO_ENABLED=0") || !slices.Contains(b.Flags, "-trimpath") || b.ModTimestamp == "" {
		t.Error("builds are not static, or not the same everywhere")
	}
	source, err := os.ReadFile(filepath.Join(root, "cmd", "apigw-sync", "version.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"version", "commit", "date"} {
		if !strings.Contains(b.Ldflags[0], "-X main."+name+"={{") && !strings.Contains(b.Ldflags[0], "-X main."+name+"=v{{") {
			t.Errorf("the linker does not set %s", name)
		}
		if !bytes.Contains(bytes.ReplaceAll(source, []byte(" "), nil), []byte("\t"+name+`=""`)) {
			t.Errorf("there is no variable %s for the linker to set", name)
		}
	}
}

// TestDockerfile checks that the last stage contains only the program and certificates, and does not run as root.
func TestDockerfile(t *testing.T) {
	f, err := os.Open(filepath.Join(root, "Dockerfile"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	parsed, err := parser.Parse(f)
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range parsed.Warnings {
		t.Error(w.Short)
	}
	stages, _, err := instructions.Parse(parsed.AST, nil)
	if err != nil {
		t.Fatal(err)
	}
	last := stages[len(stages)-1]
	if last.BaseName != "scratch" {
		t.Errorf("the image is based on %s", last.BaseName)
	}
	var copied []string
	user := ""
	for _, c := range last.Commands {
		switch c := c.(type) {
		case *instructions.CopyCommand:
			copied = append(copied, c.From+":"+strings.Join(c.SourcePaths, " ")+" "+c.DestPath)
		case *instructions.UserCommand:
			user = c.User
		case *instructions.RunCommand:
			t.Error("nothing runs in an empty image")
		}
	}
	if d := cmp.Diff([]string{
		"certificates:/etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt",
		":$TARGETPLATFORM/apigw-sync /usr/bin/apigw-sync",
	}, copied); d != "" {
		t.Error(d)
	}
	if uid, _, _ := strings.Cut(user, ":"); uid == "" || uid == "0" || uid == "root" {
		t.Errorf("the image runs as %q", user)
	}
}
