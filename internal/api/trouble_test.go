package api

import (
	"fmt"
	"strings"
	"testing"
	"unicode"
)

func TestTroubles(t *testing.T) {
	seen := map[string]string{}
	for _, trouble := range Troubles {
		if trouble.Tool == "" || trouble.You == "" || !strings.HasSuffix(trouble.Tool, ".") || strings.HasSuffix(trouble.You, ".") || unicode.IsUpper([]rune(trouble.You)[0]) {
			t.Errorf("%s: sentences for what the tool does, a clause for what a person can do", trouble.Title)
		}
		for _, c := range trouble.Codes {
			if at, twice := seen[c.Code]; twice {
				t.Errorf("%s belongs to %q and to %q", c.Code, at, trouble.Title)
			}
			seen[c.Code] = trouble.Title
		}
	}
}

func TestAdvice(t *testing.T) {
	for _, c := range []struct {
		status int
		code   string
		want   string
	}{
		{404, "APIG.3030", "check --instance-id, --project-id and --region"},
		{403, "APIG.3112", full},
		{403, "APIG.3199", full},      // not in the table, but of the same sort
		{403, "APIG.1199", forbidden}, // nor this one
		{401, "", rejected},
		{500, "APIG.9077", inside},
		{429, "", ""},
		{400, "APIG.8888", ""},
	} {
		err := fmt.Errorf("read: %w", &Error{Status: c.status, Code: c.code})
		if got := Advice(err); got != c.want {
			t.Errorf("%d %s: %q, want %q", c.status, c.code, got, c.want)
		}
	}
}
