package planfile

import (
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// A record calls what links and parts refer to by the names that the run was to give: a rename leaves them as they are.
// The gateway may have the names of before, of during or after the run, and what is wanted back calls them by those that
// they will have then.

// asRecorded is what a gateway holds, in which links and parts call what they refer to as the record does.
func (s *story) asRecorded(now kind.Actual) kind.Actual {
	recorded := map[object]string{}
	for i := range now.Objects {
		o := &now.Objects[i]
		if ch := s.change[s.former[object{o.Kind, o.Key}]]; o.Owner == "" && ch != nil && ch.Action != diff.Delete && ch.Address != o.Address() {
			recorded[object{o.Kind, o.Key}] = strings.TrimPrefix(ch.Address, o.Kind+"/")
		}
	}
	if len(recorded) == 0 {
		return now
	}
	return diff.Recalled(now, func(kindName, key string) string { return recorded[object{kindName, key}] })
}

// finally is the name that what the record refers to will have; "" when that is the same.
func (b *back) finally(kindName, key string) string {
	o := b.before(kindName, key)
	if at, ok := b.place[o]; ok {
		return b.way.Extract.Desired.Objects[at].Key
	}
	for now := range b.there(o) {
		return now.Key
	}
	return ""
}
