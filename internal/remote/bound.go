package remote

import "sync"

// Bound holds for the requests in flight to several gateways together. It is safe for concurrent use; nil is none.
type Bound struct {
	mu     sync.Mutex
	free   int
	pacers []*pacer
}

// NewBound lets n requests be in flight at most.
func NewBound(n int) *Bound { return &Bound{free: n} }

// join has a pacer told when room has become free.
func (b *Bound) join(p *pacer) {
	if b == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.pacers = append(b.pacers, p)
}

// take takes a place, where there is one.
func (b *Bound) take() bool {
	if b == nil {
		return true
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.free == 0 {
		return false
	}
	b.free--
	return true
}

// give gives a place back.
func (b *Bound) give() {
	if b == nil {
		return
	}
	b.mu.Lock()
	b.free++
	pacers := b.pacers
	b.mu.Unlock()
	for _, p := range pacers {
		select {
		case p.wake <- struct{}{}:
		default:
		}
	}
}
