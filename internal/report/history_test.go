package report

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/apigw-sync/apigw-sync/internal/report/document"
)

// FuzzHistory checks that any file in the folder of earlier reports is either history or a warning in our own words, and that the
// chart can be drawn.
func FuzzHistory(f *testing.F) {
	f.Add(`{"instance_id":"i","at":"2026-01-02T03:04:05Z","drifted":true,"summary":{"create":1},"certificates":[{}]}`, `{"at":"9999-12-31T23:59:59Z","drifted":false,"summary":{"update":9223372036854775807,"extra":9223372036854775807}}`)
	f.Add(`{"at":"0001-01-02T00:00:00Z","drifted":true,"summary":{"delete":-5},"certificates":null}`, `{"at":"2026-01-02T03:04:05+14:00","drifted":null}`)
	f.Add(`[`, `{"summary":{"create":"many"}}`)
	f.Fuzz(func(t *testing.T, one, two string) {
		folder := fstest.MapFS{"one.json": {Data: []byte(one)}, "two.json": {Data: []byte(two)}, "three.txt": {Data: []byte("{")}}
		for _, instance := range []string{"", "i"} {
			past, odd, err := document.History(folder, instance)
			if err != nil {
				t.Fatal(err)
			}
			if len(past)+len(odd) > 2 {
				t.Errorf("two files make %d reports and %d warnings", len(past), len(odd))
			}
			for _, p := range odd {
				if strings.Contains(p.Message, "json:") || strings.Contains(p.Message, "struct") {
					t.Errorf("a message of a library: %s", p.Message)
				}
			}
			for i, p := range past {
				if p.Differences < 0 || p.Certificates < 0 || i > 0 && p.At.Before(past[i-1].At) {
					t.Errorf("history is %+v", past)
				}
			}
			if h := newHistory(past); h != nil && strings.ContainsAny(h.Line+h.Area+h.Dots, "NIn-e") { // NaN, Inf, below zero
				t.Errorf("a line that cannot be drawn, of %+v: %s", past, h.Line)
			}
		}
	})
}
