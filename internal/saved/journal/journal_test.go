package journal

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/apigw-sync/apigw-sync/internal/api"
)

// caller answers every request in one way.
type caller struct {
	err  error
	sent int
}

func (c *caller) Call(_ context.Context, r api.Request, _ any) (int, error) {
	c.sent++
	if r.OnAnswer != nil {
		r.OnAnswer("request-1")
	}
	return 2, c.err
}

var noon = time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)

func write(t *testing.T, path string, c api.Caller, r api.Request) error {
	t.Helper()
	f, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	j := New(c, "the-instance", func() time.Time { return noon })
	j.AddFile(f)
	_, err = j.Call(t.Context(), r, nil)
	if jerr := j.Err(); jerr != nil {
		t.Fatal(jerr)
	}
	return err
}

func read(t *testing.T, path string) ([]Entry, []int) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	entries, broken, err := Read(f)
	if err != nil {
		t.Fatal(err)
	}
	return entries, broken
}

var update = api.Request{
	Operation: "UpdateAppV2", Method: "PUT", Path: []string{"apps", "an-id"}, About: []string{"app/orders"},
	Body: map[string]any{"app_secret": "the-secret"}, Secrets: []string{"the-secret"},
}

// TestOutcomes: both lines of a write are in the journal, with the outcome that its error means.
func TestOutcomes(t *testing.T) {
	refused := &api.Error{Status: 400, Code: "APIG.2011", RequestID: "request-2", Message: "no"}
	for outcome, err := range map[string]error{
		Done: nil, Refused: refused, NotSent: errors.Join(api.ErrNotSent), Unclear: errors.New("connection reset"),
	} {
		path := filepath.Join(t.TempDir(), "journal")
		if got := write(t, path, &caller{err: err}, update); !errors.Is(got, err) {
			t.Errorf("%s: error %v, want %v", outcome, got, err)
		}
		begin := Entry{Time: noon, Phase: Begin, Number: 1, Instance: "the-instance", Operation: "UpdateAppV2", Method: "PUT", Path: "apps/an-id", Addresses: []string{"app/orders"}}
		end := begin
		end.Phase, end.Attempts, end.Outcome, end.RequestID = End, 2, outcome, "request-1"
		if outcome == Refused {
			end.Status, end.ErrorCode, end.RequestID = 400, "APIG.2011", "request-2"
		}
		got, broken := read(t, path)
		if d := cmp.Diff([]Entry{begin, end}, got); d != "" || broken != nil {
			t.Errorf("%s: broken lines %v (-want +got)\n%s", outcome, broken, d)
		}
		raw, _ := os.ReadFile(path)
		if strings.Contains(string(raw), "the-secret") {
			t.Errorf("the journal contains a secret: %s", raw)
		}
	}
}

// TestReadsPass checks that reads are not recorded.
func TestReadsPass(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	if err := write(t, path, &caller{}, api.Request{Operation: "ListAppsV2", Method: "GET"}); err != nil {
		t.Fatal(err)
	}
	if got, broken := read(t, path); len(got)+len(broken) > 0 {
		t.Errorf("a read left %v", got)
	}
}

// TestBrokenLine checks that a line that was cut off when a run was killed does not damage the lines before and after it.
func TestBrokenLine(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	if err := write(t, path, &caller{}, update); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for cut := range len(whole) {
		if err := os.WriteFile(path, whole[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		before, broken := read(t, path)
		if len(broken) > 1 {
			t.Fatalf("cut at %d: broken lines %v", cut, broken)
		}
		if err := write(t, path, &caller{}, update); err != nil {
			t.Fatal(err)
		}
		after, _ := read(t, path)
		if len(after) != len(before)+2 {
			t.Fatalf("cut at %d: %d entries, then %d", cut, len(before), len(after))
		}
	}
}

// full is a disk with room for only some lines.
type full struct{ lines int }

func (f *full) Write(b []byte) (int, error) {
	if f.lines--; f.lines < 0 {
		return 0, errors.New("no space left")
	}
	return len(b), nil
}
func (f *full) Sync() error { return nil }

// TestFullDisk checks that a write is not sent if its line cannot be written, and that a missing outcome is reported at the end.
func TestFullDisk(t *testing.T) {
	c := &caller{}
	j := New(c, "", time.Now)
	j.AddFile(&full{})
	if _, err := j.Call(t.Context(), update, nil); !errors.Is(err, api.ErrNotSent) || c.sent != 0 {
		t.Errorf("sent %d times, error %v", c.sent, err)
	}
	j = New(c, "", time.Now)
	j.AddFile(&full{lines: 1})
	if _, err := j.Call(t.Context(), update, nil); err != nil || c.sent != 1 {
		t.Errorf("sent %d times, error %v", c.sent, err)
	}
	if j.Err() == nil {
		t.Error("the missing outcome in the journal is not reported")
	}
}
