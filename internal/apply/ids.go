package apply

import (
	"sync"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// ids knows the gateway's id of each object, and learns those of new ones. It is safe for concurrent use.
type ids struct{ byAddress sync.Map }

func newIDs(have kind.Actual, plan *diff.Plan) *ids {
	m := &ids{}
	for i := range have.Objects {
		m.set(have.Objects[i].Kind, have.Objects[i].Key, have.Objects[i].ID)
	}
	for i := range plan.Changes {
		if c := &plan.Changes[i]; c.Have != nil && c.Want != nil {
			m.set(c.Kind, c.Want.Key, c.Have.ID)
		}
	}
	return m
}

func (m *ids) set(kindName, key, id string) {
	if id != "" {
		m.byAddress.Store(kindName+"/"+key, id)
	}
}

// ID implements kind.IDs.
func (m *ids) ID(kindName, key string) (string, bool) {
	v, ok := m.byAddress.Load(kindName + "/" + key)
	if !ok {
		return "", false
	}
	return v.(string), true
}

// tally counts writes by operation, safe for concurrent use.
type tally struct {
	mu sync.Mutex
	by map[string]int
}

func (t *tally) add(operation string, n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.by == nil {
		t.by = map[string]int{}
	}
	t.by[operation] += n
}

func (t *tally) counts(reads int) Tally {
	t.mu.Lock()
	defer t.mu.Unlock()
	out := Tally{Reads: reads, Operations: map[string]int{}}
	for op, n := range t.by {
		out.Operations[op] = n
		out.Writes += n
	}
	return out
}
