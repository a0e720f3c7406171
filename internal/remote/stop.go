package remote

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/apigw-sync/apigw-sync/internal/api"
)

// errCut is the cause of an attempt that was cut off at the end of its grace period.
var errCut = errors.New("cut off after the stop")

// timeoutError means that one attempt took too long. It does not wrap context.DeadlineExceeded, which means that the time of
// the whole run is over.
type timeoutError struct{ after time.Duration }

func (e *timeoutError) Error() string { return "no complete answer within " + e.after.String() }

// Timeout makes it a timeout for code that checks for net.Error.
func (e *timeoutError) Timeout() bool { return true }

// outlive returns the context of one attempt. It ends after timeout, or a grace period after ctx has ended.
func outlive(ctx context.Context, timeout, grace time.Duration) (context.Context, context.CancelFunc) {
	long, cut := api.Outlive(ctx, grace, errCut)
	actx, end := context.WithTimeoutCause(long, timeout, &timeoutError{timeout})
	return actx, func() {
		end()
		cut()
	}
}

// interrupted replaces the error of an attempt that we have ended by the reason for that.
func interrupted(ctx, actx context.Context, err error) error {
	if actx.Err() == nil {
		return err
	}
	cause := context.Cause(actx)
	if errors.Is(cause, errCut) {
		return fmt.Errorf("%w: %w", errCut, stopCause(ctx))
	}
	return cause
}

// stopCause is why ctx has ended. It always wraps ctx.Err(), even if the cause itself does not.
func stopCause(ctx context.Context) error {
	cause, err := context.Cause(ctx), ctx.Err()
	if errors.Is(cause, err) {
		return cause
	}
	return fmt.Errorf("%w: %w", err, cause)
}
