package doctor

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// ownKeysFeature is the gateway's switch that lets callers choose keys and secrets of apps.
const ownKeysFeature = "APP_KEY_SECRET_SWITCH"

// quotas compares what the files would create with the quotas of the gateway; readErr is the error if they could not be
// read. Totals are the numbers of existing objects by section, for gateways whose quotas do not include the used
// amount.
func (p *Input) quotas(all *kind.Quotas, readErr error, plan *diff.Plan, totals map[string]int) []Check {
	const name = "quotas"
	switch {
	case p.State == nil:
		return []Check{Skip(name, "there are no valid files")}
	case readErr != nil:
		return []Check{Unread(name, readErr)}
	}
	limits := map[string]kind.Quota{}
	for _, q := range all.List {
		limits[q.Name] = q
	}
	var out []Check
	for _, k := range p.kinds() {
		switch {
		case k.LimitName == "" && k.DefaultLimit == 0:
		case plan == nil:
			out = append(out, Skip("quota of "+k.Section, "it is not known what would be created"))
		default:
			out = append(out, quotaCheck(k, limits[k.LimitName], plan, totals[k.Section]))
		}
	}
	return append(append(out, p.partQuotas(limits)...), p.appKeys(limits[ownKeysFeature]))
}

// quotaCheck checks the quota of a kind. A replace counts as a create, because its successor exists beside the old
// object for a moment.
func quotaCheck(k *kind.Kind, q kind.Quota, plan *diff.Plan, total int) Check {
	name := "quota of " + k.Section
	most, err := strconv.Atoi(q.Value)
	known := err == nil
	if !known {
		most = k.DefaultLimit
	}
	if most == 0 && !known {
		return Skip(name, "the gateway does not show it")
	}
	used := total
	if q.Used != nil {
		used = *q.Used
	}
	if used < 0 {
		return Skip(name, "the number of objects is not known")
	}
	more, fewer := countChanges(k, plan)
	message := fmt.Sprintf("%d of %d used, %d to create", used, most, more)
	if !known {
		message = fmt.Sprintf("%d used, %d to create; the gateway does not show its limit, which is usually %d", used, more, most)
	}
	if used+more <= most {
		return Passed(name, "%s", message)
	}
	hint := "have the quota raised, or remove objects that are not needed"
	if fewer > 0 {
		hint += "; deletes of the same run do not help, because they come last"
	}
	if !known {
		return Check{name, Warning, message, "see the quota in the console; " + hint}
	}
	return Check{name, Failed, message, hint}
}

// countChanges counts the objects of a kind that a plan creates or replaces, and those that it deletes.
func countChanges(k *kind.Kind, plan *diff.Plan) (more, fewer int) {
	for i := range plan.Changes {
		switch ch := &plan.Changes[i]; {
		case ch.Kind != k.Name:
		case ch.Action == diff.Create, ch.Action == diff.Replace:
			more++
		case ch.Action == diff.Delete:
			fewer++
		}
	}
	return more, fewer
}

// partQuotas checks the quotas of what single objects contain.
func (p *Input) partQuotas(limits map[string]kind.Quota) (out []Check) {
	declared := map[kind.InnerQuota]map[string]int{} // by where it is declared
	for i := range p.State.Objects {
		d := &p.State.Objects[i]
		quota := kind.Of(d.Kind).InnerQuota(d.Value)
		if quota.LimitName == "" {
			continue
		}
		owner := d.Owner
		if quota.Of != "" {
			owner += " in " + quota.Of
			quota.Of = ""
		}
		if declared[quota] == nil {
			declared[quota] = map[string]int{}
		}
		declared[quota][owner]++
	}
	quotas := slices.SortedFunc(maps.Keys(declared), func(a, b kind.InnerQuota) int { return strings.Compare(a.What, b.What) })
	for _, r := range quotas {
		most, err := strconv.Atoi(limits[r.LimitName].Value)
		if err != nil {
			continue
		}
		var over []string
		for _, owner := range slices.Sorted(maps.Keys(declared[r])) {
			if n := declared[r][owner]; n > most {
				over = append(over, fmt.Sprintf("%s (%d)", owner, n))
			}
		}
		if len(over) > 0 {
			out = append(out, Check{"quota of " + r.What, Failed, fmt.Sprintf("at most %d are allowed: %s", most, strings.Join(over, ", ")), "have the quota raised, or declare fewer"})
		} else {
			out = append(out, Passed("quota of "+r.What, "at most %d; nothing declared exceeds it", most))
		}
	}
	return out
}

// appKeys checks whether the gateway accepts the app keys and secrets that the files set.
func (p *Input) appKeys(q kind.Quota) Check {
	const name = "own app keys"
	var apps []string
	for i := range p.State.Objects {
		if a, ok := p.State.Objects[i].Value.(kind.App); ok && (a.Key != "" || a.Secret != "") {
			apps = append(apps, a.Name)
		}
	}
	switch {
	case len(apps) == 0:
		return Passed(name, "not needed")
	case q.Value != "1" && q.Value != "2":
		return Skip(name, "the gateway does not show whether it accepts them")
	case q.Value == "2":
		return Check{name, Failed, "the gateway does not accept app_key or app_secret, which the files set for " + strings.Join(apps, ", "), "have the switch " + ownKeysFeature + " enabled, or let the gateway generate keys and secrets"}
	}
	return Passed(name, "the gateway accepts them")
}
