package apply

import (
	"sync"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// ids knows the gateway's id of each object, and learns those of new ones. It is safe for concurrent use.
type ids struct{ byAddress sync.Map } // to *kind.Object, of which only the key, the id and the parent are to be used

func newIDs(have kind.Actual, plan *diff.Plan) *ids {
	m := &ids{}
	renamed := map[string]string{} // address on the gateway to the key in the files
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

// renames tells the names that a plan gives, by kind and old name.
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

// object is nil for one that the gateway does not have, or not yet.
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

// tally counts writes by operation, safe for concurrent use.
type tally struct {
	mu    sync.Mutex
	by    map[string]int
	again int
}

func (t *tally) add(operation string, n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.by == nil {
		t.by = map[string]int{}
	}
	t.by[operation] += n
}

// late counts writes that were sent again since it was too early for the first: no plan knows of them.
func (t *tally) late(n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.again += n
}

func (t *tally) counts(reads int) Tally {
	t.mu.Lock()
	defer t.mu.Unlock()
	out := Tally{Reads: reads, Writes: t.again, Operations: map[string]int{}}
	for op, n := range t.by {
		out.Operations[op] = n
		out.Writes += n
	}
	return out
}
