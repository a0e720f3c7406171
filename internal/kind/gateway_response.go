package kind

import (
	"maps"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
)

// GatewayResponse defines the answers that callers get if the gateway itself refuses a call. Errors that it does not
// name get the gateway's default answers. API reference: "Gateway Response Management".
type GatewayResponse struct {
	Name    string                 `json:"name"`
	Errors  map[string]ErrorAnswer `json:"errors,omitempty"` // by type of error
	Unclear `json:"-"`
}

// ErrorAnswer is the answer to calls that end with one type of error.
type ErrorAnswer struct {
	Status  int64             `json:"status,omitempty"` // 0 means the status of the error itself
	Body    *string           `json:"body,omitempty"`
	Headers map[string]string `json:"headers,omitempty"`
}

type gatewayResponseWire struct {
	ID      string                     `json:"id,omitempty"`
	Name    string                     `json:"name"`
	Answers map[string]errorAnswerWire `json:"responses"`
}

type errorAnswerWire struct {
	Status    *int64       `json:"status,omitempty"`
	Body      *string      `json:"body"`
	Headers   []headerWire `json:"headers,omitempty" key:"key"`
	Untouched bool         `json:"default,omitempty"`
}

type headerWire struct {
	Name  string `json:"key"`
	Value string `json:"value"`
}

// builtInResponse exists in every group from the start and cannot be deleted.
const builtInResponse = "default"

// ownAnswer is the gateway's default body for every error.
const ownAnswer = `{"error_code":"$context.error.code","error_msg":"$context.error.message","request_id":"$context.requestId"}`

// ownStatuses are the gateway's default statuses, by error; 0 if the status of the error itself is kept, or the default
// is not documented.
var ownStatuses = map[string]int64{
	"ACCESS_DENIED": 403, "AUTH_FAILURE": 401, "AUTH_HEADER_MISSING": 401, "AUTHORIZER_CONF_FAILURE": 500, "AUTHORIZER_FAILURE": 500,
	"AUTHORIZER_IDENTITIES_FAILURE": 401, "BACKEND_TIMEOUT": 504, "BACKEND_UNAVAILABLE": 502, "NOT_FOUND": 404, "REQUEST_PARAMETERS_FAILURE": 400,
	"THROTTLED": 429, "UNAUTHORIZED": 401, "DEFAULT_4XX": 0, "DEFAULT_5XX": 0, "THIRD_AUTH_FAILURE": 401, "THIRD_AUTH_IDENTITIES_FAILURE": 401,
	"THIRD_AUTH_CONF_FAILURE": 500, "ORCHESTRATION_PARAMETER_NOT_FOUND": 0, "ORCHESTRATION_FAILURE": 0, "OIDC_AUTH_TOKEN_VERIFY_FAIL": 0,
	"OIDC_AUTH_GET_DISCOVERY_ERROR": 0, "OIDC_AUTH_CODE_FLOW_FAIL": 0, "JWT_AUTH_FAILURE": 0,
}

var gatewayResponseList = shape.OfList("What the gateway answers when it refuses a call itself. Every group has the response default, which is never created or deleted.",
	shape.OfMap("A gateway response.",
		shape.Required("name", shape.OfText("Name of the response, unique in the group. It identifies the response.", shape.Length(1, 64),
			shape.Pattern(`[A-Za-z0-9_-]+`, "letters, digits, _ and -")).WithExample("orders_errors").WithSamples("orders_errors", builtInResponse, "v2-errors")),
		shape.Optional("errors", shape.OfEach("Answers by type of error, such as THROTTLED.", errorAnswerShape).WithKnownNames(slices.Sorted(maps.Keys(ownStatuses))...).
			WithAbsent("every error gets the gateway's own answer, as do errors that are not named here")),
	).WithExample(map[string]any{"name": "orders_errors", "errors": map[string]any{
		"THROTTLED": map[string]any{"status": int64(429), "body": `{"error":"slow down"}`, "headers": map[string]any{"Retry-After": "1"}},
	}}),
	distinctBy("response", "name")).WithAbsent("not managed; [] means none except default")

var errorAnswerShape = shape.OfMap("The answer to calls that end with this error.",
	shape.Optional("status", shape.OfInteger("HTTP status.", shape.Range(200, 599), otherThan444).WithUnit("HTTP status").WithExample(int64(429)).WithAbsent("the status of the error itself")),
	shape.Optional("body", shape.OfText("Body, which may contain variables such as $context.error.message.").
		WithDefault(ownAnswer).WithSamples(`{"error":"slow down"}`, `{"error":"$context.error.message"}`, "sorry, 抱歉")),
	shape.Optional("headers", shape.OfEach("Headers by name.", shape.OfText("Value.", shape.Length(1, 1024), withoutBrackets).WithExample("1")).
		WithRules(tenHeaders, headerNames).WithExample(map[string]any{"Retry-After": "1"}).WithAbsent("none")),
)

var (
	otherThan444 = shape.Rule{Text: "not 444", Keywords: map[string]any{"not": map[string]any{"const": 444}}, Hint: "write another status", Check: func(v any) string {
		if v == int64(444) {
			return "444 is not taken"
		}
		return ""
	}}
	withoutBrackets = shape.Test(func(s string) string {
		if strings.Contains(s, "[[") || strings.Contains(s, "]]") {
			return "contains [[ or ]]"
		}
		return ""
	}, "remove them").Described("without [[ and ]]")
	tenHeaders = shape.Test(func(m map[string]any) string {
		if len(m) > 10 {
			return "has " + itoa(int64(len(m))) + " entries; at most 10 are allowed"
		}
		return ""
	}, "").Described("at most 10").WithKeyword("maxProperties", 10)
	headerName  = shape.Pattern(`[A-Za-z0-9-]{1,128}`, "letters, digits and -, at most 128")
	headerNames = shape.Test(func(m map[string]any) string {
		for _, name := range slices.Sorted(maps.Keys(m)) {
			if wrong := headerName.Check(name); wrong != "" {
				return "names a header that is not allowed: " + wrong
			}
		}
		return ""
	}, headerName.Hint).Described("names of " + headerName.Text)
)

var gatewayResponse = of(Def[GatewayResponse, gatewayResponseWire]{
	Facts: Facts{
		Name: "gateway_response", Trail: "ApiGroup:GatewayResponse", Owner: AGroup, Field: "responses", Shape: gatewayResponseList.Items,
		Path: "api-groups/{group}/gateway-responses", ListField: "responses", BuiltIn: []string{builtInResponse},
		ListShowsAll: true, // the example of the operation "Querying Group Responses" has only names
		ReadOnly:     []string{"default"},
		Ops: Operations{
			List: "ListGatewayResponsesV2", Show: "ShowDetailsOfGatewayResponseV2", Create: "CreateGatewayResponseV2", Update: "UpdateGatewayResponseV2", Delete: "DeleteGatewayResponseV2",
		},
	},
	Hooks: Hooks[GatewayResponse]{
		Normalize: eachAnswer(func(kind string, a ErrorAnswer) ErrorAnswer {
			if a.Status == 0 {
				a.Status = ownStatuses[kind]
			}
			if a.Body == nil {
				a.Body = new(ownAnswer)
			}
			if len(a.Headers) == 0 {
				a.Headers = nil
			}
			return a
		}),
		Compared: comparedResponse,
		Concise: eachAnswer(func(kind string, a ErrorAnswer) ErrorAnswer {
			if a.Status == ownStatuses[kind] {
				a.Status = 0
			}
			return a
		}),
		// If a file gives no status and the default is not documented, any status of the gateway is accepted.
		Adopt: func(want, have GatewayResponse) GatewayResponse {
			return eachAnswer(func(kind string, a ErrorAnswer) ErrorAnswer {
				if w, ok := want.Errors[kind]; ok && w.Status == 0 {
					a.Status = 0
				}
				return a
			})(have)
		},
	},
	Key: func(group string, r GatewayResponse) string { return JoinKey(group, r.Name) },
	Encode: func(w Writing[GatewayResponse]) (any, error) {
		out := gatewayResponseWire{Name: w.Want.Name, Answers: map[string]errorAnswerWire{}}
		for kind, a := range w.Want.Errors {
			one := errorAnswerWire{Status: optional(a.Status), Body: a.Body}
			for _, name := range slices.Sorted(maps.Keys(a.Headers)) {
				one.Headers = append(one.Headers, headerWire{name, a.Headers[name]})
			}
			out.Answers[kind] = one
		}
		return out, nil
	},
	Decode: func(w gatewayResponseWire) Found[GatewayResponse] {
		r := GatewayResponse{Name: w.Name, Errors: map[string]ErrorAnswer{}}
		for kind, told := range w.Answers {
			if told.Untouched {
				continue
			}
			a := ErrorAnswer{Status: value(told.Status), Body: told.Body}
			for _, h := range told.Headers {
				if a.Headers == nil {
					a.Headers = map[string]string{}
				}
				a.Headers[h.Name] = h.Value
			}
			r.Errors[kind] = a
		}
		return Found[GatewayResponse]{ID: w.ID, Value: r, Bound: Unknown, Omitted: omitted(map[string]bool{"/errors": w.Answers != nil})}
	},
})

// comparedResponse leaves out answers that equal the gateway's default answers. Lists do not reliably mark these as
// default.
func comparedResponse(r GatewayResponse) GatewayResponse {
	said := maps.Clone(r.Errors)
	maps.DeleteFunc(said, func(kind string, a ErrorAnswer) bool {
		own, known := ownStatuses[kind]
		return known && a.Status == own && value(a.Body) == ownAnswer && len(a.Headers) == 0
	})
	r.Errors = said
	return r
}

// eachAnswer returns a hook that changes each answer of a response.
func eachAnswer(change func(kind string, a ErrorAnswer) ErrorAnswer) func(GatewayResponse) GatewayResponse {
	return func(r GatewayResponse) GatewayResponse {
		out := make(map[string]ErrorAnswer, len(r.Errors))
		for kind, a := range r.Errors {
			out[kind] = change(kind, a)
		}
		r.Errors = out
		return r
	}
}
