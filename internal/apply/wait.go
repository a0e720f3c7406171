package apply

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// pause waits; it returns false when ctx ended first.
func pause(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

// backoff is the wait before the n-th repeat, counted from 0: it doubles, and is spread by half so that
// what failed together does not come back together.
func backoff(n int) time.Duration {
	d := time.Second << n
	return d*3/4 + rand.N(d/2) //nolint:gosec // spreading, not cryptography
}

// finishing is how long the second half of a pair of requests may still begin after a stop.
const finishing = 2 * time.Second

// outlive is a context for what must follow at once upon what was done, even when the run is stopped in
// between.
func outlive(ctx context.Context) (context.Context, context.CancelFunc) {
	long, end := context.WithCancel(context.WithoutCancel(ctx))
	unhook := context.AfterFunc(ctx, func() {
		timer := time.AfterFunc(finishing, end)
		context.AfterFunc(long, func() { timer.Stop() })
	})
	return long, func() {
		unhook()
		end()
	}
}

// later waits until what changed a moment ago can change again, and says so.
func (r *runner) later(ctx context.Context, k *kind.Kind, j *job) bool {
	if r.waiting != nil {
		r.waiting(j.change.Address, k.Later)
	}
	return pause(ctx, k.Later)
}
