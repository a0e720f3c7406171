package document

import (
	"fmt"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// displacement says which policies a bind displaces. Its JSON keys are part of the change.
type displacement struct {
	Displaces         string      `json:"displaces,omitempty"` // address of the policy
	DisplacesDeclared *bool       `json:"displaces_declared,omitempty"`
	DisplacesOwned    bool        `json:"displaces_owned,omitempty"` // the files own it, though they do not declare it
	Sure              *bool       `json:"sure,omitempty"`            // false where the gateway may keep both; else absent
	AlsoDisplaces     []Displaced `json:"also_displaces,omitempty"`
}

// Displaced is a policy that a bind displaces.
type Displaced struct {
	Address  string `json:"address"`
	Declared bool   `json:"declared"`
	Owned    bool   `json:"owned,omitempty"`
	Sure     bool   `json:"sure"`
}

func newDisplacement(list []diff.Displaced) (out displacement) {
	for i := range list {
		d := Displaced{list[i].Address(), list[i].Claim.Declared, list[i].Claim.Owned, list[i].Sure}
		if i > 0 {
			out.AlsoDisplaces = append(out.AlsoDisplaces, d)
			continue
		}
		out = displacement{Displaces: d.Address, DisplacesDeclared: &d.Declared, DisplacesOwned: d.Owned}
		if !d.Sure {
			out.Sure = &d.Sure
		}
	}
	return out
}

// Displaced returns all policies that a bind displaces.
func (d *displacement) Displaced() []Displaced {
	if d.Displaces == "" {
		return nil
	}
	first := Displaced{d.Displaces, d.DisplacesDeclared != nil && *d.DisplacesDeclared, d.DisplacesOwned, d.Sure == nil || *d.Sure}
	return append([]Displaced{first}, d.AlsoDisplaces...)
}

// DisplacesText returns the policies that a bind displaces, in words and made harmless.
func (d *displacement) DisplacesText() (out []string) {
	for _, x := range d.Displaced() {
		out = append(out, x.String())
	}
	return out
}

// String returns a part of a sentence, made harmless.
func (d Displaced) String() string {
	verb := "replaces "
	if !d.Sure {
		verb = "may replace "
	}
	return verb + Clean(d.Address) + d.ownership("these files")
}

// ownership returns a relative clause that says whether the files own the policy; "" if they declare it.
func (d Displaced) ownership(files string) string {
	switch {
	case d.Owned:
		return ", which " + files + " own but do not declare"
	case !d.Declared:
		return ", which " + files + " do not declare"
	}
	return ""
}

// Loss returns a sentence about a policy that a bind displaces, there and at this many more APIs.
func (d Displaced) Loss(c *Change, more int) string {
	out := "loses its slot on "
	if !d.Sure {
		out = "may lose its slot on "
	}
	if b := c.Binding; b != nil {
		out += b.Group + "/" + b.API + "@" + b.Environment
	}
	if more > 0 {
		out += fmt.Sprintf(" and %d more", more)
	}
	if l := kind.LinkOf(c.Kind); l != nil {
		out += " to " + l.Owner + "/" + c.Name
	}
	if d.Owned {
		return out + "; these files own it but do not declare it"
	}
	return out + "; these files do not declare it"
}

// Displacing returns a sentence that says how many binds displace a policy that no file declares; "" if none does.
func Displacing(n int) string {
	if n == 0 {
		return ""
	}
	return Count(n, "bind displaces", "binds displace") + " a policy that these files do not declare."
}
