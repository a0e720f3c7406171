package bench

import (
	"fmt"
	"strings"
	"testing"

	"github.com/apigw-sync/apigw-sync/internal/diff"
)

// shop is a gateway with APIs of one group, published in two environments, and throttles.
type shop struct {
	apis    int
	foreign []int // bindings of each throttle that no file declares, to the last APIs
	binds   int   // bindings that the files add, to the first APIs
	all     bool  // the files list the throttles by a glob that they own
}

func (s shop) state() []byte {
	var b strings.Builder
	b.WriteString("gateway:\n  environments: [RELEASE, STAGING]\n  groups:\n    - name: orders\n      apis:\n")
	for i := range s.apis {
		fmt.Fprintf(&b, "        - {name: api_%d, method: GET, path: /%d, auth_type: NONE, published: [RELEASE, STAGING]}\n", i, i)
	}
	b.WriteString("throttles:\n  - {name: ours, time_interval: 1, time_unit: SECOND, api_call_limits: 5, apis: []}\n")
	next := s.apis - 1
	for i, n := range s.foreign {
		var apis []string
		for range n {
			apis = append(apis, fmt.Sprintf("orders/api_%d", next))
			next--
		}
		fmt.Fprintf(&b, "  - {name: theirs_%d, time_interval: 1, time_unit: SECOND, api_call_limits: 5, apis: [%s]}\n", i, strings.Join(apis, ", "))
	}
	return []byte(b.String())
}

func (s shop) file() []byte {
	owns := ""
	if s.all {
		owns = "owns: {throttles: [\"our*\"]}\n"
	}
	var apis []string
	for i := range s.binds {
		apis = append(apis, fmt.Sprintf("{group: orders, name: api_%d}", i))
	}
	return fmt.Appendf(nil, "version: apigw-sync/v1\n%sthrottles:\n  - {name: ours, time_interval: 1, time_unit: SECOND, api_call_limits: 5, apis: [%s]}\n", owns, strings.Join(apis, ", "))
}

// each returns the bindings of n throttles with the same number each.
func each(n, bindings int) (out []int) {
	for range n {
		out = append(out, bindings)
	}
	return out
}

// TestSlots: finding out which policies the binds of a run displace takes no more reads than the cheapest way.
func TestSlots(t *testing.T) {
	for name, s := range map[string]shop{
		"nothing is bound":                          {apis: 50, foreign: each(5, 2)},
		"foreign policies bind nothing":             {apis: 50, foreign: each(5, 0), binds: 20, all: true},
		"a few foreign policies":                    {apis: 50, foreign: each(2, 3), binds: 20, all: true},
		"a foreign policy with many bindings":       {apis: 1200, foreign: []int{900}, binds: 40, all: true},
		"a few APIs":                                {apis: 100, foreign: each(40, 2), binds: 1, all: true},
		"many of both: the list without the policy": {apis: 100, foreign: each(40, 2), binds: 20, all: true},
		"only one environment of a large gateway":   {apis: 450, foreign: each(40, 2), binds: 20, all: true},
		"a small file":                              {apis: 100, foreign: each(40, 2), binds: 2},
	} {
		t.Run(name, func(t *testing.T) {
			site, err := NewSite(s.state(), 0, parallel)
			if err != nil {
				t.Fatal(err)
			}
			_, c := compare(t, site, load(t, s.file()), diff.Options{})
			sent, n := site.Sent(), 0
			for _, op := range []string{"ListRequestThrottlingPoliciesBindedToApiV2", "ListApisBindedToRequestThrottlingPolicyV2", "ListApisUnbindedToRequestThrottlingPolicyV2"} {
				n += sent.Reads[op]
			}
			foreign, unbound := s.foreign, []int{s.apis}
			if !s.all { // neither the list of policies nor that of APIs is read
				foreign, unbound = nil, nil
			}
			if least := Slots(foreign, s.binds, unbound); n != least {
				t.Errorf("%d reads, %d are enough: %v", n, least, sent.Reads)
			}
			if len(c.Plan.Changes) != s.binds || sent.Refused > 0 {
				t.Errorf("%d changes, %d requests refused", len(c.Plan.Changes), sent.Refused)
			}
		})
	}
}
