package lint

var renameDone = &Rule{
	ID: "AGS015", Name: "rename-done", Severity: Note, Gateway: All,
	Title: "A moved_from has done its work",
	Reason: "The gateway has the new name and not the old one. Left in place, `moved_from` renames whatever gets the old name one " +
		"day. Where the files are applied to several gateways, wait until all of them have it.",
	look: func(s *subject) {
		for i := range s.State.Objects {
			d := &s.State.Objects[i]
			if d.MovedFrom != "" && s.held[d.Address()] != nil && s.held[d.Kind+"/"+d.MovedFrom] == nil {
				s.report(d, "/moved_from", "the gateway has it as "+d.Key+", and nothing called "+d.MovedFrom, "remove moved_from")
			}
		}
	},
}
