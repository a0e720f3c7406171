package spec

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/kind/jsonptr"
	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
	"github.com/apigw-sync/apigw-sync/internal/spec/yamlnode"
)

// checker compares nodes with shapes. One walk yields the plain value (string, int64, float64, bool,
// nil, []any, map[string]any) with its variables replaced, and reports a finding for each mistake.
type checker struct {
	options Options
	prefix  func(n *yamlnode.Node) string // JSON pointer, in the document of n, of the value where the walk began
	path    []string                      // steps from that value to the current one
	report  func(Finding)
	errors  int                     // findings that are not warnings
	failed  map[*yamlnode.Node]bool // nodes with an error of their own
	unset   map[*yamlnode.Node]bool // secrets whose variable is empty: the gateway keeps its own

	ignoredFields []string // JSON pointers of fields under an ignore rule: they may be missing

	origins []kind.Origin // of secrets, with pointers relative to the value where the walk began
}

func (c *checker) push(step string) { c.path = append(c.path, step) }
func (c *checker) pop()             { c.path = c.path[:len(c.path)-1] }

func (c *checker) pointer(n *yamlnode.Node) string {
	return c.prefix(n) + jsonptr.Join(c.path...)
}

func (c *checker) fail(n *yamlnode.Node, problem, hint string) {
	c.errors++
	if c.failed == nil {
		c.failed = map[*yamlnode.Node]bool{}
	}
	c.failed[n] = true
	c.report(finding(n, c.pointer(n), problem, hint))
}

func (c *checker) warn(n *yamlnode.Node, problem, hint string, newer bool) {
	f := finding(n, c.pointer(n), problem, hint)
	f.Warning, f.Newer = true, newer
	c.report(f)
}

// value checks n. ok is false when an error was reported for n or for something inside it; v then holds only
// the fields that are correct, or nothing.
func (c *checker) value(n *yamlnode.Node, s *shape.Shape) (v any, ok bool) {
	before := c.errors
	switch {
	case n.Form == yamlnode.Broken:
		c.errors++
	case n.Form == yamlnode.Scalar && n.Plain && yamlnode.IsNull(n.Value) && s.Type != shape.AnyValue:
		if s.Nullable {
			return nil, true
		}
		c.null(n, s)
	case s.Type == shape.Either:
		if choice := choose(n, s); choice != nil {
			return c.value(n, choice)
		}
		c.fail(n, "is "+describe(n)+"; expected "+typeNames(s), "")
	case s.Type == shape.AnyValue:
		v = c.free(n)
	case s.Type == shape.Map:
		v = c.fields(n, s)
	case s.Type == shape.List:
		v = c.list(n, s)
	case n.Form != yamlnode.Scalar:
		c.fail(n, "is "+describe(n)+"; expected "+s.Type.String(), "")
	default:
		v = c.scalar(n, s)
	}
	if c.unset[n] {
		return nil, true
	}
	if c.errors > before {
		return v, false
	}
	c.rules(n, s, v)
	return v, c.errors == before
}

func (c *checker) null(n *yamlnode.Node, s *shape.Shape) {
	hint := "give it " + s.Type.String() + ", or leave the key out"
	switch {
	case s.Type == shape.Either:
		hint = "give it a value, or leave the key out"
	case s.Type == shape.List:
		hint = "write [] for none, or leave the key out"
	case s.Type == shape.Text && n.Value != "":
		hint = "quote it if it is text, or leave the key out"
	}
	c.fail(n, "has no value", hint)
}

func describe(n *yamlnode.Node) string {
	switch {
	case n.Form == yamlnode.List:
		return "a list"
	case n.Form == yamlnode.Mapping:
		return "a mapping"
	case n.Plain:
		if other := otherThanText(n.Value); other != "" {
			return other
		}
	}
	return "text"
}

// typeNames names the types of a shape's choices.
func typeNames(s *shape.Shape) string {
	names := make([]string, len(s.Choices))
	for i, choice := range s.Choices {
		names[i] = choice.Type.String()
	}
	return strings.Join(names, " or ")
}

// markUnset marks a secret whose variable is empty. That means the same as leaving the key out, so that files can
// be applied by somebody who does not have the secrets.
func (c *checker) markUnset(n *yamlnode.Node) {
	if c.unset == nil {
		c.unset = map[*yamlnode.Node]bool{}
	}
	c.unset[n] = true
}

// unusable reports whether an error was reported for n or something inside it, or whether it is an unset secret.
// Further findings about n could be mere consequences of that.
func (c *checker) unusable(n *yamlnode.Node) bool {
	return c.failed[n] || c.unset[n] || slices.ContainsFunc(n.Keys, c.unusable) || slices.ContainsFunc(n.Items, c.unusable)
}

// choose picks the choice whose type fits the node; nil when none does.
func choose(n *yamlnode.Node, s *shape.Shape) *shape.Shape {
	wanted := []shape.Type{shape.Text, shape.Integer, shape.Number, shape.Bool}
	switch {
	case n.Form == yamlnode.List:
		wanted = []shape.Type{shape.List}
	case n.Form == yamlnode.Mapping:
		wanted = []shape.Type{shape.Map}
	case n.Plain && (n.Value == "true" || n.Value == "false"):
		wanted = []shape.Type{shape.Bool, shape.Text, shape.Integer, shape.Number}
	case n.Plain && otherThanText(n.Value) == "a number":
		wanted = []shape.Type{shape.Integer, shape.Number, shape.Text, shape.Bool}
	}
	for _, t := range wanted {
		for _, choice := range s.Choices {
			if choice.Type == t {
				return choice
			}
		}
	}
	return nil
}

func (c *checker) list(n *yamlnode.Node, s *shape.Shape) any {
	if n.Form != yamlnode.List {
		c.fail(n, "is "+describe(n)+"; expected a list", "write it between [ and ]")
		return nil
	}
	out := make([]any, 0, len(n.Items))
	for i, item := range n.Items {
		c.push(strconv.Itoa(i))
		v, _ := c.value(item, s.Items)
		if c.unset[item] {
			c.fail(item, "the variable is empty", "set it, or remove the entry")
		}
		c.pop()
		out = append(out, v)
	}
	return out
}

// fields checks a mapping. A field whose shape depends on another field (Cases) is checked last.
func (c *checker) fields(n *yamlnode.Node, s *shape.Shape) any {
	if n.Form != yamlnode.Mapping {
		c.fail(n, "is "+describe(n)+"; expected a mapping", "")
		return nil
	}
	out := make(map[string]any, len(n.Keys))
	late := -1
	var misspelt []string // known keys that unknown ones resemble: reporting them as missing would repeat the mistake
	for i, key := range n.Keys {
		if s.Cases != nil && s.Cases.Field == key.Value {
			late = i
			continue
		}
		if f := s.Field(key.Value); f != nil {
			c.field(out, n, i, f)
			continue
		}
		c.push(key.Value)
		switch {
		case s.Each != nil:
			c.knownKey(key, s)
			out[key.Value], _ = c.value(n.Items[i], s.Each)
		case s.UnknownKeys == shape.RejectUnknown:
			c.fail(key, "the key "+yamlnode.DisplayKey(key.Value)+" is not known", keyHint(key.Value, s.Names()))
			misspelt = append(misspelt, Nearest(key.Value, s.Names()))
		default:
			if v := c.unlistedKey(key, n.Items[i], s); !c.unset[n.Items[i]] {
				out[key.Value] = v
			}
		}
		c.pop()
	}
	if late >= 0 && out[s.Cases.By] != nil {
		c.field(out, n, late, s.FieldIn(out, s.Cases.Field))
	}
	for _, f := range s.Fields {
		if f.Required && n.Index(f.Name) < 0 && !slices.Contains(misspelt, f.Name) && !(len(c.path) == 0 && slices.Contains(c.ignoredFields, "/"+f.Name)) {
			c.fail(n, f.Name+" is missing", missingHint(f))
		}
	}
	return out
}

// knownKey warns of a name that this version does not know, and refuses one that looks like a misspelt known name.
func (c *checker) knownKey(key *yamlnode.Node, s *shape.Shape) {
	if s.Known == nil || slices.Contains(s.Known, key.Value) {
		return
	}
	if near := Nearest(key.Value, s.Known); near != "" {
		c.fail(key, "the key "+yamlnode.DisplayKey(key.Value)+" is not known", "did you mean "+near+"?")
		return
	}
	c.warn(key, "the key "+yamlnode.DisplayKey(key.Value)+" is not known to this version and is sent as it is", "known are "+strings.Join(s.Known, ", "), true)
}

// unlistedKey returns the value of a key that the shape does not list.
func (c *checker) unlistedKey(key, n *yamlnode.Node, s *shape.Shape) any {
	if s.UnknownKeys == shape.WarnUnknown {
		hint := DidYouMean(key.Value, s.Names(), "remove it if that is a mistake")
		c.warn(key, "the key "+yamlnode.DisplayKey(key.Value)+" is not known to this version and is sent as it is", hint, true)
	}
	return c.free(n)
}

func (c *checker) field(out map[string]any, n *yamlnode.Node, i int, s *shape.Shape) {
	name := n.Keys[i].Value
	c.push(name)
	defer c.pop()
	v, ok := c.value(n.Items[i], s)
	if v != nil && (ok || mappings(v)) {
		out[name] = v
	}
}

// mappings reports whether v is a mapping or a list of mappings. These remain usable when some of their fields are wrong.
func mappings(v any) bool {
	if list, ok := v.([]any); ok {
		return !slices.ContainsFunc(list, func(item any) bool { return !mappings(item) })
	}
	_, ok := v.(map[string]any)
	return ok
}

func missingHint(f shape.Field) string {
	if e, ok := f.Shape.Example.(string); ok && !f.Shape.Secret {
		return "add it, as in " + f.Name + ": " + e
	}
	for _, r := range f.Shape.Rules {
		if r.Keywords["enum"] != nil {
			return "add it: " + r.Hint
		}
	}
	return "add it"
}

// rules checks the rules for a value of the right type. It stops at the first one that is an error.
func (c *checker) rules(n *yamlnode.Node, s *shape.Shape, v any) {
	if v == nil {
		return
	}
	for _, r := range s.Rules {
		if r.Check == nil {
			continue
		}
		text := r.Check(v)
		if text == "" {
			continue
		}
		hint := r.Hint
		if s.Secret || containsSecret(text, secretsIn(v, s)) {
			text = "breaks a rule"
			if hint == "" {
				hint = lengthHint(r)
			}
		}
		if !r.Warning {
			c.fail(n, text, hint)
			return
		}
		c.warn(n, text, hint, r.MayBeNewer)
	}
}

// secretsIn collects the secret texts inside a value.
func secretsIn(v any, s *shape.Shape) (out []string) {
	if s.Type == shape.Either {
		for _, choice := range s.Choices {
			out = append(out, secretsIn(v, choice)...)
		}
		return out
	}
	switch v := v.(type) {
	case string:
		if s.Secret && s.Type == shape.Text {
			out = append(out, v)
		}
	case []any:
		if s.Type == shape.List {
			for _, item := range v {
				out = append(out, secretsIn(item, s.Items)...)
			}
		}
	case map[string]any:
		for _, f := range s.Fields {
			out = append(out, secretsIn(v[f.Name], f.Shape)...)
		}
	}
	return out
}

// reveals reports whether a text contains one of the secrets, either verbatim or with its special characters escaped.
func containsSecret(text string, secrets []string) bool {
	return slices.ContainsFunc(secrets, func(secret string) bool {
		quoted := strconv.Quote(secret)
		return secret != "" && (strings.Contains(text, secret) || strings.Contains(text, quoted[1:len(quoted)-1]))
	})
}

func lengthHint(r shape.Rule) string {
	low, _ := r.Keywords["minLength"].(int)
	high, _ := r.Keywords["maxLength"].(int)
	switch {
	case low > 0 && high > 0:
		return fmt.Sprintf("it must have %d to %d characters", low, high)
	case low > 0:
		return fmt.Sprintf("it must have at least %d characters", low)
	case high > 0:
		return fmt.Sprintf("it must have at most %d characters", high)
	}
	return ""
}
