package fetch

import (
	"context"
	"math"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// Coming is a catalog that is being read, for those who need not wait for all of it.
type Coming struct {
	counted chan struct{}
	least   int // so many APIs it will have at least, once counted; math.MaxInt when it will not have all of the gateway
	read    chan struct{}
	catalog *kind.Catalog // once read; never nil
}

// NewComing is one that nobody has begun to read.
func NewComing() *Coming {
	return &Coming{counted: make(chan struct{}), read: make(chan struct{}), catalog: kind.NewCatalog(nil)}
}

// Arrived is a catalog that is there.
func Arrived(c *kind.Catalog) *Coming {
	out := &Coming{counted: make(chan struct{}), read: make(chan struct{}), catalog: c}
	close(out.counted)
	close(out.read)
	return out
}

// Read reads it as Reader.Catalog does.
func (c *Coming) Read(ctx context.Context, r *Reader, everything bool, lookups []kind.Lookup) error {
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

// Catalog waits for all of it; it is empty when it could not be read.
func (c *Coming) Catalog() *kind.Catalog {
	<-c.read
	return c.catalog
}

// All are the APIs where they are all that the gateway has, and fewer than n; else nil. It waits no longer than that is
// open.
func (c *Coming) All(n int) []*kind.API {
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
