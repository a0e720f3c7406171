package lint

var aclPermitsAll = &Rule{
	ID: "AGS002", Name: "acl-permits-all", Severity: Error,
	Title: "A PERMIT list allows every address",
	Reason: "Such a policy looks like protection but restricts nothing. The rule checks ACLs of IP addresses and the access " +
		"control of apps. It reports a single entry that covers everything (`0.0.0.0/0`, `::/0`, " +
		"`0.0.0.0-255.255.255.255`) and several entries that do so together.",
	check: func(s *subject) {
		s.reportFullLists("PERMIT", "allows", "list the networks that may call, or remove the policy")
	},
}

var aclDeniesAll = &Rule{
	ID: "AGS010", Name: "acl-denies-all", Severity: Warning,
	Title: "A DENY list blocks every address",
	Reason: "Nobody can call the APIs that such an ACL is bound to, and nobody can call as an app with such an access " +
		"control. To switch an API off, take it offline; to allow only some addresses, use a PERMIT list.",
	check: func(s *subject) {
		s.reportFullLists("DENY", "blocks", "list only the addresses to block, or use type: PERMIT with those to allow")
	},
}
