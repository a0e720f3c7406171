package manpage_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"

	"github.com/apigw-sync/apigw-sync/internal/docs/manpage"
)

const want = `.TH "TOOL-COPY" "1" "2026-11-27" "tool 1.0" "User Commands"
.nh
.ad l
.SH "NAME"
tool\-copy \- copy "all" of it
.SH "SYNOPSIS"
\fBtool copy\fR [\fIoptions\fR] \fIFROM TO\fR
.br
\fBtool cp\fR [\fIoptions\fR] \fIFROM TO\fR
.SH "DESCRIPTION"
Copy takes 路径\enames as they are.
\&.hidden ones, too.
.PP
Habits:
.RS "4"
.nf
*=all   every \(ga*\(ga
\&'q'     \(ha\(ti
.fi
.RE
.PP
And more.
.SH "OPTIONS"
.TP
\fB\-f\fR, \fB\-\-from\fR \fIPATH\fR
take PATH (default a.yaml)
[TOOL_from]
.TP
\fB\-\-max\fR \fIN\fR
at most N
[TOOL_max]
.SH "GLOBAL OPTIONS"
.TP
\fB\-\-quiet\fR
say nothing
[TOOL_quiet]
.SH "EXIT STATUS"
.TP
\fB0\fR
done
.TP
\fB1\fR
error; a  b
.SH "FILES"
.TP
\fB\(ti/x\fR
Nothing.
.SH "EXAMPLES"
.RS "4"
.nf
tool copy \-\-max 1
\&.
.fi
.RE
.SH "SEE ALSO"
\fBtool\fR(1)
`

func tree() (root, copying *cobra.Command) {
	root = &cobra.Command{Use: "tool", Short: "Do things", Long: "Tool does things."}
	root.PersistentFlags().Bool("quiet", false, "say nothing")
	copying = &cobra.Command{
		Use: "copy FROM TO", Aliases: []string{"cp"}, Short: "Copy \"all\" of it", Run: func(*cobra.Command, []string) {},
		Long:    "Copy takes 路径\\names as they are.\n.hidden ones, too.\n\nHabits:\n  *=all   every `*`\n  'q'     ^~\nAnd more.\n\nExit codes:\n  0  done\n  1  error; a  b",
		Example: "  tool copy --max 1\n  .",
	}
	copying.Flags().StringP("from", "f", "a.yaml", "take `PATH`")
	copying.Flags().Int("max", 0, "at most `N`")
	copying.Flags().Bool("secret", false, "not told")
	_ = copying.Flags().MarkHidden("secret")
	root.AddCommand(copying, &cobra.Command{Use: "inner", Hidden: true, Run: func(*cobra.Command, []string) {}})
	return root, copying
}

func page(*cobra.Command) manpage.Page {
	return manpage.Page{
		Source: "tool 1.0", Date: "2026-11-27", Variable: func(flag string) string { return "TOOL_" + flag },
		Files: []manpage.Entry{{Name: "~/x", Text: "Nothing."}},
	}
}

// TestWrite checks the whole page of a command with everything that a page can have.
func TestWrite(t *testing.T) {
	_, copying := tree()
	var b bytes.Buffer
	if err := manpage.Write(&b, copying, page(copying)); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, b.String()); d != "" {
		t.Error(d)
	}
}

// TestWriteTree checks that a command and its subcommands get a page each.
func TestWriteTree(t *testing.T) {
	root, _ := tree()
	var names []string
	err := manpage.WriteTree(root, page, func(name string, write func(io.Writer) error) error {
		names = append(names, name)
		return write(io.Discard)
	})
	if d := cmp.Diff([]string{"tool.1", "tool-copy.1"}, names); err != nil || d != "" {
		t.Errorf("error %v, and\n%s", err, d)
	}
	full := errors.New("disk full")
	err = manpage.WriteTree(root, page, func(name string, _ func(io.Writer) error) error {
		if name == "tool-copy.1" {
			return full
		}
		return nil
	})
	if !errors.Is(err, full) || !strings.HasPrefix(err.Error(), "manual page of tool copy: ") {
		t.Errorf("got %v", err)
	}
}
