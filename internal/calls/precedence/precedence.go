// Package precedence states which policies decide about a call, and which policy overrides which. It holds each rule
// once, with the vendor's page that states it. Packages that explain a gateway and packages that answer questions about files
// use the same rules.
package precedence

// Rule is one statement of the vendor about calls.
type Rule struct {
	ID     string // stable: reports and documentation refer to it
	Text   string // what it says, in a sentence without a full stop
	Source string // title of the vendor's page, or Unsourced
}

// Unsourced marks a rule that gateways are known to follow, but that no page of the vendor states as far as we know.
const Unsourced = "none known: no page of the vendor that we know says so"

// The rules, in the order in which they matter for a call.
var (
	Route = Rule{
		"route", "an API takes the calls with its method (ANY takes those that no other API with the path takes) and its path, in which each {parameter} matches one segment; with match_mode SWA also all paths below it",
		"API reference: Creating an API (req_method, req_uri, match_mode); user guide: x-apigateway-match-mode, x-apigateway-any-method",
	}
	RouteOrder = Rule{
		"route_order", "if several APIs match a call, the one with exactly its path comes first, then those with {parameters}, then those with match_mode SWA, among which the longest path wins",
		Unsourced,
	}
	Published = Rule{
		"published", "an API takes calls only in the environments in which it is published; policies can be bound to it only there",
		"User guide: Publishing an API",
	}
	Authentication = Rule{
		"authentication", "auth_type says how callers must authenticate: NONE not at all, APP as an app, IAM as a user of the cloud, AUTHORIZER as the custom authorizer decides",
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
		"acl_account", "ACLs of account names (DOMAIN) or ids (DOMAIN_ID) apply to callers that IAM authenticates",
		"User guide: Access Control",
	}
	SeveralACLs = Rule{
		"acl_several", "ACLs of different entity types all apply, and a caller must pass each of them; but the API reference gives an API only one ACL",
		"User guide: Access Control; API reference: Access Control Policy Management",
	}
	AllowListFirst = Rule{
		"acl_allow_list", "if one API has a PERMIT and a DENY of the same entity type, only the PERMIT counts",
		Unsourced,
	}
	AuthPlugin = Rule{
		"auth_plugin", "a third_auth, oidc_auth or jwt_auth plugin requires credentials of its own and refuses callers without them",
		"API reference: Plug-in Management",
	}
	OnePlugin = Rule{
		"one_plugin", "an API takes one plugin of each type in an environment, and plugins of different types work together",
		"API reference: Plug-in Management",
	}
	RateLimit = Rule{
		"rate_limit", "a rate_limit plugin replaces a throttle, which then has no effect",
		"User guide: Request Throttling 2.0",
	}
	Throttle = Rule{
		"throttle", "all limits of a throttle apply (in total, per user, per app, per address); the lowest is reached first",
		"API reference: Request Throttling Policy Management",
	}
	Special = Rule{
		"special", "a special limit replaces app_call_limits or user_call_limits for its app or user",
		"API reference: Excluded Request Throttling Configuration",
	}
	Counted = Rule{
		"counted", "limits per app apply to callers that authenticate as an app (auth_type APP), limits per user to those with APP or IAM; other callers count as neither",
		Unsourced,
	}
	Shared = Rule{
		"shared", "the calls of all APIs bound to a policy count together if its type is shared (throttle) or its scope is share (rate_limit); otherwise each API counts separately",
		"API reference: Request Throttling Policy Management; RateLimitContent",
	}
	Default = Rule{
		"default", "the gateway limits an API with neither a throttle nor a rate_limit plugin to 200 calls a second, unless its feature ratelimit says otherwise",
		"API reference: Gateway Feature Management",
	}
	DefaultBound = Rule{
		"default_bound", "the gateway's own limit is also described as an upper bound for throttles, which can be raised",
		"API reference: Request Throttling Policy Management",
	}
	Quota = Rule{
		"quota", "an app quota limits the calls of each of its apps over all APIs together, in addition to the limits of each API; an app has one quota",
		"API reference: Client Quota Management",
	}
	CORS = Rule{
		"cors", "a cors plugin replaces the API's own cors setting",
		"API reference: Plug-in Management",
	}
)

// All lists the rules in that order.
var All = []Rule{
	Route, RouteOrder, Published, Authentication, Authorization, AppAccess, ACL, ACLByAccount, SeveralACLs, AllowListFirst, AuthPlugin,
	OnePlugin, RateLimit, Throttle, Special, Counted, Shared, Default, DefaultBound, Quota, CORS,
}

// DefaultCalls is how many calls a second the gateway allows for an API without other limits, unless its
// feature ratelimit says otherwise.
const DefaultCalls = 200

// ReplacesThrottle reports whether a plugin of the type replaces a throttle (rule RateLimit).
func ReplacesThrottle(pluginType string) bool { return pluginType == "rate_limit" }

// ReplacesCORS reports whether a plugin of the type replaces an API's own cors setting (rule CORS).
func ReplacesCORS(pluginType string) bool { return pluginType == "cors" }

// Authenticates reports whether a plugin of the type checks credentials of callers (rule AuthPlugin).
func Authenticates(pluginType string) bool {
	return pluginType == "third_auth" || pluginType == "oidc_auth" || pluginType == "jwt_auth"
}

// NeedsApp reports whether an API of the auth_type lets in only authorized apps (rule
// Authorization).
func NeedsApp(authType string) bool { return authType == "APP" }

// Counts reports whether a policy's limits per "app", "user", "ip" or "api" apply to callers of an API of the
// auth_type (rule Counted).
func Counts(per, authType string) bool {
	return per != "app" && per != "user" || NeedsApp(authType) || per == "user" && KnowsAccount(authType)
}

// KnowsAccount reports whether an API of the auth_type certainly knows the account of a caller, so that ACLs of
// account names and ids apply (rule ACLByAccount).
func KnowsAccount(authType string) bool { return authType == "IAM" }

// ByAccount reports whether ACLs of the entity type look at the account of a caller, not at the address.
func ByAccount(entityType string) bool { return entityType != "IP" }
