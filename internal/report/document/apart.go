package document

import (
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/diff"
)

// Apart is how gateway and files differ. Reports that only compare, such as drift reports, use these words instead of
// actions.
type Apart string

// The ways in which they differ.
const (
	Differs     Apart = "differs"
	OnlyGateway Apart = "only on the gateway"
	OnlyFiles   Apart = "only in the files"
)

// The headings of the two columns of values.
const (
	OnGateway = "on the gateway"
	InFiles   = "in the files"
)

// Apart returns how gateway and files differ before the change, which would make the gateway match the files.
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

// Sides returns a field in one line, such as path: 90 on the gateway, 50 in the files; a field that only one side has
// shows one value. Values are cut to most characters.
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

// Both returns the values of the two sides, each cut to most characters; of a set that both sides have, the members
// that the other side lacks.
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

// ApartGist returns one line, made harmless, that says how both sides differ. It has up to three fields.
func (c *Change) ApartGist() string {
	about := strings.Join(c.first(func(f *Field) string { return f.Sides(c.Apart(), gistValue) }), "; ")
	if c.Binding != nil {
		about = Clean(c.Binding.Call())
	}
	return strings.TrimSuffix(string(c.Apart())+": "+about, ": ")
}

// ApartBackground returns what explains a difference, made harmless: the policy that holds the slot of a binding, a
// note, the side that changed, and the traffic.
func (c *Change) ApartBackground() string {
	return c.withTraffic(append(c.Holders(), c.Reasons()...))
}

// Holders returns the policies that hold the slot of a binding on the gateway, in words and made harmless.
func (c *Change) Holders() (out []string) {
	for _, d := range c.Displaced() {
		verb := " holds its slot there"
		if !d.Sure {
			verb = " may hold its slot there"
		}
		out = append(out, Clean(d.Address)+verb+d.claim("the files"))
	}
	return out
}
