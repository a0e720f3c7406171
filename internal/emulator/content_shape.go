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
	kind         valueKind
	isRequired   bool                  // must not be absent or null
	defaultValue any                   // default for an absent value
	words        []string              // the allowed texts; nil means all
	pattern      func() *regexp.Regexp // of a text; nil means any
	min          float64               // of a number, a text's characters, or a list's items
	max          float64
	item         *shape           // of a list
	members      map[string]shape // of an object
	secret       bool             // never shown
}

type valueKind string

const (
	isText  valueKind = "a string"
	isWhole valueKind = "a whole number"
	isReal  valueKind = "a number"
	isFlag  valueKind = "true or false"
	isList  valueKind = "a list"
	isMap   valueKind = "an object"
	isAny   valueKind = "anything"
)

// consoleMembers are members that the vendor's console adds for its own use. The gateway accepts them and does not store
// them.
var consoleMembers = []string{"id", "disabled", "focused"}

func text() shape { return shape{kind: isText, max: math.Inf(1)} }
func textOfLength(minLength, maxLength float64) shape {
	return shape{kind: isText, min: minLength, max: maxLength}
}

func oneOfWords(words ...string) shape { return shape{kind: isText, max: math.Inf(1), words: words} }

func wholeNumber(minimum, maximum float64) shape {
	return shape{kind: isWhole, min: minimum, max: maximum}
}
func flag(byDefault bool) shape { return shape{kind: isFlag, defaultValue: byDefault} }
func items(of shape, maxItems float64) shape {
	return shape{kind: isList, item: &of, max: maxItems, defaultValue: []any{}}
}
func fields(members map[string]shape) shape { return shape{kind: isMap, members: members} }

func (s shape) required() shape               { s.isRequired = true; return s }
func (s shape) or(fallback any) shape         { s.defaultValue = fallback; return s }
func (s shape) hidden() shape                 { s.secret = true; return s }
func (s shape) like(expr string) shape        { s.pattern = expression(expr); return s }
func (s shape) atLeast(minimum float64) shape { s.min = minimum; return s }

// check checks a value and adds defaults. Errors have the path of the member.
func (s shape) check(path string, v any, newer bool) (any, error) {
	if v == nil {
		if s.isRequired {
			return nil, fmt.Errorf("%s is missing", path)
		}
		return s.defaults(), nil
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
		if s.kind == isList && float64(len(x)) >= s.min && float64(len(x)) <= s.max {
			return s.checkList(path, x, newer)
		}
		fits = false
	case map[string]any:
		if s.kind == isMap {
			return s.checkMap(path, x, newer)
		}
		fits = false
	}
	switch {
	case s.kind == isAny, fits && size >= s.min && size <= s.max:
		return v, nil
	case s.words != nil:
		return nil, fmt.Errorf("%s is none of %v", path, s.words)
	}
	return nil, fmt.Errorf("%s is not %s in its range", path, s.kind)
}

// defaults returns the default for an absent value, which may be an object of defaults.
func (s shape) defaults() any {
	if s.kind == isMap && s.defaultValue == nil && s.hasDefaults() {
		o, err := s.checkMap("", map[string]any{}, false)
		if err == nil {
			return o
		}
	}
	return s.defaultValue
}

// hasDefaults reports whether an object has defaults, and no required members.
func (s shape) hasDefaults() bool {
	some := false
	for _, m := range s.members {
		if m.isRequired {
			return false
		}
		some = some || m.defaultValue != nil || m.hasDefaults()
	}
	return some
}

func (s shape) checkList(path string, values []any, newer bool) (any, error) {
	out := make([]any, len(values))
	for i, x := range values {
		v, err := s.item.check(fmt.Sprintf("%s[%d]", path, i), x, newer)
		if err != nil {
			return nil, err
		}
		out[i] = v
	}
	return out, nil
}

func (s shape) checkMap(path string, o map[string]any, newer bool) (any, error) {
	out := make(map[string]any, len(s.members))
	for _, name := range slices.Sorted(maps.Keys(o)) {
		switch _, known := s.members[name]; {
		case known:
		case newer:
			out[name] = o[name]
		case !slices.Contains(consoleMembers, name):
			return nil, fmt.Errorf("%s is not a member of this plugin type", join(path, name))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.members)) {
		v, err := s.members[name].check(join(path, name), o[name], newer)
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

// withoutSecrets returns the value with its secrets removed or masked.
func (s shape) withoutSecrets(v any, masked bool) any {
	switch x := v.(type) {
	case []any:
		if s.item == nil {
			return v
		}
		out := make([]any, len(x))
		for i := range x {
			out[i] = s.item.withoutSecrets(x[i], masked)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(x))
		for name, inner := range x {
			m := s.members[name]
			switch {
			case !m.secret:
				out[name] = m.withoutSecrets(inner, masked)
			case masked && inner != nil && inner != "":
				out[name] = "******"
			}
		}
		return out
	}
	return v
}
