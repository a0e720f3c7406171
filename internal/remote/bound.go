package remote

import "sync"

// Bound limits the requests in flight to several gateways together. It is safe for concurrent use; nil means no limit.
type Bound struct {
	mu     sync.Mutex
	free   int
	pacers []*pacer
}

// NewBound allows at most n requests in flight.
func NewBound(n int) *Bound { return &Bound{free: n} }

// join adds a pacer, which is woken whenever a request has ended.
func (b *Bound) join(p *pacer) {
	if b == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.pacers = append(b.pacers, p)
}

// take reports whether another request may start, and counts it.
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

// give ends a request that take has counted, and wakes the pacers.
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
