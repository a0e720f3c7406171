package planfile

import (
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// In a record, links and parts refer to objects by the names that the run was to give them, because a rename does not change
// links and parts. On the gateway, objects may have the names from before, during or after the run. The state to restore uses
// the names that objects will have after the undo.

// withRecordedNames returns the state of a gateway in which links and parts refer to objects by the names in the record.
func (s *recordIndex) withRecordedNames(now kind.Actual) kind.Actual {
	recorded := map[object]string{}
	for i := range now.Objects {
		o := &now.Objects[i]
		if ch := s.changeOf[s.former[object{o.Kind, o.Key}]]; o.Owner == "" && ch != nil && ch.Action != diff.Delete && ch.Address != o.Address() {
			recorded[object{o.Kind, o.Key}] = strings.TrimPrefix(ch.Address, o.Kind+"/")
		}
	}
	if len(recorded) == 0 {
		return now
	}
	return diff.Renamed(now, func(kindName, key string) string { return recorded[object{kindName, key}] })
}

// nameAfterUndo returns the name that an object of the record will have after the undo; "" if it is the same.
func (b *undoState) nameAfterUndo(kindName, key string) string {
	o := b.objectNamed(kindName, key)
	if at, ok := b.position[o]; ok {
		return b.result.Extract.Desired.Objects[at].Key
	}
	for now := range b.present(o) {
		return now.Key
	}
	return ""
}
