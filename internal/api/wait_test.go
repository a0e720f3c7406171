package api

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// TestOutlive: requests may begin within the grace period after a stop, and not later.
func TestOutlive(t *testing.T) {
	const grace = 2 * time.Second
	errCut := errors.New("cut off")
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		long, end := Outlive(ctx, grace, errCut)
		defer end()
		stop()
		synctest.Wait()
		if long.Err() != nil {
			t.Error("it ended with the run")
		}
		time.Sleep(grace + time.Millisecond)
		synctest.Wait()
		if long.Err() == nil {
			t.Error("it never ends")
		}
		if cause := context.Cause(long); !errors.Is(cause, errCut) {
			t.Errorf("it ended for %v", cause)
		}
	})
}
