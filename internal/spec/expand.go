package spec

import (
	"errors"
	"strconv"
	"strings"
)

// maxNested is how deeply defaults of variables may be nested.
const maxNested = 10

// fault is something wrong with the variables of a text.
type fault struct{ problem, hint string }

// expanded is a text with its variables replaced.
type expanded struct {
	text          string
	hasVariables  bool
	onlyVariables bool     // there are variables and nothing else
	inserted      []string // the value of each variable, or its default
	literalText   string   // the text outside variables
	faults        []fault  // when there are any, text must not be used
}

// expand replaces ${NAME}, ${NAME:-default} and ${NAME:?message}, and $$ by $. A default may contain variables;
// the value of a variable is not expanded again. An empty variable counts as not set, because in a pipeline it is
// more often a missing secret or input than a deliberate empty value. Without a lookup nothing is replaced.
func expand(s string, lookup func(string) (string, bool)) expanded {
	if lookup == nil || !strings.Contains(s, "$") {
		return expanded{text: s}
	}
	e := expander{rest: s, lookup: lookup}
	text := e.text(0, true)
	return expanded{
		text: text, hasVariables: e.hasVariables, onlyVariables: e.hasVariables && !e.literal,
		inserted: e.inserted, literalText: e.literalText.String(), faults: e.faults,
	}
}

type expander struct {
	rest         string
	lookup       func(string) (string, bool)
	faults       []fault
	inserted     []string
	literalText  strings.Builder
	hasVariables bool
	literal      bool // there is text outside the variables
	stop         bool // the syntax is broken
}

// text reads up to the } that ends a default or, at depth 0, up to the end. When it is not live, because the default is
// not needed, missing variables are not faults.
func (e *expander) text(depth int, needed bool) string {
	var b strings.Builder
	for e.rest != "" && !e.stop {
		i := strings.IndexAny(e.rest, "$}")
		switch {
		case i < 0:
			i = len(e.rest)
		case e.rest[i] == '}' && depth > 0:
			b.WriteString(e.rest[:i])
			e.rest = e.rest[i+1:]
			return b.String()
		case strings.HasPrefix(e.rest[i:], "${"):
			b.WriteString(e.take(i, depth))
			e.rest = e.rest[2:]
			value := e.variable(depth, needed)
			if depth == 0 {
				e.inserted = append(e.inserted, value)
			}
			b.WriteString(value)
			continue
		case strings.HasPrefix(e.rest[i:], "$$"):
			b.WriteString(e.take(i+1, depth))
			e.rest = e.rest[1:]
			continue
		default:
			i++
		}
		b.WriteString(e.take(i, depth))
	}
	if depth > 0 {
		e.fail("a ${ is not closed", "end it with }, or write $${ for the characters ${")
	}
	return b.String()
}

// take consumes n bytes of literal text.
func (e *expander) take(n, depth int) string {
	out := e.rest[:n]
	e.rest = e.rest[n:]
	if n > 0 && depth == 0 {
		e.literal = true
		e.literalText.WriteString(out)
	}
	return out
}

// variable reads the rest of a variable, after its ${.
func (e *expander) variable(depth int, needed bool) string {
	e.hasVariables = true
	name := e.rest[:nameLength(e.rest)]
	e.rest = e.rest[len(name):]
	switch {
	case name == textPrefix && strings.HasPrefix(e.rest, ":") && !strings.HasPrefix(e.rest, ":-") && !strings.HasPrefix(e.rest, ":?"):
		e.fail("${file:…} is not the whole value, or its path contains $, { or }", "make it the whole value, as in "+strconv.Quote("${file:certs/shop.pem}"))
		return ""
	case name == "":
		e.fail("a ${ is not followed by the name of a variable", "write ${NAME}, or $${ for the characters ${")
		return ""
	case depth == maxNested:
		e.fail("the defaults of variables are nested too deeply", "")
		return ""
	}
	value, set := e.lookup(name)
	missing, byDefault := "the variable "+name+" is not set", ", or give it a default: ${"+name+":-…}"
	if set {
		missing, byDefault = "the variable "+name+" is empty, which counts as not set", ", or write ${"+name+":-} if an empty value is meant"
	}
	const wayOut = "set it in the environment or under vars of the target"
	switch {
	case strings.HasPrefix(e.rest, "}"):
		e.rest = e.rest[1:]
		if value == "" && needed {
			e.faults = append(e.faults, fault{missing, wayOut + byDefault})
		}
	case strings.HasPrefix(e.rest, ":-"):
		e.rest = e.rest[2:]
		if other := e.text(depth+1, needed && value == ""); value == "" {
			return other
		}
	case strings.HasPrefix(e.rest, ":?"):
		e.rest = e.rest[2:]
		if message := e.text(depth+1, false); value == "" && needed {
			e.faults = append(e.faults, fault{strings.TrimSuffix(missing+": "+message, ": "), wayOut})
		}
	default:
		e.fail("the variable "+name+" is not written correctly", "write ${NAME}, ${NAME:-default} or ${NAME:?message}")
	}
	return value
}

func (e *expander) fail(problem, hint string) {
	if !e.stop {
		e.faults = append(e.faults, fault{problem, hint})
	}
	e.stop = true
}

// nameLength is the length in bytes of the variable name at the start of s.
func nameLength(s string) int {
	for i := range len(s) {
		c := s[i]
		letter := c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return i
		}
	}
	return len(s)
}

// Expand replaces the variables of a text from outside the desired-state files. The error names the variable that is
// wrong and reveals nothing else of the text.
func Expand(s string, lookup func(string) (string, bool)) (string, error) {
	e := expand(s, lookup)
	if len(e.faults) > 0 {
		return "", errors.New(e.faults[0].problem)
	}
	return e.text, nil
}
