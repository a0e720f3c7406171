package kind

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPage(t *testing.T) {
	var p Page
	if err := json.Unmarshal([]byte(` { "size" : 2, "apis": [{"a": "}]\""}, "\\", {} ] , "total":7, "none": null } `), &p); err != nil {
		t.Fatal(err)
	}
	if p.Total != 7 {
		t.Errorf("total %d", p.Total)
	}
	if got, err := p.items("apis"); string(got) != `[{"a": "}]\""}, "\\", {} ]` || err != nil {
		t.Errorf("items are %s, %v", got, err)
	}
	for _, field := range []string{"none", "other"} {
		if got, err := p.items(field); got != nil || err != nil {
			t.Errorf("%s, which is null or missing, has items %s, %v", field, got, err)
		}
	}
	for _, bad := range []string{`[]`, `7`, `"x"`} {
		if json.Unmarshal([]byte(bad), &p) == nil {
			t.Errorf("%s is a page", bad)
		}
	}
}

// TestPageTotal checks that a total is read from every form that gateways may send, and is unknown otherwise.
func TestPageTotal(t *testing.T) {
	for in, want := range map[string]int{
		`7`: 7, `0`: 0, `"700"`: 700, `1e3`: 1000, `1000000000`: 1e9, `99999999999999999999`: math.MaxInt,
		`null`: Unknown, `-1`: Unknown, `0.5`: Unknown, `"many"`: Unknown, `{}`: Unknown, `[3,4]`: Unknown, `[3]`: 3, `true`: Unknown,
	} {
		var p Page
		if err := json.Unmarshal([]byte(`{"total":`+in+`}`), &p); err != nil || p.Total != want {
			t.Errorf("a total of %s is %d, %v; want %d", in, p.Total, err, want)
		}
	}
	var p Page
	if err := json.Unmarshal([]byte(`{"apis":[]}`), &p); err != nil || p.Total != Unknown {
		t.Errorf("no total is %d, %v", p.Total, err)
	}
	if err := json.Unmarshal([]byte(`{"message":"hello"}`), &p); err != nil {
		t.Fatal(err)
	}
	if _, err := p.items("apis"); err == nil {
		t.Error("what has neither list nor total is an empty list")
	}
}

// FuzzPage checks that any answer gives a page or an error, and any page gives objects or an error, without a panic.
func FuzzPage(f *testing.F) {
	for _, k := range All {
		f.Add([]byte(`{"total":"1","` + k.ListField + `":[null,{"id":1,"name":null,"type":"1","object_type":7,"bind_num":1e99,"plugin_content":{}}]}`))
	}
	f.Add([]byte(`{"apis":{"id":7,"run_env_id":"a|b","run_env_name":"A","publish_id":null,"tags":"x"},"groups":[[]]}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		var p Page
		if json.Unmarshal(raw, &p) != nil {
			return
		}
		for _, k := range All {
			objects, err := k.Objects("owner", p)
			for i := range objects {
				o := &objects[i]
				if err != nil || o.Key == "" || o.ID == "" && !k.Single || o.Bound < Unknown {
					t.Errorf("%v: %+v", err, o)
				}
			}
		}
		for _, k := range Links {
			for _, r := range []LinkList{k.OfOwner, k.OfTarget} {
				_, _ = r.Rows(p)
			}
			_, _, _ = k.Answer.Rows(raw)
		}
		_, _ = APIs(p)
	})
}

// FuzzMembers compares members with encoding/json.
func FuzzMembers(f *testing.F) {
	for _, s := range []string{`{}`, `{"a":1,"b":[1,{"c":"]"}]}`, ` {"\u0061" : "x\\\"" ,"b":true}`, `{"a":{"a":{}},"":""}`, `{`, `{"a"`, `{"a":`, `{"a":}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		got, err := members(raw)
		var want map[string]json.RawMessage
		if json.Unmarshal(raw, &want) != nil || want == nil {
			return // any result is fine, as long as nothing panics
		}
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}
