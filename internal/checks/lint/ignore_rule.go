package lint

var ignoreLapsed = &Rule{
	ID: "AGS013", Name: "ignore-lapsed", Severity: Warning,
	Title: "An ignore rule has expired",
	Reason: "The rule no longer ignores anything, so the next apply changes what it used to protect. Remove the rule if the " +
		"difference is gone, or set a later date if the difference is still wanted.",
	check: func(s *subject) {
		for i := range s.State.Ignore {
			if r := &s.State.Ignore[i]; r.Until != "" && r.Until < s.Today {
				s.addIgnore(i, "/until", "the rule for "+r.Kind+" "+r.Name+" expired after "+r.Until, "remove it, or set a later date")
			}
		}
	},
}

var ignoreEndless = &Rule{
	ID: "AGS014", Name: "ignore-endless", Severity: Note,
	Title: "An ignore rule has no end date",
	Reason: "A difference that is ignored without an end date is usually forgotten. With `until`, the rule expires by itself, " +
		"and `drift` reports that it has.",
	check: func(s *subject) {
		for i := range s.State.Ignore {
			if r := &s.State.Ignore[i]; r.Until == "" {
				s.addIgnore(i, "/name", "the rule for "+r.Kind+" "+r.Name+" has no end date", "add one, such as until: 2027-03-31")
			}
		}
	},
}
