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
}
