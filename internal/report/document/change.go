package document

import (
	"fmt"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/checks/drift"
	"github.com/apigw-sync/apigw-sync/internal/diff"
)

// Destroys reports whether a change removes an object, even if it creates it again.
func (c *Change) Destroys() bool { return c.Action == diff.Delete || c.Action == diff.Replace }

// Details returns the leaves of a change, and whatever is deleted with the object without a change of its own.
func (c *Change) Details() []Field {
	out := slices.Clip(c.Fields)
	for _, a := range c.AlsoRemoved {
		if !a.hasChange {
			out = append(out, Field{Path: "takes along", Before: name(a.Address)})
		}
	}
	return out
}

// alsoRemovedText returns, in a few words, what is deleted with the object without a change of its own.
func (c *Change) alsoRemovedText() string {
	var kinds []string
	n := map[string]int{}
	for _, a := range c.AlsoRemoved {
		if kind, _, _ := strings.Cut(a.Address, "/"); !a.hasChange {
			if n[kind]++; n[kind] == 1 {
				kinds = append(kinds, kind)
			}
		}
	}
	for i, kind := range kinds {
		kinds[i] = fmt.Sprintf("%d %s", n[kind], Clean(kind))
	}
	if len(kinds) == 0 {
		return ""
	}
	return "takes along " + strings.Join(kinds, ", ")
}

// About returns a sentence about the change as a problem, at the position of the change in the files.
func (c *Change) About(message string) Problem {
	return Problem{Address: c.Address, Message: message}.At(c.Source)
}

// Summary returns one line, made harmless, that says what a change does: its action and up to three of its leaves.
func (c *Change) Summary() string {
	if b := c.Binding; b != nil {
		return Clean(strings.TrimSuffix(fmt.Sprintf("%s %s/%s in %s: %s", c.Action, b.Group, b.API, b.Environment, b.Call()), ": "))
	}
	parts := c.firstFields(func(f *Field) string { return f.Line(c.Action, summaryValue) })
	return strings.TrimSuffix(string(c.Action)+" "+strings.Join(parts, ", "), " ")
}

const summaryValue = 60 // characters of a value where a whole change takes one line

// firstFields returns up to three fields, a line each, and how many more there are.
func (c *Change) firstFields(line func(*Field) string) (parts []string) {
	const most = 3
	for i := range c.Fields[:min(most, len(c.Fields))] {
		parts = append(parts, line(&c.Fields[i]))
	}
	return append(parts, counted(part{len(c.Fields) - most, "more field", "more fields"})...)
}

// Place returns the file:line of a change, made harmless; "" if no file declares it.
func (c *Change) Place() string {
	if c.Source == nil {
		return ""
	}
	return PlaceOf(c.Source)
}

// Sides has the words that say which side changed.
var Sides = map[drift.Side]string{
	drift.Gateway: "changed on the gateway",
	drift.Files:   "changed in the files, not applied yet",
	drift.Both:    "conflict: changed on the gateway and in the files",
}

// Context returns what explains a change, made harmless: a note, the side that changed, and the traffic that it
// affects.
func (c *Change) Context() string {
	parts := append(c.DisplacesText(), c.Reasons()...)
	if along := c.alsoRemovedText(); along != "" {
		parts = append(parts, along)
	}
	return c.withTraffic(parts)
}

func (c *Change) withTraffic(parts []string) string {
	if c.Traffic != nil {
		parts = append(parts, TrafficSumText(c.Traffic))
	}
	return strings.Join(parts, "; ")
}

// Reasons returns a note, the side that changed, and who changed it, made harmless.
func (c *Change) Reasons() (parts []string) {
	if c.Note != "" {
		parts = append(parts, Clean(c.Note))
	}
	return append(parts, changeReasons(c.Moved, c.ChangedBy)...)
}
