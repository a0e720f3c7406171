package emulator

import (
	"time"
)

// Behaviour decides what the gateway does where the vendor's documents say nothing or contradict each other. The zero value
// is the most likely behaviour. The tags define the form as text; the first value is the default.
type Behaviour struct {
	// Rebind is what happens when a throttle or ACL is bound to an API that already has another one, or a quota to such an
	// app: "replace" it (default), "reject" with 400 APIG.3309, or, only for ACLs, "add".
	Rebind string `rule:"rebind=replace|reject|add" help:"binding a throttle, ACL or app quota where another one is bound (add: ACLs only)"`

	// ReplaceKeepsBindingID gives a binding that replaces another one the id of the replaced binding.
	ReplaceKeepsBindingID bool `rule:"replace-keeps-binding-id=off|on" help:"a binding that replaces another one gets the id of that one"`

	// ACLSlot is how many ACLs an API can have in an environment: one for each "entity" type (default), or only "one".
	ACLSlot string `rule:"acl-slot=entity|one" help:"ACLs that an API can have in an environment: one of each entity type, or only one"`

	// PublishIDStable gives an API the same publish id each time it is published in an environment.
	PublishIDStable bool `rule:"publish-id-stable=off|on" help:"publishing again keeps the publish id"`

	// BindingsVisibleAfter delays the effect of a bind or unbind on lists of bindings.
	BindingsVisibleAfter Lag `rule:"bindings-visible-after=N|DURATION" help:"delay of lists of bindings, as a number of reads (3) or a time (2s)"`

	// AppSecret is how reads of an app show its secret: "clear" (default) or "masked". The answer to its creation always shows it.
	AppSecret string `rule:"app-secret=clear|masked" help:"how reads show an app's secret"`

	// PluginSecret is how reads show secrets in the content of plugins: "absent" (default) or "masked".
	PluginSecret string `rule:"plugin-secret=absent|masked" help:"how reads show secrets in the content of plugins"`

	// PluginContents decides about plugin types, and about members and values of their content, that the reference does not
	// list: the gateway refuses them ("known", default), or stores them as a "newer" gateway does.
	PluginContents string `rule:"plugin-contents=known|newer" help:"undocumented plugin types, and undocumented members and values of their content (known: refused; newer: stored)"`

	// NewerMembers adds an undocumented member to each object, and to each part of one. There is none ("absent", default),
	// writes can set it and an update without it resets it ("kept"), or answers have it and writes must not ("refused").
	NewerMembers string `rule:"newer-members=absent|kept|refused" help:"an undocumented member of each object (kept: an update without it resets it; refused: a write that sends it fails)"`

	// InstanceWideAuths is whether the list of authorized apps works without an API: "allowed"
	// (default) or "refused" with 400 APIG.2012.
	InstanceWideAuths string `rule:"instance-wide-auths=allowed|refused" help:"listing authorized apps without naming an API"`

	// DeleteBound is what happens when a bound throttle or signature key is deleted: it is "refused" with 403 APIG.3451 or 400
	// APIG.1119 (default), or "cascade" deletes the bindings as well. Deleting a bound ACL or plugin is always refused.
	DeleteBound string `rule:"delete-bound=refused|cascade" help:"deleting a bound throttle or signature key (cascade: deletes its bindings, too)"`

	// UpdateOmittedLimit is what the update of a throttle does to an optional limit that it leaves out: "clears" (default) or
	// "keeps".
	UpdateOmittedLimit string `rule:"update-omitted-limit=clears|keeps" help:"what the update of a throttle does to a limit that it leaves out"`

	// EmptyRemark is what an update of an app or plugin with an empty remark does to the old remark: "clears" (default) or
	// "keeps".
	EmptyRemark string `rule:"empty-remark=clears|keeps" help:"what an update of an app or plugin with an empty remark does to the old remark"`

	// OmittedRemark is what an update without a remark does to the old remark, for all kinds except APIs: "keeps" (default) or
	// "clears".
	OmittedRemark string `rule:"omitted-remark=keeps|clears" help:"what an update without a remark does to the old remark"`

	// SignSecret is how lists of signature keys, and answers to their updates, show the secret: "clear" (default) or
	// "masked". The answer to a creation always shows it.
	SignSecret string `rule:"sign-secret=clear|masked" help:"how lists and updates show the secret of a signature key"`

	// OmittedSignKey is what the update of a signature key does to a key and secret that it leaves out: they are generated
	// "anew" (default, as a recorded run shows), or "kept".
	OmittedSignKey string `rule:"omitted-sign-key=anew|kept" help:"what the update of a signature key does to a key and secret that it leaves out"`

	// OmittedHealthCheck is what the update of a channel does to a health check that it leaves out: "keeps" (default) or
	// "removes".
	OmittedHealthCheck string `rule:"omitted-health-check=keeps|removes" help:"what the update of a channel does to a health check that it leaves out"`

	// FeatureChanges is how often a feature can change: "once-a-minute" (default; more often is 409 APIG.3711) or "any-time".
	FeatureChanges string `rule:"feature-changes=once-a-minute|any-time" help:"how often a feature of the gateway can change"`

	// DomainRedirect is whether the details of a group report if its domains redirect to HTTPS: "untold" (default: no) or
	// "told".
	DomainRedirect string `rule:"domain-redirect=untold|told" help:"whether groups report if their domains redirect to HTTPS (untold: no)"`

	// ResponseLists is what the list of a group's gateway responses has: "whole" responses (default), or only their "names".
	ResponseLists string `rule:"response-lists=whole|names" help:"what the list of a group's gateway responses contains"`

	// ListedAPIs is whether lists of APIs report what each API refers to. With "told" (default) they do, as in the vendor's
	// SDK. With "untold" they leave out authorizers, gateway responses, and backends even if these are requested.
	ListedAPIs string `rule:"listed-apis=told|untold" help:"whether lists of APIs report what each API refers to (untold: no)"`

	// ChannelSecret is how reads of a channel show the password for a Nacos registry: "absent" (default), "masked" or "clear".
	// With "no-user" the user name is missing, too.
	ChannelSecret string `rule:"channel-secret=absent|masked|clear|no-user" help:"how reads of a channel show the password for a Nacos registry (no-user: without the user name, too)"`

	// WrongToken is who refuses a wrong token: the "service" (default) with 401 APIG.1002, or 401 APIC.7102 for operations on
	// instances, or the "front-door" with 401 APIGW.0301.
	WrongToken string `rule:"wrong-token=service|front-door" help:"who refuses a wrong token: 401 APIG.1002 (APIC.7102) or APIGW.0301"`

	// BindPartial is what a bind does if one of its publish ids is unknown: it fails ("fail-whole", default), or it binds the
	// others, and the answer has "fewer-items".
	BindPartial string `rule:"bind-partial=fail-whole|fewer-items" help:"what a bind with an unknown publish id does (fewer-items: it binds the others)"`

	// DetachMissing is the status of the answer when a plugin is detached from an API that does not have it: "204" (default) or
	// "404".
	DetachMissing string `rule:"detach-missing=204|404" help:"status of the answer when a plugin is detached that is not attached"`

	// BatchMax is the largest number of items in one bind, unbind, batch deletion or authorization (apps times APIs); more are
	// refused with 400 APIG.2012. 0 means no limit. The documented limits for attaching plugins (500) and for publishing in a
	// batch (1000) always apply.
	BatchMax int `rule:"batch-max=N" help:"largest number of items in a bind, unbind, batch deletion or authorization; 0: no limit"`

	// ACLValueOrder is the order of an ACL's entries in answers: as they were sent ("keep", default), or sorted ("sort").
	ACLValueOrder string `rule:"acl-value-order=keep|sort" help:"order of an ACL's entries in answers"`

	// AppSwitch is the instance's APP_KEY_SECRET_SWITCH: "on" (default) lets callers choose the keys and secrets of apps. A
	// value in the quotas of the state file has precedence.
	AppSwitch string `rule:"app-switch=on|off" help:"whether callers may choose the keys and secrets of apps"`

	// SerialWrites refuses a write with 500 APIG.3500 while another one for the same plugin, API or app in the same environment
	// is in flight.
	SerialWrites bool `rule:"serial-writes=off|on" help:"simultaneous writes for one plugin, API or app fail with APIG.3500"`

	// Trail is how the project's audit trail answers: normally ("on", default), only at its "older" address, with 403 because a
	// permission is missing ("denied"), or with 404 ("off").
	Trail string `rule:"trail=on|older|denied|off" help:"how the audit trail of the project answers (older: only at its older address)"`

	// TrailIDs is which resource id the records of the audit trail have: that of the "object" (default), that of the "gateway",
	// or "none", then without a name, too.
	TrailIDs string `rule:"trail-ids=object|gateway|none" help:"which resource ids the records of the audit trail have"`

	// TrailBodies is how the records of the audit trail have requests and answers: as "texts" (default), as "objects", or not
	// ("none").
	TrailBodies string `rule:"trail-bodies=texts|objects|none" help:"how the records of the audit trail have requests and answers"`

	// TrailNames is which of the two documented sets of operation names the audit trail uses: the "new" (default) or the "old"
	// one.
	TrailNames string `rule:"trail-names=new|old" help:"which names of operations the audit trail uses"`

	// Cloud is the cloud that the gateway belongs to: "huawei" (default), or "otc" (Open Telekom Cloud), which does not have
	// some operations and members.
	Cloud string `rule:"cloud=huawei|otc" help:"the cloud of the gateway; Open Telekom Cloud (otc) does not have some operations (404 APIGW.0101) and members"`

	// NullLists leaves empty lists out of answers; empty tags are null.
	NullLists bool `rule:"null-lists=off|on" help:"empty lists are missing in answers, or null"`

	// OfflineOffset makes the list of an ACL's APIs ignore the parameter offset, as old instances did.
	OfflineOffset bool `rule:"offline-offset=off|on" help:"the list of an ACL's APIs ignores the parameter offset"`
}

// Lag is how long a list misses a change: for a number of reads, or for a time. The zero value shows it at once.
type Lag struct {
	Reads int           // number of reads of the list that miss the change
	Time  time.Duration // time for which all reads miss it
}
