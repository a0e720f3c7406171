package fetch

import (
	"context"
	"math"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// PendingCatalog is a catalog that is being read. Those who only need to know how large it will be need not wait for all of it. A nil PendingCatalog
// has no APIs.
type PendingCatalog struct {
	counted chan struct{}
	least   int // valid once counted: how many APIs it has at least; math.MaxInt if it will not have all of the gateway
	read    chan struct{}
	catalog *kind.Catalog // valid once read; never nil
}

// NewPendingCatalog returns a catalog that is still to be read.
func NewPendingCatalog() *PendingCatalog {
	return &PendingCatalog{counted: make(chan struct{}), read: make(chan struct{}), catalog: kind.NewCatalog(nil)}
}

// ReadyCatalog wraps a catalog that was read already.
func ReadyCatalog(c *kind.Catalog) *PendingCatalog {
	out := &PendingCatalog{counted: make(chan struct{}), read: make(chan struct{}), catalog: c}
	close(out.counted)
	close(out.read)
	return out
}

// Read reads the catalog as Reader.Catalog does. It must be called once.
func (c *PendingCatalog) Read(ctx context.Context, r *Reader, everything bool, lookups []kind.Lookup) error {
	defer close(c.read)
	count := func(least int) {
		c.least = least
		close(c.counted)
	}
	if !everything && len(lookups) == 0 {
		count(math.MaxInt)
		return nil
	}
	catalog, err := r.catalog(ctx, everything, lookups, count)
	if err == nil {
		c.catalog = catalog
	}
	return err
}

// Catalog waits until the catalog was read. It is empty if it could not be read.
func (c *PendingCatalog) Catalog() *kind.Catalog {
	<-c.read
	return c.catalog
}

// All returns all APIs of the gateway if there are fewer than n; nil if there are more or the catalog is not complete. It
// stops waiting as soon as that is decided.
func (c *PendingCatalog) All(n int) []*kind.API {
	if c == nil {
		return nil
	}
	select {
	case <-c.counted:
		if c.least >= n {
			return nil
		}
	case <-c.read:
	}
	if catalog := c.Catalog(); catalog.Complete && len(catalog.APIs) < n {
		return catalog.APIs
	}
	return nil
}
