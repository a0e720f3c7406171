package document

import (
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/diff"
)

// Apart is how gateway and files differ in a thing. A change is told in these words where nothing is about to happen.
type Apart string

// The ways in which they differ.
const (
	Differs     Apart = "differs"
	OnlyGateway Apart = "only on the gateway"
	OnlyFiles   Apart = "only in the files"
)

// The heads of two columns of values.
const (
	OnGateway = "on the gateway"
	InFiles   = "in the files"
)

// Apart is how gateway and files differ, where the change would turn the one into what the others say.
func (c *Change) Apart() Apart {
	switch c.Action {
	case diff.Create, diff.Bind:
		return OnlyFiles
	case diff.Delete, diff.Unbind:
		return OnlyGateway
	default:
		return Differs
	}
}

// Sides is a field in one line, as path: 90 on the gateway, 50 in the files, or the one value of what only one side
// has. Values are cut down to most characters.
func (f *Field) Sides(a Apart, most int) string {
	path := Clean(f.Path) + ": "
	held, said := f.Both(a, most)
	switch a {
	case OnlyFiles:
		return path + said
	case OnlyGateway:
		return path + held
	default:
		return path + held + " " + OnGateway + ", " + said + " " + InFiles
	}
}

// Both are the values of the two sides, each cut down to most characters; of a set that both have, what each has besides
// the other.
func (f *Field) Both(a Apart, most int) (held, said string) {
	if !f.IsSet() {
		before, after := Shorten(f.Before, f.Now(), most)
		return Show(before, f.Sensitive), Show(after, f.Sensitive)
	}
	side := func(list []any) string {
		text := Clip(strings.Join(Members("", list), ", "), most)
		switch {
		case a != Differs:
			return text
		case len(list) == 0:
			return "nothing else"
		}
		return "also " + text
	}
	return side(f.Removed), side(f.Added)
}

// ApartGist is how both sides differ in one line, made harmless: up to three fields.
func (c *Change) ApartGist() string {
	about := strings.Join(c.first(func(f *Field) string { return f.Sides(c.Apart(), gistValue) }), "; ")
	if c.Binding != nil {
		about = Clean(c.Binding.Call())
	}
	return strings.TrimSuffix(string(c.Apart())+": "+about, ": ")
}

// ApartBackground is what stands behind a difference, made harmless: what holds the place of a binding, a note, the
// side that moved, the traffic.
func (c *Change) ApartBackground() string {
	return c.withTraffic(append(c.Holders(), c.Reasons()...))
}

// Holders are the policies that have the place of a binding on the gateway, in words and made harmless.
func (c *Change) Holders() (out []string) {
	for _, d := range c.Displaced() {
		verb := " has its place there"
		if !d.Sure {
			verb = " may have its place there"
		}
		out = append(out, Clean(d.Address)+verb+d.claim("the files"))
	}
	return out
}
