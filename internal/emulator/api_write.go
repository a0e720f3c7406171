package emulator

import (
	"cmp"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
)

// pathParameter matches a parameter in a path. Two paths that differ only in the names of parameters count as the same.
var pathParameter = expression(`\{[^}]*\}`)

// withDefaults sets the members that an API's definition may leave out.
func (b apiBody) withDefaults() apiBody {
	if b.MatchMode == "" {
		b.MatchMode = "NORMAL"
	}
	if b.ReqProtocol == "GRPCS" {
		b.ReqMethod = http.MethodPost
	}
	return b
}

// backend returns the name and value of the member that defines the default backend.
func (b apiBody) backend() (name string, value json.RawMessage) {
	switch b.BackendType {
	case "FUNCTION":
		return "func_info", b.FuncInfo
	case "MOCK":
		return "mock_info", b.MockInfo
	}
	return "backend_api", b.BackendAPI
}

// route returns the method, path and match mode, which together must be unique in a group.
func (b apiBody) route() string {
	return b.ReqMethod + " " + pathParameter().ReplaceAllString(b.ReqURI, "{}") + " " + b.MatchMode
}

// checkAPI checks the body of a create or update, and returns its group; ownID is the id of the updated API, "" for a
// create.
func (g *Gateway) checkAPI(b apiBody, ownID string) (*group, error) {
	var v checks
	v.text("name", b.Name, 3, 255, apiName)
	v.oneOf("type", strconv.Itoa(b.Type), "1", "2")
	v.oneOf("req_protocol", b.ReqProtocol, "HTTP", "HTTPS", "BOTH", "GRPCS")
	v.oneOf("req_method", b.ReqMethod, "GET", "POST", "PUT", "DELETE", "HEAD", "PATCH", "OPTIONS", "ANY")
	v.text("req_uri", b.ReqURI, 1, 512, nil)
	v.require(b.ReqURI != "" && b.ReqURI[0] == '/' && !strings.ContainsAny(b.ReqURI, " \t\r\n"), "req_uri")
	v.oneOf("match_mode", b.MatchMode, "NORMAL", "SWA")
	v.oneOf("auth_type", b.AuthType, "NONE", "APP", "IAM", "AUTHORIZER")
	v.require(b.AuthType != "AUTHORIZER" || b.AuthorizerID != "", "authorizer_id")
	v.oneOf("backend_type", b.BackendType, "HTTP", "FUNCTION", "MOCK", "GRPC")
	name, backend := b.backend()
	v.require(len(backend) > 0 && string(backend) != "null", name)
	v.remark(b.Remark)
	for _, sample := range []string{b.BodyRemark, b.ResultNormalSample, b.ResultFailureSample} {
		v.text("body_remark", sample, 0, 20480, nil)
	}
	for _, t := range b.Tags {
		v.text("tags", t, 1, 128, tagName)
	}
	if v.err == nil && len(b.Tags) > g.quotaLimit(quotaTags) {
		v.fail(overQuota("APIG.3133", "tags of the API", g.quotaLimit(quotaTags)))
	}
	if v.err != nil {
		return nil, v.err
	}
	in, err := g.groups().get(b.GroupID, groupNotFound)
	if err != nil {
		return nil, err
	}
	if err := in.unique(b, ownID); err != nil {
		return nil, err
	}
	return in, nil
}

// unique refuses a second API with the same name, or the same method, path and match mode.
func (x *group) unique(b apiBody, ownID string) error {
	for _, other := range x.apis {
		switch {
		case other.id == ownID:
		case other.name == b.Name:
			return nameTaken("APIG.3202", "API", b.Name)
		case other.route() == b.route():
			return refuse(http.StatusBadRequest, "APIG.3301", "The API already exists,api_name:%s", other.name)
		}
	}
	return nil
}

func createAPI(g *Gateway, c *call, b apiBody) (reply, error) {
	b = b.withDefaults()
	in, err := g.checkAPI(b, "")
	if err != nil {
		return reply{}, err
	}
	if err := cmp.Or(g.withinQuota(quotaAPIs, len(g.apis().rows)), g.withinQuota(quotaGroupAPIs, len(in.apis))); err != nil {
		return reply{}, err
	}
	a := newAPI(b, in)
	g.apis().create(g, c, a, b.Name, in.id)
	in.apis.add(a)
	v := g.apiView(a)
	v.RegisterTime = formatTimeExactly(a.created)
	return created(v)
}

func newAPI(b apiBody, in *group) *api {
	b.GroupID = in.id
	return &api{apiBody: b, group: in, lastPublishIDs: map[*environment]string{}, versions: map[*environment]history{}}
}

// updateAPI replaces the draft. Published versions do not change until the API is published again.
func updateAPI(g *Gateway, c *call, a *api, b apiBody) (reply, error) {
	b = b.withDefaults()
	in, err := g.checkAPI(b, a.id)
	if err != nil {
		return reply{}, err
	}
	if in != a.group {
		return reply{}, invalid("group_id")
	}
	a.apiBody = b
	g.apis().update(c, a, b.Name)
	return ok(g.apiView(a))
}

func deleteAPI(g *Gateway, c *call, a *api) (reply, error) {
	if len(a.publications) > 0 {
		return reply{}, refuse(http.StatusForbidden, "APIG.3416", "The API has been published,id:%s", a.id)
	}
	g.dropLinks(c, a, nil)
	for _, versions := range a.versions {
		for _, v := range versions {
			delete(g.versions, v.id)
		}
	}
	a.group.apis.remove(a)
	return g.apis().delete(c, a)
}

type checkAPIsBody struct {
	Type      string `json:"type"`
	Name      string `json:"name"`
	ReqMethod string `json:"req_method"`
	ReqURI    string `json:"req_uri"`
	MatchMode string `json:"match_mode"`
	GroupID   string `json:"group_id"`
	APIID     string `json:"api_id"`
	RomaAppID string `json:"roma_app_id"`
}

func checkAPIs(g *Gateway, _ *call, b checkAPIsBody) (reply, error) {
	if b.Type != "name" && b.Type != "path" {
		return reply{}, invalid("type")
	}
	for _, x := range g.groups().rows {
		if b.GroupID != "" && x.id != b.GroupID {
			continue
		}
		probe := apiBody{Name: b.Name, ReqMethod: b.ReqMethod, ReqURI: b.ReqURI, MatchMode: b.MatchMode}.withDefaults()
		if b.Type == "path" {
			probe.Name = ""
		} else {
			probe.ReqMethod = ""
		}
		if err := x.unique(probe, b.APIID); err != nil {
			return reply{}, err
		}
	}
	return noContent()
}
