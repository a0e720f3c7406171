package document

// List has the objects of a gateway.
type List struct {
	Head
	Objects  []Item   `json:"objects"`
	Requests Requests `json:"requests"`
	Problems
}

// Item is an object of a List. Parts are not listed.
type Item struct {
	Address  string `json:"address"`
	Kind     string `json:"kind"`
	Name     string `json:"name"`
	Bound    *int   `json:"bound"`    // to how many APIs, counted in each environment; nil for kinds that are not bound
	Declared *bool  `json:"declared"` // in the files; nil if there are no files
}

// EmptyList returns the document of a gateway that has no objects, or was not read.
func EmptyList(h Head) *List { return &List{Head: h, Objects: []Item{}, Problems: noProblems()} }

// Sum counts the objects.
func (d *List) Sum() string {
	sum, declared, known := Count(len(d.Objects), "object", "objects"), 0, false
	for _, o := range d.Objects {
		if o.Declared != nil {
			known = true
			if *o.Declared {
				declared++
			}
		}
	}
	if known {
		sum += ", " + Count(declared, "declared", "declared")
	}
	return sum + "."
}
