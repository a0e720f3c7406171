package remote

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// errCut is why an attempt ended when its grace was over.
var errCut = errors.New("cut off after the stop")

// timeoutError says that one attempt took too long. It does not wrap context.DeadlineExceeded,
// which means that the whole run's time is over.
type timeoutError struct{ after time.Duration }

func (e *timeoutError) Error() string { return "no complete answer within " + e.after.String() }

// Timeout makes it look like the other timeouts of package net.
func (e *timeoutError) Timeout() bool { return true }

// outlive is the context of one attempt: it ends after timeout, and grace after ctx ended.
func outlive(ctx context.Context, timeout, grace time.Duration) (context.Context, context.CancelFunc) {
	actx, cut := context.WithCancelCause(context.WithoutCancel(ctx))
	actx, end := context.WithTimeoutCause(actx, timeout, &timeoutError{timeout})
	unhook := context.AfterFunc(ctx, func() {
		timer := time.AfterFunc(max(grace, 0), func() { cut(errCut) })
		context.AfterFunc(actx, func() { timer.Stop() })
	})
	return actx, func() {
		unhook()
		end()
		cut(nil)
	}
}

// interrupted replaces the error of an attempt by the reason for which it was ended from here.
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

// stopCause is why ctx has ended; it wraps ctx.Err() also when the cause itself does not.
func stopCause(ctx context.Context) error {
	cause, err := context.Cause(ctx), ctx.Err()
	if errors.Is(cause, err) {
		return cause
	}
	return fmt.Errorf("%w: %w", err, cause)
}
