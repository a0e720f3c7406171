package emulator

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"
)

// special is a throttle's own limit for one app or one account.
type special struct {
	part
	throttle *throttle
	app      *app   // nil for an account
	user     string // id of the account; "" for an app
	limit    int64
	applied  time.Time
}

type specialBody struct {
	CallLimits int64  `json:"call_limits"`
	ObjectID   string `json:"object_id"`
	ObjectType string `json:"object_type"`
}

type specialView struct {
	ID         string `json:"id"`
	CallLimits int64  `json:"call_limits"`
	ApplyTime  string `json:"apply_time"`
	AppID      string `json:"app_id"`
	AppName    string `json:"app_name"`
	ObjectID   string `json:"object_id"`
	ObjectType string `json:"object_type"`
	ObjectName string `json:"object_name"`
	ThrottleID string `json:"throttle_id"`
}

const specialsPath = "{I}/throttles/{throttle_id}/throttle-specials"

var specialNotFound = notFound("APIG.3013", "Excluded request throttling configuration %s does not exist")

var specialInPath = partInPath(throttleInPath, func(t *throttle) []*special { return t.specials }, "strategy_id", specialNotFound)

var specialResource = resource{
	routes: []route{
		{op: "ListSpecialThrottlingConfigurationsV2", method: http.MethodGet, path: specialsPath, do: forObject(throttleInPath, listSpecials)},
		{op: "CreateSpecialThrottlingConfigurationV2", method: http.MethodPost, path: specialsPath, do: forObjectWithBody(throttleInPath, createSpecial)},
		{op: "UpdateSpecialThrottlingConfigurationV2", method: http.MethodPut, path: specialsPath + "/{strategy_id}", do: forObjectWithBody(specialInPath, updateSpecial)},
		{op: "DeleteSpecialThrottlingConfigurationV2", method: http.MethodDelete, path: specialsPath + "/{strategy_id}", do: forObject(specialInPath, deleteSpecial)},
	},
	quotas: []quota{quotaSpecialApps, quotaSpecialUsers},
}

var quotaSpecialApps = quota{name: "APP_THROTTLE_LIMIT", code: "APIG.3100", description: "excluded apps", defaultLimit: 30}

var quotaSpecialUsers = quota{name: "USER_THROTTLE_LIMIT", code: "APIG.3100", description: "excluded tenants", defaultLimit: 30}

// objectType returns APP or USER.
func (s *special) objectType() string {
	if s.app != nil {
		return "APP"
	}
	return "USER"
}

func (s *special) objectID() string {
	if s.app != nil {
		return s.app.id
	}
	return s.user
}

func (s *special) view() specialView {
	v := specialView{
		ID: s.id, CallLimits: s.limit, ApplyTime: formatTime(s.applied), ObjectID: s.objectID(),
		ObjectType: s.objectType(), ObjectName: s.user, ThrottleID: s.throttle.id,
	}
	if s.app != nil {
		v.AppID, v.AppName, v.ObjectName = s.app.id, s.app.name, s.app.name
	}
	return v
}

func (s *special) effect(action string) Effect {
	e := Effect{Kind: "throttle_special", Action: action, ID: s.id, Policy: s.throttle.id, PolicyName: s.throttle.name}
	e.Name = "user:" + s.user
	if s.app != nil {
		e.Name = "app:" + s.app.name
	}
	return e
}

// register and leave maintain the app's list of throttles with a special limit for it.
func (s *special) register() {
	s.throttle.specials.add(s)
	if s.app != nil {
		s.app.specials = append(s.app.specials, s)
	}
}

func (s *special) removeFromApp() {
	if s.app != nil {
		s.app.specials = slices.DeleteFunc(s.app.specials, func(o *special) bool { return o == s })
	}
}

func listSpecials(g *Gateway, c *call, t *throttle) (reply, error) {
	var f filter[*special]
	f.where(c, "object_type", (*special).objectType)
	f.like(c, "app_name", false, func(s *special) string { return s.view().AppName })
	f.like(c, "user", false, func(s *special) string { return s.user })
	return page(g, c, "throttle_specials", t.specials, f.condition(), (*special).view)
}

func createSpecial(g *Gateway, c *call, t *throttle, b specialBody) (reply, error) {
	var v checks
	v.oneOf("object_type", b.ObjectType, "APP", "USER")
	v.positive("call_limits", b.CallLimits)
	v.atMost("call_limits", b.CallLimits, t.APICallLimits)
	v.text("object_id", b.ObjectID, 1, 65, nil)
	if v.err != nil {
		return reply{}, v.err
	}
	s := &special{throttle: t, limit: b.CallLimits, applied: c.now}
	if b.ObjectType == "APP" {
		var err error
		if s.app, err = g.apps().get(b.ObjectID, appNotFound); err != nil {
			return reply{}, err
		}
	} else {
		v.text("object_id", b.ObjectID, 32, 32, nil)
		s.user = b.ObjectID
	}
	if err := cmp.Or(v.err, g.checkNewSpecial(t, s)); err != nil {
		return reply{}, err
	}
	s.part = part{g.nextSeq(), g.newID()}
	s.register()
	c.effect(s.effect("create"))
	return created(s.view())
}

// checkNewSpecial refuses a second special limit for an object, and more than the quotas allow.
func (g *Gateway) checkNewSpecial(t *throttle, s *special) error {
	quota, same := quotaSpecialApps, 0
	if s.app == nil {
		quota = quotaSpecialUsers
	}
	for _, other := range t.specials {
		if other.objectType() != s.objectType() {
			continue
		}
		if other.objectID() == s.objectID() {
			return refuse(http.StatusBadRequest, "APIG.3308", "The excluded request throttling configuration already exists,object_id:%s", s.objectID())
		}
		same++
	}
	return g.withinQuota(quota, same)
}

type specialUpdate struct {
	CallLimits int64 `json:"call_limits"`
}

func updateSpecial(_ *Gateway, c *call, s *special, b specialUpdate) (reply, error) {
	var v checks
	v.positive("call_limits", b.CallLimits)
	v.atMost("call_limits", b.CallLimits, s.throttle.APICallLimits)
	if v.err != nil {
		return reply{}, v.err
	}
	s.limit = b.CallLimits
	c.effect(s.effect("update"))
	return ok(s.view())
}

func deleteSpecial(_ *Gateway, c *call, s *special) (reply, error) {
	s.throttle.specials.remove(s)
	s.removeFromApp()
	c.effect(s.effect("delete"))
	return noContent()
}

type fileSpecial struct {
	App    string `json:"app,omitempty"`
	User   string `json:"user,omitempty"`
	Limits int64  `json:"call_limits"`
}

func (l *loader) special(t *throttle, f fileSpecial) error {
	s := &special{throttle: t, limit: f.Limits, user: f.User}
	if (f.App == "") == (f.User == "") {
		return errors.New("an entry needs either app or user, and not both")
	}
	if f.App != "" {
		if s.app = l.apps().byName(f.App); s.app == nil {
			return fmt.Errorf("app %q does not exist", f.App)
		}
	}
	for _, other := range t.specials {
		if other.objectID() == s.objectID() {
			return fmt.Errorf("%s is named twice", f.App+f.User)
		}
	}
	address := "throttle_special/" + t.name + "/" + s.effect("").Name
	var err error
	s.part = part{l.nextSeq(), l.id(address)}
	s.applied, _, err = l.timesAt(address)
	s.register()
	return err
}
