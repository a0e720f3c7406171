package lint

var ignoreLapsed = &Rule{
	ID: "AGS013", Name: "ignore-lapsed", Severity: Warning,
	Title: "An ignore rule is past its last day",
	Reason: "What it left alone counts again: the next apply changes it. Either the difference has gone and the rule can go, or it " +
		"is still wanted and the rule needs another day.",
	look: func(s *subject) {
		for i := range s.State.Ignore {
			if r := &s.State.Ignore[i]; r.Until != "" && r.Until < s.Today {
				s.addIgnore(i, "/until", "the rule for "+r.Kind+" "+r.Name+" ended with "+r.Until, "remove it, or give it a later day")
			}
		}
	},
	Bad: Example{File: `version: apigw-sync/v1
throttles: [{name: orders_basic, time_interval: 1, time_unit: SECOND, api_call_limits: 800, user_call_limits: 200}]
ignore:
  - {kind: throttle, name: orders_basic, fields: [/api_call_limits], reason: sale, until: 2024-12-31}
`},
	Good: Example{File: `version: apigw-sync/v1
throttles: [{name: orders_basic, time_interval: 1, time_unit: SECOND, api_call_limits: 800, user_call_limits: 200}]
ignore:
  - {kind: throttle, name: orders_basic, fields: [/api_call_limits], reason: sale, until: 2099-12-31}
`},
}

var ignoreEndless = &Rule{
	ID: "AGS014", Name: "ignore-endless", Severity: Note,
	Title: "An ignore rule has no last day",
	Reason: "A difference that is left alone for ever is forgotten for ever. With until the rule ends by itself, and drift says " +
		"so when it has.",
	look: func(s *subject) {
		for i := range s.State.Ignore {
			if r := &s.State.Ignore[i]; r.Until == "" {
				s.addIgnore(i, "/name", "the rule for "+r.Kind+" "+r.Name+" has no end", "add until, such as until: 2027-03-31")
			}
		}
	},
	Bad: Example{File: `version: apigw-sync/v1
throttles: [{name: orders_basic, time_interval: 1, time_unit: SECOND, api_call_limits: 800, user_call_limits: 200}]
ignore:
  - {kind: throttle, name: orders_basic, fields: [/api_call_limits], reason: tuned by hand}
`},
	Good: Example{File: `version: apigw-sync/v1
throttles: [{name: orders_basic, time_interval: 1, time_unit: SECOND, api_call_limits: 800, user_call_limits: 200}]
ignore:
  - {kind: throttle, name: orders_basic, fields: [/api_call_limits], reason: tuned by hand, until: 2099-12-31}
`},
}
