package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/apigw-sync/apigw-sync/internal/checks/drift"
)

// refuseNarrowed refuses flags that narrow a run which writes a baseline: something that is missing in a baseline
// counts as having existed neither in the files nor on the gateway.
func (o *compareOptions) refuseNarrowed(flag string) error {
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

// checkBaseline returns an error for the baseline of another gateway.
func checkBaseline(b *drift.Baseline, path, instanceID string) error {
	if b == nil || b.InstanceID == instanceID {
		return nil
	}
	return fmt.Errorf("baseline: %s is of the gateway %s, not of %s", path, b.InstanceID, instanceID)
}

// writeBaseline writes a baseline of what a comparison read. Where files and gateway differ, it keeps the entry of the
// previous baseline (before, may be nil), since only this entry shows which side has changed.
func writeBaseline(path string, c *prepared, before *drift.Baseline, now time.Time) error {
	b, err := drift.NewBaseline(c.head.InstanceID, c.Result, before, now)
	if err == nil {
		err = writeFile(path, privateMode, b.Write) // it contains digests of secrets, and their key
	}
	if err != nil {
		return fmt.Errorf("write the baseline: %w", err)
	}
	return nil
}

// updateBaseline writes the baseline of an apply after which files and gateway agree. It compares again what was
// written, since the gateway may store values in another form.
func (o *applyOptions) updateBaseline(ctx context.Context, c *prepared, wrote bool) error {
	if o.baseline == "" {
		return nil
	}
	if wrote {
		again, err := c.run.Compare(ctx, c.state)
		if err != nil {
			return fmt.Errorf("write the baseline: %w", readError(ctx, err))
		}
		again.Reads += c.Reads
		c.Result = again
	}
	if !c.Plan.Empty() {
		return errors.New("the baseline was not written: files and gateway differ again")
	}
	return writeBaseline(o.baseline, c, nil, time.Now())
}
