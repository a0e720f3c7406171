package planfile

import (
	"strings"
	"time"

	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/saved/journal"
)

// How long after a request lists may not show yet what it bound or unbound.
const (
	confirmedDelay = 20 * time.Second // if the gateway confirmed the request
	unclearDelay   = 4 * time.Second  // if its outcome is not known
)

// Settled reports whether lists show what the run bound and unbound, or have had enough time to.
func (r *Record) Settled(now kind.Actual, at time.Time) bool {
	if r.Shown || r.Undone || len(r.Entries) == 0 || at.Sub(r.Entries[len(r.Entries)-1].Time) >= confirmedDelay {
		return true
	}
	s := newIndex(r)
	is := s.groupLinks(s.withRecordedNames(now).Links)
	shown, either := map[string]bool{}, map[string]bool{} // by all addresses that a link may have
	note := func(to map[string]bool, c collection, l *kind.Link) {
		for _, name := range s.names[c.owner] {
			to[c.kind+"/"+name+linkEnd(l)] = true
		}
	}
	for c, links := range is {
		for at, l := range links {
			if s.formerLinks[c][at] == nil {
				note(shown, c, l)
			}
		}
	}
	for c, links := range s.formerLinks {
		for at, l := range links {
			if is[c][at] == nil {
				note(shown, c, l)
			}
			if s.removed(c.owner) {
				note(either, c, l) // the successor of its owner may have the link again
			}
		}
	}
	done := map[int]bool{}
	for _, e := range r.Entries {
		done[e.Number] = done[e.Number] || e.Phase == journal.End && e.Outcome == journal.Done
	}
	for _, e := range r.Entries {
		since := at.Sub(e.Time)
		for _, a := range e.Addresses {
			if s.requested[a] && isLink(a) && !shown[a] && (since < unclearDelay || since < confirmedDelay && done[e.Number] && !either[a]) {
				return false
			}
		}
	}
	return true
}

func isLink(address string) bool {
	name, _, _ := strings.Cut(address, "/")
	return kind.LinkOf(name) != nil
}
