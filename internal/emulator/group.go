package emulator

import (
	"cmp"
	"fmt"
	"net/http"
)

// group is a folder of APIs with a domain of its own.
type group struct {
	identity
	remark    string
	isDefault bool // the built-in group, which cannot be deleted
	slAccess  bool // may the debugging domain be called
	apis      list[*api]
	domains   []*domain
	responses []*gatewayResponse
}

type groupBody struct {
	Name   string  `json:"name"`
	Remark *string `json:"remark"`
}

type groupView struct {
	ID           string       `json:"id"`
	Name         string       `json:"name"`
	Status       int          `json:"status"`
	SlDomain     string       `json:"sl_domain"`
	SlDomains    []string     `json:"sl_domains"`
	SlAccess     bool         `json:"sl_domain_access_enabled"`
	RegisterTime string       `json:"register_time"`
	UpdateTime   string       `json:"update_time"`
	OnSellStatus int          `json:"on_sell_status"`
	URLDomains   []domainView `json:"url_domains"`
	Remark       string       `json:"remark"`
	CallLimits   *int         `json:"call_limits"`
	TimeInterval *int         `json:"time_interval"`
	TimeUnit     *string      `json:"time_unit"`
	IsDefault    int          `json:"is_default"`
	Version      string       `json:"version"`
	RomaAppID    *string      `json:"roma_app_id"`
	RomaAppName  *string      `json:"roma_app_name"`
}

var noGroup = missing("APIG.3001", "API group %s does not exist")

var theGroup = inPath("group_id", (*state).groups, noGroup)

var groupResource = resource{
	routes: []route{
		{op: "ListApiGroupsV2", method: http.MethodGet, path: "{I}/api-groups", do: listGroups},
		{op: "CreateApiGroupV2", method: http.MethodPost, path: "{I}/api-groups", do: taking(createGroup)},
		{op: "CheckApiGroupsV2", method: http.MethodPost, path: "{I}/api-groups/check", do: checkGroupName},
		{op: "ShowDetailsOfApiGroupV2", method: http.MethodGet, path: "{I}/api-groups/{group_id}", do: of(theGroup, showGroup)},
		{op: "UpdateApiGroupV2", method: http.MethodPut, path: "{I}/api-groups/{group_id}", do: ofTaking(theGroup, updateGroup)},
		{op: "DeleteApiGroupV2", method: http.MethodDelete, path: "{I}/api-groups/{group_id}", do: of(theGroup, deleteGroup)},
	},
	quotas: []quota{quotaGroups},
	sections: []section{
		sectionOf("gateway.groups", func(f fileGroup) string { return f.Name }, (*loader).group, (*dumper).dumpGroups),
	},
}

var quotaGroups = quota{name: "APIGROUP_NUM_LIMIT", code: "APIG.3101", what: "API groups", regular: 1500, used: func(s *state) int { return len(s.groups().rows) }}

func (s *state) groups() *table[*group] { return tableOf[*group](s, "group") }

// newGroup is a group as it is at first.
func newGroup(i identity) *group {
	x := &group{identity: i, slAccess: true}
	x.responses = []*gatewayResponse{x.builtInResponse()}
	return x
}

// slDomain is the host name for debugging.
func (x *group) slDomain() string { return x.id + ".apic.emulator.example.com" }

func (g *Gateway) groupView(x *group) groupView {
	sl := x.slDomain()
	v := groupView{
		ID: x.id, Name: x.name, Status: 1, SlDomain: sl, SlDomains: []string{sl}, SlAccess: x.slAccess,
		RegisterTime: stamp(x.created), UpdateTime: stamp(x.updated), OnSellStatus: 2,
		URLDomains: []domainView{}, Remark: x.remark, IsDefault: 2, Version: "V1",
	}
	if x.isDefault {
		v.IsDefault = 1
	}
	for _, d := range x.domains {
		v.URLDomains = append(v.URLDomains, d.view(g.behaviour.DomainRedirect == "told"))
	}
	return v
}

func (x *group) effect(action string) Effect {
	return Effect{Kind: "group", Action: action, ID: x.id, Name: x.name}
}

func listGroups(g *Gateway, c *call) (reply, error) {
	var f filter[*group]
	f.where(c, "id", func(x *group) string { return x.id })
	f.like(c, "name", c.precise("name"), func(x *group) string { return x.name })
	return page(g, c, "groups", g.groups().pick(c.arg("id"), c.exactName()), f.keep(), g.groupView)
}

func (g *Gateway) checkGroup(b groupBody, self string) error {
	var v checks
	v.text("name", b.Name, 3, 255, apiName)
	v.text("remark", or(b.Remark, ""), 0, 1000, nil)
	if v.err == nil && g.groups().taken("", b.Name, self) {
		v.fail(nameTaken("APIG.3201", "API group", b.Name))
	}
	return v.err
}

func createGroup(g *Gateway, c *call, b groupBody) (reply, error) {
	if err := cmp.Or(g.checkGroup(b, ""), g.room(quotaGroups, len(g.groups().rows))); err != nil {
		return reply{}, err
	}
	x := newGroup(g.identify(b.Name, "", c.now))
	x.remark = or(b.Remark, "")
	g.groups().add(x)
	c.effect(x.effect("create"))
	return created(g.groupView(x))
}

func checkGroupName(g *Gateway, c *call) (reply, error) {
	b, err := body[struct {
		Name string `json:"group_name"`
	}](c)
	if err != nil {
		return reply{}, err
	}
	if err := g.checkGroup(groupBody{Name: b.Name}, ""); err != nil {
		return reply{}, err
	}
	return noContent()
}

func showGroup(g *Gateway, _ *call, x *group) (reply, error) {
	return ok(g.groupView(x))
}

func updateGroup(g *Gateway, c *call, x *group, b groupBody) (reply, error) {
	if err := g.checkGroup(b, x.id); err != nil {
		return reply{}, err
	}
	g.groups().rename(x, b.Name)
	x.remark, x.updated = g.remark(x.remark, b.Remark), c.now
	c.effect(x.effect("update"))
	return ok(g.groupView(x))
}

func deleteGroup(g *Gateway, c *call, x *group) (reply, error) {
	if x.isDefault {
		return reply{}, refuse(http.StatusForbidden, "APIG.1101", "The default API group cannot be deleted")
	}
	if len(x.apis) > 0 {
		return reply{}, refuse(http.StatusForbidden, "APIG.3415", "The API group contains APIs,id:%s", x.id)
	}
	g.dropEnvVariables(c, x, nil)
	g.groups().remove(x)
	c.effect(x.effect("delete"))
	return noContent()
}

type fileGroup struct {
	Name    string       `json:"name"`
	Remark  string       `json:"remark,omitempty"`
	Sealed  bool         `json:"sl_domain_disabled,omitempty"` // the debugging domain may not be called
	Domains []fileDomain `json:"domains,omitempty"`
	APIs    []fileAPI    `json:"apis,omitempty"`
}

func (l *loader) group(f fileGroup) error {
	i, err := l.identity("group", f.Name, "")
	if err != nil {
		return err
	}
	x := newGroup(i)
	if builtIn := l.groups().names[[2]string{"", f.Name}]; builtIn != nil && builtIn.isDefault && len(builtIn.apis) == 0 {
		l.groups().remove(builtIn)
		x.isDefault = true
	}
	x.remark, x.slAccess = f.Remark, !f.Sealed
	if err := fresh(l.groups(), x); err != nil {
		return err
	}
	for _, d := range f.Domains {
		if err := l.domain(x, d); err != nil {
			return fmt.Errorf("domain %s: %w", d.Domain, err)
		}
	}
	return each("apis", f.APIs, func(y fileAPI) (string, error) { return y.Name, l.api(x, y) })
}

func (d *dumper) dumpGroups() (out []fileGroup) {
	for _, x := range d.groups().rows {
		f := fileGroup{Name: x.name, Sealed: !x.slAccess, Domains: d.dumpDomains(x)}
		for _, a := range x.apis {
			f.APIs = append(f.APIs, d.api(a))
		}
		out = append(out, f)
		d.object("group", x)
	}
	return out
}
