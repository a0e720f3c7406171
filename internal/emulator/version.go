package emulator

import (
	"slices"
)

type versionView struct {
	VersionID   string `json:"version_id"`
	VersionNo   string `json:"version_no"`
	APIID       string `json:"api_id"`
	EnvID       string `json:"env_id"`
	EnvName     string `json:"env_name"`
	Remark      string `json:"remark"`
	PublishTime string `json:"publish_time"`
	Status      int    `json:"status"`
}

func (v *version) view() versionView {
	shown := versionView{
		VersionID: v.id, VersionNo: v.number, APIID: v.api.id, EnvID: v.env.id, EnvName: v.env.name,
		Remark: v.remark, PublishTime: formatTime(v.at), Status: 2,
	}
	if p := v.api.publicationIn(v.env); p != nil && p.version == v {
		shown.Status = 1
	}
	return shown
}

// listVersions lists the newest version first.
func listVersions(g *Gateway, c *call, a *api) (reply, error) {
	var rows []*version
	for _, e := range g.envs().rows {
		rows = append(rows, a.versions[e]...)
	}
	slices.SortStableFunc(rows, func(x, y *version) int { return y.at.Compare(x.at) })
	var f filter[*version]
	f.where(c, "env_id", func(v *version) string { return v.env.id })
	f.where(c, "env_name", func(v *version) string { return v.env.name })
	return page(g, c, "api_versions", rows, f.condition(), (*version).view)
}

type versionBody struct {
	VersionID string `json:"version_id"`
}

// switchVersion makes an older version live again.
func switchVersion(g *Gateway, c *call, a *api, b versionBody) (reply, error) {
	v := g.versions[b.VersionID]
	if v == nil || v.api != a {
		return reply{}, versionNotFound(b.VersionID)
	}
	p := a.publicationIn(v.env)
	if p == nil {
		return reply{}, publicationNotFound(a.id)
	}
	p.version = v
	c.effect(p.effect("update"))
	return ok(p.view())
}

func showRuntime(g *Gateway, c *call, a *api) (reply, error) {
	e, err := g.envs().get(c.queryArg("env_id"), environmentNotFound)
	if err != nil {
		return reply{}, err
	}
	p := a.publicationIn(e)
	if p == nil {
		return reply{}, publicationNotFound(a.id)
	}
	return ok(runtimeView{
		apiBody: p.version.frontEnd(g), ID: a.id, GroupName: a.group.name, RunEnvID: e.id, RunEnvName: e.name, PublishID: p.id,
		SlDomain: a.group.slDomain(), SlDomains: []string{a.group.slDomain()},
	})
}

// runtimeView is the front end of an API as it is published in an environment.
type runtimeView struct {
	apiBody
	ID         string   `json:"id"`
	GroupName  string   `json:"group_name"`
	RunEnvID   string   `json:"run_env_id"`
	RunEnvName string   `json:"run_env_name"`
	PublishID  string   `json:"publish_id"`
	SlDomain   string   `json:"sl_domain"`
	SlDomains  []string `json:"sl_domains"`
}

// frontEnd returns the definition as it was published, without its backend.
func (v *version) frontEnd(g *Gateway) apiBody {
	b := v.definition
	b.apiBackend = apiBackend{ReqParams: v.definition.ReqParams}
	b.Tags = g.tags(v.definition.Tags)
	return b
}

// versionInPath finds the version in the path.
func versionInPath(g *Gateway, c *call) (*version, error) {
	if v := g.versions[c.path["version_id"]]; v != nil {
		return v, nil
	}
	return nil, versionNotFound(c.path["version_id"])
}

func showVersion(g *Gateway, _ *call, v *version) (reply, error) {
	shown := g.apiView(v.api)
	shown.apiBody = v.definition
	shown.Tags = g.tags(v.definition.Tags)
	shown.RunEnvID, shown.RunEnvName, shown.PublishID, shown.PublishTime = v.env.id, v.env.name, "", formatTime(v.at)
	return ok(struct {
		apiView
		VersionID string   `json:"version_id"`
		SlDomain  string   `json:"sl_domain"`
		SlDomains []string `json:"sl_domains"`
	}{shown, v.id, v.api.group.slDomain(), []string{v.api.group.slDomain()}})
}

func offlineVersion(g *Gateway, c *call, v *version) (reply, error) {
	p := v.api.publicationIn(v.env)
	if p == nil || p.version != v {
		return reply{}, publicationNotFound(v.api.id)
	}
	g.takeOffline(p)
	c.effect(p.effect("delete"))
	return noContent()
}

var versionNotFound = notFound("APIG.3022", "API version %s does not exist")
