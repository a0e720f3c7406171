package emulator

import (
	"cmp"
	"fmt"
	"net/http"
)

// group is an API group. Each has a debugging domain of its own.
type group struct {
	identity
	remark    string
	isDefault bool // the built-in group, which cannot be deleted
	slAccess  bool // the debugging domain can be called
	apis      list[*api]
	domains   []*domain
	responses []*gatewayResponse
}

type groupBody struct {
	Name   string `json:"name"`
	Remark string `json:"remark"`
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

var groupNotFound = notFound("APIG.3001", "API group %s does not exist")

var groupInPath = inPath("group_id", (*state).groups, groupNotFound)

var groupResource = resource{
	routes: []route{
		{op: "ListApiGroupsV2", method: http.MethodGet, path: "{I}/api-groups", do: listGroups},
		{op: "CreateApiGroupV2", method: http.MethodPost, path: "{I}/api-groups", do: withBody(createGroup)},
		{op: "CheckApiGroupsV2", method: http.MethodPost, path: "{I}/api-groups/check", do: withBody(checkGroupName)},
		{op: "ShowDetailsOfApiGroupV2", method: http.MethodGet, path: "{I}/api-groups/{group_id}", do: showObject(groupInPath, (*Gateway).groupView)},
		{op: "UpdateApiGroupV2", method: http.MethodPut, path: "{I}/api-groups/{group_id}", do: forObjectWithBody(groupInPath, updateGroup)},
		{op: "DeleteApiGroupV2", method: http.MethodDelete, path: "{I}/api-groups/{group_id}", do: forObject(groupInPath, deleteGroup)},
	},
	quotas: []quota{quotaGroups},
	sections: []section{
		listSection("gateway.groups", func(f fileGroup) string { return f.Name }, (*loader).group, dumpAll((*state).groups, (*dumper).dumpGroup)),
	},
}

var quotaGroups = quota{name: "APIGROUP_NUM_LIMIT", code: "APIG.3101", description: "API groups", defaultLimit: 1500, used: count((*state).groups)}

func (s *state) groups() *table[*group] { return tableOf[*group](s, "group") }

// slDomain returns the name of the group's debugging domain.
func (x *group) slDomain() string { return x.id + ".apic.emulator.example.com" }

func (g *Gateway) groupView(x *group) groupView {
	sl := x.slDomain()
	v := groupView{
		ID: x.id, Name: x.name, Status: 1, SlDomain: sl, SlDomains: []string{sl}, SlAccess: x.slAccess,
		RegisterTime: formatTime(x.created), UpdateTime: formatTime(x.updated), OnSellStatus: 2,
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

func listGroups(g *Gateway, c *call) (reply, error) {
	f := idAndNameFilter[*group](c, "id", "name")
	return page(g, c, "groups", g.groups().candidates(c.queryArg("id"), c.exactName()), f.condition(), g.groupView)
}

func (g *Gateway) checkGroup(b groupBody, ownID string) error {
	var v checks
	v.text("name", b.Name, 3, 255, apiName)
	v.text("remark", b.Remark, 0, 1000, nil)
	v.unique(g.groups().nameTaken("", b.Name, ownID), "APIG.3201", "API group", b.Name)
	return v.err
}

func createGroup(g *Gateway, c *call, b groupBody) (reply, error) {
	if err := cmp.Or(g.checkGroup(b, ""), g.withinQuota(quotaGroups, len(g.groups().rows))); err != nil {
		return reply{}, err
	}
	x := &group{remark: b.Remark, slAccess: true}
	g.groups().create(g, c, x, b.Name, "")
	x.responses = x.builtInResponses()
	return created(g.groupView(x))
}

type groupNameBody struct {
	Name string `json:"group_name"`
}

func checkGroupName(g *Gateway, _ *call, b groupNameBody) (reply, error) {
	if err := g.checkGroup(groupBody{Name: b.Name}, ""); err != nil {
		return reply{}, err
	}
	return noContent()
}

func updateGroup(g *Gateway, c *call, x *group, b groupBody) (reply, error) {
	if err := g.checkGroup(b, x.id); err != nil {
		return reply{}, err
	}
	x.remark = g.remark(c, x.remark, b.Remark)
	g.groups().update(c, x, b.Name)
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
	return g.groups().delete(c, x)
}

type fileGroup struct {
	Name          string       `json:"name"`
	Remark        string       `json:"remark,omitempty"`
	NoDebugDomain bool         `json:"sl_domain_disabled,omitempty"` // the debugging domain cannot be called
	Domains       []fileDomain `json:"domains,omitempty"`
	APIs          []fileAPI    `json:"apis,omitempty"`
}

func (l *loader) group(f fileGroup) error {
	x := &group{remark: f.Remark, slAccess: !f.NoDebugDomain}
	if builtIn := l.groups().byName(f.Name); builtIn != nil && builtIn.isDefault && len(builtIn.apis) == 0 {
		l.groups().remove(builtIn)
		x.isDefault = true
	}
	if err := addNew(l, l.groups(), x, f.Name); err != nil {
		return err
	}
	x.responses = x.builtInResponses()
	for _, d := range f.Domains {
		if err := l.domain(x, d); err != nil {
			return fmt.Errorf("domain %s: %w", d.Domain, err)
		}
	}
	return each("apis", f.APIs, func(y fileAPI) (string, error) { return y.Name, l.api(x, y) })
}

func (d *dumper) dumpGroup(x *group) fileGroup {
	f := fileGroup{Name: x.name, NoDebugDomain: !x.slAccess, Domains: d.dumpDomains(x)}
	for _, a := range x.apis {
		f.APIs = append(f.APIs, d.api(a))
	}
	return f
}
