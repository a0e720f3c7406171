package fetch

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/api"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// left is the error that ends the reading of what belongs to an owner ("" for a whole kind); nil when it goes on
// without. A gateway that lacks a feature has nothing that needs it.
func (r *Reader) left(kindName, owner string, err error) error {
	switch {
	case r.Lenient && api.Withheld(err) && (r.again || !api.NotFound(err)):
		r.note(kindName, owner, err)
		return nil
	case api.Lacks(err):
		return nil
	}
	return err
}

// note keeps that something was refused.
func (r *Reader) note(kindName, owner string, err error) {
	var e *api.Error
	if !errors.As(err, &e) {
		return
	}
	what := "the gateway does not show it"
	if api.Unserved(err) {
		what = "there is no such thing in this cloud"
	}
	why := fmt.Sprintf("%s (%s: %s)", what, strings.TrimSpace(fmt.Sprint(e.Status, " ", e.Code)), e.Message)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.unread = append(r.unread, kind.Unread{Kind: kindName, Owner: owner, Why: why, Err: err})
}

// Again forgets what was refused, since all is read anew. What is missing then, too, did not vanish in between: it is
// refused like the rest.
func (r *Reader) Again() { r.again, r.unread = true, nil }

// Unread tells what the gateway refused to show so far, sorted.
func (r *Reader) Unread() []kind.Unread {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := slices.Clone(r.unread)
	slices.SortFunc(out, func(a, b kind.Unread) int {
		return cmp.Or(strings.Compare(a.Kind, b.Kind), strings.Compare(a.Owner, b.Owner))
	})
	return out
}
