package intent

import (
	"fmt"
	"math"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/calls/precedence"
)

// choice holds the possible limits, of which one applies to the caller; nil means no limit. There is at least one option.
type choice struct {
	options   []*Limit
	general   bool   // the first is the limit of all callers, not a special one
	unmanaged bool   // another limit, which no file declares, may apply as well
	why, fix  string // why there are several options, and how to settle which applies
}

func (c *choice) least() int64 {
	if c.unmanaged {
		return 1
	}
	least := int64(math.MaxInt64)
	for _, o := range c.options {
		if o != nil {
			least = min(least, o.Calls)
		}
	}
	return least
}

func (c *choice) most() int64 {
	if c.unmanaged {
		return math.MaxInt64
	}
	most := int64(0)
	for _, o := range c.options {
		if o == nil {
			return math.MaxInt64
		}
		most = max(most, o.Calls)
	}
	return most
}

// shared returns what the options have in common, which are all equally low.
func (c *choice) shared() Limit {
	l := *c.options[0]
	for _, o := range c.options[1:] {
		if o.By != l.By {
			l.By, l.Source = "", nil
		}
	}
	return l
}

func (c *choice) result() limited {
	switch {
	case c.least() < c.most():
		return limited{}
	case c.least() == math.MaxInt64:
		return limited{known: true}
	}
	return limited{known: true, limits: []Limit{c.shared()}}
}

// add adds an option, and the reason why it is one.
func (c *choice) add(l *Limit, why, fix string) {
	c.options = append(c.options, l)
	c.why, c.fix = why, fix
}

// choose finds the limit on the calls of the caller that are counted per user, app, address or API, as per says.
func (q *question) choose(p *policy, per string) *choice {
	var general *Limit
	if n := p.limits[per]; n > 0 {
		l := p.period
		l.Calls, l.Per = n, per
		general = &l
	}
	c := &choice{options: []*Limit{general}, general: true}
	switch {
	case per == "api" || per == "ip":
		return c
	case q.call.Anonymous:
		return &choice{options: []*Limit{nil}}
	case q.api.AuthType != "" && !precedence.Counts(per, q.api.AuthType):
		if general != nil {
			q.addStep(aboutLimit, precedence.Counted, yes, p.bound.source, "", "%s_call_limits of %s does not count: auth_type is %s", per, p.bound.owner.Address(), q.api.AuthType)
		}
		return &choice{options: []*Limit{nil}}
	}
	who, name := q.who(p, per)
	var others []*Limit
	for i := range p.specials {
		if s := &p.specials[i]; s.per == per && s.who == who && who != "" {
			c.options, c.general = []*Limit{&s.limit}, false
			q.addStep(aboutLimit, precedence.Special, yes, *s.limit.Source, "", "%s %s has a special limit: %s", per, who, s.limit.short())
		} else if s.per == per && who == "" {
			others = append(others, &s.limit)
		}
	}
	for _, o := range others {
		c.add(o, fmt.Sprintf("%s has special limits by %s, which the call does not name", p.bound.owner.Address(), name), "add "+name+" to the call")
	}
	if p.partial {
		c.unmanaged = true
		c.why, c.fix = q.model.whyUnknown(p.bound.owner, "throttle_special", "the special limits")
	}
	return q.addUnlimited(p, per, c)
}

// who returns the caller in the form in which the special limits of a policy name it, and the key of a call that has
// this form.
func (q *question) who(p *policy, per string) (who, name string) {
	switch {
	case per == "user":
		return q.call.User, "user"
	case p.byID:
		return q.call.AppID, "app_id"
	}
	return q.call.App, "app"
}

// addUnlimited adds the option that there is no limit, if the vendor's pages leave that open.
func (q *question) addUnlimited(p *policy, per string, c *choice) *choice {
	if len(c.options) == 1 && c.options[0] == nil {
		return c
	}
	if q.api.AuthType == "" {
		c.add(nil, fmt.Sprintf("whether calls are counted by %s depends on the auth_type, which is %s", per, q.authTypeText()), fixAPIs)
		return c
	}
	app, _ := q.who(p, "app")
	for i := range p.specials {
		s := &p.specials[i]
		if per == "user" && c.general && s.per == "app" && (app == "" || s.who == app) && c.options[0] != nil && s.limit.Calls > c.options[0].Calls {
			c.add(nil, fmt.Sprintf("whether a special limit of an app also raises the lower limit of a user of %s is not documented", p.bound.owner.Address()), fixGateway)
			break
		}
	}
	return c
}

// short returns the limit in words, without whose calls are counted.
func (l *Limit) short() string {
	calls := "calls"
	if l.Calls == 1 {
		calls = "call"
	}
	return fmt.Sprintf("%d %s in %d %s", l.Calls, calls, l.Interval, l.Unit)
}

// String returns the limit in words.
func (l *Limit) String() string {
	whose := map[string]string{"api": "in all", "user": "of the user", "app": "of the app", "ip": "from the address"}[l.Per]
	if strings.HasPrefix(l.By, byQuota) {
		whose += ", over all its APIs"
	} else if l.Shared {
		whose += ", counted over all APIs of the policy together"
	}
	by := l.By
	if by == "" {
		by = "one of several special limits"
	}
	return l.short() + " " + whose + ", by " + by
}
