package lint

import (
	"fmt"

	"github.com/apigw-sync/apigw-sync/internal/calls/precedence"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

var throttleNoUserLimit = &Rule{
	ID: "AGS001", Name: "throttle-no-user-limit", Severity: Warning,
	Title: "A throttle does not limit individual accounts",
	Reason: "All callers share `api_call_limits`. Without `user_call_limits`, a single account can use up the whole limit, " +
		"with one app or with several, and every other caller is refused. The same applies to plugins of type " +
		"`rate_limit` and their `user_limit`.",
	check: func(s *subject) {
		each(s, "throttle", func(d *kind.Declared, t kind.Throttle) {
			if t.UserLimit == 0 {
				s.report(d, "/api_call_limits", fmt.Sprintf("one account can use up all %d calls of a period", t.APILimit), "add user_call_limits")
			}
		})
		each(s, "plugin", func(d *kind.Declared, p kind.Plugin) {
			limit, _ := p.Content["api_limit"].(int64)
			user, _ := p.Content["user_limit"].(int64)
			if !precedence.ReplacesThrottle(p.Type) || user != 0 {
				return
			}
			message := fmt.Sprintf("one account can use up all %d calls of a period", limit)
			if limit < 0 {
				message = "one account can call as often as it likes"
			}
			s.report(d, "/content/api_limit", message, "add user_limit")
		})
	},
}
