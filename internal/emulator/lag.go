package emulator

import (
	"slices"
	"time"
)

// delayedChange is a change of bindings that one list does not show yet.
type delayedChange[P object] struct {
	link       *link[P]
	added      bool // false means that it was removed
	since      time.Time
	lag        Lag
	readsSince int // of the list since the change
}

// isVisible counts a read of the list, and reports whether the delay is over, so that this read shows the change.
func (n *delayedChange[P]) isVisible(now time.Time) bool {
	n.readsSince++
	return n.readsSince > n.lag.Reads && now.Sub(n.since) >= n.lag.Time
}

// The lists that can miss a change. The id of the policy or API is appended.
const (
	apisOfPolicyList      = "apis of policy "
	apisWithoutPolicyList = "apis without policy "
	policiesOfAPIList     = "policies of api "
	allBindingsList       = "all"
)

// delay makes every list that a change concerns miss it for a while.
func (l *links[P]) delay(lag Lag, x *link[P], added bool, now time.Time) {
	if lag == (Lag{}) {
		return
	}
	policy := x.policy.ident().id
	for _, list := range []string{apisOfPolicyList + policy, apisWithoutPolicyList + policy, policiesOfAPIList + x.api.id, allBindingsList} {
		l.delayed[list] = append(l.delayed[list], &delayedChange[P]{link: x, added: added, since: now, lag: lag})
	}
}

// visible returns the rows that a list shows now: without new links that it misses, and with removed links that it still has.
// Each call counts as one read of the list.
func (l *links[P]) visible(list string, rows []*link[P], now time.Time) []*link[P] {
	if len(l.delayed[list]) == 0 {
		return rows
	}
	l.delayed[list] = slices.DeleteFunc(l.delayed[list], func(n *delayedChange[P]) bool { return n.isVisible(now) })
	hidden, removed := map[*link[P]]bool{}, []*link[P]{}
	for _, n := range l.delayed[list] {
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

// visibleOfPolicy returns the links that the list of a policy's APIs shows now.
func (l *links[P]) visibleOfPolicy(id string, now time.Time) []*link[P] {
	return l.visible(apisOfPolicyList+id, l.ofPolicy(id), now)
}

// visibleOfAPI returns the links that the list of an API's policies shows now.
func (l *links[P]) visibleOfAPI(id string, now time.Time) []*link[P] {
	return l.visible(policiesOfAPIList+id, l.ofAPI(id), now)
}
