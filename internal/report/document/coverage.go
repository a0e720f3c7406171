package document

import (
	"fmt"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/checks/drift"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// Coverage is how many of the objects of a gateway the files declare. Parts and bindings do not count.
type Coverage struct {
	Declared   int                `json:"declared"`
	Undeclared int                `json:"undeclared"` // on the gateway
	ByKind     map[string]Covered `json:"by_kind"`
	NotCounted []string           `json:"not_counted"` // kinds that the gateway does not show

	listed   bool // the report lists what is not declared
	narrowed bool // --kind and --name leave some out

	environments []string // the only ones whose bindings were compared; empty means all
}

// Covered is the coverage of one kind.
type Covered struct {
	Declared   int `json:"declared"`
	Undeclared int `json:"undeclared"`
}

// Undeclared is an object of the gateway that no file declares.
type Undeclared struct {
	Address string `json:"address"`
}

func (d *Drift) setCoverage(c *drift.Coverage) {
	if c == nil {
		return
	}
	d.Coverage = &Coverage{ByKind: map[string]Covered{}, NotCounted: append([]string{}, c.NotCounted...), listed: c.Undeclared != nil, narrowed: c.Narrowed, environments: c.Environments}
	for _, k := range c.Kinds {
		d.Coverage.Declared += k.Declared
		d.Coverage.Undeclared += k.Undeclared
		d.Coverage.ByKind[k.Kind] = Covered{k.Declared, k.Undeclared}
	}
	if c.Undeclared == nil {
		return
	}
	d.Undeclared = []Undeclared{}
	for _, address := range c.Undeclared {
		d.Undeclared = append(d.Undeclared, Undeclared{address})
	}
}

// String returns the coverage in a line.
func (c *Coverage) String() string {
	out := fmt.Sprintf("Covers %d of %s", c.Declared, Count(c.Declared+c.Undeclared, "object", "objects"))
	switch {
	case c.Undeclared == 0:
		out += "; all are declared"
	case c.Undeclared == 1:
		out += "; 1 is not declared"
	default:
		out += fmt.Sprintf("; %d are not declared", c.Undeclared)
	}
	if c.Undeclared > 0 && !c.listed {
		out += " (--undeclared lists them)"
	}
	if not := slices.DeleteFunc(slices.Clone(c.NotCounted), func(name string) bool { return kind.Of(name) == nil }); len(not) > 0 {
		out += "; not counted, as the gateway does not show them: " + strings.Join(not, ", ")
	}
	if c.narrowed {
		out += "; only what --kind and --name select is counted"
	}
	if len(c.environments) > 0 {
		out += "; of bindings only those in " + Clean(strings.Join(c.environments, ", "))
	}
	return out
}

// noDrift returns a sentence that says that there is no drift in what the files cover.
func (c *Coverage) noDrift() string {
	switch {
	case c == nil:
		return "No drift in what the files declare."
	case c.Declared == 0:
		return "No drift: the files declare no objects to compare."
	case c.Undeclared == 0 && len(c.NotCounted) == 0 && !c.narrowed && len(c.environments) == 0:
		return "No drift. The gateway matches the files."
	}
	return "No drift in the " + Count(c.Declared, "object", "objects") + " that the files declare."
}
