package emulator

import (
	"cmp"
	"hash/fnv"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// gatewayResponse defines the answers to calls of a group's APIs that the gateway itself refuses.
type gatewayResponse struct {
	identity // in the scope of its group
	group    *group
	builtIn  bool
	answers  map[string]errorAnswer // by type of error; default answers are missing
}

type errorAnswer struct {
	Status  *int                `json:"status,omitempty"`
	Body    string              `json:"body"`
	Headers []errorAnswerHeader `json:"headers,omitempty"`
	Default bool                `json:"default"`
}

type errorAnswerHeader struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

type gatewayResponseBody struct {
	Name      string                 `json:"name"`
	Responses map[string]errorAnswer `json:"responses,omitempty"`
}

type gatewayResponseView struct {
	ID      string `json:"id"`
	Default bool   `json:"default"`
	Created string `json:"create_time"`
	Updated string `json:"update_time"`
	gatewayResponseBody
}

const (
	responsesPath   = "{I}/api-groups/{group_id}/gateway-responses"
	oneResponsePath = responsesPath + "/{response_id}"
	defaultAnswer   = `{"error_code":"$context.error.code","error_msg":"$context.error.message","request_id":"$context.requestId"}`
	builtInResponse = "default"
)

// errorStatuses has the types of errors and their default statuses. 0 means that there is none, or none is documented.
var errorStatuses = map[string]int{
	"ACCESS_DENIED": 403, "AUTH_FAILURE": 401, "AUTH_HEADER_MISSING": 401, "AUTHORIZER_CONF_FAILURE": 500, "AUTHORIZER_FAILURE": 500,
	"AUTHORIZER_IDENTITIES_FAILURE": 401, "BACKEND_TIMEOUT": 504, "BACKEND_UNAVAILABLE": 502, "DEFAULT_4XX": 0, "DEFAULT_5XX": 0, "NOT_FOUND": 404,
	"REQUEST_PARAMETERS_FAILURE": 400, "THROTTLED": 429, "UNAUTHORIZED": 401, "THIRD_AUTH_FAILURE": 401, "THIRD_AUTH_IDENTITIES_FAILURE": 401,
	"THIRD_AUTH_CONF_FAILURE": 500, "ORCHESTRATION_PARAMETER_NOT_FOUND": 0, "ORCHESTRATION_FAILURE": 0, "OIDC_AUTH_TOKEN_VERIFY_FAIL": 0,
	"OIDC_AUTH_GET_DISCOVERY_ERROR": 0, "OIDC_AUTH_CODE_FLOW_FAIL": 0, "JWT_AUTH_FAILURE": 0,
}

var (
	responseName     = expression(`^[A-Za-z0-9_-]{1,64}$`)
	answerHeader     = expression(`^[A-Za-z0-9-]{1,128}$`)
	responseNotFound = notFound("APIG.3001", "Gateway response %s does not exist") // the code of the real gateway is not documented
	responseInPath   = partInPath(groupInPath, func(x *group) []*gatewayResponse { return x.responses }, "response_id", responseNotFound)
	quotaResponses   = quota{name: "RESPONSE_NUM_LIMIT", code: "APIG.3136", description: "gateway responses of a group", defaultLimit: 4, hidden: true}
)

var gatewayResponseResource = resource{
	routes: []route{
		{op: "ListGatewayResponsesV2", method: http.MethodGet, path: responsesPath, do: forObject(groupInPath, listResponses)},
		{op: "CreateGatewayResponseV2", method: http.MethodPost, path: responsesPath, do: forObjectWithBody(groupInPath, createResponse)},
		{op: "ShowDetailsOfGatewayResponseV2", method: http.MethodGet, path: oneResponsePath, do: showObject(responseInPath, (*Gateway).responseView)},
		{op: "UpdateGatewayResponseV2", method: http.MethodPut, path: oneResponsePath, do: forObjectWithBody(responseInPath, updateResponse)},
		{op: "DeleteGatewayResponseV2", method: http.MethodDelete, path: oneResponsePath, do: forObject(responseInPath, deleteResponse)},
	},
	quotas: []quota{quotaResponses},
}

func (g *Gateway) responseView(r *gatewayResponse) gatewayResponseView {
	all := map[string]errorAnswer{}
	for kind := range errorStatuses {
		all[kind] = r.answer(kind)
	}
	return gatewayResponseView{r.id, r.builtIn, formatTime(r.created), formatTime(r.updated), gatewayResponseBody{r.name, all}}
}

// answer returns the answer to a type of error.
func (r *gatewayResponse) answer(kind string) errorAnswer {
	a, changed := r.answers[kind]
	if !changed {
		a = errorAnswer{Body: defaultAnswer, Default: true}
	}
	if own := errorStatuses[kind]; a.Status == nil && own != 0 {
		a.Status = &own
	}
	return a
}

func (r *gatewayResponse) effect(action string) Effect {
	return Effect{Kind: "gateway_response", Action: action, ID: r.id, Name: r.name, Policy: r.group.id, PolicyName: r.group.name}
}

func listResponses(g *Gateway, c *call, x *group) (reply, error) {
	return page(g, c, "responses", x.responses, nil, func(r *gatewayResponse) gatewayResponseView {
		v := g.responseView(r)
		if g.behaviour.ResponseLists == "names" {
			v.Responses = nil
		}
		return v
	})
}

// checkAnswers checks the answers in a body. Default answers that a caller read and sent back become answers of the response.
func checkAnswers(sent map[string]errorAnswer) (map[string]errorAnswer, error) {
	var v checks
	out := map[string]errorAnswer{}
	for _, kind := range slices.Sorted(maps.Keys(sent)) {
		a := sent[kind]
		_, known := errorStatuses[kind]
		v.require(known, "responses."+kind)
		v.errorAnswer(a)
		a.Default = false
		out[kind] = a
	}
	return out, v.err
}

func (c *checks) errorAnswer(a errorAnswer) {
	if a.Status != nil {
		c.require(*a.Status >= 200 && *a.Status <= 599 && *a.Status != 444, "status")
	}
	c.require(len(a.Headers) <= 10, "headers")
	for _, h := range a.Headers {
		c.require(answerHeader().MatchString(h.Key), "headers.key")
		c.text("headers.value", h.Value, 1, 1024, nil)
		c.require(!strings.Contains(h.Value, "[[") && !strings.Contains(h.Value, "]]"), "headers.value")
	}
}

func (x *group) checkResponse(b gatewayResponseBody, ownID string) (map[string]errorAnswer, error) {
	var v checks
	v.text("name", b.Name, 1, 64, responseName)
	taken := slices.ContainsFunc(x.responses, func(r *gatewayResponse) bool { return r.name == b.Name && r.id != ownID })
	v.unique(taken, "APIG.3216", "gateway response", b.Name)
	answers, err := checkAnswers(b.Responses)
	return answers, cmp.Or(v.err, err)
}

func createResponse(g *Gateway, c *call, x *group, b gatewayResponseBody) (reply, error) {
	answers, err := x.checkResponse(b, "")
	if err := cmp.Or(err, g.withinQuota(quotaResponses, len(x.responses))); err != nil {
		return reply{}, err
	}
	r := &gatewayResponse{identity: g.newIdentity(b.Name, x.id, c.now), group: x, answers: answers}
	x.responses = append(x.responses, r)
	c.effect(r.effect("create"))
	return created(g.responseView(r))
}

func updateResponse(g *Gateway, c *call, r *gatewayResponse, b gatewayResponseBody) (reply, error) {
	answers, err := r.group.checkResponse(b, r.id)
	if err == nil && r.builtIn && b.Name != r.name {
		err = refuse(http.StatusConflict, "APIG.3492", "The default gateway response cannot be renamed")
	}
	if err != nil {
		return reply{}, err
	}
	r.name, r.answers, r.updated = b.Name, answers, c.now
	c.effect(r.effect("update"))
	return ok(g.responseView(r))
}

func deleteResponse(_ *Gateway, c *call, r *gatewayResponse) (reply, error) {
	if r.builtIn {
		return reply{}, refuse(http.StatusConflict, "APIG.3491", "The default gateway response cannot be deleted")
	}
	r.group.responses = slices.DeleteFunc(slices.Clone(r.group.responses), func(o *gatewayResponse) bool { return o == r })
	c.effect(r.effect("delete"))
	return noContent()
}

// builtInResponses returns the response that every group has, and that cannot be deleted.
func (x *group) builtInResponses() []*gatewayResponse {
	h := fnv.New64a()
	_, _ = h.Write([]byte("response of " + x.id))
	i := identity{part: part{x.seq, generateID(h.Sum64(), 0)}, name: builtInResponse, scope: x.id, created: x.created, updated: x.created}
	return []*gatewayResponse{{identity: i, group: x, builtIn: true, answers: map[string]errorAnswer{}}}
}

type fileResponse struct {
	Name   string                     `json:"name"`
	Errors map[string]fileErrorAnswer `json:"errors,omitempty"`
}

type fileErrorAnswer struct {
	Status  *int              `json:"status,omitempty"`
	Body    *string           `json:"body,omitempty"`
	Headers map[string]string `json:"headers,omitempty"`
}

// response adds a response to a group, or changes the built-in one.
func (l *loader) response(x *group, f fileResponse) error {
	answers := map[string]errorAnswer{}
	for kind, a := range f.Errors {
		one := errorAnswer{Status: a.Status, Body: valueOr(a.Body, defaultAnswer)}
		for _, name := range slices.Sorted(maps.Keys(a.Headers)) {
			one.Headers = append(one.Headers, errorAnswerHeader{name, a.Headers[name]})
		}
		answers[kind] = one
	}
	if f.Name == builtInResponse {
		x.responses[0].answers = answers
		return nil
	}
	i, err := l.identity("gateway_response", x.name+"/"+f.Name, x.id)
	i.name = f.Name
	x.responses = append(x.responses, &gatewayResponse{identity: i, group: x, answers: answers})
	return err
}

func (d *dumper) dumpResponses(x *group) (out []fileResponse) {
	for _, r := range x.responses {
		f := fileResponse{Name: r.name, Errors: map[string]fileErrorAnswer{}}
		for kind, a := range r.answers {
			one := fileErrorAnswer{Status: a.Status, Body: &a.Body}
			if a.Status != nil && *a.Status == errorStatuses[kind] {
				one.Status = nil // it is the default
			}
			for _, h := range a.Headers {
				if one.Headers == nil {
					one.Headers = map[string]string{}
				}
				one.Headers[h.Key] = h.Value
			}
			f.Errors[kind] = one
		}
		if !r.builtIn || len(f.Errors) > 0 {
			out = append(out, f)
		}
		if !r.builtIn {
			d.saveIdentity("gateway_response/"+x.name+"/"+r.name, r.id, r.created, r.updated)
		}
	}
	return out
}
