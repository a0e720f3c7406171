package kind

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPage(t *testing.T) {
	var p Page
	if err := json.Unmarshal([]byte(` { "size" : 2, "apis": [{"a": "}]\""}, "\\", {} ] , "total":7, "none": null } `), &p); err != nil {
		t.Fatal(err)
	}
	if p.Size != 2 || p.Total != 7 {
		t.Errorf("size %d, total %d", p.Size, p.Total)
	}
	if got := string(p.items("apis")); got != `[{"a": "}]\""}, "\\", {} ]` {
		t.Errorf("items are %s", got)
	}
	if p.items("none") != nil || p.items("other") != nil {
		t.Error("what is null or missing has items")
	}
	for _, bad := range []string{`[]`, `7`, `{"size": "x"}`, `{"total": {}}`} {
		if json.Unmarshal([]byte(bad), &p) == nil {
			t.Errorf("%s is a page", bad)
		}
	}
}

func FuzzMembers(f *testing.F) {
	for _, s := range []string{`{}`, `{"a":1,"b":[1,{"c":"]"}]}`, ` {"\u0061" : "x\\\"" ,"b":true}`, `{"a":{"a":{}},"":""}`, `{`, `{"a"`, `{"a":`, `{"a":}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		got, err := members(raw)
		var want map[string]json.RawMessage
		if json.Unmarshal(raw, &want) != nil || want == nil {
			return // any result will do, but no panic
		}
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}
