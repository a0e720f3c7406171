package drift

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// FuzzReadBaseline checks that any baseline is either refused, or survives writing and reading without a change and
// can be asked who made each change.
func FuzzReadBaseline(f *testing.F) {
	key := base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, keyLength))
	for _, entry := range []string{
		`{"same":{"":"x"}}`, `{"gateway":{"/api_call_limits":"x"},"files":{"/api_call_limits":"y"},"manages":["apis"]}`, `{}`, `null`, `{"files":{}}`,
	} {
		f.Add(`{"format_version":"1.0","instance_id":"i","at":"2026-01-02T03:04:05Z","key":"` + key + `","owns":{"throttle":["b*"]},"entries":{"throttle/basic":` + entry + `}}`)
	}
	f.Add(`{"format_version":"1.9","key":"` + key + `","owns":{"throttle":["[","",null]},"entries":null}`)
	f.Add(`[]`)
	have := &kind.Object{Kind: "throttle", Key: "basic", ID: "1", Value: kind.Throttle{Name: "basic", APILimit: 5}}
	want := &kind.Declared{Object: kind.Object{Kind: "throttle", Key: "basic", Value: kind.Throttle{Name: "basic", APILimit: 6}}}
	f.Fuzz(func(t *testing.T, text string) {
		b, err := ReadBaseline([]byte(text))
		if err != nil {
			if strings.Contains(err.Error(), "json:") {
				t.Errorf("the words of a library: %v", err)
			}
			return
		}
		var out bytes.Buffer
		if err := b.Write(&out); err != nil {
			t.Fatal(err)
		}
		again, err := ReadBaseline(out.Bytes())
		if err != nil {
			t.Fatalf("what was written cannot be read: %v\n%s", err, &out)
		}
		if d := cmp.Diff(b, again); d != "" {
			t.Error(d)
		}
		for _, ch := range []diff.Change{
			{Address: "throttle/basic", Kind: "throttle", Name: "basic", Action: diff.Update, Have: have, Want: want, Fields: []diff.Field{{Path: "/api_call_limits"}}},
			{Address: "throttle/basic", Kind: "throttle", Name: "basic", Action: diff.Create, Want: want},
			{Address: "throttle/basic", Kind: "throttle", Name: "basic", Action: diff.Delete, Have: have},
		} {
			if m := b.changedSide(&ch); m != "" && m != Gateway && m != Files && m != Both {
				t.Errorf("%s: mover %q", ch.Action, m)
			}
		}
	})
}
