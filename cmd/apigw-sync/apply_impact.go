package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/spf13/pflag"

	"github.com/apigw-sync/apigw-sync/internal/calls/impact"
	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/report/document"
)

const (
	guardImpact = "impact"
	failOnNone  = "none" // overrides the guard of a saved plan
)

func addFailOn(flags *pflag.FlagSet, levels *[]string) {
	flags.StringSliceVar(levels, "fail-on", nil, "refuse a plan that has one of these impact `LEVELS` for callers: exposure, outage, or both, separated by a comma; none overrides this guard of a saved plan")
	allowValues(flags, "fail-on", string(impact.Exposure), string(impact.Outage), failOnNone)
}

// checkFailOn refuses "none" together with other levels.
func checkFailOn(levels []string) error {
	if len(levels) > 1 && slices.Contains(levels, failOnNone) {
		return hinted{fmt.Errorf("--fail-on: %s is given with others", failOnNone), "give it alone, or leave it out"}
	}
	return nil
}

// findImpact determines the impact of a plan on callers, and refuses the plan at the levels of --fail-on.
func (o *compareOptions) findImpact(ctx context.Context, c *prepared) error {
	if err := o.traffic.read(ctx, c); err != nil {
		return err
	}
	in := impact.Input{Have: c.Actual, Want: c.Desired, Plan: c.Plan, Complete: c.Complete, APIs: c.APIs}
	if c.planTraffic != nil && c.planTraffic.ByAPI != nil {
		in.Traffic = func(a *kind.API) (calls, peak int64, ok bool) {
			f, ok := c.planTraffic.ByAPI[a.Address()]
			return f.Calls, f.Peak, ok
		}
	}
	if c.impact = impact.Of(in); c.file != nil && c.file.Impact != nil {
		// Nothing relevant has changed since the plan was made, and more was read then.
		c.impact = document.Entries(c.file.Impact)
	}
	counts := impact.Count(c.impact)
	for l, n := range map[impact.Level]int{impact.Exposure: counts.Exposure, impact.Outage: counts.Outage} {
		if n > 0 && slices.Contains(o.failOn, string(l)) {
			c.refused = append(c.refused, l)
		}
	}
	slices.Sort(c.refused)
	for _, l := range c.refused {
		c.Plan.Refusals = append(c.Plan.Refusals, diff.Refusal{
			Guard: guardImpact, Reason: fmt.Sprintf("the plan means an %s for %s", l, document.FirstOf(affected(c.impact, l))),
			Would: map[impact.Level]string{impact.Exposure: "who was refused or limited might have called", impact.Outage: "who could call might have been refused"}[l],
			Flag:  "--fail-on=" + failOnNone,
		})
	}
	return nil
}

// affected returns the APIs on which a plan has an impact of a level.
func affected(entries []impact.Entry, l impact.Level) (names []string) {
	for i := range entries {
		if entries[i].Has(l) {
			names = append(names, entries[i].Where())
		}
	}
	return names
}

// setImpact adds the impact on callers to a plan.
func (c *prepared) setImpact(d interface{ SetImpact([]impact.Entry) }, table *document.ImpactTable) {
	d.SetImpact(c.impact)
	table.Refused = c.refused
}
