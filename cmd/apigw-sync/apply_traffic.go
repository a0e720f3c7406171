package main

import (
	"context"
	"fmt"

	"github.com/spf13/pflag"

	"github.com/apigw-sync/apigw-sync/internal/checks/drift"
	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/report/document"
)

// trafficOptions say whether the traffic of the APIs that a plan affects is read and limits the plan.
type trafficOptions struct {
	mode        string
	maxAffected int
}

func (o *trafficOptions) addFlags(flags *pflag.FlagSet) {
	addTrafficFlag(flags, &o.mode, drift.Off)
	flags.IntVar(&o.maxAffected, "max-affected-calls", -1,
		"refuse a plan that affects APIs with more than `N` calls in the last hour, counted by group unless --traffic apis is given; below 0 means any number")
}

func addTrafficFlag(flags *pflag.FlagSet, mode *string, otherwise drift.Mode) {
	flags.StringVar(mode, "traffic", string(otherwise), "`WHAT` to read the calls of the last hour for, with one request for each: off, groups or apis")
	allowValues(flags, "traffic", string(drift.Off), string(drift.Groups), string(drift.APIs))
}

// read reads the traffic of the APIs that the plan affects, if the flags ask for it.
func (o *trafficOptions) read(ctx context.Context, c *prepared) error {
	mode := drift.Mode(o.mode)
	if mode == drift.Off && o.maxAffected >= 0 {
		mode = drift.Groups
	}
	if mode == drift.Off {
		return nil
	}
	reader := c.session.reader(c.Reads)
	c.planTraffic = drift.TrafficOf(ctx, reader, c.Result, mode)
	c.Reads += reader.Requests()
	c.warnings = append(c.warnings, document.Notes(c.planTraffic.Warnings)...)
	c.Plan.Refusals = append(c.Plan.Refusals, o.guard(c.planTraffic)...)
	return context.Cause(ctx)
}

// guard refuses a plan that affects too many calls, or an unknown number of them.
func (o *trafficOptions) guard(traffic *drift.PlanTraffic) []diff.Refusal {
	const guard = "max-affected-calls"
	switch {
	case o.maxAffected < 0:
		return nil
	case traffic.Calls > int64(o.maxAffected):
		return []diff.Refusal{{
			Guard:  guard,
			Reason: fmt.Sprintf("the plan touches APIs with %d calls in the last hour; at most %d are allowed", traffic.Calls, o.maxAffected),
			Would:  "callers might have noticed",
			Flag:   fmt.Sprintf("--%s %d", guard, traffic.Calls),
		}}
	case len(traffic.Unknown) > 0:
		return []diff.Refusal{{
			Guard:  guard,
			Reason: fmt.Sprintf("it is not known how many calls %s had in the last hour", document.FirstOf(traffic.Unknown)),
			Would:  "more callers than allowed might have noticed",
			Flag:   fmt.Sprintf("--%s=-1", guard),
		}}
	}
	return nil
}
