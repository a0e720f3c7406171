package api

import (
	"context"
	"time"
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

// Outlive returns a context that ends a grace period after ctx, with that cause, for requests without which the gateway would be
// left half changed.
func Outlive(ctx context.Context, grace time.Duration, cause error) (context.Context, context.CancelFunc) {
	long, end := context.WithCancelCause(context.WithoutCancel(ctx))
	unhook := context.AfterFunc(ctx, func() {
		timer := time.AfterFunc(max(grace, 0), func() { end(cause) })
		context.AfterFunc(long, func() { timer.Stop() })
	})
	return long, func() {
		unhook()
		end(nil)
	}
}
