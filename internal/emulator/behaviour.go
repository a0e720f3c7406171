package emulator

import (
	"time"
)

// Behaviour chooses between readings where the vendor's documents are silent or contradict each
// other. The zero value is the likelier reading of each. The tags say how each is written as text, the default first.
type Behaviour struct {
	// Rebind is what happens when a throttle or ACL is bound to an API, or a quota to an app, that has another already:
	// "replace" (default) it, "reject" with 400 APIG.3309, or, for ACLs alone, "add".
	Rebind string `rule:"rebind=replace|reject|add" help:"bind a throttle, ACL or app quota where another is bound (add: ACLs alone)"`

	// ReplaceKeepsBindingID lets the binding that replaces another inherit its id.
	ReplaceKeepsBindingID bool `rule:"replace-keeps-binding-id=off|on" help:"the binding that replaces another inherits its id"`

	// ACLSlot is how many ACLs an API holds in an environment: one for each "entity" type (default)
	// or just "one".
	ACLSlot string `rule:"acl-slot=entity|one" help:"ACLs per API and environment: one per entity type, or one"`

	// PublishIDStable gives an API the same publish id each time it is published in an environment.
	PublishIDStable bool `rule:"publish-id-stable=off|on" help:"publishing again keeps the publish id"`

	// BindingsVisibleAfter delays what lists of bindings show after a bind or unbind.
	BindingsVisibleAfter Lag `rule:"bindings-visible-after=N|DURATION" help:"lists of bindings are late by so many reads (3) or so long (2s)"`

	// AppSecret is how reads of an app show its secret: "clear" (default) or "masked". The answer to
	// its creation always shows it.
	AppSecret string `rule:"app-secret=clear|masked" help:"how reads show an app's secret"`

	// PluginSecret is how secrets inside plugin contents come back: "absent" (default) or "masked".
	PluginSecret string `rule:"plugin-secret=absent|masked" help:"how reads show secrets inside plugin contents"`

	// PluginContents is what becomes of plugin types, and of members and words of contents, that the reference
	// does not list: they are "known" no more than it says and refused (default), or kept as by a "newer" gateway.
	PluginContents string `rule:"plugin-contents=known|newer" help:"plugin types, members and words of contents beyond the reference (newer: kept)"`

	// NewerMembers is what becomes of a member that the gateway has in each object, and in each part of one, beyond the
	// reference: there is none ("absent", default), an update that leaves it out resets it ("kept"), or it is told and
	// refused when it is sent ("refused").
	NewerMembers string `rule:"newer-members=absent|kept|refused" help:"a member of each object beyond the reference (kept: an update without it resets it; refused: it cannot be sent)"`

	// InstanceWideAuths is whether the list of authorized apps works without an API: "allowed"
	// (default) or "refused" with 400 APIG.2012.
	InstanceWideAuths string `rule:"instance-wide-auths=allowed|refused" help:"listing authorized apps without an API"`

	// DeleteBound is what deleting a throttle that is bound does: "refused" with 403 APIG.3451
	// (default) or "cascade", which takes its bindings along. ACLs and plugins always refuse.
	DeleteBound string `rule:"delete-bound=refused|cascade" help:"deleting a throttle that is bound"`

	// UpdateOmittedLimit is what leaving an optional limit out of a throttle's update does to it:
	// "clears" (default) or "keeps".
	UpdateOmittedLimit string `rule:"update-omitted-limit=clears|keeps" help:"an optional limit left out of a throttle's update"`

	// EmptyRemark is what an empty remark in the update of an app or plugin does to the old one:
	// "clears" (default) or "keeps".
	EmptyRemark string `rule:"empty-remark=clears|keeps" help:"an empty remark in the update of an app or plugin"`

	// OmittedRemark is what leaving the remark out of an update of any kind but APIs does to the old one: "keeps"
	// (default) or "clears".
	OmittedRemark string `rule:"omitted-remark=keeps|clears" help:"a remark left out of an update"`

	// SignSecret is how lists and updates of signature keys show the secret: "clear" (default) or "masked". The answer
	// to a creation always shows it.
	SignSecret string `rule:"sign-secret=clear|masked" help:"how reads show the secret of a signature key"`

	// OmittedSignKey is what leaving key and secret out of the update of a signature key does: they are made "anew"
	// (default), as one recorded run shows, or "kept".
	OmittedSignKey string `rule:"omitted-sign-key=anew|kept" help:"key and secret left out of the update of a signature key"`

	// OmittedHealthCheck is what leaving the health check out of the update of a channel does to the old one: "keeps"
	// (default) or "removes".
	OmittedHealthCheck string `rule:"omitted-health-check=keeps|removes" help:"a health check left out of the update of a channel"`

	// FeatureChanges is how often a feature can change: "once-a-minute" (default), else 409 APIG.3711, or "any-time".
	FeatureChanges string `rule:"feature-changes=once-a-minute|any-time" help:"how often a feature of the gateway can change"`

	// DomainRedirect is whether groups tell of their domains that these redirect to HTTPS: "untold" (default) or "told".
	DomainRedirect string `rule:"domain-redirect=untold|told" help:"do groups tell of their domains whether these redirect to HTTPS"`

	// ResponseLists is what the list of a group's gateway responses tells of them: the "whole" (default), or "names" alone.
	ResponseLists string `rule:"response-lists=whole|names" help:"what the list of a group's gateway responses tells of them"`

	// ListedAPIs is whether lists of APIs tell what these refer to, as the vendor's SDK has it: it is "told" (default), or
	// "untold": neither authorizers nor gateway responses, nor backends when they are asked for.
	ListedAPIs string `rule:"listed-apis=told|untold" help:"what APIs refer to, in lists of APIs"`

	// ChannelSecret is how the password of a Nacos registry comes back in a channel: "absent" (default), "masked" or "clear";
	// with "no-user" nothing comes back of who asks the registry.
	ChannelSecret string `rule:"channel-secret=absent|masked|clear|no-user" help:"the password of a Nacos registry when a channel is read (no-user: nor whose it is)"`

	// WrongToken is who refuses a token that is wrong: the "service" (default) with 401 APIG.1002, or APIC.7102 where
	// the operation is about instances, or the "front-door" with 401 APIGW.0301.
	WrongToken string `rule:"wrong-token=service|front-door" help:"who refuses a wrong token: 401 APIG.1002 (APIC.7102) or APIGW.0301"`

	// BindPartial is what one unknown publish id does to the rest of a bind: "fail-whole" (default)
	// or "fewer-items" in the answer.
	BindPartial string `rule:"bind-partial=fail-whole|fewer-items" help:"one unknown publish id in a bind"`

	// DetachMissing is the status of detaching a plugin from an API that does not have it: "204"
	// (default) or "404".
	DetachMissing string `rule:"detach-missing=204|404" help:"detaching a plugin that is not attached"`

	// BatchMax is the largest number of items in one bind, unbind, batch deletion or authorization
	// (apps times APIs); more are refused with 400 APIG.2012. 0 means no such limit. The documented
	// limits of plugin attachment (500) and batch publication (1000) hold always.
	BatchMax int `rule:"batch-max=N" help:"most items in one bind, unbind, batch deletion or authorization; 0: no such limit"`

	// ACLValueOrder is how the entries of an ACL come back: "keep" (default) their order or "sort".
	ACLValueOrder string `rule:"acl-value-order=keep|sort" help:"order of an ACL's entries when read back"`

	// AppSwitch is the instance's APP_KEY_SECRET_SWITCH: "on" (default) lets callers choose keys and
	// secrets of apps. A value in the state file's quotas wins over it.
	AppSwitch string `rule:"app-switch=on|off" help:"may callers choose app keys and secrets"`

	// SerialWrites refuses a write with 500 APIG.3500 while another to the same plugin and
	// environment, API and environment, or app and environment is in flight.
	SerialWrites bool `rule:"serial-writes=off|on" help:"overlapping writes to one plugin, API or app fail with APIG.3500"`

	// Trail is whether the project's audit trail answers: "on" (default), only at its "older" address, "denied" for want
	// of the permission, or "off" with 404.
	Trail string `rule:"trail=on|older|denied|off" help:"the audit trail of the project"`

	// TrailIDs is what its records have as id of the resource: that of the "object" (default), of the "gateway", or
	// "none", and no name then.
	TrailIDs string `rule:"trail-ids=object|gateway|none" help:"ids of resources in the records of the audit trail"`

	// TrailBodies is how its records hold requests and answers: as "texts" (default), as "objects", or "none".
	TrailBodies string `rule:"trail-bodies=texts|objects|none" help:"requests and answers in the records of the audit trail"`

	// TrailNames is which of the two documented sets of names its records have: the "new" (default) or the "old" one.
	TrailNames string `rule:"trail-names=new|old" help:"names of operations in the records of the audit trail"`

	// Cloud is the cloud that the gateway belongs to: "huawei" (default), or "otc", which lacks some operations and members.
	Cloud string `rule:"cloud=huawei|otc" help:"the cloud that it belongs to: Open Telekom Cloud lacks some operations (404 APIGW.0101) and members"`

	// NullLists leaves empty lists out of answers and makes empty tags null.
	NullLists bool `rule:"null-lists=off|on" help:"empty lists are missing or null in answers"`

	// OfflineOffset makes the list of an ACL's APIs ignore offset, as old instances did.
	OfflineOffset bool `rule:"offline-offset=off|on" help:"the list of an ACL's APIs ignores offset"`
}

// Lag is how late lists are: a change shows after so many reads of a list, or after a time. The zero
// value shows it at once.
type Lag struct {
	Reads int           // reads of the list concerned that still miss the change
	Time  time.Duration // how long it is missed
}
