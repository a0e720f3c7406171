package emulator

import (
	"slices"
	"time"
)

// lateness is a change of bindings that one list does not show yet.
type lateness[P object] struct {
	link  *link[P]
	added bool // false means that it was removed
	since time.Time
	lag   Lag
	reads int // of the list since the change
}

// over counts a read of the list, and reports whether the delay is over, so that this read shows the change.
func (n *lateness[P]) over(now time.Time) bool {
	n.reads++
	return n.reads > n.lag.Reads && now.Sub(n.since) >= n.lag.Time
}

// The lists that can miss a change. The id of the policy or API is appended.
const (
	lateAPIs     = "apis of policy "
	lateFree     = "apis without policy "
	latePolicies = "policies of api "
	lateAll      = "all"
)

// lag makes every list that a change concerns miss it for a while.
func (l *links[P]) lag(lag Lag, x *link[P], added bool, now time.Time) {
	if lag == (Lag{}) {
		return
	}
	policy := x.policy.ident().id
	for _, list := range []string{lateAPIs + policy, lateFree + policy, latePolicies + x.api.id, lateAll} {
		l.late[list] = append(l.late[list], &lateness[P]{link: x, added: added, since: now, lag: lag})
	}
}

// shown returns the rows that a list shows now: without new links that it misses, and with removed links that it still has.
// Each call counts as one read of the list.
func (l *links[P]) shown(list string, rows []*link[P], now time.Time) []*link[P] {
	if len(l.late[list]) == 0 {
		return rows
	}
	l.late[list] = slices.DeleteFunc(l.late[list], func(n *lateness[P]) bool { return n.over(now) })
	hidden, removed := map[*link[P]]bool{}, []*link[P]{}
	for _, n := range l.late[list] {
		switch {
		case n.added:
			hidden[n.link] = true
		case hidden[n.link]:
			delete(hidden, n.link) // added and removed since: the list never shows it
		default:
			removed = append(removed, n.link)
		}
	}
	visible := slices.DeleteFunc(slices.Clone(rows), func(x *link[P]) bool { return hidden[x] })
	return append(visible, removed...)
}

// shownOfPolicy returns the links that the list of a policy's APIs shows now.
func (l *links[P]) shownOfPolicy(id string, now time.Time) []*link[P] {
	return l.shown(lateAPIs+id, l.ofPolicy(id), now)
}

// shownOfAPI returns the links that the list of an API's policies shows now.
func (l *links[P]) shownOfAPI(id string, now time.Time) []*link[P] {
	return l.shown(latePolicies+id, l.ofAPI(id), now)
}
