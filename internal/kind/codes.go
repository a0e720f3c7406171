package kind

import (
	"errors"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/api"
)

// Codes groups the gateway's error codes by what they mean for the objects or links of a kind. Each entry is a prefix
// of codes.
type Codes struct {
	Gone    []string // there is no object with that id, so a removal has nothing left to do
	Taken   []string // of a create: the object exists; if nil, defaultTaken applies
	Bound   []string // of a delete: something is bound to it
	TooSoon []string // of an update: the object was changed a moment ago, and can be changed again later
}

// defaultTaken are the codes for names and values that already exist. notOccupied are codes that cannot mean that a
// slot is taken: no permission (1xxx), invalid input (20xx, 21xx), an exceeded quota (31xx), a missing feature, or an
// API that is not published.
var (
	defaultTaken = []string{"APIG.32", "APIG.33"}
	notOccupied  = []string{"APIG.1", "APIG.20", "APIG.21", "APIG.31", "APIG.3458", "APIG.3707"}
)

// IsGone reports whether an error code says that the object or link does not exist. Batch answers have one code per
// failed item.
func (c *Codes) IsGone(code string) bool { return among(c.Gone, code) }

// IsBound reports whether an error code of a delete says that something is still bound to the object.
func (c *Codes) IsBound(code string) bool { return among(c.Bound, code) }

// Exists reports whether the gateway refuses a create because the object exists.
func (c *Codes) Exists(err error) bool {
	taken := c.Taken
	if taken == nil {
		taken = defaultTaken
	}
	e, ok := errors.AsType[*api.Error](err)
	return ok && e.Status == 400 && among(taken, e.Code)
}

// IsTooSoon reports whether the gateway refuses an update because the object was changed a moment ago.
func (c *Codes) IsTooSoon(err error) bool {
	e, ok := errors.AsType[*api.Error](err)
	return ok && among(c.TooSoon, e.Code)
}

// StillBound reports whether the gateway refuses a delete because something is still bound to the object.
func (c *Codes) StillBound(err error) bool {
	e, ok := errors.AsType[*api.Error](err)
	return ok && c.IsBound(e.Code)
}

// Occupied reports whether a refused bind may mean that another link has the slot. The API documents no code for this,
// so any code of the service counts, except those that certainly mean something else: unbinding the other link because
// of one of them would leave the API with neither policy.
func (c *Codes) Occupied(err error) bool {
	e, ok := errors.AsType[*api.Error](err)
	return ok && slices.Contains([]int{400, 403, 409, 412}, e.Status) && strings.HasPrefix(e.Code, "APIG.") && !among(notOccupied, e.Code)
}

func among(codes []string, code string) bool {
	return slices.ContainsFunc(codes, func(c string) bool { return strings.HasPrefix(code, c) })
}
