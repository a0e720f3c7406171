package spec

import (
	"slices"
	"strconv"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/kind/jsonptr"
	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
	"github.com/apigw-sync/apigw-sync/internal/spec/yamlnode"
)

// ignoreFields warns of the fields of an ignore rule that no difference can ever have.
func (c *checker) ignoreFields(r kind.Ignore, rule int, n *yamlnode.Node) {
	fields := n.Get("fields")
	if fields == nil || len(fields.Items) != len(r.Fields) {
		return // there are none, or one has an error, which was reported
	}
	for i, f := range fields.Items {
		if problem, hint := unreachable(r.Kind, r.Fields[i]); problem != "" {
			at := c.path
			c.path = []string{"ignore", strconv.Itoa(rule), "fields", strconv.Itoa(i)}
			c.warn(f, problem+", so that the rule has no effect there", hint, false)
			c.path = at
		}
	}
}

// unreachable says why no difference of a kind can have a path that begins with a pointer; the problem is "" when one can.
func unreachable(kindName, pointer string) (problem, hint string) {
	k := kind.Of(kindName)
	if k == nil {
		if kind.LinkOf(kindName) == nil {
			return "", ""
		}
		return kindName + " has no fields", "leave fields out, so that the rule is about the whole binding"
	}
	in := []*shape.Shape{k.Shape}
	if k.Section != "" {
		in = []*shape.Shape{items[k.Section]}
	}
	at := ""
	for step := range jsonptr.Keys(pointer) {
		var next []*shape.Shape
		open := false // to keys that only a newer gateway may know
		for _, s := range choices(in) {
			into, why, what := descend(s, at, step)
			open = open || into == nil && why == ""
			next, problem, hint = append(next, into...), why, what
		}
		switch {
		case len(next) == 0 && open:
			return "", ""
		case len(next) == 0:
			return problem, hint
		}
		in, at = next, at+jsonptr.Join(step)
	}
	return "", ""
}

// choices replaces each shape that allows several types by its choices.
func choices(list []*shape.Shape) (out []*shape.Shape) {
	for _, s := range list {
		if s.Type == shape.Either {
			out = append(out, choices(s.Choices)...)
		} else {
			out = append(out, s)
		}
	}
	return out
}

// descend returns the shapes of what a step of a path leads to, from a value of shape s at pointer at. Where it leads
// nowhere, why and instead say so and what to write. All three are empty where no shape describes the value.
func descend(s *shape.Shape, at, step string) (into []*shape.Shape, why, instead string) {
	switch {
	case s.Type == shape.AnyValue:
		return nil, "", ""
	case s.Set:
		return nil, at + " is a set, whose entries have no index", "write " + at + " for the whole set"
	case s.Type == shape.List && s.Key != nil && !s.Ordered && digits(step):
		return nil, "the entries of " + at + " have no index: they are matched by " + strings.Join(s.Key, ", "), "write " + at + "/KEY with the key that diff shows, or " + at + " for all of them"
	case s.Type == shape.List:
		return []*shape.Shape{s.Items}, "", ""
	case s.Type != shape.Map:
		return nil, at + " is a single value", "write " + at
	}
	if s.Cases != nil && s.Cases.Field == step {
		for _, of := range s.Cases.Shapes {
			into = append(into, of)
		}
	}
	if f := s.Field(step); f != nil {
		into = append(into, f)
	} else if s.Each != nil {
		into = append(into, s.Each)
	}
	if into != nil || s.UnknownKeys != shape.RejectUnknown {
		return into, "", ""
	}
	return nil, "there is no field " + at + jsonptr.Join(step), keyHint(step, slices.Sorted(slices.Values(s.Names())))
}

func digits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
