package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/remote"
	"github.com/apigw-sync/apigw-sync/internal/report/document"
	"github.com/apigw-sync/apigw-sync/internal/saved/planfile"
)

// loopback stands for all endpoints of emulators on this machine, whatever their ports.
const loopback = "loopback"

// endpointOrigin returns the part of an endpoint that identifies the gateway: scheme and host.
func endpointOrigin(endpoint string) string {
	u, err := url.Parse(endpoint)
	if err != nil {
		return endpoint
	}
	if remote.Loopback(u.Hostname()) {
		return loopback
	}
	return strings.ToLower(u.Scheme + "://" + u.Host)
}

// save writes the plan of a comparison, for apply --plan.
func (c *prepared) save(path string) error {
	if c.session.endpoint == "" {
		return hinted{errors.New("--out: a plan needs a gateway, but --against names an export"), "leave out --against"}
	}
	e, err := diff.NewExtract(c.Plan, c.Actual, c.Desired, c.run.Options)
	if err != nil {
		return fmt.Errorf("save the plan: %w", err)
	}
	d := c.plan()
	d.Traffic = nil // it will be out of date when the plan is applied
	f, err := c.savedPlan(d, e, planfile.Options{Purpose: planfile.ForApply})
	if err != nil {
		return fmt.Errorf("save the plan: %w", err)
	}
	raw, err := f.Encode()
	if err != nil {
		return err
	}
	return writeBytes(path, privateMode, raw)
}

// savedPlan makes a saved plan.
func (c *prepared) savedPlan(d *document.Plan, e *diff.Extract, o planfile.Options) (*planfile.File, error) {
	const keyLength = 32
	o.Key = make([]byte, keyLength)
	_, _ = rand.Read(o.Key) // it never fails
	o.Created = time.Now().UTC().Format(time.RFC3339)
	o.Endpoint, o.ProjectID = c.session.endpoint, c.session.projectID
	return planfile.New(d, e, o)
}

// refusePlanningFlags refuses flags that affect how a plan is made, for runs that carry out a saved one.
func refusePlanningFlags(flags *pflag.FlagSet) error {
	for _, name := range []string{"kind", "name", "only-environment", "prune", "resend-secrets", "baseline"} {
		if flags.Changed(name) {
			return hinted{fmt.Errorf("--%s changes how a plan is made, but --plan names one that already exists", name), "leave one of them out"}
		}
	}
	return nil
}
