package journal

import (
	"bytes"
	"encoding/json"
	"slices"
	"testing"
)

// FuzzRead checks that reading any journal counts each line once, and that the entries can be written and read again.
func FuzzRead(f *testing.F) {
	for _, text := range []string{
		"", "\n\n", "{", "null\n[]\n1\n", `{"phase":"begin","number":1,"addresses":["app/a"]}`,
		`{"time":"2026-07-01T12:00:00Z","phase":"end","number":1,"outcome":"done","made":"an-id"}` + "\n" + `{"phase":"undone"}` + "\n{\"phase\":\"be",
		`{"phase":"begin","number":1e99}`, `{"phase":"begin","addresses":[null,"\u0000"]}` + "\r\n",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		entries, broken, err := Read(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		lines := slices.DeleteFunc(bytes.Split(text, []byte("\n")), func(l []byte) bool { return len(bytes.TrimSpace(l)) == 0 })
		if len(entries)+len(broken) != len(lines) {
			t.Fatalf("%d lines give %d entries and %d broken ones", len(lines), len(entries), len(broken))
		}
		var again bytes.Buffer
		for _, e := range entries {
			raw, err := json.Marshal(e)
			if err != nil {
				t.Fatal(err)
			}
			again.Write(append(raw, '\n'))
		}
		if got, broken, _ := Read(&again); len(got) != len(entries) || len(broken) > 0 {
			t.Fatalf("written again: %d entries of %d, broken lines %v", len(got), len(entries), broken)
		}
	})
}
