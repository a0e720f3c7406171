package emulator

import (
	"slices"
	"strconv"
)

// quota limits the number of objects of a kind on the instance.
type quota struct {
	name         string // config_name
	code         string // error code if it is exceeded
	description  string
	defaultLimit int  // default, which the state file can change
	hidden       bool // not listed by the reference

	used func(*state) int // number of existing objects; nil if the quota limits parts of an object
}

// count returns a function that counts the objects of a kind.
func count[T object](objects func(*state) *table[T]) func(*state) int {
	return func(s *state) int { return len(objects(s).rows) }
}

// quotaLimit returns the value of the quota on this gateway.
func (g *Gateway) quotaLimit(q quota) int {
	if n, set := g.quotaLimits[q.name]; set {
		return n
	}
	return q.defaultLimit
}

// withinQuota returns an error if there cannot be another object in addition to n.
func (g *Gateway) withinQuota(q quota, n int) error {
	if limit := g.quotaLimit(q); n >= limit {
		return overQuota(q.code, q.description, limit)
	}
	return nil
}

func listQuotas(g *Gateway, c *call) (reply, error) {
	rows := slices.DeleteFunc(g.quotas(), func(q quota) bool { return q.hidden })
	return page(g, c, "configs", rows, nil, func(q quota) map[string]any {
		value := g.quotaLimit(q)
		if q.name == quotaAppSwitch.name && !g.appSwitch() {
			value = 2
		}
		v := map[string]any{
			"config_id": generateID(1, uint64(max(0, slices.IndexFunc(rows, func(o quota) bool { return o.name == q.name })))), "config_name": q.name, "config_value": strconv.Itoa(value),
			"config_time": formatTime(g.instance.created), "remark": q.description,
		}
		if q.used != nil {
			v["used"] = q.used(g.state)
		}
		return v
	})
}
