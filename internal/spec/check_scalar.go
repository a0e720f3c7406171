package spec

import (
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
	"github.com/apigw-sync/apigw-sync/internal/spec/yamlnode"
)

// scalar converts a scalar to the type of its shape.
func (c *checker) scalar(n *yamlnode.Node, s *shape.Shape) any {
	if s.Type == shape.Text {
		return c.text(n, s)
	}
	text, plain := n.Value, n.Plain
	e := c.expand(n)
	switch {
	case len(e.faults) > 0:
		c.reportFaults(n, e)
		return nil
	case e.hasVariables && !e.onlyVariables:
		c.fail(n, "mixes variables with other characters where "+s.Type.String()+" is expected", "put the whole value into one variable")
		return nil
	case e.hasVariables: // even in quotes, since a variable inside { } or in JSON must be quoted
		text, plain = e.text, true
	}
	v, problem, hint := convert(text, plain, s.Type)
	if problem == "" {
		return v
	}
	if e.hasVariables {
		problem, hint = "the value of the variable does not fit; expected "+s.Type.String(), ""
		if !s.Secret {
			problem = "is " + strconv.Quote(text) + " after its variables were replaced; expected " + s.Type.String()
		}
	}
	c.fail(n, problem, hint)
	return nil
}

// convert reads a scalar whose shape is not text. The problem never contains the value, which may be secret.
func convert(text string, plain bool, t shape.Type) (v any, problem, hint string) {
	switch t {
	case shape.Bool:
		if plain && (text == "true" || text == "false") {
			return text == "true", "", ""
		}
		if b, ok := boolOf(text); ok && plain {
			return nil, "is not spelled true or false", "write " + strconv.FormatBool(b)
		} else if ok {
			return nil, "is text; expected true or false", "write " + strconv.FormatBool(b) + " without quotes"
		}
		return nil, "is neither true nor false", "write true or false"
	case shape.Integer:
		if v, ok := yamlnode.WholeNumber(text); ok && plain {
			return v, "", ""
		}
		if plain && yamlnode.IsWholeNumber(text) {
			return nil, "is too large", ""
		}
	default:
		if v, ok := yamlnode.Number(text); ok && plain {
			return v, "", ""
		}
	}
	problem = "is text; expected " + t.String()
	if plain && otherThanText(text) == "a number" {
		problem = "is not spelled as " + t.String() + " should be"
	}
	if _, ok := yamlnode.Number(text); ok && !plain {
		return nil, problem, "write " + text + " without quotes"
	}
	return nil, problem, wholeNumberHint(text, !plain)
}

// text reads a text. Without quotes it must not look like a number, date, flag or null in any version of YAML.
func (c *checker) text(n *yamlnode.Node, s *shape.Shape) any {
	if n.Plain && s != untilShape {
		if other := otherThanText(n.Value); other != "" {
			hint := "put it in quotes"
			if !s.Secret {
				hint = "quote it: " + strconv.Quote(n.Value)
			}
			c.fail(n, "is "+other+" to some readers of YAML; expected text", hint)
			return nil
		}
	}
	e := c.expand(n)
	if len(e.faults) > 0 {
		c.reportFaults(n, e)
		return nil
	}
	if s == ownedText && !c.checkOwnedGlob(n, e) {
		return nil
	}
	if s.Secret && e.hasVariables && e.onlyVariables && e.text == "" {
		c.markUnset(n)
		return nil
	}
	if s.Secret {
		c.secretAt(n)
	}
	return e.text
}

// checkOwnedGlob refuses a glob of owns that a variable makes broader than the file shows, because owned objects can be
// deleted.
func (c *checker) checkOwnedGlob(n *yamlnode.Node, e expanded) bool {
	special := kind.Wildcards
	if kind.IsGlob(strings.Trim(e.literalText, "*?")) {
		special += ",-!^" // which have a meaning inside [ ] and { }
	}
	switch {
	case slices.ContainsFunc(e.inserted, func(value string) bool { return strings.ContainsAny(value, special) }):
		c.fail(n, "a variable contains wildcards, which would widen what the files own", "write the wildcards in the file, as in ${TEAM}_*")
		return false
	case e.hasVariables && !strings.ContainsFunc(characterSets.ReplaceAllString(e.text, ""), func(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }):
		c.fail(n, "consists only of wildcards and separators once its variables are replaced, and would own nearly everything", `set the variable, or write "*" if that is meant`)
		return false
	}
	return true
}

// characterSets matches the parts of a glob such as [a-z], which stand for one character.
var characterSets = regexp.MustCompile(`\[[^\]]*\]`)

func (c *checker) reportFaults(n *yamlnode.Node, e expanded) {
	for _, f := range e.faults {
		c.fail(n, f.problem, f.hint)
	}
}

// free returns a value that no shape describes, as it is. Scalars that YAML readers disagree about are errors here, too.
func (c *checker) free(n *yamlnode.Node) any {
	switch n.Form {
	case yamlnode.Mapping:
		out := make(map[string]any, len(n.Keys))
		for i, key := range n.Keys {
			c.push(key.Value)
			if v := c.free(n.Items[i]); !c.unset[n.Items[i]] {
				out[key.Value] = v
			}
			c.pop()
		}
		return out
	case yamlnode.List:
		out := make([]any, 0, len(n.Items))
		for i, item := range n.Items {
			c.push(strconv.Itoa(i))
			out = append(out, c.free(item))
			c.pop()
		}
		return out
	case yamlnode.Broken:
		c.errors++
		return nil
	default:
		return c.freeScalar(n)
	}
}

func (c *checker) freeScalar(n *yamlnode.Node) any {
	if n.Plain {
		switch other := otherThanText(n.Value); {
		case yamlnode.IsNull(n.Value):
			return nil
		case n.Value == "true" || n.Value == "false":
			return n.Value == "true"
		case other != "":
			if v, ok := yamlnode.Number(n.Value); ok && sameSpelling(v, n.Value) {
				return v
			} else if yamlnode.IsWholeNumber(n.Value) {
				return json.Number(n.Value) // too large for int64, but the gateway may accept it
			}
			c.fail(n, "YAML readers disagree about what this is", "quote it if it is text, else write it like 800, 0.5, true or null")
			return nil
		}
	}
	e := c.expand(n)
	if len(e.faults) > 0 {
		c.reportFaults(n, e)
		return nil
	}
	if c.secretByName() {
		if e.hasVariables && e.onlyVariables && e.text == "" {
			c.markUnset(n)
			return nil
		}
		c.secretAt(n)
	}
	return e.text
}

// secretByName reports whether the key of the current value sounds like a secret, which matters where no shape says so.
func (c *checker) secretByName() bool {
	i := len(c.path) - 1
	for i > 0 && strings.Trim(c.path[i], "0123456789") == "" {
		i--
	}
	return i >= 0 && shape.SecretName(c.path[i])
}

// sameSpelling reports whether a number looks the same when it is written again, unlike 1.10.
func sameSpelling(v any, s string) bool {
	switch v := v.(type) {
	case int64:
		return strconv.FormatInt(v, 10) == s
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64) == s || strconv.FormatFloat(v, 'g', -1, 64) == s
	}
	return false
}
