package docs_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
)

// block is a fenced block of a page.
type block struct {
	Line   int    // of the opening fence, from 1
	Indent string // the spaces before each of its lines
	Lang   string
	Attr   map[string]string // such as file=gateway.yaml or not-run="needs an account"
	Lines  []string          // without the indent
}

// command is a command in a console block, with its expected output.
type command struct {
	Line int // from 1
	Text string
	Want []string // stdout and stderr together; a line "..." matches any lines, and "…" within a line matches any text
}

var (
	fence     = regexp.MustCompile("^( *)(```+)([a-z]*)(.*)$")
	attribute = regexp.MustCompile(`([a-z-]+)=(?:"([^"]*)"|(\S+))`)
)

// blocks returns the fenced blocks of a page.
func blocks(page string) (out []block, err error) {
	var open *block
	closing := ""
	for i, line := range strings.Split(page, "\n") {
		if open != nil {
			if strings.TrimSpace(line) == closing {
				out, open = append(out, *open), nil
				continue
			}
			open.Lines = append(open.Lines, strings.TrimPrefix(line, open.Indent))
			continue
		}
		m := fence.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		open, closing = &block{Line: i + 1, Indent: m[1], Lang: m[3], Attr: map[string]string{}}, m[2]
		rest := attribute.ReplaceAllStringFunc(m[4], func(a string) string {
			pair := attribute.FindStringSubmatch(a)
			open.Attr[pair[1]] = pair[2] + pair[3]
			return ""
		})
		if strings.TrimSpace(rest) != "" {
			return nil, fmt.Errorf("line %d: %q is no attribute of a block", i+1, strings.TrimSpace(rest))
		}
	}
	if open != nil {
		return nil, fmt.Errorf("line %d: the block does not end", open.Line)
	}
	return out, nil
}

// commands returns the commands of a console block. A backslash at the end of a line continues a command.
func (b *block) commands() (out []command, err error) {
	for i := 0; i < len(b.Lines); i++ {
		line, at := b.Lines[i], b.Line+1+i
		text, typed := strings.CutPrefix(line, "$ ")
		switch {
		case typed:
			for strings.HasSuffix(text, `\`) && i+1 < len(b.Lines) {
				i++
				text += "\n" + b.Lines[i]
			}
			out = append(out, command{Line: at, Text: text})
		case len(out) == 0:
			return nil, fmt.Errorf("line %d: a console block begins with a command, as $ COMMAND", at)
		default:
			out[len(out)-1].Want = append(out[len(out)-1].Want, line)
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("line %d: the block has no command", b.Line)
	}
	return out, nil
}

// shows reports whether the output of a command is the expected one.
func (c *command) shows(got []string) bool {
	var pattern strings.Builder
	pattern.WriteString("^")
	for _, line := range c.Want {
		if strings.TrimSpace(line) == "..." {
			pattern.WriteString(`(?:[^\n]*\n)*?`)
		} else {
			pattern.WriteString(strings.ReplaceAll(regexp.QuoteMeta(line), "…", "[^\\n]*") + "\n")
		}
	}
	text := ""
	for _, line := range got {
		text += line + "\n"
	}
	return regexp.MustCompile(pattern.String() + "$").MatchString(text)
}

// TestRunner checks that mistakes in the blocks of a page are found.
func TestRunner(t *testing.T) {
	for _, c := range []struct {
		name, page string
		wrong      string // a part of the error; "" if there is none
	}{
		{"all sorts", "```yaml file=a.yaml\na: 1\n```\n\n- in a list\n  ```console\n  $ cat a.yaml\n  a: 1\n  ```\n", ""},
		{"open end", "text\n```console\n$ true\n", "line 2: the block does not end"},
		{"no command", "```console\n```\n", "line 1: the block has no command"},
		{"output without command", "```console\nhello\n$ true\n```\n", "line 2: a console block begins with a command"},
		{"attribute", "```yaml name.yaml\n```\n", `line 1: "name.yaml" is no attribute`},
	} {
		t.Run(c.name, func(t *testing.T) {
			all, err := blocks(c.page)
			for i := range all {
				if all[i].Lang == "console" && err == nil {
					_, err = all[i].commands()
				}
			}
			if (err == nil) != (c.wrong == "") || err != nil && !strings.Contains(err.Error(), c.wrong) {
				t.Errorf("error %v, want %q", err, c.wrong)
			}
		})
	}
}

// TestShows checks how the output on a page is compared with what a command prints, with ... for what is left out.
func TestShows(t *testing.T) {
	for _, c := range []struct {
		page, printed string
		same          bool
	}{
		{"a\nb", "a\nb", true},
		{"a", "a\nb", false},
		{"a\n...", "a\nb\nc", true},
		{"...\nc", "a\nb\nc", true},
		{"a\n...\nd", "a\nb\nc", false},
		{"a\n...\nb", "a\nb", true},
		{"a.c", "abc", false},
		{"id …, done", "id 7f3a, done", true},
		{"id …, done", "id 7f3a, failed", false},
	} {
		said := command{Want: strings.Split(c.page, "\n")}
		if got := said.shows(strings.Split(c.printed, "\n")); got != c.same {
			t.Errorf("%q shows %q: %t, want %t", c.page, c.printed, got, c.same)
		}
	}
}
