package emulator

import (
	"time"
)

// Behaviour chooses between readings where the vendor's documents are silent or contradict each
// other. The zero value is the likelier reading of each; BehaviourHelp lists them as text.
type Behaviour struct {
	// Rebind is what happens when a throttle or ACL is bound to an API, or a quota to an app, whose place is taken by
	// another: "replace" (default) it, "reject" with 400 APIG.3309, or, for ACLs alone, "add".
	Rebind string

	// ReplaceKeepsBindingID lets the binding that takes another's place inherit its id.
	ReplaceKeepsBindingID bool

	// ACLSlot is how many ACLs an API holds in an environment: one for each "entity" type (default)
	// or just "one".
	ACLSlot string

	// PublishIDStable gives an API the same publish id each time it is published in an environment.
	PublishIDStable bool

	// BindingsVisibleAfter delays what lists of bindings show after a bind or unbind.
	BindingsVisibleAfter Lag

	// AppSecret is how reads of an app show its secret: "clear" (default) or "masked". The answer to
	// its creation always shows it.
	AppSecret string

	// PluginSecret is how secrets inside plugin contents come back: "absent" (default) or "masked".
	PluginSecret string

	// PluginContents is what becomes of plugin types, and of members and words of contents, that the reference
	// does not list: they are "known" no more than it says and refused (default), or kept as by a "newer" gateway.
	PluginContents string

	// InstanceWideAuths is whether the list of authorized apps works without an API: "allowed"
	// (default) or "refused" with 400 APIG.2012.
	InstanceWideAuths string

	// DeleteBound is what deleting a throttle that is bound does: "refused" with 403 APIG.3451
	// (default) or "cascade", which takes its bindings along. ACLs and plugins always refuse.
	DeleteBound string

	// UpdateOmittedLimit is what leaving an optional limit out of a throttle's update does to it:
	// "clears" (default) or "keeps".
	UpdateOmittedLimit string

	// EmptyRemark is what an empty remark in the update of an app or plugin does to the old one:
	// "clears" (default) or "keeps".
	EmptyRemark string

	// OmittedRemark is what leaving the remark out of an update of any kind but APIs does to the old one: "keeps"
	// (default) or "clears".
	OmittedRemark string

	// SignSecret is how lists and updates of signature keys show the secret: "clear" (default) or "masked". The answer
	// to a creation always shows it.
	SignSecret string

	// OmittedSignKey is what leaving key and secret out of the update of a signature key does: they are made "anew"
	// (default), as one recorded run shows, or "kept".
	OmittedSignKey string

	// OmittedHealthCheck is what leaving the health check out of the update of a channel does to the old one: "keeps"
	// (default) or "removes".
	OmittedHealthCheck string

	// NewerMembers is what becomes of a member that the gateway has in each object, and in each part of one, beyond the
	// reference: there is none ("absent", default), an update that leaves it out resets it ("kept"), or it is told and
	// refused when it is sent ("refused").
	NewerMembers string

	// FeatureChanges is how often a feature can change: "once-a-minute" (default), else 409 APIG.3711, or "any-time".
	FeatureChanges string

	// DomainRedirect is whether groups tell of their domains that these redirect to HTTPS: "untold" (default) or "told".
	DomainRedirect string

	// ResponseLists is what the list of a group's gateway responses tells of them: the "whole" (default), or "names" alone.
	ResponseLists string

	// ChannelSecret is how the password of a Nacos registry comes back in a channel: "absent" (default), "masked" or "clear";
	// with "no-user" nothing comes back of who asks the registry.
	ChannelSecret string

	// ListedAPIs is whether lists of APIs tell what these refer to, as the vendor's SDK has it: it is "told" (default), or
	// "untold": neither authorizers nor gateway responses, nor backends when they are asked for.
	ListedAPIs string

	// WrongToken is who refuses a token that is wrong: the "service" (default) with 401 APIG.1002, or APIC.7102 where
	// the operation is about instances, or the "front-door" with 401 APIGW.0301.
	WrongToken string

	// BindPartial is what one unknown publish id does to the rest of a bind: "fail-whole" (default)
	// or "fewer-items" in the answer.
	BindPartial string

	// DetachMissing is the status of detaching a plugin from an API that does not have it: "204"
	// (default) or "404".
	DetachMissing string

	// BatchMax is the largest number of items in one bind, unbind, batch deletion or authorization
	// (apps times APIs); more are refused with 400 APIG.2012. 0 means no such limit. The documented
	// limits of plugin attachment (500) and batch publication (1000) hold always.
	BatchMax int

	// ACLValueOrder is how the entries of an ACL come back: "keep" (default) their order or "sort".
	ACLValueOrder string

	// AppSwitch is the instance's APP_KEY_SECRET_SWITCH: "on" (default) lets callers choose keys and
	// secrets of apps. A value in the state file's quotas wins over it.
	AppSwitch string

	// SerialWrites refuses a write with 500 APIG.3500 while another to the same plugin and
	// environment, API and environment, or app and environment is in flight.
	SerialWrites bool

	// Cloud is the cloud that the gateway stands in: "huawei" (default), or "otc", which lacks some operations and members.
	Cloud string

	// NullLists leaves empty lists out of answers and makes empty tags null.
	NullLists bool

	// Trail is whether the project's audit trail answers: "on" (default), only at its "older" address, "denied" for want
	// of the permission, or "off" with 404.
	Trail string

	// TrailIDs is what its records have as id of the resource: that of the "object" (default), of the "gateway", or
	// "none", and no name then.
	TrailIDs string

	// TrailBodies is how its records hold requests and answers: as "texts" (default), as "objects", or "none".
	TrailBodies string

	// TrailNames is which of the two documented sets of names its records have: the "new" (default) or the "old" one.
	TrailNames string

	// OfflineOffset makes the list of an ACL's APIs ignore offset, as old instances did.
	OfflineOffset bool
}

// Lag is how late lists are: a change shows after so many reads of a list, or after a time. The zero
// value shows it at once.
type Lag struct {
	Reads int           // reads of the list concerned that still miss the change
	Time  time.Duration // how long it is missed
}
