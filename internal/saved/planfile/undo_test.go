package planfile

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/report/document"
)

// FuzzRecord checks that reading any undo file and finding an undo ends, and that the undo restores only objects that existed
// before or exist now.
func FuzzRecord(f *testing.F) {
	head := string(sampleHead(f))
	line := func(phase, address, more string) string {
		return `{"time":"2026-07-01T12:00:00Z","phase":"` + phase + `","number":1,"addresses":["` + address + `"]` + more + "}\n"
	}
	for _, address := range []string{"throttle/gold", "throttle/silver", "throttle/old", "throttle_binding/gold/orders/get@RELEASE", "throttle_special/gold/app:shop"} {
		f.Add("", line("begin", address, ""))
		f.Add("", line("begin", address, "")+line("end", address, `,"outcome":"done","made":"i9"`))
		f.Add("", line("begin", address, "")+line("end", address, `,"outcome":"refused"`)+`{"phase":"undone"}`)
	}
	f.Add(head, line("begin", "throttle/gold", ""))
	f.Add(head[:len(head)/2], "")
	f.Add(strings.Replace(head, `"purpose":"undo"`, `"purpose":"apply"`, 1), "")
	f.Fuzz(func(_ *testing.T, first, rest string) {
		if first == "" {
			first = head // else hardly any input would get past it
		}
		r, err := DecodeRecord([]byte(first + rest))
		if err != nil {
			return
		}
		for _, now := range []kind.Actual{{}, sampleHave(), sampleAfter()} {
			_ = r.Settled(now, time.Time{})
			undo, err := r.Undo(now, func(NeededSecret) (string, error) { return "", errors.New("none") })
			if err != nil {
				continue
			}
			_ = undo.Extract.Between(undo.Extract.Actual)
		}
		r.Losses()
	})
}

var orders = &kind.API{ID: "a1", Group: "orders", Name: "get", Method: "GET", Path: "/get"}

func throttle(id, name string, limit int64) kind.Object {
	return kind.Object{Kind: "throttle", Key: name, ID: id, MayHaveParts: true, Bound: kind.Unknown, Value: kind.Throttle{
		Name: name, Type: "basic", TimeInterval: 1, TimeUnit: "SECOND", APILimit: limit,
	}}
}

func sampleHave() kind.Actual {
	return kind.Actual{
		Objects: []kind.Object{throttle("i1", "gold", 1), throttle("i2", "old", 2)},
		Links:   []kind.Link{{Kind: "throttle_binding", Owner: "old", OwnerID: "i2", To: orders.Publication("RELEASE", "", ""), ID: "b1"}},
	}
}

func sampleAfter() kind.Actual {
	return kind.Actual{
		Objects: []kind.Object{throttle("i1", "gold", 5), throttle("i9", "silver", 3)},
		Links:   []kind.Link{{Kind: "throttle_binding", Owner: "gold", OwnerID: "i1", To: orders.Publication("RELEASE", "", ""), ID: "b2"}},
	}
}

// sampleHead begins the undo file of a run that turns sampleHave into sampleAfter.
func sampleHead(t testing.TB) []byte {
	t.Helper()
	have, after := sampleHave(), sampleAfter()
	want := kind.Desired{Owns: map[string][]string{"throttle": {"*"}}}
	for _, o := range after.Objects {
		o.ID = ""
		want.Objects = append(want.Objects, kind.Declared{Object: o, Manages: []string{"throttle_binding"}})
	}
	for _, l := range after.Links {
		l.ID, l.OwnerID = "", ""
		want.Links = append(want.Links, kind.DeclaredLink{Link: l})
	}
	return headOf(t, have, want)
}

// headOf begins the undo file of a run.
func headOf(t testing.TB, have kind.Actual, want kind.Desired) []byte {
	t.Helper()
	options := diff.Options{Prune: true, MaxDeletes: -1}
	plan := diff.Between(have, want, options)
	e, err := diff.NewExtract(plan, have, want, options)
	if err != nil {
		t.Fatal(err)
	}
	f, err := New(document.NewPlan(document.Head{FormatVersion: document.FormatVersion}, plan, 0), e, Options{
		Purpose: ForUndo, Created: "2026-07-01T12:00:00Z", Key: []byte("0123456789abcdef"),
	})
	if err != nil {
		t.Fatal(err)
	}
	head, err := HeadOfRecord(f)
	if err != nil {
		t.Fatal(err)
	}
	return head
}

// TestBack checks the undo of a complete run, of half a run, and of one after which somebody made changes.
func TestBack(t *testing.T) {
	all := begun("throttle/gold") + begun("throttle/silver") + begun("throttle/old") +
		begun("throttle_binding/gold/orders/get@RELEASE") + begun("throttle_binding/old/orders/get@RELEASE")
	by := func(change func(*kind.Actual)) kind.Actual {
		now := sampleAfter()
		change(&now)
		return now
	}
	for name, tc := range map[string]struct {
		lines string
		now   kind.Actual
		back  string
		stale string
	}{
		"whole":                         {all, sampleAfter(), "update throttle/gold, create throttle/old, delete throttle/silver, unbind throttle_binding/gold/orders/get@RELEASE, bind throttle_binding/old/orders/get@RELEASE", ""},
		"not begun":                     {"", sampleAfter(), "", ""},
		"announced and not carried out": {all, sampleHave(), "", ""},
		"half":                          {begun("throttle/gold"), by(func(a *kind.Actual) { a.Links = nil }), "update throttle/gold", ""},
		"changed since":                 {all, by(func(a *kind.Actual) { a.Objects[0] = throttle("i1", "gold", 7) }), "", "throttle/gold /api_call_limits was 5 and is 7"},
		"another one":                   {all, by(func(a *kind.Actual) { a.Objects[0] = throttle("i7", "gold", 5) }), "", "throttle/gold is another one now"},
		"gone":                          {all, by(func(a *kind.Actual) { a.Objects = a.Objects[1:] }), "", "throttle/gold is gone"},
		"none of its own":               {begun("throttle/silver"), by(func(a *kind.Actual) { a.Objects[0] = throttle("i1", "gold", 7) }), "delete throttle/silver", ""},
		"bound since": {begun("throttle/silver"), by(func(a *kind.Actual) {
			a.Links = append(a.Links, kind.Link{Kind: "throttle_binding", Owner: "silver", OwnerID: "i9", To: orders.Publication("STAGING", "", ""), ID: "b3"})
		}), "", "throttle_binding/silver/orders/get@STAGING is bound now"},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := DecodeRecord(append(sampleHead(t), tc.lines...))
			if err != nil {
				t.Fatal(err)
			}
			undo, err := r.Undo(tc.now, nil)
			if err != nil {
				t.Fatal(err)
			}
			if got := changes(undo); got != tc.back {
				t.Errorf("back: %s, want %s", got, tc.back)
			}
			if got := told(undo.Stale); got != tc.stale {
				t.Errorf("stale: %s, want %s", got, tc.stale)
			}
		})
	}
}
