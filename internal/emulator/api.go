package emulator

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// api is an API: its draft, its publications, and its published versions.
type api struct {
	identity
	apiBody
	group          *group
	publications   []*publication           // the current ones, newest first
	lastPublishIDs map[*environment]string  // the last publish id of each environment
	versions       map[*environment]history // oldest first
}

// apiBody is an API's definition as a caller sends it. Backends and parameters are stored unchanged.
type apiBody struct {
	Name                string          `json:"name"`
	Type                int             `json:"type"`
	Version             string          `json:"version"`
	ReqProtocol         string          `json:"req_protocol"`
	ReqMethod           string          `json:"req_method"`
	ReqURI              string          `json:"req_uri"`
	MatchMode           string          `json:"match_mode"`
	AuthType            string          `json:"auth_type"`
	AuthOpt             json.RawMessage `json:"auth_opt,omitempty"`
	Cors                bool            `json:"cors"`
	TraceEnabled        *bool           `json:"trace_enabled,omitempty"`
	SamplingStrategy    string          `json:"sampling_strategy,omitempty"`
	SamplingParam       string          `json:"sampling_param,omitempty"`
	BackendType         string          `json:"backend_type"`
	Remark              string          `json:"remark"`
	GroupID             string          `json:"group_id"`
	BodyRemark          string          `json:"body_remark"`
	ResultNormalSample  string          `json:"result_normal_sample"`
	ResultFailureSample string          `json:"result_failure_sample"`
	AuthorizerID        string          `json:"authorizer_id"`
	Tags                []string        `json:"tags"`
	ResponseID          string          `json:"response_id"`
	RomaAppID           string          `json:"roma_app_id,omitempty"`
	DomainName          string          `json:"domain_name,omitempty"`
	Tag                 string          `json:"tag,omitempty"`
	ContentType         string          `json:"content_type,omitempty"`
	IsSendFgBodyBase64  *bool           `json:"is_send_fg_body_base64,omitempty"`
	apiBackend
}

// apiBackend is the part of a definition that lists leave out.
type apiBackend struct {
	MockInfo        json.RawMessage `json:"mock_info,omitempty"`
	FuncInfo        json.RawMessage `json:"func_info,omitempty"`
	BackendAPI      json.RawMessage `json:"backend_api,omitempty"`
	ReqParams       json.RawMessage `json:"req_params,omitempty"`
	BackendParams   json.RawMessage `json:"backend_params,omitempty"`
	PolicyMocks     json.RawMessage `json:"policy_mocks,omitempty"`
	PolicyFunctions json.RawMessage `json:"policy_functions,omitempty"`
	PolicyHTTPS     json.RawMessage `json:"policy_https,omitempty"`
}

type apiView struct {
	apiBody
	ID               string         `json:"id"`
	Status           int            `json:"status"`
	ArrangeNecessary int            `json:"arrange_necessary"`
	RegisterTime     string         `json:"register_time"`
	UpdateTime       string         `json:"update_time"`
	GroupName        string         `json:"group_name"`
	GroupVersion     string         `json:"group_version"`
	RunEnvID         string         `json:"run_env_id"`
	RunEnvName       string         `json:"run_env_name"`
	PublishID        string         `json:"publish_id"`
	PublishTime      string         `json:"publish_time"`
	RomaAppName      string         `json:"roma_app_name"`
	LdAPIID          string         `json:"ld_api_id"`
	APIGroupInfo     map[string]any `json:"api_group_info,omitempty"`
}

var apiNotFound = notFound("APIG.3002", "API %s does not exist")

var apiInPath = inPath("api_id", (*state).apis, apiNotFound)

var apiResource = resource{
	routes: []route{
		{op: "ListApisV2", method: http.MethodGet, path: "{I}/apis", do: listAPIs},
		{op: "CreateApiV2", method: http.MethodPost, path: "{I}/apis", do: withBody(createAPI)},
		{op: "CheckApisV2", method: http.MethodPost, path: "{I}/apis/check", do: withBody(checkAPIs)},
		{op: "ShowDetailsOfApiV2", method: http.MethodGet, path: "{I}/apis/{api_id}", do: showObject(apiInPath, (*Gateway).apiView)},
		{op: "UpdateApiV2", method: http.MethodPut, path: "{I}/apis/{api_id}", do: forObjectWithBody(apiInPath, updateAPI)},
		{op: "DeleteApiV2", method: http.MethodDelete, path: "{I}/apis/{api_id}", do: forObject(apiInPath, deleteAPI)},
		{op: "ListTagsV2", method: http.MethodGet, path: "{I}/tags", do: listTags},
	},
	quotas: []quota{quotaAPIs, quotaGroupAPIs, quotaTags},
}

var quotaAPIs = quota{name: "API_NUM_LIMIT", code: "APIG.3102", description: "APIs", defaultLimit: 8000, used: count((*state).apis)}

var quotaGroupAPIs = quota{name: "API_NUM_LIMIT_PER_GROUP", code: "APIG.3125", description: "APIs in the group", defaultLimit: 1000}

var quotaTags = quota{name: "API_TAG_NUM_LIMIT", code: "APIG.3133", description: "tags", defaultLimit: 10}

func (s *state) apis() *table[*api] { return tableOf[*api](s, "api") }

// label returns GROUP/NAME, as files and the journal write it.
func (a *api) label() string { return a.group.name + "/" + a.name }

// address is like label, but has exactly one slash, for use in gateway.ids.
func (a *api) address() string { return a.group.address() + "/" + a.name }

func (x *group) address() string { return strings.ReplaceAll(x.name, "/", "%2F") }

// publicationIn returns the publication in the environment, or nil.
func (a *api) publicationIn(e *environment) *publication {
	for _, p := range a.publications {
		if p.env == e {
			return p
		}
	}
	return nil
}

// publishIDIn returns the publish id in the environment, "" if the API is not published there.
func (a *api) publishIDIn(e *environment) string {
	if p := a.publicationIn(e); p != nil {
		return p.id
	}
	return ""
}

// joinPublications returns one property of all publications, in the form in which lists show it.
func (a *api) joinPublications(of func(*publication) string) string {
	parts := make([]string, 0, len(a.publications))
	for _, p := range a.publications {
		parts = append(parts, of(p))
	}
	return strings.Join(parts, "|")
}

// apiView returns the API with its backend, which lists leave out.
func (g *Gateway) apiView(a *api) apiView {
	v := apiView{
		apiBody: a.apiBody, ID: a.id, Status: 1, ArrangeNecessary: 2,
		RegisterTime: formatTime(a.created), UpdateTime: formatTime(a.updated),
		GroupName: a.group.name, GroupVersion: "V1",
		RunEnvID:    a.joinPublications(func(p *publication) string { return p.env.id }),
		RunEnvName:  a.joinPublications(func(p *publication) string { return p.env.name }),
		PublishID:   a.joinPublications(func(p *publication) string { return p.id }),
		PublishTime: a.joinPublications(func(p *publication) string { return formatTimeInLists(p.at) }),
	}
	v.Tags = g.tags(a.Tags)
	return v
}

// tags returns an API's tags for answers: a list, or null if it is empty and Behaviour.NullLists is set.
func (g *Gateway) tags(tags []string) []string {
	if len(tags) == 0 {
		if g.behaviour.NullLists {
			return nil
		}
		return []string{}
	}
	return tags
}

func (a *api) effect(action string) Effect {
	return Effect{Kind: "api", Action: action, ID: a.id, Name: a.label(), API: a.label()}
}

func listAPIs(g *Gateway, c *call) (reply, error) {
	var f filter[*api]
	f.like(c, "name", c.isExact("name"), func(a *api) string { return a.name })
	f.like(c, "req_uri", c.isExact("req_uri"), func(a *api) string { return a.ReqURI })
	f.where(c, "id", func(a *api) string { return a.id })
	f.where(c, "group_id", func(a *api) string { return a.group.id })
	f.where(c, "req_protocol", func(a *api) string { return a.ReqProtocol })
	f.where(c, "req_method", func(a *api) string { return a.ReqMethod })
	f.where(c, "auth_type", func(a *api) string { return a.AuthType })
	f.where(c, "type", func(a *api) string { return strconv.Itoa(a.Type) })
	if env := c.queryArg("env_id"); env != "" {
		f = append(f, func(a *api) bool {
			return slices.ContainsFunc(a.publications, func(p *publication) bool { return p.env.id == env })
		})
	}
	if name := c.queryArg("vpc_channel_name"); name != "" {
		x := g.channels().byName(name)
		f = append(f, func(a *api) bool { return x != nil && a.apiBody.usesChannel(x.id) })
	}
	f.tags(c, func(a *api) *api { return a })
	rows := g.apis().candidates(c.queryArg("id"), "")
	if x := g.groups().ids[c.queryArg("group_id")]; x != nil && c.queryArg("id") == "" {
		rows = x.apis
	}
	mode := strings.Split(c.queryArg("return_data_mode"), ",")
	whole := slices.Contains(mode, "include_group_backend")
	return page(g, c, "apis", rows, f.condition(), func(a *api) apiView {
		v := g.apiView(a)
		if whole || slices.Contains(mode, "include_group") {
			v.APIGroupInfo = map[string]any{"id": a.group.id, "name": a.group.name, "status": 1}
		}
		v.apiBackend = apiBackend{}
		switch {
		case g.behaviour.ListedAPIs == "untold":
			v.AuthorizerID, v.ResponseID = "", ""
		case whole:
			v.BackendAPI = a.BackendAPI
		}
		return v
	})
}

// tags adds the condition of the tags filter: the API has one of the tags or, for #no_tags#, no tag.
func (f *filter[T]) tags(c *call, of func(T) *api) {
	want := c.query["tags"]
	if len(want) == 0 {
		return
	}
	*f = append(*f, func(x T) bool {
		tags := of(x).Tags
		return slices.ContainsFunc(want, func(w string) bool {
			return w == "#no_tags#" && len(tags) == 0 || slices.Contains(tags, w)
		})
	})
}

func listTags(g *Gateway, c *call) (reply, error) {
	seen := map[string]bool{}
	var tags []string
	for _, a := range g.apis().rows {
		for _, t := range a.Tags {
			if !seen[t] {
				seen[t], tags = true, append(tags, t)
			}
		}
	}
	return page(g, c, "tags", tags, nil, func(t string) string { return t })
}
