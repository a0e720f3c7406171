package emulator

import (
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"unicode/utf8"
)

// shape defines the possible JSON values of a member in the content of a plugin.
type shape struct {
	kind    kindOf
	needed  bool                  // must not be absent or null
	absent  any                   // default for an absent value
	words   []string              // the allowed texts; nil means all
	pattern func() *regexp.Regexp // of a text; nil means any
	least   float64               // of a number, a text's characters, or a list's items
	most    float64
	item    *shape           // of a list
	members map[string]shape // of an object
	secret  bool             // never shown
}

type kindOf string

const (
	isText  kindOf = "a string"
	isWhole kindOf = "a whole number"
	isReal  kindOf = "a number"
	isFlag  kindOf = "true or false"
	isList  kindOf = "a list"
	isMap   kindOf = "an object"
	isAny   kindOf = "anything"
)

// interfaceOnly are members that the vendor's console adds for its own use. The gateway accepts them and does not store
// them.
var interfaceOnly = []string{"id", "disabled", "focused"}

func text() shape                     { return shape{kind: isText, most: math.Inf(1)} }
func chars(least, most float64) shape { return shape{kind: isText, least: least, most: most} }
func word(words ...string) shape      { return shape{kind: isText, most: math.Inf(1), words: words} }
func whole(least, most float64) shape { return shape{kind: isWhole, least: least, most: most} }
func flag(absent bool) shape          { return shape{kind: isFlag, absent: absent} }
func items(of shape, most float64) shape {
	return shape{kind: isList, item: &of, most: most, absent: []any{}}
}
func fields(members map[string]shape) shape { return shape{kind: isMap, members: members} }

func (s shape) required() shape             { s.needed = true; return s }
func (s shape) or(absent any) shape         { s.absent = absent; return s }
func (s shape) hidden() shape               { s.secret = true; return s }
func (s shape) like(expr string) shape      { s.pattern = expression(expr); return s }
func (s shape) atLeast(least float64) shape { s.least = least; return s }

// complete checks a value and adds defaults. Errors have the path of the member.
func (s shape) complete(path string, v any, newer bool) (any, error) {
	if v == nil {
		if s.needed {
			return nil, fmt.Errorf("%s is missing", path)
		}
		return s.filled(), nil
	}
	size, fits := 0.0, true
	switch x := v.(type) {
	case string:
		fits, size = s.kind == isText, float64(utf8.RuneCountInString(x))
		fits = fits && (s.words == nil || newer || slices.Contains(s.words, x)) && (s.pattern == nil || s.pattern().MatchString(x))
	case float64:
		fits, size = s.kind == isReal || s.kind == isWhole && x == math.Trunc(x), x
	case bool:
		if s.kind == isFlag {
			return v, nil
		}
		fits = false
	case []any:
		if s.kind == isList && float64(len(x)) >= s.least && float64(len(x)) <= s.most {
			return s.completeList(path, x, newer)
		}
		fits = false
	case map[string]any:
		if s.kind == isMap {
			return s.completeMap(path, x, newer)
		}
		fits = false
	}
	switch {
	case s.kind == isAny, fits && size >= s.least && size <= s.most:
		return v, nil
	case s.words != nil:
		return nil, fmt.Errorf("%s is none of %v", path, s.words)
	}
	return nil, fmt.Errorf("%s is not %s in its range", path, s.kind)
}

// filled returns the default for an absent value, which may be an object of defaults.
func (s shape) filled() any {
	if s.kind == isMap && s.absent == nil && s.fillable() {
		o, err := s.completeMap("", map[string]any{}, false)
		if err == nil {
			return o
		}
	}
	return s.absent
}

// fillable reports whether an object has defaults, and no required members.
func (s shape) fillable() bool {
	some := false
	for _, m := range s.members {
		if m.needed {
			return false
		}
		some = some || m.absent != nil || m.fillable()
	}
	return some
}

func (s shape) completeList(path string, values []any, newer bool) (any, error) {
	out := make([]any, len(values))
	for i, x := range values {
		v, err := s.item.complete(fmt.Sprintf("%s[%d]", path, i), x, newer)
		if err != nil {
			return nil, err
		}
		out[i] = v
	}
	return out, nil
}

func (s shape) completeMap(path string, o map[string]any, newer bool) (any, error) {
	out := make(map[string]any, len(s.members))
	for _, name := range slices.Sorted(maps.Keys(o)) {
		switch _, known := s.members[name]; {
		case known:
		case newer:
			out[name] = o[name]
		case !slices.Contains(interfaceOnly, name):
			return nil, fmt.Errorf("%s is not a member of this plugin type", join(path, name))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.members)) {
		v, err := s.members[name].complete(join(path, name), o[name], newer)
		if err != nil {
			return nil, err
		}
		out[name] = v
	}
	return out, nil
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// hide returns the value with its secrets removed or masked.
func (s shape) hide(v any, masked bool) any {
	switch x := v.(type) {
	case []any:
		if s.item == nil {
			return v
		}
		out := make([]any, len(x))
		for i := range x {
			out[i] = s.item.hide(x[i], masked)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(x))
		for name, inner := range x {
			m := s.members[name]
			switch {
			case !m.secret:
				out[name] = m.hide(inner, masked)
			case masked && inner != nil && inner != "":
				out[name] = "******"
			}
		}
		return out
	}
	return v
}
