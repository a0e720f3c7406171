package report_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/report"
	"github.com/apigw-sync/apigw-sync/internal/report/document"
	"github.com/apigw-sync/apigw-sync/internal/report/sample"
)

// formats are the formats whose output is compared with files, with the names of the files.
var formats = map[string]string{
	"markdown": ".md", "github": ".github", "junit": ".junit.xml", "sarif": ".sarif", "prometheus": ".prom", "html": ".html",
}

// write writes a document in a format; nil if the format does not support it.
func write(t *testing.T, name string, doc document.Document, s report.Style) []byte {
	t.Helper()
	f := report.Find(name)
	var b bytes.Buffer
	if _, check := doc.(*document.Check); check && !f.Has("validate") {
		return nil
	}
	if err := f.Write(&b, doc, s); err != nil {
		t.Fatalf("%s of %T: %v", name, doc, err)
	}
	return b.Bytes()
}

var samples = map[string]document.Document{
	"plan": sample.Plan(), "failed": sample.Failed(), "results": sample.Results(), "drift": sample.Drift(), "check": sample.Check(),
	"same": document.EmptyPlan(sample.Head),
}

// assets are the parts that are the same in all pages.
var assets = regexp.MustCompile(`(?s)(<style>).*?(</style>)|(<script>).*?(</script>)|'sha256-[^']*'`)

// TestFormats compares each sample document in each format with its golden file.
func TestFormats(t *testing.T) {
	for name, d := range samples {
		for format, suffix := range formats {
			var job job
			out := write(t, format, d, report.Style{Append: job.add, History: sample.History()})
			if out == nil {
				continue
			}
			if format == "html" {
				out = assets.ReplaceAll(out, []byte("$1$2$3$4"))
			}
			if format == "github" {
				out = append(out, job.String()...)
			}
			golden(t, name+suffix, out)
		}
	}
}

// job is the files of a job.
type job struct{ bytes.Buffer }

func (j *job) add(variable, text string) error {
	_, err := fmt.Fprintf(j, "\n======== %s\n%s", variable, text)
	return err
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", "formats", name)
	if flag.Lookup("update").Value.String() == "true" {
		if err := os.WriteFile(path, got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), string(got)); d != "" {
		t.Errorf("%s (-want +got):\n%s", path, d)
	}
}

// Everything that needs attention must be in every format.
func TestEverythingIsInEveryFormat(t *testing.T) {
	d := sample.Drift()
	var want []string
	for i := range d.Changes {
		want = append(want, d.Changes[i].Address)
	}
	for _, e := range d.Extra {
		want = append(want, e.Address)
	}
	want = append(want, "old.shop.example.com", "pay.shop.example.com", "Frozen", "POLICE", "app_acl", "legacy_*", "2026-09-30")
	for format := range formats {
		var job job
		out := write(t, format, d, report.Style{Append: job.add})
		text := string(out) + job.String()
		for _, w := range want {
			if format == "prometheus" && !strings.Contains(w, ".example.com") {
				continue // it only has counts
			}
			if !strings.Contains(text, w) {
				t.Errorf("%s lacks %s", format, w)
			}
		}
	}
}

// TestMarkdownFitsAComment checks that a large plan stays below the limit of GitHub and still names every removed
// object.
func TestMarkdownFitsAComment(t *testing.T) {
	plan := sample.Many(5_000, 40)
	out := string(write(t, "markdown", plan, report.Style{}))
	size := len(utf16.Encode([]rune(out)))
	t.Logf("5,000 changes take %d characters", size)
	if size > 60_000 {
		t.Errorf("%d characters are too many", size)
	}
	for i := range 40 {
		if want := fmt.Sprintf("throttle/orders_gone_%d\n", i); !strings.Contains(out, want) {
			t.Errorf("%s is missing", want)
		}
	}
	if size < 55_000 {
		t.Errorf("%d characters leave room unused", size)
	}
	shown := strings.Count(out, "throttle_binding/") + strings.Count(out, "throttle/orders_limit")
	var left int
	_, end, _ := strings.Cut(out, "\nNot shown: ")
	if _, err := fmt.Sscanf(end, "%d changes", &left); err != nil {
		t.Fatal(err)
	}
	if shown+left+40 != 5_000 {
		t.Errorf("%d shown, 40 deleted and %d left out are not 5,000", shown, left)
	}
}

// A report fits into a comment, whatever its size.
func TestMarkdownNeverGrows(t *testing.T) {
	for _, n := range []int{1, 20, 400} {
		d := sample.Drift()
		for i := range n {
			d.Warnings = append(d.Warnings, document.Problem{Message: strings.Repeat("`🎉|", 10+7*i)})
			d.Errors = append(d.Errors, document.Problem{Message: strings.Repeat("x", i)})
			d.Changes = append(d.Changes, document.Change{Address: strings.Repeat("支付", 300), Kind: fmt.Sprint(i), Action: diff.Delete})
			d.Changes = append(d.Changes, document.Change{Address: strings.Repeat("支付", 300), Kind: fmt.Sprint(i), Action: diff.Create})
		}
		if size := len(utf16.Encode([]rune(string(write(t, "markdown", d, report.Style{}))))); size > 60_000 {
			t.Errorf("%d of each: %d characters", n, size)
		}
	}
}

// poisoned are documents full of texts that break formats which do not escape them.
var poisoned = sync.OnceValue(func() (out []document.Document) {
	for i := range sample.Hostile {
		out = append(out, sample.Poison(sample.Plan(), i), sample.Poison(sample.Results(), i), sample.Poison(sample.Drift(), i), sample.Poison(sample.Failed(), i), sample.Poison(sample.Check(), i))
	}
	return out
})

// TestHostileTextsAreNeverRaw checks that no format lets invisible characters through.
func TestHostileTextsAreNeverRaw(t *testing.T) {
	for i, d := range poisoned() {
		for format := range formats {
			out := write(t, format, d, report.Style{Append: new(job).add})
			if bytes.ContainsAny(out, "\x00\x01\x1b\x7f\u0085\u202e\u2066\u200b") {
				t.Errorf("%s of %T %d contains invisible characters", format, d, i)
			}
		}
	}
}

// TestJUnitIsXML checks that hostile texts leave the XML well-formed.
func TestJUnitIsXML(t *testing.T) {
	for i, d := range poisoned() {
		dec := xml.NewDecoder(bytes.NewReader(write(t, "junit", d, report.Style{})))
		cases := 0
		for {
			token, err := dec.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%T %d: %v", d, i, err)
			}
			if e, ok := token.(xml.StartElement); ok && e.Name.Local == "testcase" {
				cases++
			}
		}
		if cases == 0 {
			t.Errorf("%T %d has no case", d, i)
		}
	}
}

// Each line is a command, or our own last line: text from outside never begins a line.
func TestAnnotationsCannotBeForged(t *testing.T) {
	line := regexp.MustCompile(`^::(error|warning|notice) title=[^:,\n]*(,file=[^:,\n]*(,line=[0-9]+(,col=[0-9]+)?)?)?::[^\n]*$`)
	for i, d := range poisoned() {
		lines := strings.Split(strings.TrimSuffix(string(write(t, "github", d, report.Style{})), "\n"), "\n")
		for _, l := range lines[:len(lines)-1] {
			if !line.MatchString(l) {
				t.Errorf("%T %d: %q", d, i, l)
			}
		}
	}
}

// Outputs are parsed as the runner of GitHub does.
func TestOutputsCannotBeForged(t *testing.T) {
	for i, d := range poisoned() {
		var file string
		write(t, "github", d, report.Style{Append: func(variable, text string) error {
			if variable == "GITHUB_OUTPUT" {
				file += text
			}
			return nil
		}})
		got := map[string]string{}
		for lines := strings.Split(strings.TrimSuffix(file, "\n"), "\n"); len(lines) > 0; {
			name, end, several := strings.Cut(lines[0], "<<")
			if lines = lines[1:]; !several {
				n, value, ok := strings.Cut(name, "=")
				if !ok {
					t.Fatalf("%T %d: %q is no output", d, i, name)
				}
				got[n] = value
				continue
			}
			for lines[0] != end {
				got[name] += lines[0] + "\n"
				lines = lines[1:]
			}
			lines = lines[1:]
		}
		if want := string(write(t, "markdown", d, report.Style{})); got["report"] != want {
			t.Errorf("%T %d: the output differs from the report", d, i)
		}
		if got["result"] == "" || strings.Count(got["result"], "\n") != 1 {
			t.Errorf("%T %d: result is %q", d, i, got["result"])
		}
	}
}

// TestNoSecretInAnyFormat checks that no format shows the values of sensitive fields.
func TestNoSecretInAnyFormat(t *testing.T) {
	const secret = "s3cr3t-v4lue"
	d := sample.Drift()
	d.Changes[2].Fields = []document.Field{{Path: "/app_secret", Before: secret, After: secret + "\n2\n3", Sensitive: true}, {Path: "/app_code", After: secret, Sensitive: true}}
	for format := range formats {
		var job job
		if out := string(write(t, format, d, report.Style{Append: job.add})) + job.String(); strings.Contains(out, secret) {
			t.Errorf("%s shows a secret", format)
		}
	}
}

// TestHistory checks that only earlier reports of the same gateway are read, oldest first, and that other files become
// warnings.
func TestHistory(t *testing.T) {
	encode := func(change func(*document.Drift)) *fstest.MapFile {
		d := sample.Drift()
		change(d)
		return &fstest.MapFile{Data: write(t, "json", d, report.Style{})}
	}
	folder := fstest.MapFS{
		"b.json":     encode(func(*document.Drift) {}),
		"a.json":     encode(func(d *document.Drift) { d.At = d.At.AddDate(0, 0, 1) }),
		"other.json": encode(func(d *document.Drift) { d.InstanceID = "another" }),
		"plan.json":  {Data: write(t, "json", sample.Plan(), report.Style{})},
		"torn.json":  {Data: []byte(`{"at":`)},
		"notes.txt":  {Data: []byte("no report")},
		"old.json":   {Mode: fs.ModeDir},
	}
	got, odd, err := document.History(folder, sample.Head.InstanceID)
	if err != nil {
		t.Fatal(err)
	}
	past := document.PastReport{At: sample.Now, Differences: len(sample.Drift().Changes) + len(sample.Drift().Extra), Certificates: 3, Drifted: true}
	next := past
	next.At = past.At.AddDate(0, 0, 1)
	if d := cmp.Diff([]document.PastReport{past, next}, got, cmpopts.IgnoreUnexported(document.PastReport{})); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if len(odd) != 2 || odd[0].File != "plan.json" || odd[1].File != "torn.json" {
		t.Errorf("files that are not reports: %v", odd)
	}
	if _, odd, err := document.History(os.DirFS(filepath.Join(t.TempDir(), "none")), ""); err != nil || len(odd) != 1 {
		t.Errorf("a folder that is not there: %v, %v", odd, err)
	}
}

// The documentation names each metric, rule and output.
func TestDocumented(t *testing.T) {
	doc, err := os.ReadFile("../../docs/reports.md")
	if err != nil {
		t.Fatal(err)
	}
	var job job
	out := write(t, "prometheus", sample.Drift(), report.Style{})
	out = append(out, write(t, "prometheus", sample.Results(), report.Style{})...)
	out = append(out, write(t, "sarif", sample.Drift(), report.Style{})...)
	write(t, "github", sample.Drift(), report.Style{Append: job.add})
	write(t, "github", sample.Results(), report.Style{Append: job.add})
	for _, pattern := range []string{`# TYPE (\w+) gauge`, `"id": "([a-z-]+)"`, `(?m)^([a-z]+)(?:=|<<)`} {
		found := regexp.MustCompile(pattern).FindAllSubmatch(append(out, job.Bytes()...), -1)
		if len(found) == 0 {
			t.Errorf("%s is nowhere", pattern)
		}
		for _, m := range found {
			name := string(m[1])
			if !bytes.Contains(doc, []byte("`"+name+"`")) && !summaries[name] {
				t.Errorf("%s is not documented", name)
			}
		}
	}
}

// summaries are outputs that are documented together.
var summaries = map[string]bool{"bind": true, "unbind": true, "succeeded": true, "failed": true, "skipped": true, "unknown": true, "ignored": true, "unchanged": true}

// The filters of a page offer exactly the values of its changes.
func TestFiltersFit(t *testing.T) {
	for _, d := range []document.Document{sample.Drift(), sample.Plan()} {
		page := string(write(t, "html", d, report.Style{}))
		offered := regexp.MustCompile(`<input type="checkbox" name="([a-z]+)" value="([^"]+)">`).FindAllStringSubmatch(page, -1)
		if len(offered) < 5 {
			t.Errorf("%T offers %d choices", d, len(offered))
		}
		for _, o := range offered {
			if !strings.Contains(page, " data-"+o[1]+`="`+o[2]+`"`) {
				t.Errorf("%T: no change has data-%s=%q", d, o[1], o[2])
			}
		}
	}
}

// After a failure, nothing says that everything is in order.
func TestFailureIsNotWell(t *testing.T) {
	d := document.EmptyDrift(sample.Head, sample.Now)
	d.Errors = sample.Failed().Errors
	out := string(write(t, "prometheus", d, report.Style{}))
	if !strings.Contains(out, "\napigw_sync_success{") || strings.Contains(out, "drifted") || strings.Contains(out, "_changes") || strings.Contains(out, "certificate") {
		t.Errorf("metrics of a failure:\n%s", out)
	}
	var job job
	write(t, "github", d, report.Style{Append: job.add})
	if strings.Contains(job.String(), "drifted=") {
		t.Error("a failure says whether there is drift")
	}
	if out := string(write(t, "html", d, report.Style{History: sample.History()})); !strings.Contains(out, "2026-10-24 to 2026-11-22,") {
		t.Error("a failure is a point of history")
	}
}
