package spec

import (
	"errors"
	"strconv"
	"strings"
)

// maxNested is how deep the default of a variable may hold further variables.
const maxNested = 10

// fault is something wrong with the variables of a text.
type fault struct{ problem, hint string }

// expanded is a text with its variables replaced.
type expanded struct {
	text   string
	varied bool     // it held a variable
	whole  bool     // it consisted of variables alone
	puts   []string // what each variable, or its default, puts into the text
	fixed  string   // the text without what variables put into it
	faults []fault  // not empty: text is of no use
}

// expand replaces ${NAME}, ${NAME:-default} and ${NAME:?message}, and $$ by $. A default may hold
// variables again; what a variable holds is taken as it is. An empty variable is as good as none: in a
// pipeline it is more often a secret or an input that is missing than a wish. Without a lookup there are no variables.
func expand(s string, lookup func(string) (string, bool)) expanded {
	if lookup == nil || !strings.Contains(s, "$") {
		return expanded{text: s}
	}
	e := expander{rest: s, lookup: lookup}
	text := e.text(0, true)
	return expanded{text: text, varied: e.varied, whole: e.varied && !e.literal, puts: e.puts, fixed: e.fixed.String(), faults: e.faults}
}

type expander struct {
	rest    string
	lookup  func(string) (string, bool)
	faults  []fault
	puts    []string
	fixed   strings.Builder
	varied  bool
	literal bool // something stands beside the variables
	stop    bool // the syntax is broken
}

// text reads up to the } that ends a default, or to the end at depth 0. Where it is not live, because
// a default is not needed, variables are skipped.
func (e *expander) text(depth int, live bool) string {
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
			put := e.variable(depth, live)
			if depth == 0 {
				e.puts = append(e.puts, put)
			}
			b.WriteString(put)
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

// take moves over n bytes of text.
func (e *expander) take(n, depth int) string {
	out := e.rest[:n]
	e.rest = e.rest[n:]
	if n > 0 && depth == 0 {
		e.literal = true
		e.fixed.WriteString(out)
	}
	return out
}

// variable reads what follows a ${.
func (e *expander) variable(depth int, live bool) string {
	e.varied = true
	name := e.rest[:nameLength(e.rest)]
	e.rest = e.rest[len(name):]
	switch {
	case name == textWord && strings.HasPrefix(e.rest, ":") && !strings.HasPrefix(e.rest, ":-") && !strings.HasPrefix(e.rest, ":?"):
		e.fail("${file:…} is not the whole value, or its path holds $, { or }", "let it be all of the value, as in "+strconv.Quote("${file:certs/shop.pem}"))
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
		missing, byDefault = "the variable "+name+" is empty, which counts as not set", ", or write ${"+name+":-} if empty is meant"
	}
	const wayOut = "set it in the environment or under vars of the target"
	switch {
	case strings.HasPrefix(e.rest, "}"):
		e.rest = e.rest[1:]
		if value == "" && live {
			e.faults = append(e.faults, fault{missing, wayOut + byDefault})
		}
	case strings.HasPrefix(e.rest, ":-"):
		e.rest = e.rest[2:]
		if other := e.text(depth+1, live && value == ""); value == "" {
			return other
		}
	case strings.HasPrefix(e.rest, ":?"):
		e.rest = e.rest[2:]
		if message := e.text(depth+1, false); value == "" && live {
			e.faults = append(e.faults, fault{strings.TrimSuffix(missing+": "+message, ": "), wayOut})
		}
	default:
		e.fail("the variable "+name+" is not written as it should", "write ${NAME}, ${NAME:-default} or ${NAME:?message}")
	}
	return value
}

func (e *expander) fail(problem, hint string) {
	if !e.stop {
		e.faults = append(e.faults, fault{problem, hint})
	}
	e.stop = true
}

// nameLength counts the bytes of a variable's name at the start of s.
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

// Expand replaces the variables of a text that stands in no file of desired state. The error says which variable is
// wrong, and nothing of what the text holds.
func Expand(s string, lookup func(string) (string, bool)) (string, error) {
	e := expand(s, lookup)
	if len(e.faults) > 0 {
		return "", errors.New(e.faults[0].problem)
	}
	return e.text, nil
}
