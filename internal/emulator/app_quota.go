package emulator

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// appQuota limits the calls that each of its apps may make, to all APIs together.
type appQuota struct {
	identity
	quotaBody
	apps int
}

type quotaBody struct {
	Name         string  `json:"name"`
	CallLimits   int64   `json:"call_limits"`
	TimeUnit     string  `json:"time_unit"`
	TimeInterval int64   `json:"time_interval"`
	ResetTime    *string `json:"reset_time,omitempty"`
	Remark       string  `json:"remark"`
}

type quotaView struct {
	ID string `json:"app_quota_id"`
	quotaBody
	CreateTime  string `json:"create_time"`
	BoundAppNum int    `json:"bound_app_num"`
}

const (
	quotasPath   = "{I}/app-quotas"
	oneQuotaPath = quotasPath + "/{app_quota_id}"
)

var appQuotaNotFound = notFound("APIG.3093", "App quota %s does not exist")

var appQuotaResource = resource{
	routes: []route{
		{op: "ListAppQuotas", method: http.MethodGet, path: quotasPath, do: listAppQuotas},
		{op: "CreateAppQuota", method: http.MethodPost, path: quotasPath, do: withBody(createAppQuota)},
		{op: "ShowAppQuota", method: http.MethodGet, path: oneQuotaPath, do: showObject(appQuotaInPath, (*Gateway).quotaView)},
		{op: "UpdateAppQuota", method: http.MethodPut, path: oneQuotaPath, do: forObjectWithBody(appQuotaInPath, updateAppQuota)},
		{op: "DeleteAppQuota", method: http.MethodDelete, path: oneQuotaPath, do: forObject(appQuotaInPath, deleteAppQuota)},
		{op: "AssociateAppsForAppQuota", method: http.MethodPost, path: oneQuotaPath + "/binding-apps", do: forObjectWithBody(appQuotaInPath, bindQuota)},
		{op: "ListAppQuotaBoundApps", method: http.MethodGet, path: oneQuotaPath + "/bound-apps", do: forObject(appQuotaInPath, listQuotaApps(true))},
		{op: "ListAppQuotaBindableApps", method: http.MethodGet, path: oneQuotaPath + "/bindable-apps", do: forObject(appQuotaInPath, listQuotaApps(false))},
		{op: "DisassociateAppQuotaWithApp", method: http.MethodDelete, path: oneQuotaPath + "/bound-apps/{app_id}", do: forObject(appQuotaInPath, unbindQuota)},
		{op: "ShowAppBoundAppQuota", method: http.MethodGet, path: "{I}/apps/{app_id}/bound-quota", do: forObject(appInPath, showBoundQuota)},
	},
	sections: []section{
		listSection("app_quotas", func(f fileQuota) string { return f.Name }, (*loader).appQuota, dumpAll((*state).appQuotas, (*dumper).dumpAppQuota)),
	},
}

func (s *state) appQuotas() *table[*appQuota] { return tableOf[*appQuota](s, "app_quota") }

func (g *Gateway) quotaView(q *appQuota) quotaView {
	return quotaView{ID: q.id, quotaBody: q.quotaBody, CreateTime: formatTime(q.created), BoundAppNum: q.apps}
}

func (q *appQuota) bindEffect(a *app, action string) Effect {
	return Effect{Kind: "app_quota_binding", Action: action, ID: a.id, Policy: q.id, PolicyName: q.name, Name: a.name}
}

// appQuotaInPath finds the quota in the path.
func appQuotaInPath(g *Gateway, c *call) (*appQuota, error) {
	if !g.supports("app_quota") {
		return nil, unsupported("app_quota")
	}
	return g.appQuotas().get(c.path["app_quota_id"], appQuotaNotFound)
}

func listAppQuotas(g *Gateway, c *call) (reply, error) {
	var f filter[*appQuota]
	f.like(c, "name", false, func(q *appQuota) string { return q.name })
	return page(g, c, "quotas", g.appQuotas().rows, f.condition(), g.quotaView)
}

func (g *Gateway) checkQuota(b quotaBody, ownID string) error {
	var v checks
	v.text("name", b.Name, 3, 255, policyName)
	v.positive("call_limits", b.CallLimits)
	v.positive("time_interval", b.TimeInterval)
	v.oneOf("time_unit", b.TimeUnit, "SECOND", "MINUTE", "HOUR", "DAY")
	v.remark(b.Remark)
	_, err := time.Parse(time.DateTime, valueOr(b.ResetTime, "1970-01-01 00:00:00"))
	v.require(err == nil, "reset_time")
	v.unique(g.appQuotas().nameTaken("", b.Name, ownID), "APIG.3325", "app quota", b.Name)
	return v.err
}

func createAppQuota(g *Gateway, c *call, b quotaBody) (reply, error) {
	if !g.supports("app_quota") {
		return reply{}, unsupported("app_quota")
	}
	if err := g.checkQuota(b, ""); err != nil {
		return reply{}, err
	}
	q := &appQuota{quotaBody: b}
	g.appQuotas().create(g, c, q, b.Name, "")
	return created(g.quotaView(q))
}

func updateAppQuota(g *Gateway, c *call, q *appQuota, b quotaBody) (reply, error) {
	if err := g.checkQuota(b, q.id); err != nil {
		return reply{}, err
	}
	b.Remark = g.remark(c, q.Remark, b.Remark)
	q.quotaBody = b
	g.appQuotas().update(c, q, b.Name)
	return ok(g.quotaView(q))
}

func deleteAppQuota(g *Gateway, c *call, q *appQuota) (reply, error) {
	for _, a := range g.appsWithQuota(q) {
		g.setQuota(c, a, nil)
	}
	return g.appQuotas().delete(c, q)
}

// appsWithQuota returns the apps that the quota is bound to.
func (g *Gateway) appsWithQuota(q *appQuota) []*app {
	return slices.DeleteFunc(slices.Clone(g.apps().rows), func(a *app) bool { return a.quota != q })
}

// setQuota binds the quota to the app; with nil, it unbinds the app's quota.
func (g *Gateway) setQuota(c *call, a *app, q *appQuota) {
	if a.quota == q {
		return
	}
	if a.quota != nil {
		a.quota.apps--
		c.effect(a.quota.bindEffect(a, "delete"))
	}
	a.quota, a.quotaBoundAt = q, ""
	if q != nil {
		q.apps++
		a.quotaBoundAt = formatTime(c.now)
		c.effect(q.bindEffect(a, "create"))
	}
}

type quotaAppsBody struct {
	AppIDs []string `json:"app_ids"`
}

func bindQuota(g *Gateway, c *call, q *appQuota, b quotaAppsBody) (reply, error) {
	if err := g.checkBatchSize(len(b.AppIDs), "app_ids"); err != nil {
		return reply{}, err
	}
	var v checks
	apps := findAll(&v, g.apps(), b.AppIDs, appNotFound)
	if v.err != nil {
		return reply{}, v.err
	}
	for _, a := range apps {
		if a.quota != nil && a.quota != q && g.behaviour.Rebind == "reject" {
			return reply{}, refuse(http.StatusBadRequest, "APIG.3309", "The app %s is bound to the quota %s already", a.name, a.quota.name)
		}
	}
	applies := []map[string]any{}
	for _, a := range apps {
		g.setQuota(c, a, q)
		applies = append(applies, map[string]any{"app_quota_id": q.id, "app_id": a.id, "bound_time": a.quotaBoundAt})
	}
	return created(map[string]any{"applies": applies})
}

func unbindQuota(g *Gateway, c *call, q *appQuota) (reply, error) {
	a, err := appInPath(g, c)
	if err != nil {
		return reply{}, err
	}
	if a.quota == q {
		g.setQuota(c, a, nil)
	}
	return noContent()
}

func quotaAppView(a *app) map[string]any {
	v := map[string]any{
		"app_id": a.id, "name": a.name, "status": 1, "app_key": a.Key, "remark": a.Remark,
		"register_time": formatTime(a.created), "update_time": formatTime(a.updated),
	}
	if a.quota != nil {
		v["app_quota_id"], v["app_quota_name"], v["bound_time"] = a.quota.id, a.quota.name, a.quotaBoundAt
	}
	return v
}

// listQuotaApps lists the apps that a quota is bound to, or all others.
func listQuotaApps(bound bool) func(*Gateway, *call, *appQuota) (reply, error) {
	return func(g *Gateway, c *call, q *appQuota) (reply, error) {
		f := filter[*app]{func(a *app) bool { return (a.quota == q) == bound }}
		f.like(c, "app_name", false, func(a *app) string { return a.name })
		return page(g, c, "apps", g.apps().rows, f.condition(), quotaAppView)
	}
}

// showBoundQuota returns an empty object if the app has no quota.
func showBoundQuota(g *Gateway, _ *call, a *app) (reply, error) {
	if !g.supports("app_quota") {
		return reply{}, unsupported("app_quota")
	}
	if a.quota == nil {
		return ok(map[string]any{})
	}
	return ok(g.quotaView(a.quota))
}

type fileQuota struct {
	quotaBody
	Apps []string `json:"apps,omitempty"`
}

func (l *loader) appQuota(f fileQuota) error {
	q := &appQuota{quotaBody: f.quotaBody}
	if err := addNew(l, l.appQuotas(), q, f.Name); err != nil {
		return err
	}
	apps, err := l.quotaApps(f.Apps)
	if err != nil {
		return err
	}
	for _, a := range apps {
		if a.quota != nil {
			return fmt.Errorf("app %q already has the quota %q; an app can have one", a.name, a.quota.name)
		}
		at, _, err := l.timesAt("app_quota_binding/" + q.name + "/" + a.name)
		if err != nil {
			return err
		}
		a.quota, a.quotaBoundAt = q, formatTime(at)
		q.apps++
	}
	return nil
}

// quotaApps returns the apps that match one of the names or globs.
func (l *loader) quotaApps(names []string) (out []*app, err error) {
	for _, name := range names {
		a := l.apps().byName(name)
		switch {
		case a != nil:
			out = append(out, a)
		case strings.ContainsAny(name, "*?["):
			for _, a := range l.apps().rows {
				if glob(name, a.name) {
					out = append(out, a)
				}
			}
		default:
			return nil, fmt.Errorf("app %q does not exist", name)
		}
	}
	slices.SortStableFunc(out, func(a, b *app) int { return strings.Compare(a.name, b.name) })
	return slices.Compact(out), nil
}

func (d *dumper) dumpAppQuota(q *appQuota) fileQuota {
	f := fileQuota{quotaBody: q.quotaBody}
	for _, a := range d.apps().rows {
		if a.quota == q {
			f.Apps = append(f.Apps, a.name)
			d.times["app_quota_binding/"+q.name+"/"+a.name] = a.quotaBoundAt
		}
	}
	slices.Sort(f.Apps)
	return f
}
