package emulator

import (
	"math"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// expression returns a regular expression that is compiled on first use. Compiling at start-up would slow down every command.
func expression(expr string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
}

// The character sets of names in the API.
var (
	policyName = expression(`^[\p{Han}A-Za-z][\p{Han}A-Za-z0-9_]*$`)
	pluginName = expression(`^[\p{Han}A-Za-z][\p{Han}A-Za-z0-9_-]*$`)
	envName    = expression(`^[A-Za-z][A-Za-z0-9_]*$`)
	apiName    = expression(`^[\p{Han}A-Za-z0-9][\p{Han}A-Za-z0-9\-_./():：（）、。]*$`)
	tagName    = expression(`^[\p{Han}A-Za-z][\p{Han}A-Za-z0-9\-*#%.:_]*$`)
	appKey     = expression(`^[A-Za-z0-9][A-Za-z0-9_-]*$`)
	appSecret  = expression(`^[A-Za-z0-9][A-Za-z0-9_\-!@#$%]*$`)
	appCode    = expression(`^[A-Za-z0-9+/][A-Za-z0-9+_!@#$%\-/=]*$`)
)

// checks keeps the first error in the parameters of a request.
type checks struct{ err error }

func (c *checks) fail(r *refusal) {
	if c.err == nil {
		c.err = r
	}
}

// require refuses the parameter unless ok is true.
func (c *checks) require(ok bool, parameter string) {
	if !ok {
		c.fail(invalid(parameter))
	}
}

// find returns the object with the id. If there is none, it keeps the error and returns the zero value.
func find[T object](c *checks, t *table[T], id string, notFound func(string) *refusal) T {
	x, err := t.get(id, notFound)
	if err != nil && c.err == nil {
		c.err = err
	}
	return x
}

// findAll is like find, for several ids.
func findAll[T object](c *checks, t *table[T], ids []string, notFound func(string) *refusal) []T {
	found := make([]T, len(ids))
	for i, id := range ids {
		found[i] = find(c, t, id, notFound)
	}
	return found
}

// unique refuses a name that another object of the kind has.
func (c *checks) unique(taken bool, code, what, name string) {
	if taken {
		c.fail(nameTaken(code, what, name))
	}
}

// text requires between least and most characters; a nil charset allows all.
func (c *checks) text(parameter, value string, minLength, maxLength int, charset func() *regexp.Regexp) {
	n := utf8.RuneCountInString(value)
	c.require(n >= minLength && n <= maxLength && (charset == nil || value == "" && minLength == 0 || charset().MatchString(value)), parameter)
}

// maxRemark is the maximum length of a remark in characters, except for groups.
const maxRemark = 255

// remark refuses a text that is too long or has angle brackets.
func (c *checks) remark(value string) {
	c.text("remark", value, 0, maxRemark, nil)
	c.require(!strings.ContainsAny(value, "<>"), "remark")
}

// remark returns the remark of an object after an update with the remark in its body.
func (g *Gateway) remark(c *call, old, remark string) string {
	if !c.sent("remark") && g.behaviour.OmittedRemark != "clears" {
		return old
	}
	return remark
}

// remarkUnlessEmpty is like remark, for the kinds on which, with EmptyRemark "keeps", an empty remark changes nothing.
func (g *Gateway) remarkUnlessEmpty(c *call, old, remark string) string {
	if c.sent("remark") && remark == "" && g.behaviour.EmptyRemark == "keeps" {
		return old
	}
	return g.remark(c, old, remark)
}

// oneOf requires one of the words.
func (c *checks) oneOf(parameter, value string, words ...string) {
	c.require(slices.Contains(words, value), parameter)
}

// positive requires a positive number of 32 bits.
func (c *checks) positive(parameter string, n int64) {
	c.require(n >= 1 && n <= math.MaxInt32, parameter)
}

// atMost refuses a number above another one that limits it.
func (c *checks) atMost(parameter string, n, limit int64) {
	if n > limit {
		c.fail(invalidAs("APIG.2003", parameter))
	}
}

// address reports whether s is an IP address, a range a-b of them, or a CIDR block.
func address(s string) bool {
	if first, last, isRange := strings.Cut(s, "-"); isRange {
		a, errA := netip.ParseAddr(strings.TrimSpace(first))
		b, errB := netip.ParseAddr(strings.TrimSpace(last))
		return errA == nil && errB == nil && a.BitLen() == b.BitLen() && a.Compare(b) <= 0
	}
	if strings.Contains(s, "/") {
		_, err := netip.ParsePrefix(s)
		return err == nil
	}
	_, err := netip.ParseAddr(s)
	return err == nil
}
