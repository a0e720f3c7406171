package world

import (
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"

	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
)

// Size is the number of objects and bindings in an estate. Bindings are spread over the environments.
type Size struct {
	Groups, APIs int
	Objects      map[string]int // by kind
	Bindings     int
	// Sparse files have only the collections that are not empty. Others have all collections, and so manage empty ones, too.
	Sparse bool
}

// portion is the number of objects of one kind in E, and their bindings. E has no objects of other kinds: figures from before
// a kind was added must stay comparable.
type portion struct {
	kind     string
	objects  int
	share    int               // per cent of all objects, for OfObjects
	bindings int               // per cent of all bindings
	field    string            // the field that decides which slot an object takes
	slots    []string          // its values, used in turn; without the types of which a gateway takes only five plugins
	parts    map[string][2]int // by kind of part: {3, 1} means that every third object has one
}

var inE = []portion{
	{kind: "plugin", objects: 500, share: 20, bindings: 35, field: "type", slots: []string{"cors", "set_resp_headers", "rate_limit", "proxy_cache", "breaker"}},
	{kind: "app", objects: 1000, share: 50, bindings: 25, parts: map[string][2]int{"app_code": {3, 1}, "app_access_control": {4, 1}}},
	{kind: "acl", objects: 100, share: 10, bindings: 15, field: "entity_type", slots: []string{"IP", "IP", "DOMAIN", "DOMAIN_ID"}},
	{kind: "throttle", objects: 300, share: 20, bindings: 25, parts: map[string][2]int{"throttle_special": {10, 2}}},
}

// E is the size of the estate for which the project promises its figures.
var E = OfBindings(20_000)

// OfBindings returns E, scaled to n bindings.
func OfBindings(n int) Size {
	part := func(of int) int { return max(1, (of*n+10_000)/20_000) }
	s := Size{Groups: part(50), APIs: part(5000), Objects: map[string]int{}, Bindings: n}
	for _, m := range inE {
		s.Objects[m.kind] = part(m.objects)
	}
	return s
}

// OfObjects returns a size of about n objects and twice as many bindings. A quarter of the objects are parts of the others.
func OfObjects(n int) Size {
	outer := n * 751 / 1000
	s := Size{Groups: max(1, n/100), APIs: max(4, n/2), Objects: map[string]int{}, Bindings: 2 * n, Sparse: true}
	for _, m := range inE {
		s.Objects[m.kind] = max(1, outer*m.share/100)
	}
	return s
}

// Target is an API in an environment, both by index.
type Target struct{ API, Env int }

// Object is an object of an estate. Item is its entry in the file, without its bindings.
type Object struct {
	Name  string
	Slot  string // the slot of a target that it takes
	Item  map[string]any
	Links []Target
}

// Section has the objects of one kind.
type Section struct {
	*kind.Kind
	Objects []Object
}

// Estate is a gateway of any size, with matching files. The same size and seed give the same estate.
type Estate struct {
	Size
	Sections []Section // in the order of files

	taken map[takenSlot]bool
	rand  *rand.Rand
}

// takenSlot is a slot of a target that holds a policy.
type takenSlot struct {
	kind, slot string
	target     Target
}

// Of returns the objects of a kind.
func (e *Estate) Of(name string) []Object {
	for _, s := range e.Sections {
		if s.Name == name {
			return s.Objects
		}
	}
	return nil
}

// NewEstate makes an estate.
func NewEstate(s Size, seed uint64) *Estate {
	e := &Estate{Size: s, taken: map[takenSlot]bool{}, rand: rand.New(rand.NewPCG(seed, 0x657374617465))} //nolint:gosec // sizes, not secrets
	for _, k := range kinds() {
		if i := slices.IndexFunc(inE, func(m portion) bool { return m.kind == k.Name }); i >= 0 {
			e.Sections = append(e.Sections, Section{k, inE[i].draw(k, s.Objects[k.Name])})
		}
	}
	left := s.Bindings
	for i, m := range inE {
		n := s.Bindings * m.bindings / 100
		if i == len(inE)-1 {
			n = left
		}
		left -= n
		e.bind(kind.LinkFrom(m.kind), e.Of(m.kind), n)
	}
	e.sort()
	return e
}

// draw makes n objects. Only a few are drawn, and the others are copies with another name, as teams copy what they have.
func (m *portion) draw(k *kind.Kind, n int) []Object {
	const patterns = 20
	r := rand.New(rand.NewPCG(uint64(len(k.Name)), 1)) //nolint:gosec // as above
	opt := Options{}
	for _, f := range k.Shape.Fields {
		if f.Shape.Secret || f.Shape.Keyword("pattern") != nil && !f.Required || slices.ContainsFunc(kind.Parts(k.Name), func(p *kind.Kind) bool { return p.Field == f.Name }) {
			opt.Without = append(opt.Without, f.Name) // not copied: it differs from object to object
		}
	}
	out, drawn := make([]Object, n), map[int]map[string]any{}
	slots := max(1, len(m.slots))
	for i := range out {
		name := fmt.Sprintf("%s_%05d", k.Name, i)
		at := i % (patterns * slots)
		if drawn[at] == nil {
			d := &drawer{rand: r, opt: opt, words: map[*shape.Shape]string{}}
			if len(m.slots) > 0 {
				d.words[k.Shape.Field(m.field)] = m.slots[i%slots]
			}
			drawn[at] = d.object(k, name)
		}
		out[i] = Object{Name: name, Item: maps.Clone(drawn[at])}
		out[i].Item["name"] = name
		out[i].Slot = slotOf(kind.LinkFrom(k.Name), out[i].Item)
		for _, part := range kind.Parts(k.Name) {
			if some := m.parts[part.Name]; some[0] > 0 && i%some[0] == 0 {
				out[i].Item[part.Field] = m.collection(r, k.Shape.Field(part.Field), name, some[1])
			}
		}
	}
	return out
}

// collection draws the parts of an object; for a list, n entries.
func (m *portion) collection(r *rand.Rand, s *shape.Shape, owner string, n int) any {
	d := &drawer{rand: r, name: owner, most: map[string]int64{}, words: map[*shape.Shape]string{}}
	for {
		switch v := d.value(s).(type) {
		case []any:
			if len(v) == n {
				return v
			}
		case map[string]any:
			if len(v) > 0 {
				return v
			}
		}
	}
}

// bind makes n bindings of objects to random targets. If one request can bind several objects to several APIs, some of the objects
// are first bound to the same APIs, as teams do it.
func (e *Estate) bind(l *kind.LinkKind, objects []Object, n int) {
	switch {
	case l.Slot == nil:
		n, objects = e.teams(l.Owner, objects, n)
	case l.Overwrites:
		n, objects = e.sets(l.Owner, objects, n)
	}
	for i, misses := 0, 0; len(objects) > 0 && i < n && misses < 100*n; {
		if e.put(l.Owner, &objects[i%len(objects)], e.target()) {
			i++
		} else {
			misses++
		}
	}
}

// sets binds three in ten objects. Each API gets one object for every slot. It returns the number of bindings that are still
// to be made, and the objects for them.
func (e *Estate) sets(kindName string, objects []Object, n int) (int, []Object) {
	slots := 1
	for slots < len(objects) && objects[slots].Slot != objects[0].Slot {
		slots++
	}
	sets := len(objects) * 3 / 10 / slots
	for i := range sets * slots {
		for env := range Environments {
			if n > 0 && e.put(kindName, &objects[i], Target{i / slots, env}) {
				n--
			}
		}
	}
	return n, objects[sets*slots:]
}

// teams binds half of the objects, in teams of five with the same APIs. It returns the number of bindings that are still to be
// made, and the objects for them.
func (e *Estate) teams(kindName string, objects []Object, n int) (int, []Object) {
	const team = 5
	teams := len(objects) / 2 / team
	each := n / max(1, len(objects))
	for t := range teams {
		for range each {
			at := e.target()
			for i := range team {
				if e.put(kindName, &objects[t*team+i], at) {
					n--
				}
			}
		}
	}
	return n, objects[teams*team:]
}

// put binds an object to a target unless the slot is taken.
func (e *Estate) put(kindName string, o *Object, at Target) bool {
	slot := takenSlot{kindName, o.Slot, at}
	if e.taken[slot] {
		return false
	}
	e.taken[slot] = true
	o.Links = append(o.Links, at)
	return true
}

func (e *Estate) target() Target { return Target{e.rand.IntN(e.APIs), e.rand.IntN(len(Environments))} }

func (e *Estate) sort() {
	for _, s := range e.Sections {
		for i := range s.Objects {
			slices.SortFunc(s.Objects[i].Links, func(a, b Target) int { return cmp.Or(a.API-b.API, a.Env-b.Env) })
		}
	}
}

// Churn returns the estate with a percentage of its bindings removed and the same number of new ones.
func (e *Estate) Churn(percent int, seed uint64) *Estate {
	out := &Estate{Size: e.Size, taken: map[takenSlot]bool{}, rand: rand.New(rand.NewPCG(seed, 0x636875726e))} //nolint:gosec // as above
	for _, s := range e.Sections {
		s.Objects = slices.Clone(s.Objects)
		out.Sections = append(out.Sections, s)
	}
	for _, s := range out.Sections {
		gone := 0
		for i := range s.Objects {
			o := &s.Objects[i]
			links := o.Links
			o.Links = nil
			for _, at := range links {
				if out.rand.IntN(100) < percent {
					gone++
				} else {
					out.put(s.Name, o, at)
				}
			}
		}
		perm := out.rand.Perm(len(s.Objects))
		for misses := 0; gone > 0 && misses < 100_000; {
			if out.put(s.Name, &s.Objects[perm[gone%len(perm)]], out.target()) {
				gone--
			} else {
				misses++
			}
		}
	}
	out.sort()
	return out
}

// Count returns the number of objects and parts in the files.
func (e *Estate) Count() (n int) {
	for _, s := range e.Sections {
		for i := range s.Objects {
			n++
			for _, part := range kind.Parts(s.Name) {
				n += s.Objects[i].Inside(part)
			}
		}
	}
	return n
}

// Inside returns how many parts of a kind the object has.
func (o *Object) Inside(part *kind.Kind) int { return inside(o.Item, part) }

func inside(item map[string]any, part *kind.Kind) int {
	switch v := item[part.Field].(type) {
	case []any:
		return len(v)
	case map[string]any:
		return min(1, len(v))
	}
	return 0
}
