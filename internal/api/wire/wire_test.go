package wire_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/apigw-sync/apigw-sync/internal/api/wire"
)

type part struct {
	Name string `json:"name"`
	N    *int64 `json:"n"`
}

type sample struct {
	Text  string          `json:"text"`
	Maybe *string         `json:"maybe"`
	Count int             `json:"count"`
	Limit *int64          `json:"limit"`
	On    bool            `json:"on"`
	Sure  *bool           `json:"sure"`
	Share float64         `json:"share"`
	Tags  []string        `json:"tags"`
	Parts []*part         `json:"parts"`
	Part  part            `json:"part"`
	At    *time.Time      `json:"at"`
	Raw   json.RawMessage `json:"raw"`

	Named map[string]part `json:"named"`
}

func TestDecode(t *testing.T) {
	noon := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	tests := []struct {
		name, in     string
		want         sample
		unrecognized wire.Unrecognized
		err          string
	}{
		{name: "nothing", in: `{}`},
		{name: "nulls", in: `{"text":null,"maybe":null,"count":null,"limit":null,"on":null,"tags":null,"parts":null,"part":null,"at":null}`},
		{
			name: "as expected", in: `{"text":"a","maybe":"","count":3,"limit":4,"on":true,"share":0.5,"tags":["x"],"at":"2026-11-28T12:00:00Z"}`,
			want: sample{Text: "a", Maybe: new(""), Count: 3, Limit: new(int64(4)), On: true, Share: 0.5, Tags: []string{"x"}, At: &noon},
		},
		{
			name: "numbers as text", in: `{"count":"3","limit":" 4 ","share":"0.5","on":"TRUE","sure":0}`,
			want: sample{Count: 3, Limit: new(int64(4)), Share: 0.5, On: true, Sure: new(false)},
		},
		{name: "other spellings of whole numbers", in: `{"count":3.0,"limit":1e3}`, want: sample{Count: 3, Limit: new(int64(1000))}},
		{
			name: "text as number, flag, list, mapping", in: `{"text":7.50,"maybe":false,"part":{"name":[1,"a"]},"tags":[{"k":1},2]}`,
			want: sample{Text: "7.50", Maybe: new("false"), Part: part{Name: `[1,"a"]`}, Tags: []string{`{"k":1}`, "2"}},
		},
		{
			name: "beyond int64 where it may be unknown", in: `{"text":"a","limit":9223372036854775808}`,
			want: sample{Text: "a"}, unrecognized: wire.Unrecognized{"/limit": json.RawMessage("9223372036854775808")},
		},
		{
			name: "half a call", in: `{"limit":0.5,"part":{"n":"many"}}`,
			unrecognized: wire.Unrecognized{"/limit": json.RawMessage("0.5"), "/part/n": json.RawMessage(`"many"`)},
		},
		{name: "a flag nobody heard of", in: `{"sure":"maybe"}`, unrecognized: wire.Unrecognized{"/sure": json.RawMessage(`"maybe"`)}},
		{name: "a time that is none", in: `{"at":"yesterday"}`, unrecognized: wire.Unrecognized{"/at": json.RawMessage(`"yesterday"`)}},
		{name: "unrecognized where it must be known", in: `{"count":"many"}`, err: `the field "count" is a text that means nothing there`},
		{name: "a list where a number is expected", in: `{"count":[1,2]}`, err: `the field "count" is a list that means nothing there`},
		{name: "lists of one", in: `{"count":[1],"text":["a"],"limit":["4"],"sure":[true]}`, want: sample{Count: 1, Text: "a", Limit: new(int64(4)), Sure: new(true)}},
		{name: "one in place of a list", in: `{"tags":"x","parts":{"name":"p"}}`, want: sample{Tags: []string{"x"}, Parts: []*part{{Name: "p"}}}},
		{name: "a list of one in place of a mapping", in: `{"part":[{"name":"p"}]}`, want: sample{Part: part{Name: "p"}}},
		{name: "null among entries", in: `{"parts":[null,{"name":1}]}`, want: sample{Parts: []*part{{Name: "1"}}}},
		{name: "text where a mapping is expected", in: `{"parts":["s3cr3t"]}`, err: `the field "parts/0" is a text; expected a mapping`},
		{name: "a list as a whole", in: `[]`, err: "the answer is a list; expected a mapping"},
		{name: "no JSON", in: `<html>`, err: "it is not JSON"},
		{name: "two values", in: `{} {}`, err: "it is not JSON"},
		{name: "numbers as text in free mappings", in: `{"named":{"a":{"n":"5"},"b":null,"c":{"name":7}}}`, want: sample{Named: map[string]part{"a": {N: new(int64(5))}, "b": {}, "c": {Name: "7"}}}},
		{name: "an empty free mapping", in: `{"count":"1","named":{}}`, want: sample{Count: 1, Named: map[string]part{}}},
		{name: "no free mapping", in: `{"count":"1","named":null}`, want: sample{Count: 1}},
		{name: "unrecognized inside of free mappings", in: `{"named":{"a":{"n":"many"}}}`, err: `the field "named/a/n" means nothing there`},
		{name: "text where a free mapping is expected", in: `{"named":"s3cr3t"}`, err: `the field "named" is a text; expected a mapping`},
		{name: "raw stays raw", in: `{"count":"1","raw":{"a":[1]}}`, want: sample{Count: 1, Raw: json.RawMessage(`{"a":[1]}`)}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got sample
			unrecognized, err := wire.Decode([]byte(tt.in), &got)
			if tt.err != "" {
				if err == nil || !strings.Contains(err.Error(), tt.err) || strings.Contains(err.Error(), "s3cr3t") {
					t.Fatalf("error %v, want %q", err, tt.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("value (-want +got):\n%s", diff)
			}
			if len(unrecognized)+len(tt.unrecognized) > 0 {
				if diff := cmp.Diff(tt.unrecognized, unrecognized); diff != "" {
					t.Errorf("unrecognized (-want +got):\n%s", diff)
				}
			}
		})
	}
}

// A value is either unrecognized or known, and what encoding/json can decode is decoded in the same way.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		`{"text":1,"limit":"9e99"}`, `{"tags":"a","parts":[null,{}],"on":"off"}`, `{"at":5,"part":[[]]}`, `{"count":1e999}`, `null`, `{"raw":null,"share":"NaN"}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		var got, strict sample
		unrecognized, err := wire.Decode(in, &got)
		if json.Unmarshal(in, &strict) == nil {
			if diff := cmp.Diff(strict, got); err != nil || diff != "" {
				t.Fatalf("%v (-strict +got):\n%s", err, diff)
			}
		}
		if err == nil && unrecognized["/limit"] != nil && got.Limit != nil {
			t.Fatal("known and unrecognized at once")
		}
	})
}

// TestEmbedded: the fields of an embedded struct are in the same mapping, also if another value has an unexpected form.
func TestEmbedded(t *testing.T) {
	type inner struct {
		Name string `json:"name"`
	}
	type outer struct {
		inner
		Count int `json:"count"`
	}
	var got outer
	if _, err := wire.Decode([]byte(`{"name": "a", "count": "5"}`), &got); err != nil || got.Name != "a" || got.Count != 5 {
		t.Errorf("%+v, %v", got, err)
	}
}
