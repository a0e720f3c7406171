package kind

import (
	"errors"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/api"
)

// Codes says what the gateway's error codes mean for the objects or links of a kind. Each entry means all codes that begin with it.
type Codes struct {
	Gone  []string // there is no object of that id, so a removal has nothing left to do
	Taken []string // of a create: the object exists; without entries, the usual families of codes for this
	Bound []string // of a delete: something is bound to it
	Later []string // of an update: the object changed a moment ago, and can be changed again later
}

// The usual families of codes: names that are taken and values that exist; and of what surely is something else than that a
// slot is taken: no permission (1xxx), invalid input (20xx, 21xx), a quota (31xx), a feature that is not there, an API that is not published.
var (
	usualTaken    = []string{"APIG.32", "APIG.33"}
	somethingElse = []string{"APIG.1", "APIG.20", "APIG.21", "APIG.31", "APIG.3458", "APIG.3707"}
)

// IsGone reports whether a code inside the failure list of a batch answer says that the item is missing.
func (c *Codes) IsGone(code string) bool { return among(c.Gone, code) }

// IsBound reports whether a code says that something is bound to what was to be deleted.
func (c *Codes) IsBound(code string) bool { return among(c.Bound, code) }

// Exists reports whether the gateway refuses a create because the object exists.
func (c *Codes) Exists(err error) bool {
	taken := c.Taken
	if taken == nil {
		taken = usualTaken
	}
	e, ok := errors.AsType[*api.Error](err)
	return ok && e.Status == 400 && among(taken, e.Code)
}

// IsLater reports whether the gateway refuses an update because of one a moment ago.
func (c *Codes) IsLater(err error) bool {
	e, ok := errors.AsType[*api.Error](err)
	return ok && among(c.Later, e.Code)
}

// StillBound reports whether the gateway refuses a delete because something is bound to the object.
func (c *Codes) StillBound(err error) bool {
	e, ok := errors.AsType[*api.Error](err)
	return ok && c.IsBound(e.Code)
}

// Occupied reports whether a refusal may mean that another link has the slot. The API documents no code for it; it is
// one of the service's, and none that surely means something else: to unbind the other link then would leave the API
// without both.
func (c *Codes) Occupied(err error) bool {
	e, ok := errors.AsType[*api.Error](err)
	return ok && slices.Contains([]int{400, 403, 409, 412}, e.Status) && strings.HasPrefix(e.Code, "APIG.") && !among(somethingElse, e.Code)
}

func among(codes []string, code string) bool {
	return slices.ContainsFunc(codes, func(c string) bool { return strings.HasPrefix(code, c) })
}
