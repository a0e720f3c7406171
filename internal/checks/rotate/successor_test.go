package rotate

import (
	"regexp"
	"strings"
	"testing"
)

// TestSuccessor checks that a generated code can be recognized as the successor of the old one, and that no other
// code can.
func TestSuccessor(t *testing.T) {
	old, other := strings.Repeat("a", 64), strings.Repeat("b", 64)
	value := successor(old)
	if !regexp.MustCompile(`^[0-9a-f]{64}$`).MatchString(value) {
		t.Errorf("%s is no code of 64 hexadecimal characters", value)
	}
	if again := successor(old); again == value {
		t.Error("two successors are the same")
	}
	for _, c := range []struct {
		name       string
		value, old string
		want       bool
	}{
		{"its own", value, old, true},
		{"another", value, other, false},
		{"the other way round", old, value, false},
		{"one that was there already", other, old, false},
		{"changed", "0" + value[1:], old, value[0] == '0'},
		{"longer", value + "0", old, false},
		{"the first code of an app", successor(""), "", false},
	} {
		if got := replaces(c.value, c.old); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}
