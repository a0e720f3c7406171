package emulator

import (
	"slices"
	"time"
)

// lateness is a change of bindings that one list does not show yet.
type lateness[P object] struct {
	link  *link[P]
	came  bool // false: it went
	since time.Time
	lag   Lag
	reads int // of the list, since
}

// over reports whether the list shows the change at its next read, which this one is.
func (n *lateness[P]) over(now time.Time) bool {
	n.reads++
	return n.reads > n.lag.Reads && now.Sub(n.since) >= n.lag.Time
}

// The lists that can be late, each followed by the id that it is about.
const (
	lateAPIs     = "apis of policy "
	lateFree     = "apis without policy "
	latePolicies = "policies of api "
	lateAll      = "all"
)

// lag makes every list that the change concerns miss it for a while.
func (l *links[P]) lag(lag Lag, x *link[P], came bool, now time.Time) {
	if lag == (Lag{}) {
		return
	}
	policy := x.policy.ident().id
	for _, list := range []string{lateAPIs + policy, lateFree + policy, latePolicies + x.api.id, lateAll} {
		l.late[list] = append(l.late[list], &lateness[P]{link: x, came: came, since: now, lag: lag})
	}
}

// shown are the rows as the list shows them now: without the links that came late, with those that
// went late. Each call counts as one read of the list.
func (l *links[P]) shown(list string, rows []*link[P], now time.Time) []*link[P] {
	if len(l.late[list]) == 0 {
		return rows
	}
	l.late[list] = slices.DeleteFunc(l.late[list], func(n *lateness[P]) bool { return n.over(now) })
	hidden, added := map[*link[P]]bool{}, []*link[P]{}
	for _, n := range l.late[list] {
		switch {
		case n.came:
			hidden[n.link] = true
		case hidden[n.link]:
			delete(hidden, n.link) // came and went unseen
		default:
			added = append(added, n.link)
		}
	}
	visible := slices.DeleteFunc(slices.Clone(rows), func(x *link[P]) bool { return hidden[x] })
	return append(visible, added...)
}

// shownOfPolicy are the links of a policy as the list of its APIs shows them now.
func (l *links[P]) shownOfPolicy(id string, now time.Time) []*link[P] {
	return l.shown(lateAPIs+id, l.ofPolicy(id), now)
}

// shownOfAPI are the links of an API as the list of its policies shows them now.
func (l *links[P]) shownOfAPI(id string, now time.Time) []*link[P] {
	return l.shown(latePolicies+id, l.ofAPI(id), now)
}
