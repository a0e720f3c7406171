package apply

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/apigw-sync/apigw-sync/internal/api"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// backoff is the wait before the n-th repeat, counted from 0. It doubles each time, and is spread at random so that requests
// that failed together are not repeated together.
func backoff(n int) time.Duration {
	d := time.Second << n
	return d*3/4 + rand.N(d/2) //nolint:gosec // spreading, not cryptography
}

// gracePeriod is how long after a stop requests may begin that belong to an earlier one, such as the bind after an unbind.
const gracePeriod = 2 * time.Second

// waitForRepeat waits until the gateway accepts another change of an object that was changed a moment ago, and reports the wait.
func (r *runner) waitForRepeat(ctx context.Context, k *kind.Kind, j *job) bool {
	if r.waiting != nil {
		r.waiting(j.change.Address, k.RetryAfter)
	}
	return api.Pause(ctx, k.RetryAfter)
}
