package kind_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/apigw-sync/apigw-sync/internal/api/wire"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// TestBatchAnswerAccounts checks that the answer to a batch counts only if it accounts for every entry.
func TestBatchAnswerAccounts(t *testing.T) {
	for in, want := range map[string]bool{
		`{"success_count":2,"failure":[]}`:                                   true,
		`{"success_count":2,"failure":null}`:                                 true,
		`{"success_count":1,"failure":[{"bind_id":"a"}]}`:                    true,
		`{"success_count":1,"failure":[{"acl_id":"b"}]}`:                     true,
		`{"failure":[{"bind_id":"a"}]}`:                                      true,
		`{"failure":[]}`:                                                     true,
		`{}`:                                                                 false,
		`{"success_count":1,"failure":[]}`:                                   false,
		`{"success_count":1,"failure":[{"error_code":"APIG.9999"}]}`:         false,
		`{"success_count":1,"failure":[{"bind_id":"c"}]}`:                    false,
		`{"success_count":0,"failure":[{"bind_id":"a"},{"bind_id":"what"}]}`: false,
	} {
		var a kind.BatchAnswer
		if err := json.Unmarshal([]byte(in), &a); err != nil || a.Accounts([]string{"a", "b"}) != want {
			t.Errorf("%s accounts for all: %v, want %v", in, !want, want)
		}
	}
}

// TestCodesThatAreNotShown checks that codes which the gateway hides may be those of the files, so they are never
// removed.
func TestCodesThatAreNotShown(t *testing.T) {
	codes := kind.Of("app_code")
	code := strings.Repeat("c0de", 20)
	tests := []struct {
		name  string
		shown []string
		want  []string // what is left to compare of both sides, with codes that are surely not the files' in parentheses
	}{
		{"in clear", []string{code}, []string{"want", "have"}},
		{"hidden", []string{""}, nil},
		{"masked", []string{"c0d***0de"}, nil},
		{"masked, another", []string{"xyz***0de"}, []string{"want", "(have)"}},
		{"hidden, and another in clear", []string{"", strings.Repeat("abcd", 20)}, []string{"have"}},
		{"two hidden", []string{"", ""}, []string{"(have)"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var rows []string
			for i, c := range tt.shown {
				rows = append(rows, fmt.Sprintf(`{"id":"i%d","app_code":%q}`, i, c))
			}
			var p kind.Page
			if err := json.Unmarshal([]byte(`{"app_codes":[`+strings.Join(rows, ",")+`]}`), &p); err != nil {
				t.Fatal(err)
			}
			have, err := codes.Objects("mobile", p)
			if err != nil {
				t.Fatal(err)
			}
			m := codes.Match("mobile", []kind.Declared{{Object: codes.Items("mobile", code)[0]}}, have)
			var got []string
			for range m.Want {
				got = append(got, "want")
			}
			for i := range m.Have {
				word := "have"
				if m.Have[i].Foreign {
					word = "(have)"
				}
				got = append(got, word)
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

// TestInstanceState checks which state is read from each form of the answer.
func TestInstanceState(t *testing.T) {
	for in, want := range map[string]string{
		`{"status":"Running","instance_status":6}`: kind.Running,
		`{"status":"Hibernating"}`:                 "Hibernating",
		`{"status":6}`:                             kind.Running,
		`{"instance_status":6}`:                    kind.Running,
		`{"instance_status":37}`:                   "in the state 37",
		`{"status":null,"instance_status":null}`:   "in a state that it does not report",
	} {
		var i kind.Instance
		if _, err := wire.Decode([]byte(in), &i); err != nil || i.State() != want {
			t.Errorf("%s is %q, %v; want %q", in, i.State(), err, want)
		}
	}
}
