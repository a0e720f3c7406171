package emulator

import (
	"cmp"
	"fmt"
	"net/http"
)

// throttle limits how often APIs may be called.
type throttle struct {
	identity
	throttleLimits
	specials list[*special]
}

// throttleLimits has the limits under the names that the API gives them; 0 means that there is no such limit.
type throttleLimits struct {
	TimeUnit      string `json:"time_unit"`
	TimeInterval  int64  `json:"time_interval"`
	APICallLimits int64  `json:"api_call_limits"`
	UserLimits    int64  `json:"user_call_limits"`
	AppLimits     int64  `json:"app_call_limits"`
	IPLimits      int64  `json:"ip_call_limits"`
	Type          int64  `json:"type"`
	Remark        string `json:"remark"`
}

type throttleBody struct {
	Name string `json:"name"`
	throttleLimits
	AdaptiveControl string `json:"enable_adaptive_control"`
}

type throttleView struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	throttleLimits
	AdaptiveControl string `json:"enable_adaptive_control"`
	BindNum         int    `json:"bind_num"`
	HasSpecials     int    `json:"is_inclu_special_throttle"` // 1 yes, 2 no
	CreateTime      string `json:"create_time"`
}

var throttleNotFound = notFound("APIG.3005", "Request throttling policy %s does not exist")

var throttleInPath = inPath("throttle_id", (*state).throttles, throttleNotFound)

var throttleResource = resource{
	routes: []route{
		{op: "ListRequestThrottlingPolicyV2", method: http.MethodGet, path: "{I}/throttles", do: listThrottles},
		{op: "CreateRequestThrottlingPolicyV2", method: http.MethodPost, path: "{I}/throttles", do: withBody(createThrottle)},
		{op: "ShowDetailsOfRequestThrottlingPolicyV2", method: http.MethodGet, path: "{I}/throttles/{throttle_id}", do: showObject(throttleInPath, (*Gateway).throttleView)},
		{op: "UpdateRequestThrottlingPolicyV2", method: http.MethodPut, path: "{I}/throttles/{throttle_id}", do: forObjectWithBody(throttleInPath, updateThrottle)},
		{op: "DeleteRequestThrottlingPolicyV2", method: http.MethodDelete, path: "{I}/throttles/{throttle_id}", do: forObject(throttleInPath, deleteThrottle)},
	},
	quotas: []quota{quotaThrottles},
	sections: []section{
		listSection("throttles", func(f fileThrottle) string { return f.Name }, (*loader).throttle, dumpAll((*state).throttles, (*dumper).throttle)),
	},
}

var quotaThrottles = quota{name: "THROTTLE_NUM_LIMIT", code: "APIG.3107", description: "request throttling policies", defaultLimit: 300, used: count((*state).throttles)}

func (s *state) throttles() *table[*throttle] { return tableOf[*throttle](s, "throttle") }

func (g *Gateway) throttleView(t *throttle) throttleView {
	v := throttleView{
		ID: t.id, Name: t.name, throttleLimits: t.throttleLimits, AdaptiveControl: "FALSE",
		BindNum: len(g.throttleBindings().ofPolicy(t.id)), HasSpecials: 2, CreateTime: formatTime(t.created),
	}
	if len(t.specials) > 0 {
		v.HasSpecials = 1
	}
	return v
}

func listThrottles(g *Gateway, c *call) (reply, error) {
	f := idAndNameFilter[*throttle](c, "id", "name")
	return page(g, c, "throttles", g.throttles().candidates(c.queryArg("id"), c.exactName()), f.condition(), g.throttleView)
}

// limits applies the body to the old limits (the zero value for a create) and checks the result; ownID is "" for a create.
func (b throttleBody) limits(g *Gateway, c *call, old throttleLimits, ownID string) (throttleLimits, error) {
	l, keeps := throttleLimits{Type: max(old.Type, 1)}, g.behaviour.UpdateOmittedLimit == "keeps"
	if keeps {
		l.UserLimits, l.AppLimits, l.IPLimits = old.UserLimits, old.AppLimits, old.IPLimits
	}
	c.mergeBody(&l)
	l.Remark = g.remark(c, old.Remark, b.Remark)
	var v checks
	v.text("name", b.Name, 3, 64, policyName)
	v.oneOf("time_unit", l.TimeUnit, "SECOND", "MINUTE", "HOUR", "DAY")
	v.positive("time_interval", l.TimeInterval)
	v.positive("api_call_limits", l.APICallLimits)
	v.require(l.Type == 1 || l.Type == 2, "type")
	v.remark(l.Remark)
	v.require(b.AdaptiveControl == "" || b.AdaptiveControl == "TRUE" || b.AdaptiveControl == "FALSE", "enable_adaptive_control")
	for _, part := range []struct {
		parameter string
		n, most   int64
	}{
		{"user_call_limits", l.UserLimits, l.APICallLimits},
		{"app_call_limits", l.AppLimits, l.maxForApp()},
		{"ip_call_limits", l.IPLimits, l.APICallLimits},
	} {
		// A gateway that keeps limits that are left out accepts 0 for "no limit", which reads also show. Otherwise a limit could
		// never be removed.
		if c.sent(part.parameter) && (part.n != 0 || !keeps) {
			v.positive(part.parameter, part.n)
		}
		v.atMost(part.parameter, part.n, part.most)
	}
	v.unique(g.throttles().nameTaken("", b.Name, ownID), "APIG.3204", "request throttling policy", b.Name)
	return l, v.err
}

// maxForApp returns the maximum of the limit per app: the limit per user, if there is one.
func (l throttleLimits) maxForApp() int64 {
	if l.UserLimits > 0 {
		return l.UserLimits
	}
	return l.APICallLimits
}

func createThrottle(g *Gateway, c *call, b throttleBody) (reply, error) {
	limits, err := b.limits(g, c, throttleLimits{}, "")
	if err := cmp.Or(err, g.withinQuota(quotaThrottles, len(g.throttles().rows))); err != nil {
		return reply{}, err
	}
	t := &throttle{throttleLimits: limits}
	g.throttles().create(g, c, t, b.Name, "")
	shown := g.throttleView(t)
	shown.CreateTime = formatTimeExactly(t.created)
	return created(shown)
}

func updateThrottle(g *Gateway, c *call, t *throttle, b throttleBody) (reply, error) {
	limits, err := b.limits(g, c, t.throttleLimits, t.id)
	if err != nil {
		return reply{}, err
	}
	t.throttleLimits = limits
	g.throttles().update(c, t, b.Name)
	return ok(g.throttleView(t))
}

func deleteThrottle(g *Gateway, c *call, t *throttle) (reply, error) {
	bound := g.throttleBindings().ofPolicy(t.id)
	if len(bound) > 0 && g.behaviour.DeleteBound != "cascade" {
		return reply{}, refuse(http.StatusForbidden, "APIG.3451", "The request throttling policy has been bound to APIs,id:%s", t.id)
	}
	unbindAll(g, c, g.throttleBindings(), bound)
	for _, s := range t.specials {
		s.removeFromApp()
	}
	return g.throttles().delete(c, t)
}

type fileThrottle struct {
	fileObject
	throttleLimits
	Type     string        `json:"type,omitempty"` // basic (default) or shared
	Specials []fileSpecial `json:"specials,omitempty"`
	APIs     []apiRef      `json:"apis,omitempty"`
}

func (l *loader) throttle(f fileThrottle) error {
	t := &throttle{throttleLimits: f.throttleLimits}
	switch f.Type {
	case "", "basic":
		t.Type = 1
	case "shared":
		t.Type = 2
	default:
		return fmt.Errorf("type: %q is neither basic nor shared", f.Type)
	}
	if err := addNew(l, l.throttles(), t, f.Name); err != nil {
		return err
	}
	for _, s := range f.Specials {
		if err := l.special(t, s); err != nil {
			return fmt.Errorf("specials: %w", err)
		}
	}
	return bindLoaded(l, throttleBinding, t, f.APIs)
}

func (d *dumper) throttle(t *throttle) fileThrottle {
	f := fileThrottle{
		fileObject: fileObject{Name: t.name}, throttleLimits: t.throttleLimits, Type: "basic", APIs: apiRefsOf(d, d.throttleBindings(), t.id),
	}
	if t.Type == 2 {
		f.Type = "shared"
	}
	for _, s := range t.specials {
		shown := fileSpecial{User: s.user, Limits: s.limit}
		if s.app != nil {
			shown.App = s.app.name
		}
		f.Specials = append(f.Specials, shown)
		d.saveIdentity("throttle_special/"+t.name+"/"+s.effect("").Name, s.id, s.applied, s.applied)
	}
	return f
}
