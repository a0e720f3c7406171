package emulator

import (
	"fmt"
	"net/http"
	"slices"
	"time"
)

// publication is an API that is live in an environment.
type publication struct {
	id      string
	api     *api
	env     *environment
	at      time.Time
	version *version
}

// version is the record of a publication of an API.
type version struct {
	id         string
	number     string
	api        *api
	env        *environment
	at         time.Time
	remark     string
	definition apiBody // as published
}

// history holds the versions of an API in one environment, oldest first.
type history []*version

// maxBatch is the largest number of APIs in one batch publication.
const maxBatch = 1000

var publicationNotFound = notFound("APIG.3015", "Publication record %s does not exist")

var publishResource = resource{
	routes: []route{
		{op: "CreateOrDeletePublishRecordForApiV2", method: http.MethodPost, path: "{I}/apis/action", do: withBody(publishOne)},
		{op: "BatchPublishOrOfflineApiV2", method: http.MethodPost, path: "{I}/apis/publish", do: withBody(publishMany)},
		{op: "ListApiVersionsV2", method: http.MethodGet, path: "{I}/apis/publish/{api_id}", do: forObject(apiInPath, listVersions)},
		{op: "ChangeApiVersionV2", method: http.MethodPut, path: "{I}/apis/publish/{api_id}", do: forObjectWithBody(apiInPath, switchVersion)},
		{op: "ListApiRuntimeDefinitionV2", method: http.MethodGet, path: "{I}/apis/runtime/{api_id}", do: forObject(apiInPath, showRuntime)},
		{op: "ListApiVersionDetailV2", method: http.MethodGet, path: "{I}/apis/versions/{version_id}", do: forObject(versionInPath, showVersion)},
		{op: "DeleteApiByVersionIdV2", method: http.MethodDelete, path: "{I}/apis/versions/{version_id}", do: forObject(versionInPath, offlineVersion)},
	},
	quotas: []quota{quotaVersions},
}

var quotaVersions = quota{name: "API_VERSION_NUM_LIMIT", code: "", description: "publication records", defaultLimit: 10}

type publishView struct {
	PublishID   string `json:"publish_id,omitempty"`
	APIID       string `json:"api_id"`
	APIName     string `json:"api_name"`
	EnvID       string `json:"env_id"`
	Remark      string `json:"remark"`
	PublishTime string `json:"publish_time,omitempty"`
	VersionID   string `json:"version_id,omitempty"`
}

func (p *publication) view() publishView {
	return publishView{
		PublishID: p.id, APIID: p.api.id, APIName: p.api.name, EnvID: p.env.id,
		Remark: p.version.remark, PublishTime: formatTime(p.at), VersionID: p.version.id,
	}
}

func (p *publication) effect(action string) Effect {
	return Effect{Kind: "publication", Action: action, ID: p.id, API: p.api.label(), Env: p.env.name}
}

// publish publishes the API's draft in the environment. If id is "", the gateway chooses the publish id.
func (g *Gateway) publish(c *call, a *api, e *environment, remark, id string) *publication {
	v := g.version(g.newID(), a, e, c.now)
	v.remark = remark
	for len(a.versions[e]) > g.quotaLimit(quotaVersions) {
		delete(g.versions, a.versions[e][0].id)
		a.versions[e] = a.versions[e][1:]
	}
	if id == "" && g.behaviour.PublishIDStable {
		id = a.lastPublishIDs[e]
	}
	if id == "" {
		id = g.newID()
	}
	if old := a.publicationIn(e); old != nil {
		g.takeOffline(old)
	}
	p := g.putOnline(id, v)
	c.effect(p.effect("create"))
	return p
}

// version adds the API's draft to the versions of the API in the environment.
func (s *state) version(id string, a *api, e *environment, at time.Time) *version {
	v := &version{id: id, number: at.UTC().Format("20060102150405"), api: a, env: e, at: at, definition: a.apiBody}
	s.versions[id] = v
	a.versions[e] = append(a.versions[e], v)
	return v
}

// putOnline makes a version the published one of its API in its environment.
func (s *state) putOnline(id string, v *version) *publication {
	a := v.api
	p := &publication{id: id, api: a, env: v.env, at: v.at, version: v}
	s.publications[id], a.lastPublishIDs[v.env] = p, id
	a.publications = append([]*publication{p}, a.publications...)
	v.env.publishedAPIs++
	return p
}

// takeOffline removes a publication. Bindings remain and apply again after the next publication.
func (g *Gateway) takeOffline(p *publication) {
	delete(g.publications, p.id)
	p.api.publications = slices.DeleteFunc(slices.Clone(p.api.publications), func(q *publication) bool { return q == p })
	p.env.publishedAPIs--
}

// setOnline publishes an API (action "online") or takes it offline.
func (g *Gateway) setOnline(c *call, action string, a *api, e *environment, remark string) (publishView, error) {
	if action == "online" {
		return g.publish(c, a, e, remark, "").view(), nil
	}
	p := a.publicationIn(e)
	if p == nil {
		return publishView{}, publicationNotFound(a.id)
	}
	g.takeOffline(p)
	c.effect(p.effect("delete"))
	return publishView{APIID: a.id, APIName: a.name, EnvID: e.id, Remark: remark}, nil
}

type publishBody struct {
	Action string `json:"action"`
	EnvID  string `json:"env_id"`
	APIID  string `json:"api_id"`
	Remark string `json:"remark"`
}

func publishOne(g *Gateway, c *call, b publishBody) (reply, error) {
	var v checks
	v.oneOf("action", b.Action, "online", "offline")
	v.remark(b.Remark)
	a := find(&v, g.apis(), b.APIID, apiNotFound)
	e := find(&v, g.envs(), b.EnvID, environmentNotFound)
	if v.err != nil {
		return reply{}, v.err
	}
	shown, err := g.setOnline(c, b.Action, a, e, b.Remark)
	if err != nil {
		return reply{}, err
	}
	return created(shown)
}

type publishManyBody struct {
	APIs    []string `json:"apis"`
	EnvID   string   `json:"env_id"`
	GroupID string   `json:"group_id"`
	Remark  string   `json:"remark"`
}

func publishMany(g *Gateway, c *call, b publishManyBody) (reply, error) {
	var v checks
	v.oneOf("action", c.queryArg("action"), "online", "offline")
	v.remark(b.Remark)
	v.require(len(b.APIs) <= maxBatch && (len(b.APIs) > 0) != (b.GroupID != ""), "apis")
	e := find(&v, g.envs(), b.EnvID, environmentNotFound)
	ids := b.APIs
	if b.GroupID != "" && v.err == nil {
		if in := find(&v, g.groups(), b.GroupID, groupNotFound); in != nil {
			for _, a := range in.apis {
				ids = append(ids, a.id)
			}
		}
	}
	if v.err != nil {
		return reply{}, v.err
	}
	success, failure := []publishView{}, []map[string]any{}
	for _, id := range ids {
		shown, refused := g.setItemOnline(c, id, e, b.Remark)
		if refused == nil {
			success = append(success, shown)
			continue
		}
		failure = append(failure, map[string]any{
			"api_id": id, "api_name": shown.APIName, "error_code": refused.code, "error_msg": refused.message,
		})
	}
	return ok(map[string]any{"success": success, "failure": failure})
}

// setItemOnline does the same as turn for one item of a batch. The view always has the API's name.
func (g *Gateway) setItemOnline(c *call, id string, e *environment, remark string) (publishView, *refusal) {
	a := g.apis().ids[id]
	if a == nil {
		return publishView{}, apiNotFound(id)
	}
	if refused := g.itemFault(c.route.op, "", a); refused != nil {
		return publishView{APIName: a.name}, refused
	}
	shown, err := g.setOnline(c, c.queryArg("action"), a, e, remark)
	if err != nil {
		return publishView{APIName: a.name}, publicationNotFound(id)
	}
	return shown, nil
}

func (l *loader) publication(a *api, env string) error {
	e, err := l.environment(env)
	if err != nil {
		return err
	}
	if a.publicationIn(e) != nil {
		return fmt.Errorf("%s is named twice", env)
	}
	address := a.address() + "@" + env
	at, _, err := l.timesAt("publication/" + address)
	if err != nil {
		return err
	}
	v := l.version(l.id("version/"+address), a, e, at)
	l.putOnline(l.id("publication/"+address), v)
	return nil
}
