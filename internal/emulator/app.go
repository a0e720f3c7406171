package emulator

import (
	"cmp"
	"fmt"
	"net/http"
)

// app is a caller with credentials.
type app struct {
	identity
	appBody
	codes        list[*appCodeEntry]
	access       *appAccess // nil if there is no restriction
	quota        *appQuota  // nil if none is bound
	quotaBoundAt string
	specials     []*special
}

type appBody struct {
	Name      string `json:"name"`
	Remark    string `json:"remark"`
	Key       string `json:"app_key"`
	Secret    string `json:"app_secret"`
	DomainID  string `json:"related_domain_id"`
	ProjectID string `json:"related_project_id"`
}

type appView struct {
	ID string `json:"id"`
	appBody
	Creator      string `json:"creator"`
	UpdateTime   string `json:"update_time"`
	RegisterTime string `json:"register_time"`
	Status       int    `json:"status"`
	AppType      string `json:"app_type"`
	RomaAppType  string `json:"roma_app_type"`
	BindNum      *int   `json:"bind_num,omitempty"` // only in lists
}

// The reference has two error codes for a missing app. appItselfNotFound has the code of the operations on the app and its
// secret, appNotFound that of all others.
var (
	appItselfNotFound = notFound("APIG.3002", "App %s does not exist")
	appNotFound       = notFound("APIG.3004", "App %s does not exist")

	appItselfInPath = inPath("app_id", (*state).apps, appItselfNotFound)
	appInPath       = inPath("app_id", (*state).apps, appNotFound)
)

var appResource = resource{
	routes: []route{
		{op: "ListAppsV2", method: http.MethodGet, path: "{I}/apps", do: listApps},
		{op: "CreateAnAppV2", method: http.MethodPost, path: "{I}/apps", do: withBody(createApp)},
		{op: "ShowDetailsOfAppV2", method: http.MethodGet, path: "{I}/apps/{app_id}", do: showObject(appItselfInPath, (*Gateway).appView)},
		{op: "UpdateAppV2", method: http.MethodPut, path: "{I}/apps/{app_id}", do: forObjectWithBody(appItselfInPath, updateApp)},
		{op: "DeleteAppV2", method: http.MethodDelete, path: "{I}/apps/{app_id}", do: forObject(appItselfInPath, deleteApp)},
		{op: "CheckAppV2", method: http.MethodGet, path: "{I}/apps/validation/{app_id}", do: showObject(appItselfInPath, validatedApp)},
		{op: "ResettingAppSecretV2", method: http.MethodPut, path: "{I}/apps/secret/{app_id}", do: forObjectWithBody(appItselfInPath, resetSecret)},
	},
	quotas: []quota{quotaApps, quotaAppSwitch},
	sections: []section{
		listSection("apps", func(f fileApp) string { return f.Name }, (*loader).app, dumpAll((*state).apps, (*dumper).app)),
	},
}

var quotaApps = quota{name: "APP_NUM_LIMIT", code: "APIG.3103", description: "apps", defaultLimit: 50, used: count((*state).apps)}

var quotaAppSwitch = quota{name: "APP_KEY_SECRET_SWITCH", code: "", description: "1: app key and secret can be customized", defaultLimit: 1}

func (s *state) apps() *table[*app] { return tableOf[*app](s, "app") }

// appView returns the app as reads show it. Behaviour.AppSecret decides how it shows the secret.
func (g *Gateway) appView(a *app) appView {
	v := appView{
		ID: a.id, appBody: a.appBody, Creator: "USER", UpdateTime: formatTime(a.updated), RegisterTime: formatTime(a.created), Status: 1, AppType: "apig",
	}
	if g.behaviour.AppSecret == "masked" {
		v.Secret = masked(a.Secret)
	}
	return v
}

// masked keeps the first and last three characters of a secret, like the example in the manual.
func masked(secret string) string {
	if len(secret) < 8 {
		return "************"
	}
	return secret[:3] + "************" + secret[len(secret)-3:]
}

// partEffect returns the effect of a write to a part of an app.
func (a *app) partEffect(kind, action, id string) Effect {
	return Effect{Kind: kind, Action: action, ID: id, Policy: a.id, PolicyName: a.name}
}

func listApps(g *Gateway, c *call) (reply, error) {
	f := idAndNameFilter[*app](c, "id", "name")
	f.where(c, "status", func(*app) string { return "1" })
	f.where(c, "app_key", func(a *app) string { return a.Key })
	f.where(c, "creator", func(*app) string { return "USER" })
	f.where(c, "related_domain_id", func(a *app) string { return a.DomainID })
	f.where(c, "related_project_id", func(a *app) string { return a.ProjectID })
	return page(g, c, "apps", g.apps().candidates(c.queryArg("id"), c.exactName()), f.condition(), func(a *app) appView {
		v, n := g.appView(a), len(g.authorizations().ofPolicy(a.id))
		v.BindNum = &n
		return v
	})
}

// checkApp checks the body of a create or update; ownID is the id of the updated app, "" for a create.
func (g *Gateway) checkApp(c *call, b appBody, ownID string) error {
	var v checks
	v.text("name", b.Name, 3, 64, policyName)
	v.text("remark", b.Remark, 0, maxRemark, nil)
	if c.sent("app_key") {
		v.require(g.appSwitch(), "app_key")
		v.text("app_key", b.Key, 8, 200, appKey)
	}
	if c.sent("app_secret") {
		v.require(g.appSwitch(), "app_secret")
		v.text("app_secret", b.Secret, 8, 128, appSecret)
	}
	v.unique(g.apps().nameTaken("", b.Name, ownID), "APIG.3203", "app", b.Name)
	if holder := g.apps().keys[b.Key]; holder != nil && holder.id != ownID {
		v.fail(refuse(http.StatusBadRequest, "APIG.3310", "The app key already exists,app_key:%s", b.Key))
	}
	return v.err
}

// appSwitch reports whether callers may choose the keys and secrets of apps.
func (g *Gateway) appSwitch() bool {
	if n, set := g.quotaLimits[quotaAppSwitch.name]; set {
		return n == 1
	}
	return g.behaviour.AppSwitch != "off"
}

func createApp(g *Gateway, c *call, b appBody) (reply, error) {
	if err := cmp.Or(g.checkApp(c, b, ""), g.withinQuota(quotaApps, len(g.apps().rows))); err != nil {
		return reply{}, err
	}
	a := &app{appBody: b}
	g.apps().create(g, c, a, b.Name, "")
	g.setKeys(a)
	v := g.appView(a)
	v.Secret, v.RegisterTime = a.Secret, formatTimeExactly(a.created)
	return created(v)
}

// setKeys completes a new app: an empty key or secret is generated.
func (s *state) setKeys(a *app) {
	if a.Key == "" {
		a.Key = s.newID()
	}
	if a.Secret == "" {
		a.Secret = s.newID()
	}
	s.apps().keys[a.Key] = a
}

func validatedApp(_ *Gateway, a *app) map[string]any {
	return map[string]any{"id": a.id, "name": a.name, "remark": a.Remark}
}

func updateApp(g *Gateway, c *call, a *app, b appBody) (reply, error) {
	if err := g.checkApp(c, b, a.id); err != nil {
		return reply{}, err
	}
	a.Name, a.Remark = b.Name, g.remarkUnlessEmpty(c, a.Remark, b.Remark)
	if c.sent("app_key") {
		delete(g.apps().keys, a.Key)
		a.Key = b.Key
		g.apps().keys[a.Key] = a
	}
	g.apps().update(c, a, b.Name)
	if c.sent("app_secret") && b.Secret != a.Secret {
		g.setSecret(c, a, b.Secret)
	}
	return ok(g.appView(a))
}

func (g *Gateway) setSecret(c *call, a *app, secret string) {
	a.Secret, a.updated = secret, c.now
	e := a.partEffect("app_secret", "update", a.id)
	e.Value = fingerprint(secret)
	c.effect(e)
}

type appSecretBody struct {
	Secret string `json:"app_secret"`
}

func resetSecret(g *Gateway, c *call, a *app, b appSecretBody) (reply, error) {
	if b.Secret == "" {
		b.Secret = g.newID()
	} else if err := g.checkApp(c, appBody{Name: a.name, Secret: b.Secret}, a.id); err != nil {
		return reply{}, err
	}
	g.setSecret(c, a, b.Secret)
	return ok(g.appView(a))
}

func deleteApp(g *Gateway, c *call, a *app) (reply, error) {
	unbindAll(g, c, g.authorizations(), g.authorizations().ofPolicy(a.id))
	for _, s := range a.specials {
		s.throttle.specials.remove(s)
		c.effect(s.effect("delete"))
	}
	g.setQuota(c, a, nil)
	delete(g.apps().keys, a.Key)
	return g.apps().delete(c, a)
}

type fileApp struct {
	appBody
	toolKeys
	Codes  fileCodes   `json:"app_codes,omitzero"`
	Access *fileAccess `json:"access_control,omitempty"`
	APIs   []apiRef    `json:"apis,omitempty"`
}

func (l *loader) app(f fileApp) error {
	a := &app{appBody: f.appBody, access: (*appAccess)(f.Access)}
	if err := addNew(l, l.apps(), a, f.Name); err != nil {
		return err
	}
	if holder := l.apps().keys[f.Key]; holder != nil {
		return fmt.Errorf("app_key: app %s has the same key", holder.name)
	}
	l.setKeys(a)
	for _, code := range f.Codes.Codes {
		address := "app_code/" + a.name + "/#" + fingerprint(code)
		at, _, err := l.timesAt(address)
		if err != nil {
			return err
		}
		a.codes.add(&appCodeEntry{part: part{l.nextSeq(), l.id(address)}, app: a, code: code, created: at})
	}
	for range f.Codes.Generate {
		a.codes.add(&appCodeEntry{part: part{l.nextSeq(), l.newID()}, app: a, code: l.newID() + l.newID(), created: l.now})
	}
	return bindLoaded(l, authBinding, a, f.APIs)
}

func (d *dumper) app(a *app) fileApp {
	f := fileApp{
		appBody: a.appBody, Access: (*fileAccess)(a.access), APIs: apiRefsOf(d, d.authorizations(), a.id),
	}
	for _, e := range a.codes {
		f.Codes.Codes = append(f.Codes.Codes, e.code)
		d.saveIdentity("app_code/"+a.name+"/#"+fingerprint(e.code), e.id, e.created, e.created)
	}
	return f
}
