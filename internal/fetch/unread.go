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

// tolerate returns nil for an error that need not end the run: a lenient reader notes what the gateway refuses to show and
// reads the rest, and a gateway that lacks a feature has no object that needs it. owner is "" if the request was about a
// whole kind.
func (r *Reader) tolerate(kindName, owner string, err error) error {
	switch {
	case r.Lenient && api.MayAnswerOthers(err) && (r.again || !api.NotFound(err)):
		r.note(kindName, owner, err)
		return nil
	case api.FeatureMissing(err):
		return nil
	}
	return err
}

// note records that the gateway refused to show something.
func (r *Reader) note(kindName, owner string, err error) {
	var e *api.Error
	if !errors.As(err, &e) {
		return
	}
	what := "the gateway does not show it"
	if api.PathUnknown(err) {
		what = "this cloud does not support this kind"
	}
	why := fmt.Sprintf("%s (%s: %s)", what, strings.TrimSpace(fmt.Sprint(e.Status, " ", e.Code)), e.Message)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.unread = append(r.unread, kind.Unread{Kind: kindName, Owner: owner, Message: why, Err: err})
}

// Again starts a second reading and forgets what was refused in the first. What is not found in both readings was not
// deleted in between, so that in the second a 404 counts as a refusal, too.
func (r *Reader) Again() { r.again, r.unread = true, nil }

// Unread returns what the gateway has refused to show so far, sorted.
func (r *Reader) Unread() []kind.Unread {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := slices.Clone(r.unread)
	slices.SortFunc(out, func(a, b kind.Unread) int {
		return cmp.Or(strings.Compare(a.Kind, b.Kind), strings.Compare(a.Owner, b.Owner))
	})
	return out
}
