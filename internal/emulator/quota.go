package emulator

import (
	"slices"
	"strconv"
)

// quota is a limit of the instance on how many objects of a kind it takes.
type quota struct {
	name    string // config_name
	code    string // error code when it is reached
	what    string
	regular int  // unless the state file says otherwise
	hidden  bool // the reference does not list it

	used func(*state) int // counts what is there; nil where the quota is about parts of an object
}

// limit is the quota's value here.
func (g *Gateway) limit(q quota) int {
	if n, set := g.limits[q.name]; set {
		return n
	}
	return q.regular
}

// withinQuota refuses one more object when there are n already.
func (g *Gateway) withinQuota(q quota, n int) error {
	if most := g.limit(q); n >= most {
		return overQuota(q.code, q.what, most)
	}
	return nil
}

func listQuotas(g *Gateway, c *call) (reply, error) {
	rows := slices.DeleteFunc(g.quotas(), func(q quota) bool { return q.hidden })
	return page(g, c, "configs", rows, nil, func(q quota) map[string]any {
		value := g.limit(q)
		if q.name == quotaAppSwitch.name && !g.appSwitch() {
			value = 2
		}
		v := map[string]any{
			"config_id": mixID(1, uint64(max(0, slices.IndexFunc(rows, func(o quota) bool { return o.name == q.name })))), "config_name": q.name, "config_value": strconv.Itoa(value),
			"config_time": stamp(g.instance.created), "remark": q.what,
		}
		if q.used != nil {
			v["used"] = q.used(g.state)
		}
		return v
	})
}
