package apply

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// Pause waits; it returns false if ctx ends first.
func Pause(ctx context.Context, d time.Duration) bool {
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

// backoff is the wait before the n-th repeat, counted from 0. It doubles each time, and is spread at random so that requests
// that failed together are not repeated together.
func backoff(n int) time.Duration {
	d := time.Second << n
	return d*3/4 + rand.N(d/2) //nolint:gosec // spreading, not cryptography
}

// gracePeriod is how long after a stop requests may begin that belong to an earlier one, such as the bind after an unbind.
const gracePeriod = 2 * time.Second

// outlive returns a context that ends a grace period after ctx, for requests without which the gateway would be left half
// changed.
func outlive(ctx context.Context) (context.Context, context.CancelFunc) {
	long, end := context.WithCancel(context.WithoutCancel(ctx))
	unhook := context.AfterFunc(ctx, func() {
		timer := time.AfterFunc(gracePeriod, end)
		context.AfterFunc(long, func() { timer.Stop() })
	})
	return long, func() {
		unhook()
		end()
	}
}

// later waits until the gateway accepts another change of an object that was changed a moment ago, and reports the wait.
func (r *runner) later(ctx context.Context, k *kind.Kind, j *job) bool {
	if r.waiting != nil {
		r.waiting(j.change.Address, k.Later)
	}
	return Pause(ctx, k.Later)
}
