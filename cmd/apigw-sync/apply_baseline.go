package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/apigw-sync/apigw-sync/internal/checks/drift"
)

// whole refuses flags that narrow a run which writes a baseline: what is missing in a baseline counts as having existed neither
// in the files nor on the gateway.
func (o *compareOptions) whole(flag string) error {
	if len(o.kinds)+len(o.names)+len(o.environments) == 0 {
		return nil
	}
	return hinted{errors.New(flag + ": a baseline needs the whole gateway"), "leave out --kind, --name and --only-environment"}
}

// readBaseline reads a baseline; nil when there is no path.
func readBaseline(path string) (*drift.Baseline, error) {
	if path == "" {
		return nil, nil
	}
	data, err := os.ReadFile(path) //nolint:gosec // the user named it
	if err != nil {
		return nil, hinted{fmt.Errorf("baseline: %w", err), "write one with drift --write-baseline, or apply --baseline"}
	}
	b, err := drift.ReadBaseline(data)
	if err != nil {
		return nil, fmt.Errorf("baseline: %s: %w", path, err)
	}
	return b, nil
}

// fits refuses the baseline of another gateway.
func fits(b *drift.Baseline, path, instanceID string) error {
	if b == nil || b.InstanceID == instanceID {
		return nil
	}
	return fmt.Errorf("baseline: %s is of the gateway %s, not of %s", path, b.InstanceID, instanceID)
}

// writeBaseline writes a baseline of what a comparison read. For what differs, the entry of the baseline before (nil: there is
// none) is kept, since only that one tells which side has changed.
func writeBaseline(path string, c *prepared, before *drift.Baseline, now time.Time) error {
	b, err := drift.NewBaseline(c.head.InstanceID, c.Result, before, now)
	if err == nil {
		err = writeFile(path, onlyOwner, b.Write) // digests of secrets, with their key
	}
	if err != nil {
		return fmt.Errorf("write the baseline: %w", err)
	}
	return nil
}

// remember writes the baseline of an apply after which files and gateway agree. What was written is
// compared again first, since the gateway may keep it in a form of its own.
func (o *applyOptions) remember(ctx context.Context, c *prepared, wrote bool) error {
	if o.baseline == "" {
		return nil
	}
	if wrote {
		again, err := c.run.Compare(ctx, c.state)
		if err != nil {
			return fmt.Errorf("write the baseline: %w", unread(ctx, err))
		}
		again.Reads += c.Reads
		c.Result = again
	}
	if !c.Plan.Empty() {
		return errors.New("the baseline was not written: files and gateway differ again")
	}
	return writeBaseline(o.baseline, c, nil, time.Now())
}
