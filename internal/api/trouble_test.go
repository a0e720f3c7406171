package api

import (
	"fmt"
	"io"
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
		{403, "APIG.3199", full},      // not in the table, but in the same range
		{403, "APIG.1199", forbidden}, // nor this one
		{401, "", rejected},
		{500, "APIG.9077", inside},
		{429, "", "run again later, or with a lower --max-rps; requests of others in the account count, too"},
		{400, "APIG.3299", "run again to compare with the existing object"},
		{400, "APIG.8888", ""},
	} {
		err := fmt.Errorf("read: %w", &Error{Status: c.status, Code: c.code})
		if got := Advice(err); got != c.want {
			t.Errorf("%d %s: %q, want %q", c.status, c.code, got, c.want)
		}
	}
}

// TestRemedy: troubles that a repeat may solve are distinguished from others.
func TestRemedy(t *testing.T) {
	refused := func(status int, code string) error { return &Error{Status: status, Code: code} }
	for _, c := range []struct {
		err   error
		title string
		again bool
		next  Next
	}{
		{refused(400, "APIG.2011"), "The gateway refuses a value", false, Apply},
		{refused(0, "APIG.2012"), "The gateway refuses a value", false, Apply}, // of one item of a batch
		{refused(403, "APIG.3107"), "A quota is used up", false, Doctor},
		{refused(403, "APIG.1105"), "The account may not do this", false, Doctor},
		{refused(401, ""), "Credentials are not accepted", false, Doctor},
		{refused(400, "APIG.3204"), "The name is taken", true, Diff},
		{refused(429, ""), "Too many requests", true, Apply},
		{refused(500, "APIG.3500"), "Internal error of the gateway", true, Apply},
		{refused(502, ""), "Internal error of the gateway", true, Apply},
		{refused(409, "APIG.3707"), "The API is not published", false, Apply},
		{refused(400, "APIG.8888"), "The gateway refuses the request", false, Diff},
		{ErrNotSent, "The request was not sent", true, Apply},
		{io.ErrUnexpectedEOF, "There was no usable answer", true, Apply},
		{&Advised{refused(401, ""), "the token is old"}, "Credentials are not accepted", false, Doctor},
	} {
		if got := Remedy(fmt.Errorf("create: %w", c.err)); got.Title != c.title || got.Again != c.again || got.Next != c.next {
			t.Errorf("%v: %+v", c.err, got)
		}
	}
	if got := Remedy(&Advised{refused(401, ""), "the token is old"}).You; got != "the token is old" {
		t.Errorf("what the error advises is lost: %s", got)
	}
	if got := Remedy(refused(400, "APIG.2011")).You; got == "" {
		t.Error("what the table advises is lost")
	}
}
