package kind

import (
	"cmp"

	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
)

// Authorizer lets a function decide who may call. API reference: "Custom Authorizer Management".
type Authorizer struct {
	Name       string     `json:"name"`
	Type       string     `json:"type"`         // FRONTEND or BACKEND; fixed at creation
	URI        string     `json:"uri"`          // of the function, without its version
	Version    string     `json:"version"`      // ignored if there is an alias
	AliasURI   string     `json:"alias_uri"`    // "" means none; takes precedence over Version
	Network    string     `json:"network_type"` // V1 or V2
	Identities []Identity `json:"identities"`   // a set
	TTL        int64      `json:"ttl"`          // seconds for which an answer is cached; 0 means that none is
	NeedBody   bool       `json:"need_body"`
	UserData   string     `json:"user_data"`
	Unclear    `json:"-"`
}

// Identity is a parameter of a call. The authorizer's answers are cached separately for each of its values.
type Identity struct {
	Name       string `json:"name"`
	Location   string `json:"location"`   // HEADER or QUERY
	Validation string `json:"validation"` // "" means none
}

type authorizerWire struct {
	ID         string         `json:"id,omitempty"`
	Name       string         `json:"name"`
	Type       *string        `json:"type"`
	Kind       string         `json:"authorizer_type"`
	URI        *string        `json:"authorizer_uri"`
	Version    string         `json:"authorizer_version,omitempty"`
	AliasURI   *string        `json:"authorizer_alias_uri"`
	Network    string         `json:"network_type"`
	Identities []identityWire `json:"identities" key:"location,name"`
	TTL        int64          `json:"ttl"`
	NeedBody   bool           `json:"need_body"`
	UserData   *string        `json:"user_data"`
}

type identityWire struct {
	Name       string  `json:"name"`
	Location   string  `json:"location"`
	Validation *string `json:"validation,omitempty"`
}

var authorizer = of(Def[Authorizer, authorizerWire]{
	Facts: Facts{
		Name: "authorizer", Trail: "Authorizer", Section: "authorizers", Path: "authorizers", ListField: "authorizer_list",
		ReadOnly: []string{"ld_api_id", "roma_app_id", "roma_app_name"},
		Codes:    Codes{Gone: []string{"APIG.3081"}}, DefaultLimit: 50,
		Immutable: []string{"/type"},
		Ops: Operations{
			List: "ListCustomAuthorizersV2", Create: "CreateCustomAuthorizerV2", Update: "UpdateCustomAuthorizerV2", Delete: "DeleteCustomAuthorizerV2",
		},
		Shape: shape.OfMap("A custom authorizer: a function that decides who may call (FRONTEND), or what is passed on to the backend (BACKEND).",
			shape.Required("name", name("authorizer", "token_check", 64)),
			shape.Required("type", shape.OfText("FRONTEND decides who may call; BACKEND decides what is passed on to the backend.", shape.OneOf("FRONTEND", "BACKEND")).AsImmutable()),
			shape.Required("uri", shape.OfText("URN of the function, without a version.", shape.Length(1, 255)).WithExample("urn:fss:cn-north-4:0123456789abcdef0123456789abcdef:function:default:check")),
			shape.Optional("version", shape.OfText("Version of the function. Ignored if alias_uri is set.", shape.Length(1, 64)).WithDefault("latest").WithExample("v1")),
			shape.Optional("alias_uri", shape.OfText("URN of an alias of the function.", shape.Length(0, 255)).WithDefault("").WithExample("urn:fss:cn-north-4:0123456789abcdef0123456789abcdef:function:default:check:!live")),
			shape.Optional("network_type", shape.OfText("Version of the network framework through which the function is called.", shape.OneOf("V1", "V2")).WithDefault("V1")),
			shape.Optional("identities", shape.OfList("Parameters that identify a caller, for type FRONTEND only. Required if ttl is above 0.", shape.OfMap("A parameter.",
				shape.Required("name", shape.OfText("Name of the header or query parameter.", shape.Length(1, 64)).WithExample("Token").WithSamples("Token", "X-Tenant", "user")),
				shape.Required("location", shape.OfText("Where the parameter is in the request.", shape.OneOf("HEADER", "QUERY"))),
				shape.Optional("validation", shape.OfText("Expression that its value must satisfy.", shape.Length(0, 2048)).WithDefault("").WithExample("^[0-9a-f]+$")),
			)).KeyedBy("location", "name").WithAbsent("none")),
			shape.Optional("ttl", shape.OfInteger("How long an answer of the function is cached; 0 means not at all.", shape.Range(0, 3600)).WithUnit("seconds").WithDefault(int64(0)).WithExample(int64(60)).
				InContext("identities", []any{map[string]any{"name": "Token", "location": "HEADER"}})),
			shape.Optional("need_body", shape.OfBool("Whether the function gets the body of the request.").WithDefault(false)),
			shape.Optional("user_data", shape.OfText("Text that is passed to the function. It is not a secret: the gateway shows it.", shape.Length(0, 2048)).WithDefault("").WithExample("shop")),
		),
	},
	Hooks: Hooks[Authorizer]{
		Normalize: func(a Authorizer) Authorizer {
			a.Network, a.Version = cmp.Or(a.Network, "V1"), cmp.Or(a.Version, "latest")
			if len(a.Identities) == 0 {
				a.Identities = nil
			}
			return a
		},
		Check: checkAuthorizer,
	},
	Key: func(_ string, a Authorizer) string { return a.Name },
	Encode: func(w Writing[Authorizer]) (any, error) {
		a := w.Want
		out := authorizerWire{
			Name: a.Name, Type: &a.Type, Kind: "FUNC", URI: &a.URI, Version: a.Version, AliasURI: &a.AliasURI, Network: a.Network,
			Identities: make([]identityWire, len(a.Identities)), TTL: a.TTL, NeedBody: a.NeedBody, UserData: &a.UserData,
		}
		for i, x := range a.Identities {
			out.Identities[i] = identityWire{Name: x.Name, Location: x.Location}
			if x.Validation != "" {
				out.Identities[i].Validation = &x.Validation
			}
		}
		return out, nil
	},
	Decode: func(w authorizerWire) Found[Authorizer] {
		a := Authorizer{
			Name: w.Name, Type: value(w.Type), URI: value(w.URI), Version: w.Version, AliasURI: value(w.AliasURI), Network: w.Network,
			TTL: w.TTL, NeedBody: w.NeedBody, UserData: value(w.UserData),
		}
		for _, x := range w.Identities {
			a.Identities = append(a.Identities, Identity{Name: x.Name, Location: x.Location, Validation: value(x.Validation)})
		}
		return Found[Authorizer]{ID: w.ID, Value: a, Bound: Unknown, Omitted: omitted(map[string]bool{"/type": w.Type != nil, "/uri": w.URI != nil})}
	},
})

func checkAuthorizer(a Authorizer) (out []shape.Problem) {
	switch {
	case a.Type == "BACKEND" && len(a.Identities) > 0:
		out = append(out, shape.Problem{Path: "/identities", Text: "are only for type FRONTEND", Hint: "remove them, or write type: FRONTEND"})
	case a.Type == "FRONTEND" && a.TTL > 0 && len(a.Identities) == 0:
		out = append(out, shape.Problem{Path: "/ttl", Text: "needs identities, since answers are cached by them", Hint: "add identities, or write ttl: 0"})
	}
	seen := map[[2]string]bool{}
	for i, x := range a.Identities {
		if at := [2]string{x.Location, x.Name}; seen[at] {
			out = append(out, shape.Problem{Path: "/identities/" + itoa(int64(i)), Text: "names " + x.Name + " (" + x.Location + ") twice", Hint: "remove one of them"})
		} else {
			seen[at] = true
		}
	}
	return out
}
