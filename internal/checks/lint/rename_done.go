package lint

var renameDone = &Rule{
	ID: "AGS015", Name: "rename-done", Severity: Note, Gateway: OnlyWithExport,
	Title: "A moved_from is no longer needed",
	Reason: "The gateway has the new name and no longer has the old one. If `moved_from` stays in the file, it renames any " +
		"object that gets the old name later. If the files are applied to several gateways, wait until all of them have " +
		"the new name.",
	check: func(s *subject) {
		for i := range s.State.Objects {
			d := &s.State.Objects[i]
			if d.MovedFrom != "" && s.onGateway[d.Address()] != nil && s.onGateway[d.Kind+"/"+d.MovedFrom] == nil {
				s.report(d, "/moved_from", "the gateway already has "+d.Key+", and no longer has "+d.MovedFrom, "remove moved_from")
			}
		}
	},
}
