package lint

var aclPermitsAll = &Rule{
	ID: "AGS002", Name: "acl-permits-all", Severity: Error,
	Title: "A PERMIT list lets every address in",
	Reason: "Such a policy looks like protection and is none. It is found in policies of addresses and in the access control of " +
		"apps, as one entry (`0.0.0.0/0`, `::/0`, `0.0.0.0-255.255.255.255`) or as several that together leave out nothing.",
	look: func(s *subject) {
		s.reportWhole("PERMIT", "lets in", "list the networks that may call, or remove the policy")
	},
}

var aclDeniesAll = &Rule{
	ID: "AGS010", Name: "acl-denies-all", Severity: Warning,
	Title: "A DENY list keeps every address out",
	Reason: "Nobody can call the APIs that such a policy is bound to, or as the app that has such an access control. To switch " +
		"an API off, take it offline; to let some in, use a PERMIT list.",
	look: func(s *subject) {
		s.reportWhole("DENY", "keeps out", "list those to keep out, or use type: PERMIT for those to let in")
	},
}
