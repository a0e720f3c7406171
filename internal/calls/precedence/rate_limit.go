package precedence

import (
	"cmp"
	"strings"
)

// CallLimits holds the limits in the content of a rate_limit plugin.
type CallLimits struct {
	Interval int64            // in Unit
	Unit     string           // SECOND MINUTE HOUR DAY
	Shared   bool             // the calls of all APIs of the plugin count together
	Calls    map[string]int64 // by what the calls are counted per: api, user, app or ip; 0 means no limit
	Specials []SpecialLimit
	Rules    bool // it also has rules, which limit calls by their parameters
	Local    bool // each node of the gateway counts separately
}

// SpecialLimit is a limit of one app or user, which the content names by id.
type SpecialLimit struct {
	Per, Who string
	Calls    int64
}

// Seconds is how long the units of periods are.
var Seconds = map[string]float64{"SECOND": 1, "MINUTE": 60, "HOUR": 3600, "DAY": 86400}

// CallLimitsOf reads the content of a rate_limit plugin, in the form in which contents are compared.
func CallLimitsOf(content map[string]any) CallLimits {
	unit, _ := content["default_time_unit"].(string)
	r := CallLimits{
		Interval: max(1, whole(content["default_interval"])), Unit: strings.ToUpper(cmp.Or(unit, "second")), Shared: content["scope"] == "share",
		Calls: map[string]int64{}, Rules: len(mappings(content["rules"])) > 0, Local: content["algorithm"] == "local",
	}
	for _, per := range []string{"api", "user", "app", "ip"} {
		r.Calls[per] = max(0, whole(content[per+"_limit"]))
	}
	for _, list := range mappings(content["specials"]) {
		per, _ := list["type"].(string)
		for _, one := range mappings(list["policies"]) {
			who, _ := one["key"].(string)
			r.Specials = append(r.Specials, SpecialLimit{per, who, whole(one["limit"])})
		}
	}
	return r
}

func whole(v any) int64 {
	switch n := v.(type) {
	case int64:
		return n
	case float64:
		return int64(n)
	case int:
		return int64(n)
	}
	return 0
}

// mappings returns the items of a list that are mappings.
func mappings(v any) (out []map[string]any) {
	list, _ := v.([]any)
	for _, item := range list {
		if m, ok := item.(map[string]any); ok {
			out = append(out, m)
		}
	}
	return out
}
