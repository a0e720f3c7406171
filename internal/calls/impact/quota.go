package impact

import (
	"maps"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// EveryAPI names an entry about the APIs of all groups together, in all environments.
const EveryAPI = "*" + AllOf

// quotas holds the quota of each app, by the addresses that both have after the plan. An app has at most one.
type quotas struct {
	before, after map[string]string
	because       map[string][]string // the changes that affect the quota of an app, by app
}

// quotas returns the entries about how often apps may call over all APIs: one, or none if no such limit changes.
func (w *states) quotas() []Entry {
	q := w.quotasOfApps()
	e := Entry{API: EveryAPI}
	similar := map[Aspect]map[string]bool{} // apps whose limits change in the same way
	for app, because := range q.because {
		for _, a := range w.quotaOf(app, q) {
			if similar[a] == nil {
				similar[a] = map[string]bool{}
			}
			similar[a][app] = true
			e.Because = append(e.Because, because...)
		}
	}
	for a, apps := range similar {
		a.Before = a.Before + " for " + fewNames(apps, "app")
		e.Aspects = append(e.Aspects, a)
	}
	if len(e.Aspects) == 0 {
		return nil
	}
	slices.SortFunc(e.Aspects, func(a, b Aspect) int { return strings.Compare(a.Before+a.After, b.Before+b.After) })
	worstFirst(e.Aspects)
	slices.Sort(e.Because)
	e.Because = slices.Compact(e.Because)
	return []Entry{e}
}

// quotaOf compares how often an app may call.
func (w *states) quotaOf(app string, q quotas) []Aspect {
	from, had := q.before[app]
	before, knownBefore := w.before.quota(w.addressBefore(from))
	after, knownAfter := w.after.quota(q.after[app])
	a := Aspect{Name: Limit, Before: before.String(), After: after.String(), Sure: knownBefore && knownAfter && (had || w.in.Complete["app_quota_binding"])}
	return a.withLevels(after.allowsMoreThan(before), Exposure, before.allowsMoreThan(after), Change) // both if more calls are allowed at once, but fewer in a day
}

// quota returns how often an app with a quota may call; known is false if the quota was not read.
func (w *state) quota(address string) (r rate, known bool) {
	if address == "" {
		return unlimited, true
	}
	q, known := w.objects[address].(kind.AppQuota)
	if !known {
		return unlimited, false
	}
	return rateOf(q), true
}

func rateOf(q kind.AppQuota) rate { return rate{q.CallLimits, q.TimeInterval, q.TimeUnit} }

// quotasOfApps carries out the changes of quotas and of their apps. Apps that the plan creates or deletes are left out:
// other entries say whether they may call at all.
func (w *states) quotasOfApps() quotas {
	q := quotas{before: map[string]string{}, because: map[string][]string{}}
	changes := slices.DeleteFunc(slices.Clone(w.in.Plan.Changes), func(ch diff.Change) bool { return ch.Kind != "app_quota" && ch.Kind != "app_quota_binding" })
	if len(changes) == 0 {
		return q
	}
	for _, l := range slices.Concat(w.in.Have.Links, w.in.Have.Neighbours.Links) {
		if l.Kind == "app_quota_binding" {
			q.before[w.addressAfter(l.To.Address())] = w.addressAfter(l.OwnerAddress())
		}
	}
	q.after = maps.Clone(q.before)
	for _, action := range []diff.Action{diff.Unbind, diff.Delete, diff.Bind, diff.Update, diff.Replace} {
		for i := range changes {
			if changes[i].Action == action {
				q.change(w, &changes[i])
			}
		}
	}
	for i := range w.in.Plan.Changes {
		if ch := &w.in.Plan.Changes[i]; ch.Kind == "app" && (ch.Action == diff.Create || ch.Action == diff.Delete) {
			delete(q.because, ch.Address)
		}
	}
	return q
}

// change carries out one change.
func (q quotas) change(w *states, ch *diff.Change) {
	if ch.Link != nil {
		app, quota := w.addressAfter(ch.Link.To.Address()), w.addressAfter(ch.Link.OwnerAddress())
		if ch.Action == diff.Bind {
			q.after[app] = quota
		} else if q.after[app] == quota {
			delete(q.after, app)
		}
		q.because[app] = append(q.because[app], ch.Address)
		return
	}
	for _, side := range []map[string]string{q.before, q.after} {
		for app, quota := range side {
			if quota == w.addressAfter(ch.Address) && !slices.Contains(q.because[app], ch.Address) {
				q.because[app] = append(q.because[app], ch.Address)
			}
		}
	}
	if ch.Action == diff.Delete {
		maps.DeleteFunc(q.after, func(_, quota string) bool { return quota == ch.Address })
	}
}
