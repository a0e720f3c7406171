package apply

import (
	"sync"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// ids has the gateway's id of each object, also of those that the run creates. It is safe for concurrent use.
type ids struct{ byAddress sync.Map } // to *kind.Object, of which only the key, the id and the parent are valid

func newIDs(have kind.Actual, plan *diff.Plan) *ids {
	m := &ids{}
	renamed := map[string]string{} // by address on the gateway: the key in the files
	for i := range plan.Changes {
		if c := &plan.Changes[i]; c.Have != nil && c.Want != nil {
			m.set(c.Kind, c.Want.Key, c.Have.ID, c.Have.Parent)
			renamed[c.Have.Address()] = c.Want.Key
		}
	}
	for i := range have.Objects {
		o := &have.Objects[i]
		m.byAddress.LoadOrStore(o.Address(), o)
		if owner, ok := renamed[o.OwnerAddress()]; ok && owner != o.Owner {
			renamed[o.Address()] = kind.Rekey(o.Key, o.Owner, owner)
			m.byAddress.LoadOrStore(o.Kind+"/"+renamed[o.Address()], o)
		}
	}
	return m
}

// renames returns a function from the kind and the old name of an object to the name that the plan gives it.
func renames(plan *diff.Plan) func(kindName, key string) string {
	now := map[string]string{}
	for i := range plan.Changes {
		if c := &plan.Changes[i]; c.Have != nil && c.Want != nil && c.Have.Key != c.Want.Key {
			now[c.Have.Address()] = c.Want.Key
		}
	}
	return func(kindName, key string) string { return now[kindName+"/"+key] }
}

func (m *ids) set(kindName, key, id string, parent *kind.Object) {
	m.byAddress.Store(kindName+"/"+key, &kind.Object{Kind: kindName, Key: key, ID: id, Parent: parent})
}

// object returns nil if the gateway does not have the object, or not yet.
func (m *ids) object(kindName, key string) *kind.Object {
	o, _ := m.byAddress.Load(kindName + "/" + key)
	found, _ := o.(*kind.Object)
	return found
}

// ID implements kind.IDs.
func (m *ids) ID(kindName, key string) (string, bool) {
	o := m.object(kindName, key)
	if o == nil || o.ID == "" {
		return "", false
	}
	return o.ID, true
}

// tally counts writes by operation. It is safe for concurrent use.
type tally struct {
	mu      sync.Mutex
	by      map[string]int
	repeats int // writes that were sent again, see addRepeats
}

func (t *tally) add(operation string, n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.by == nil {
		t.by = map[string]int{}
	}
	t.by[operation] += n
}

// addRepeats counts writes that were sent again because the first came too early. They are not counted by operation, since the
// plan does not contain them.
func (t *tally) addRepeats(n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.repeats += n
}

func (t *tally) counts(reads int) Tally {
	t.mu.Lock()
	defer t.mu.Unlock()
	out := Tally{Reads: reads, Writes: t.repeats, Operations: map[string]int{}}
	for op, n := range t.by {
		out.Operations[op] = n
		out.Writes += n
	}
	return out
}
