// Package docs_test checks that the documentation agrees with the program.
//
// It runs the commands on each page. A block of the form
//
//	```yaml file=gateway.yaml
//
// is written to a file in a temporary folder of the page, and
//
//	```console
//	$ apigw-sync validate
//
// is typed into a shell, the same for all blocks of a page. The lines after a command are its output, stdout and
// stderr together. In the expected output a line "..." matches any lines, and "…" within a line matches any text;
// a last line "(exit code N)" is needed if the exit code is not 0. A backslash at the end of a line continues the
// command. Commands read an empty stdin.
//
// A block with commands that cannot run here is marked ```sh not-run="REASON", with one of the reasons below.
// `go test ./docs -update` updates the outputs on all pages.
package docs_test

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "update the output of commands on the pages")

// notRun lists the reasons for not running a block of commands.
var notRun = []string{
	"needs an account",
	"needs another operating system",
	"needs the network",
	"needs a repository on its site",
	"changes this machine",
	"runs until it is stopped",
	"tests run it elsewhere",
	"tests parse it", // examples of help texts, in cmd/apigw-sync
}

// shells lists the languages of blocks that a reader would paste into a terminal.
var shells = []string{"console", "sh", "bash", "shell", "zsh", "fish", "powershell", "pwsh", "bat", "cmd"}

var bin string // the folder that contains the built program

// TestMain builds the program once for all pages.
func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(func() int {
		folder, err := os.MkdirTemp("", "docs")
		if err != nil {
			panic(err)
		}
		defer func() { _ = os.RemoveAll(folder) }()
		bin = folder
		if err := lookAtSources(); err != nil {
			panic(err)
		}
		build := exec.Command("go", "build", "-o", bin+string(filepath.Separator), "../cmd/apigw-sync")
		if out, err := build.CombinedOutput(); err != nil {
			panic(fmt.Sprintf("%v\n%s", err, out))
		}
		return m.Run()
	}())
}

// lookAtSources looks at all source files of the program, so that go test knows that the result depends on them.
// Otherwise it would use a cached result although the program has changed.
func lookAtSources() error {
	for _, folder := range []string{"../cmd", "../internal", "../schema"} {
		err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
			if err == nil && d.Name() == "node_modules" {
				return filepath.SkipDir
			}
			if err == nil {
				_, err = os.Stat(path)
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// TestPages runs all pages.
func TestPages(t *testing.T) {
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("no POSIX shell here")
	}
	for _, path := range pages(t) {
		t.Run(filepath.ToSlash(path), func(t *testing.T) {
			t.Parallel()
			runPage(t, path)
		})
	}
}

// pages returns the paths of all pages.
func pages(t *testing.T) []string {
	t.Helper()
	out := []string{"../README.md"}
	err := filepath.WalkDir(".", func(path string, _ fs.DirEntry, err error) error {
		if filepath.Ext(path) == ".md" {
			out = append(out, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func runPage(t *testing.T, path string) {
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	all, err := blocks(string(text))
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	lines := strings.Split(string(text), "\n")
	s := shell{t: t, folder: t.TempDir()}
	var mended []replacement
	unread := 0 // the line of the last file block, if no command has followed yet
	for _, b := range all {
		name, isFile := b.Attr["file"]
		reason, excused := b.Attr["not-run"]
		switch {
		case isFile:
			s.write(b, name)
			unread = b.Line
		case excused && !slices.Contains(notRun, reason):
			t.Errorf("%s:%d: %q is no reason not to run a block; reasons are %s", path, b.Line, reason, strings.Join(notRun, ", "))
		case excused:
		case b.Lang == "console":
			mended = append(mended, s.play(path, b)...)
			unread = 0
		case slices.Contains(shells, b.Lang):
			t.Errorf("%s:%d: the block is not run; make it a console block, or say why not, as in ```%s not-run=%q", path, b.Line, b.Lang, notRun[0])
		}
	}
	if unread > 0 {
		t.Errorf("%s:%d: no command reads this file", path, unread)
	}
	if *update && len(mended) > 0 {
		writePage(t, path, lines, mended)
	}
}

// replacement replaces some lines of a page.
type replacement struct {
	from, to int // line numbers, counted from 0; to is exclusive
	lines    []string
}

func writePage(t *testing.T, path string, lines []string, mended []replacement) {
	for _, r := range slices.Backward(mended) {
		lines = slices.Replace(lines, r.from, r.to, r.lines...)
	}
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")), 0o666); err != nil {
		t.Fatal(err)
	}
}

// shell is a shell with its own folder. It starts with the first command.
type shell struct {
	t      *testing.T
	folder string
	in     io.WriteCloser
	out    *os.File
	lines  *bufio.Reader // of out
}

// start starts the shell with the program on its PATH, and without the settings of the machine.
func (s *shell) start() {
	t, folder := s.t, s.folder
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "sh") // ends with the test
	cmd.Dir = folder
	cmd.Env = []string{
		"PATH=" + bin + string(os.PathListSeparator) + os.Getenv("PATH"), "HOME=" + folder, "PWD=" + folder, "TMPDIR=" + folder,
		"LC_ALL=C", "TZ=UTC", "NO_COLOR=1", "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=Ada", "GIT_AUTHOR_EMAIL=ada@example.com", "GIT_COMMITTER_NAME=Ada", "GIT_COMMITTER_EMAIL=ada@example.com",
	}
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout, cmd.Stderr = write, write
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_ = write.Close()
	t.Cleanup(func() {
		_ = in.Close()
		_ = cmd.Wait()
		_ = read.Close()
	})
	s.in, s.out, s.lines = in, read, bufio.NewReader(read)
}

func (s *shell) write(b block, name string) {
	path := filepath.Join(s.folder, filepath.FromSlash(name))
	if !filepath.IsLocal(name) {
		s.t.Fatalf("line %d: %s is outside of the page's folder", b.Line, name)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(strings.Join(b.Lines, "\n")+"\n"), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

// play runs the commands of a block and compares their output with the page. With -update it returns
// the lines that the page should have instead.
func (s *shell) play(path string, b block) (mended []replacement) {
	s.t.Helper()
	commands, err := b.commands()
	if err != nil {
		s.t.Fatalf("%s: %v", path, err)
	}
	for _, c := range commands {
		got := s.run(path, c)
		if c.shows(got) {
			continue
		}
		if !*update {
			s.t.Errorf("%s:%d: $ %s\nprints\n\t%s\nbut the page says\n\t%s", path, c.Line, c.Text, strings.Join(got, "\n\t"), strings.Join(c.Want, "\n\t"))
			continue
		}
		first := c.Line + strings.Count(c.Text, "\n")
		r := replacement{from: first, to: first + len(c.Want)}
		for _, line := range got {
			r.lines = append(r.lines, strings.TrimRight(b.Indent+line, " "))
		}
		mended = append(mended, r)
	}
	return mended
}

// run runs a command and returns the lines that it printed.
func (s *shell) run(path string, c command) (lines []string) {
	s.t.Helper()
	if s.in == nil {
		s.start()
	}
	const mark = "<<end of the command>>"
	const most = time.Minute
	stuck := time.AfterFunc(most, func() { _ = s.out.Close() })
	defer stuck.Stop()
	// Braces redirect stdin without a subshell, so that commands such as cd still change the shell.
	if _, err := fmt.Fprintf(s.in, "{ %s\n} </dev/null\nprintf '\\n%s%%d\\n' $?\n", c.Text, mark); err != nil {
		s.t.Fatalf("%s:%d: %v", path, c.Line, err)
	}
	for {
		line, err := s.lines.ReadString('\n')
		if err != nil {
			s.t.Fatalf("%s:%d: the shell has ended, or not within %s: %s\n%s%s", path, c.Line, most, c.Text, strings.Join(lines, "\n"), line)
		}
		line = strings.TrimRight(line, " \n")
		if code, ended := strings.CutPrefix(line, mark); ended {
			if n := len(lines); n > 0 && lines[n-1] == "" {
				lines = lines[:n-1] // the line break before the mark
			}
			if code != "0" {
				lines = append(lines, "(exit code "+code+")")
			}
			return lines
		}
		lines = append(lines, line)
	}
}
