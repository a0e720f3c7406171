package intent

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
	"github.com/apigw-sync/apigw-sync/internal/spec"
)

// Version is what the key version of a file of cases must say.
const Version = "apigw-sync/cases/v1"

const uncertainWord = "uncertain"

var (
	nameText  = shape.OfText("A name.", shape.Length(1, 0)).WithExample("orders_mobile")
	envText   = shape.OfText("Name of an environment.", shape.Length(1, 64)).WithExample("RELEASE")
	authText  = shape.OfText("How callers must identify themselves.", shape.OneOf("NONE", "APP", "IAM", "AUTHORIZER")).WithAbsent("not known")
	modeText  = shape.OfText("Whether the path must match as a whole (NORMAL) or its beginning is enough (SWA).", shape.OneOf("NORMAL", "SWA")).WithDefault("NORMAL")
	methods   = []string{"GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"}
	routePath = shape.OfText("Path, as the API has it.", shape.Length(1, 512), shape.Test(brokenPath, "begin it with /").Described("begins with /")).WithExample("/v1/orders/{id}")
	callPath  = shape.OfText("Path that is called, without a query string.", shape.Length(1, 0), shape.Test(brokenCallPath, "write it like /v1/orders/17").Described("begins with /, without ? and #")).WithExample("/v1/orders/17")
	address   = ip("An address.")
	calls     = shape.Range(1, 1<<31-1)
)

func brokenPath(s string) string {
	if !strings.HasPrefix(s, "/") {
		return fmt.Sprintf("%q does not begin with /", s)
	}
	return ""
}

func brokenCallPath(s string) string {
	if strings.ContainsAny(s, "?#") {
		return fmt.Sprintf("%q is more than a path", s)
	}
	return brokenPath(s)
}

// ip describes one address.
func ip(doc string) *shape.Shape {
	return shape.OfText(doc, shape.Test(brokenAddress, "write one address, such as 10.0.0.1").Described("one IPv4 or IPv6 address")).WithExample("10.0.0.1")
}

func brokenAddress(s string) string {
	if _, err := netip.ParseAddr(s); err != nil {
		return fmt.Sprintf("%q is not an address", s)
	}
	return ""
}

// word returns a rule for some words; the hint also names the other forms that are allowed.
func word(hint string, words ...string) shape.Rule {
	r := shape.OneOf(words...)
	r.Hint = hint
	return r
}

// several returns one text, or a list of texts, each of which makes a case of its own.
func several(one *shape.Shape, doc string) *shape.Shape {
	return shape.OfEither(doc+" A list asks for each of them.", one, shape.OfList(doc, one, shape.Count(1, 0)))
}

var apiShape = shape.OfMap("An API that the files refer to. What is left out is not known, and answers that depend on it are uncertain.",
	shape.Required("group", nameText),
	shape.Required("name", nameText),
	shape.Required("method", shape.OfText("HTTP method, as the API has it.", shape.OneOf(append([]string{"ANY"}, methods...)...))),
	shape.Required("path", routePath),
	shape.Optional("match_mode", modeText),
	shape.Optional("auth_type", authText),
	shape.Optional("published", shape.OfList("Environments in which it is published.", envText).WithAbsent("not known; [] means nowhere")),
	shape.Optional("tags", shape.OfList("Its tags.", nameText).WithAbsent("not known; [] means none")),
)

var callShape = shape.OfMap("A call: what is called, by whom and from where. What is left out is not known.",
	shape.Optional("api", several(spec.APIAddress, "The API as group/name, instead of method and path.")),
	shape.Optional("method", shape.OfText("HTTP method that is called.", shape.OneOf(methods...))),
	shape.Optional("path", callPath),
	shape.Optional("environment", several(envText, "Environment that is called.")),
	shape.Optional("app", several(nameText, "Name of the app as which the caller identifies itself.")),
	shape.Optional("app_id", shape.OfText("Id of that app at the gateway, by which rate_limit plugins know it.", shape.Length(1, 64))),
	shape.Optional("user", shape.OfText("The user as special limits name it.", shape.Length(1, 64))),
	shape.Optional("domain", shape.OfText("Name of the caller's account, as ACLs of the type DOMAIN list it.", shape.Length(1, 64))),
	shape.Optional("domain_id", shape.OfText("Id of the caller's account, as ACLs of the type DOMAIN_ID list it.", shape.Length(1, 64))),
	shape.Optional("from", several(address, "Address that the call comes from.")),
	shape.Optional("proxy", ip("Address of a proxy between caller and gateway.")),
	shape.Optional("anonymous", shape.OfBool("Whether the caller does not identify itself: no app, no user, no account.").WithDefault(false)),
)

// How many calls in which period.
var (
	callsField    = shape.Required("calls", shape.OfInteger("Calls in a period.", calls).WithExample(int64(100)))
	intervalField = shape.Optional("interval", shape.OfInteger("Length of the period, in unit.", calls).WithDefault(int64(1)))
	unitField     = shape.Optional("unit", shape.OfText("Unit of the period.", shape.OneOf("SECOND", "MINUTE", "HOUR", "DAY")).WithDefault("SECOND"))
)

var limitShape = shape.OfMap("The lowest limit that applies to the call, or the limit of what per names.",
	callsField, intervalField, unitField,
	shape.Optional("per", shape.OfText("Whose calls count: those of the app, of the user, from the address (ip), or all of the API (api).", shape.OneOf(perWords...)).WithAbsent("whichever is lowest")),
	shape.Optional("shared", shape.OfBool("Whether calls of all APIs bound to the policy count together.").WithAbsent("either")),
	shape.Optional("by", shape.OfText("Address of what sets the limit, such as throttle/orders_basic.", shape.Length(1, 0)).WithAbsent("anything").WithExample("throttle_special/orders_basic/app:orders_mobile")),
)

var quotaShape = shape.OfMap("The quota of the app.",
	callsField, intervalField, unitField,
	shape.Optional("by", shape.OfText("Address of the quota, such as app_quota/partner_daily.", shape.Length(1, 0)).WithAbsent("anything").WithExample("app_quota/partner_daily")),
)

var expectShape = shape.OfMap("The expected answer. Only the keys that are given are checked.",
	shape.Optional("allowed", shape.OfEither("Whether the call gets through: true, false, or uncertain.",
		shape.OfBool("Whether the call gets through."), shape.OfText("The files do not settle it.", word("write true, false or uncertain", uncertainWord)))),
	shape.Optional("denied_by", shape.OfText("What keeps the call out: acl/NAME, app_access_control/APP, authorization, authentication or publication.", shape.Length(1, 0)).WithExample("acl/orders_office")),
	shape.Optional("limit", shape.OfEither("How often the caller may call the API: a limit, none, or uncertain.",
		limitShape, shape.OfText("There is none, or the files do not settle it.", word("write {calls: 100, unit: SECOND}, none or uncertain", "none", uncertainWord)))),
	shape.Optional("quota", shape.OfEither("How often the app of the call may call over all APIs: a quota, none, or uncertain.",
		quotaShape, shape.OfText("It has none, or the files do not settle it.", word("write {calls: 10000, unit: DAY}, none or uncertain", "none", uncertainWord)))),
	shape.Optional("plugins", shape.OfEither("Names of all plugins that are in force for the API, or uncertain.",
		shape.OfList("Names of plugins.", nameText), shape.OfText("The files do not settle it.", word("write [name, name] or uncertain", uncertainWord)))),
)

var caseShape = shape.OfMap("A question and its answer, or a table of them.",
	shape.Required("name", shape.OfText("What the case checks, for people; unique.", shape.Length(1, 200)).WithExample("the shop's app creates orders")),
	shape.Optional("call", callShape),
	shape.Optional("expect", expectShape),
	shape.Optional("each", shape.OfList("Several calls: the keys of each row override those of call, and its expectations those of expect.",
		callShape.And(shape.Optional("name", shape.OfText("What is special about this row, for people.", shape.Length(1, 200))), shape.Optional("expect", expectShape)), shape.Count(1, 0))),
)

var fileShape = shape.OfMap("Cases for apigw-sync test: what desired-state files must mean for calls.",
	shape.Required("version", shape.OfText("Version of the format.", shape.OneOf(Version)).WithExample(Version)),
	shape.Optional("environment", envText),
	shape.Optional("unmanaged", shape.OfText("How to treat collections that the files leave out (apis, apps, specials, access_control) and so do not manage: as empty, or as not known.", shape.OneOf("none", "unknown")).WithDefault("unknown")),
	shape.Optional("default_limit", shape.OfInteger("Calls a second that the gateway allows for an API that nothing else limits.", calls).WithExample(int64(200)).WithAbsent("not known")),
	shape.Optional("apis", shape.OfList("APIs that the files refer to, for runs without --against.", apiShape)),
	shape.Optional("cases", shape.OfList("The cases.", caseShape)),
)

// Schema returns the JSON Schema (2020-12) of a file of cases, for editors.
func Schema() map[string]any {
	root := fileShape.JSONSchema()
	root["$schema"], root["title"] = shape.Draft, "apigw-sync cases"
	root["$defs"] = map[string]any{shape.VariableDef: shape.Variable()}
	root["type"] = []any{"object", "null"} // a document may be empty
	return root
}
