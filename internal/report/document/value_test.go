package document

import (
	"strings"
	"testing"
)

// TestShorten checks that long texts are cut to excerpts around the first difference.
func TestShorten(t *testing.T) {
	same := strings.Repeat("x", 100)
	a, b := Shorten(same+"old"+same, same+"new"+same, 30)
	if want := (Excerpt{"…xxxxxxxxxxxxoldxxxxxxxxxxxxxxx…", 203}); a != want {
		t.Errorf("got %v, want %v", a, want)
	}
	if want := (Excerpt{"…xxxxxxxxxxxxnewxxxxxxxxxxxxxxx…", 203}); b != want {
		t.Errorf("got %v, want %v", b, want)
	}
	if a, b := Shorten("short", 5, 30); a != "short" || b != 5 {
		t.Errorf("got %v, %v", a, b)
	}
	if a, _ := Shorten(same, nil, 30); a != (Excerpt{same[:30] + "…", 100}) {
		t.Errorf("got %v", a)
	}
}
