package emulator

import "slices"

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
		Remark: v.remark, PublishTime: stamp(v.at), Status: 2,
	}
	if p := v.api.live(v.env); p != nil && p.live == v {
		shown.Status = 1
	}
	return shown
}

// listVersions shows the newest first.
func listVersions(g *Gateway, c *call) (reply, error) {
	a, err := g.apis.get(c.path["api_id"], noAPI)
	if err != nil {
		return reply{}, err
	}
	var rows []*version
	for _, e := range g.envs.rows {
		rows = append(rows, a.versions[e]...)
	}
	slices.SortStableFunc(rows, func(x, y *version) int { return y.at.Compare(x.at) })
	var f filter[*version]
	f.where(c, "env_id", func(v *version) string { return v.env.id })
	f.where(c, "env_name", func(v *version) string { return v.env.name })
	return page(g, c, "api_versions", rows, f.keep(), (*version).view)
}

// switchVersion makes an older version live again.
func switchVersion(g *Gateway, c *call) (reply, error) {
	a, err := g.apis.get(c.path["api_id"], noAPI)
	if err != nil {
		return reply{}, err
	}
	b, err := body[struct {
		VersionID string `json:"version_id"`
	}](c)
	if err != nil {
		return reply{}, err
	}
	v := g.versions[b.VersionID]
	if v == nil || v.api != a {
		return reply{}, noVersion(b.VersionID)
	}
	p := a.live(v.env)
	if p == nil {
		return reply{}, noPublication(a.id)
	}
	p.live = v
	c.effect(p.effect("update"))
	return ok(p.view())
}

func showRuntime(g *Gateway, c *call) (reply, error) {
	a, err := g.apis.get(c.path["api_id"], noAPI)
	if err != nil {
		return reply{}, err
	}
	e, err := g.envs.get(c.arg("env_id"), noEnv)
	if err != nil {
		return reply{}, err
	}
	p := a.live(e)
	if p == nil {
		return reply{}, noPublication(a.id)
	}
	return ok(g.versionDefinition(p.live))
}

func showVersion(g *Gateway, c *call) (reply, error) {
	v := g.versions[c.path["version_id"]]
	if v == nil {
		return reply{}, noVersion(c.path["version_id"])
	}
	return ok(g.versionDefinition(v))
}

func (g *Gateway) versionDefinition(v *version) apiView {
	shown := g.apiView(v.api)
	tags := shown.Tags
	shown.apiBody = v.def
	shown.Tags = tags
	return shown
}

func offlineVersion(g *Gateway, c *call) (reply, error) {
	v := g.versions[c.path["version_id"]]
	if v == nil {
		return reply{}, noVersion(c.path["version_id"])
	}
	p := v.api.live(v.env)
	if p == nil || p.live != v {
		return reply{}, noPublication(v.api.id)
	}
	g.withdraw(p)
	c.effect(p.effect("delete"))
	return noContent()
}
