// Package precedence states which policy decides about a call, and which gives way to which. Every rule
// stands here once, with the page of the vendor that says so; what tells people about a gateway, and what
// answers questions about files, both go by it.
package precedence

// Rule is one statement of the vendor about calls.
type Rule struct {
	ID     string // stable: reports and documentation go by it
	Text   string // what it says, in a sentence without a full stop
	Source string // title of the vendor's page, or Unsourced
}

// Unsourced marks a rule that gateways are known to follow and no page of the vendor's that we know states.
const Unsourced = "none known: no page of the vendor that we know says so"

// The rules in the order in which an answer comes to them.
var (
	Route = Rule{
		"route", "an API takes the calls of its method (ANY takes those that no other API of the path takes) and of its path, in which {parameters} stand for one part; with match_mode SWA also the paths below",
		"API reference: Creating an API (req_method, req_uri, match_mode); user guide: x-apigateway-match-mode, x-apigateway-any-method",
	}
	RouteOrder = Rule{
		"route_order", "of several APIs that take a call, the one with exactly its path comes first, then those with {parameters}, then those with match_mode SWA, of which the longest path wins",
		Unsourced,
	}
	Published = Rule{
		"published", "an API takes calls only in the environments in which it is published; policies can be bound to it only there",
		"User guide: Publishing an API",
	}
	Authentication = Rule{
		"authentication", "auth_type says who must identify himself: NONE nobody, APP an app, IAM a user of the cloud, AUTHORIZER whoever the custom authorizer lets in",
		"API reference: Creating an API (auth_type)",
	}
	Authorization = Rule{
		"authorization", "an API with auth_type APP lets in the apps that are authorized for it in the environment; with another auth_type authorizations have no effect",
		"API reference: App Authorization Management",
	}
	AppAccess = Rule{
		"app_access_control", "the access control of an app says from which addresses it may call, whatever the ACLs of the API say",
		"API reference: App Access Control",
	}
	ACL = Rule{
		"acl", "PERMIT lets in only the callers that it lists, DENY keeps out the callers that it lists",
		"API reference: Access Control Policy Management",
	}
	ACLByAccount = Rule{
		"acl_account", "ACLs of account names (DOMAIN) or ids (DOMAIN_ID) hold for callers that IAM authenticates",
		"User guide: Access Control",
	}
	SeveralACLs = Rule{
		"acl_several", "ACLs of different entity types hold together, a caller must pass all of them; the API reference, though, gives an API one ACL",
		"User guide: Access Control; API reference: Access Control Policy Management",
	}
	AllowListFirst = Rule{
		"acl_allow_list", "of a PERMIT and a DENY of the same entity type on one API only the PERMIT counts",
		Unsourced,
	}
	AuthPlugin = Rule{
		"auth_plugin", "a third_auth, oidc_auth or jwt_auth plugin asks for something of its own and refuses callers without it",
		"API reference: Plug-in Management",
	}
	OnePlugin = Rule{
		"one_plugin", "an API takes one plugin of each type in an environment, and plugins of several types work together",
		"API reference: Plug-in Management",
	}
	RateLimit = Rule{
		"rate_limit", "a rate_limit plugin takes the place of a throttle, which then has no effect",
		"User guide: Request Throttling 2.0",
	}
	Throttle = Rule{
		"throttle", "the limits of a throttle (in all, of a user, of an app, from an address) hold together; the lowest is met first",
		"API reference: Request Throttling Policy Management",
	}
	Special = Rule{
		"special", "a special limit takes the place of app_call_limits or user_call_limits for its app or user",
		"API reference: Excluded Request Throttling Configuration",
	}
	Counted = Rule{
		"counted", "limits per app hold for callers that an API knows by their app (auth_type APP), limits per user for those with APP or IAM; other callers are counted as neither",
		Unsourced,
	}
	Shared = Rule{
		"shared", "the calls of all APIs bound to a policy count together where its type is shared (throttle) or its scope is share (rate_limit), else each API counts alone",
		"API reference: Request Throttling Policy Management; RateLimitContent",
	}
	Default = Rule{
		"default", "an API with neither throttle nor rate_limit plugin is limited by the gateway, to 200 calls a second unless its feature ratelimit says otherwise",
		"API reference: Gateway Feature Management",
	}
	DefaultBound = Rule{
		"default_bound", "the gateway's own limit is also called an upper bound of what a throttle can allow, which can be raised",
		"API reference: Request Throttling Policy Management",
	}
	Quota = Rule{
		"quota", "an app quota limits the calls of each of its apps over all APIs together, beside what limits each API; an app has one quota",
		"API reference: Client Quota Management",
	}
	CORS = Rule{
		"cors", "a cors plugin takes the place of the API's own cors setting",
		"API reference: Plug-in Management",
	}
)

// All are the rules in their order.
var All = []Rule{
	Route, RouteOrder, Published, Authentication, Authorization, AppAccess, ACL, ACLByAccount, SeveralACLs, AllowListFirst, AuthPlugin,
	OnePlugin, RateLimit, Throttle, Special, Counted, Shared, Default, DefaultBound, Quota, CORS,
}

// DefaultCalls is how many calls a second an API takes that nothing else limits, as long as the gateway's
// feature ratelimit says nothing else.
const DefaultCalls = 200

// ReplacesThrottle reports whether a plugin of the type takes the place of a throttle (rule RateLimit).
func ReplacesThrottle(pluginType string) bool { return pluginType == "rate_limit" }

// ReplacesCORS reports whether a plugin of the type takes the place of an API's own cors setting (rule CORS).
func ReplacesCORS(pluginType string) bool { return pluginType == "cors" }

// Authenticates reports whether a plugin of the type refuses callers by what they carry (rule AuthPlugin).
func Authenticates(pluginType string) bool {
	return pluginType == "third_auth" || pluginType == "oidc_auth" || pluginType == "jwt_auth"
}

// NeedsApp reports whether an API of the auth_type lets in authorized apps and nobody else (rule
// Authorization).
func NeedsApp(authType string) bool { return authType == "APP" }

// Counts reports whether the limits of a policy per "app", "user", "ip" or "api" hold for callers of an API of the
// auth_type (rule Counted).
func Counts(per, authType string) bool {
	return per != "app" && per != "user" || NeedsApp(authType) || per == "user" && KnowsAccount(authType)
}

// KnowsAccount reports whether an API of the auth_type surely knows the account of a caller, so that ACLs of
// account names and ids hold (rule ACLByAccount).
func KnowsAccount(authType string) bool { return authType == "IAM" }

// ByAccount reports whether ACLs of the entity type look at the account of a caller, not at the address.
func ByAccount(entityType string) bool { return entityType != "IP" }
