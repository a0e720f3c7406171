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
	regular int // unless the state file says otherwise
	listed  bool
}

var (
	quotaGroups       = quota{"APIGROUP_NUM_LIMIT", "APIG.3101", "API groups", 1500, true}
	quotaAPIs         = quota{"API_NUM_LIMIT", "APIG.3102", "APIs", 8000, true}
	quotaGroupAPIs    = quota{"API_NUM_LIMIT_PER_GROUP", "APIG.3125", "APIs in the group", 1000, true}
	quotaApps         = quota{"APP_NUM_LIMIT", "APIG.3103", "apps", 50, true}
	quotaEnvironments = quota{"ENVIRONMENT_NUM_LIMIT", "APIG.3104", "environments", 10, true}
	quotaThrottles    = quota{"THROTTLE_NUM_LIMIT", "APIG.3107", "request throttling policies", 300, true}
	quotaACLs         = quota{"ACL_NUM_LIMIT", "APIG.3112", "access control policies", 100, true}
	quotaPlugins      = quota{"PLUGIN_NUM_LIMIT", "APIG.3100", "plugins", 500, false}
	quotaSpecialApps  = quota{"APP_THROTTLE_LIMIT", "APIG.3100", "excluded apps", 30, true}
	quotaSpecialUsers = quota{"USER_THROTTLE_LIMIT", "APIG.3100", "excluded tenants", 30, true}
	quotaAppCodes     = quota{"APP_CODE_NUM_LIMIT", "APIG.3131", "app codes", 5, true}
	quotaDomains      = quota{"APIGROUP_DOMAIN_NUM_LIMIT", "APIG.3108", "domain names", 5, true}
	quotaVersions     = quota{"API_VERSION_NUM_LIMIT", "", "publication records", 10, true}
	quotaTags         = quota{"API_TAG_NUM_LIMIT", "APIG.3133", "tags", 10, true}
	quotaAppSwitch    = quota{"APP_KEY_SECRET_SWITCH", "", "1: app key and secret can be customized", 1, true}

	allQuotas = []quota{
		quotaAPIs, quotaApps, quotaGroups, quotaEnvironments, quotaThrottles, quotaACLs, quotaSpecialApps, quotaSpecialUsers,
		quotaAppCodes, quotaDomains, quotaVersions, quotaGroupAPIs, quotaTags, quotaAppSwitch, quotaPlugins,
	}
)

// limit is the quota's value here.
func (g *Gateway) limit(q quota) int {
	if n, set := g.limits[q.name]; set {
		return n
	}
	return q.regular
}

// room refuses one more object when there are n already.
func (g *Gateway) room(q quota, n int) error {
	if most := g.limit(q); n >= most {
		return overQuota(q.code, q.what, most)
	}
	return nil
}

// used counts what is there; nil where the quota is about parts of an object.
func (g *Gateway) used(q quota) any {
	switch q {
	case quotaAPIs:
		return len(g.apis.rows)
	case quotaApps:
		return len(g.apps.rows)
	case quotaGroups:
		return len(g.groups.rows)
	case quotaEnvironments:
		return len(g.envs.rows)
	case quotaThrottles:
		return len(g.throttles.rows)
	case quotaACLs:
		return len(g.acls.rows)
	}
	return nil
}

func listQuotas(g *Gateway, c *call) (reply, error) {
	var rows []quota
	for _, q := range allQuotas {
		if q.listed {
			rows = append(rows, q)
		}
	}
	return page(g, c, "configs", rows, nil, func(q quota) map[string]any {
		value := g.limit(q)
		if q == quotaAppSwitch && !g.appSwitch() {
			value = 2
		}
		v := map[string]any{
			"config_id": mixID(1, uint64(max(0, slices.Index(allQuotas, q)))), "config_name": q.name, "config_value": strconv.Itoa(value),
			"config_time": stamp(g.instance.created), "remark": q.what,
		}
		if n := g.used(q); n != nil {
			v["used"] = n
		}
		return v
	})
}
