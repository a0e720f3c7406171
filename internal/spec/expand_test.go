package spec

import (
	"strings"
	"testing"
)

// TestExpand checks what variables, defaults and escapes become, and which are mistakes.
func TestExpand(t *testing.T) {
	for in, want := range map[string]string{
		"plain":                         "plain",
		"${TEAM}":                       "orders",
		"a${TEAM}b${ENV}":               "aordersbSTAGING",
		"${NOTHING:-x}":                 "x",
		"${EMPTY:-x}":                   "x",
		"${EMPTY}":                      "!",
		"${EMPTY:-}":                    "",
		"${TEAM:-${NOTHING}}":           "orders",
		"${NOTHING:-a${TEAM}b}c":        "aordersbc",
		"${NOTHING:-${NOTHING:-${ENV}}": "!",
		"${NOTHING:-${NOTHING:-$$}}":    "$",
		"${TEAM:?needed}":               "orders",
		"$$":                            "$",
		"$${TEAM}":                      "${TEAM}",
		"$$${TEAM}":                     "$orders",
		"$":                             "$",
		"$TEAM }":                       "$TEAM }",
		"${NOTHING:-a$b}":               "a$b",
		"${NOTHING}":                    "!",
		"${NOTHING:?}":                  "!",
		"${EMPTY:?needed}":              "!",
		"${":                            "!",
		"${TEAM":                        "!",
		"${TEAM-x}":                     "!",
		"${支付}":                         "!",
		"${}":                           "!",
		strings.Repeat("${NOTHING:-", maxNested) + strings.Repeat("}", maxNested):     "",
		strings.Repeat("${NOTHING:-", maxNested+1) + strings.Repeat("}", maxNested+1): "!",
	} {
		e := expand(in, lookup)
		got := e.text
		if len(e.faults) > 0 {
			got = "!"
		}
		if got != want {
			t.Errorf("%q gives %q %v, want %q", in, e.text, e.faults, want)
		}
	}
}

// TestExpandTellsWhatItReplaced checks whether a text has variables, and whether it has nothing else.
func TestExpandTellsWhatItReplaced(t *testing.T) {
	for in, want := range map[string][2]bool{ // has variables, consists of variables only
		"800": {false, false}, "$$": {false, false}, "${TEAM}": {true, true}, "${TEAM}${ENV}": {true, true},
		"${TEAM} ": {true, false}, "1${TEAM}": {true, false}, "${NOTHING:-5}": {true, true}, "${TEAM}$$": {true, false},
	} {
		if e := expand(in, lookup); e.hasVariables != want[0] || e.onlyVariables != want[1] {
			t.Errorf("%q: has variables %t, only variables %t", in, e.hasVariables, e.onlyVariables)
		}
	}
}

// FuzzExpand: in texts without ${ only doubled dollars change, escaped texts survive a round trip, and faults never
// contain the value of a variable.
func FuzzExpand(f *testing.F) {
	for _, s := range []string{"", "$", "$$", "${A}", "${A:-${B:?c}}", "x${A:-$$}y", "${A:?m}", "${", "}", "${A:-{}}"} {
		f.Add(s)
	}
	const held = "\x00held\x00"
	f.Fuzz(func(t *testing.T, s string) {
		if strings.Contains(s, "\x00") {
			return
		}
		e := expand(s, func(name string) (string, bool) { return held, len(name)%2 == 1 })
		for _, fault := range e.faults {
			if strings.Contains(fault.problem+fault.hint, held) {
				t.Fatalf("%q: %v", s, fault)
			}
		}
		if !strings.Contains(s, "${") && (e.hasVariables || len(e.faults) > 0 || e.text != strings.ReplaceAll(s, "$$", "$")) {
			t.Fatalf("%q gives %+v", s, e)
		}
		escaped := strings.ReplaceAll(s, "$", "$$")
		if back := expand(escaped, lookup); back.text != s || back.hasVariables {
			t.Fatalf("%q gives %+v", escaped, back)
		}
	})
}
