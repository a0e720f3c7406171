package document

import (
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/diff"
)

// Divergence is how gateway and files differ. Reports that only compare, such as drift reports, use these words instead
// of actions.
type Divergence string

// The ways in which they differ.
const (
	Differs     Divergence = "differs"
	OnlyGateway Divergence = "only on the gateway"
	OnlyFiles   Divergence = "only in the files"
)

// The headings of the two columns of values.
const (
	OnGateway = "on the gateway"
	InFiles   = "in the files"
)

// Divergence returns how gateway and files differ before the change, which would make the gateway match the files.
func (c *Change) Divergence() Divergence {
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
func (f *Field) Sides(a Divergence, most int) string {
	path := Clean(f.Path) + ": "
	onGateway, inFiles := f.Both(a, most)
	switch a {
	case OnlyFiles:
		return path + inFiles
	case OnlyGateway:
		return path + onGateway
	default:
		return path + onGateway + " " + OnGateway + ", " + inFiles + " " + InFiles
	}
}

// Both returns the values of the two sides, each cut to most characters; of a set that both sides have, the members
// that the other side lacks.
func (f *Field) Both(a Divergence, most int) (onGateway, inFiles string) {
	if !f.IsSet() {
		before, after := Shorten(f.Before, f.ShownAfter(), most)
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

// DivergenceSummary returns one line, made harmless, that says how both sides differ. It has up to three fields.
func (c *Change) DivergenceSummary() string {
	about := strings.Join(c.firstFields(func(f *Field) string { return f.Sides(c.Divergence(), summaryValue) }), "; ")
	if c.Binding != nil {
		about = Clean(c.Binding.Call())
	}
	return strings.TrimSuffix(string(c.Divergence())+": "+about, ": ")
}

// DivergenceContext returns what explains a difference, made harmless: the policy that holds the slot of a binding, a
// note, the side that changed, and the traffic.
func (c *Change) DivergenceContext() string {
	return c.withTraffic(append(c.Holders(), c.Reasons()...))
}

// Holders returns the policies that hold the slot of a binding on the gateway, in words and made harmless.
func (c *Change) Holders() (out []string) {
	for _, d := range c.Displaced() {
		verb := " holds its slot there"
		if !d.Sure {
			verb = " may hold its slot there"
		}
		out = append(out, Clean(d.Address)+verb+d.ownership("the files"))
	}
	return out
}
