package emulator

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
)

// app is a caller with credentials.
type app struct {
	identity
	remark       string
	key          string
	secret       string
	domainID     string
	project      string
	codes        list[*appCodeEntry]
	access       *appAccess // nil if there is no restriction
	quota        *appQuota  // nil if none is bound
	quotaBoundAt string
	specials     []*special
}

type appBody struct {
	Name      string  `json:"name"`
	Remark    *string `json:"remark"`
	Key       *string `json:"app_key"`
	Secret    *string `json:"app_secret"`
	DomainID  string  `json:"related_domain_id"`
	ProjectID string  `json:"related_project_id"`
}

type appView struct {
	ID           string `json:"id"`
	Name         string `json:"name"`
	Remark       string `json:"remark"`
	Creator      string `json:"creator"`
	UpdateTime   string `json:"update_time"`
	AppKey       string `json:"app_key"`
	AppSecret    string `json:"app_secret"`
	RegisterTime string `json:"register_time"`
	Status       int    `json:"status"`
	AppType      string `json:"app_type"`
	RomaAppType  string `json:"roma_app_type"`
	DomainID     string `json:"related_domain_id"`
	ProjectID    string `json:"related_project_id"`
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
		{op: "CheckAppV2", method: http.MethodGet, path: "{I}/apps/validation/{app_id}", do: forObject(appItselfInPath, validateApp)},
		{op: "ResettingAppSecretV2", method: http.MethodPut, path: "{I}/apps/secret/{app_id}", do: forObjectWithBody(appItselfInPath, resetSecret)},
	},
	quotas: []quota{quotaApps, quotaAppSwitch},
	sections: []section{
		listSection("apps", func(f fileApp) string { return f.Name }, (*loader).app, dumpAll((*state).apps, (*dumper).app)),
	},
}

var quotaApps = quota{name: "APP_NUM_LIMIT", code: "APIG.3103", description: "apps", defaultLimit: 50, used: func(s *state) int { return len(s.apps().rows) }}

var quotaAppSwitch = quota{name: "APP_KEY_SECRET_SWITCH", code: "", description: "1: app key and secret can be customized", defaultLimit: 1}

func (s *state) apps() *table[*app] { return tableOf[*app](s, "app") }

// appView returns the app as reads show it. Behaviour.AppSecret decides how it shows the secret.
func (g *Gateway) appView(a *app) appView {
	v := appView{
		ID: a.id, Name: a.name, Remark: a.remark, Creator: "USER", UpdateTime: formatTime(a.updated), AppKey: a.key,
		AppSecret: a.secret, RegisterTime: formatTime(a.created), Status: 1, AppType: "apig", DomainID: a.domainID, ProjectID: a.project,
	}
	if g.behaviour.AppSecret == "masked" {
		v.AppSecret = masked(a.secret)
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

func (a *app) effect(action string) Effect {
	return Effect{Kind: "app", Action: action, ID: a.id, Name: a.name}
}

func listApps(g *Gateway, c *call) (reply, error) {
	f := idAndNameFilter[*app](c, "id", "name")
	f.where(c, "status", func(*app) string { return "1" })
	f.where(c, "app_key", func(a *app) string { return a.key })
	f.where(c, "creator", func(*app) string { return "USER" })
	f.where(c, "related_domain_id", func(a *app) string { return a.domainID })
	f.where(c, "related_project_id", func(a *app) string { return a.project })
	return page(g, c, "apps", g.apps().candidates(c.queryArg("id"), c.exactName()), f.condition(), func(a *app) appView {
		v, n := g.appView(a), len(g.authorizations().ofPolicy(a.id))
		v.BindNum = &n
		return v
	})
}

// checkApp checks the body of a create or update; ownID is the id of the updated app, "" for a create.
func (g *Gateway) checkApp(b appBody, ownID string) error {
	var v checks
	v.text("name", b.Name, 3, 64, policyName)
	v.text("remark", valueOr(b.Remark, ""), 0, maxRemark, nil)
	if b.Key != nil {
		v.require(g.appSwitch(), "app_key")
		v.text("app_key", *b.Key, 8, 200, appKey)
	}
	if b.Secret != nil {
		v.require(g.appSwitch(), "app_secret")
		v.text("app_secret", *b.Secret, 8, 128, appSecret)
	}
	v.unique(g.apps().nameTaken("", b.Name, ownID), "APIG.3203", "app", b.Name)
	if holder := g.apps().keys[valueOr(b.Key, "")]; holder != nil && holder.id != ownID {
		v.fail(refuse(http.StatusBadRequest, "APIG.3310", "The app key already exists,app_key:%s", *b.Key))
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
	if err := cmp.Or(g.checkApp(b, ""), g.withinQuota(quotaApps, len(g.apps().rows))); err != nil {
		return reply{}, err
	}
	a := &app{identity: g.newIdentity(b.Name, "", c.now), remark: valueOr(b.Remark, ""), domainID: b.DomainID, project: b.ProjectID}
	g.addApp(a, valueOr(b.Key, ""), valueOr(b.Secret, ""))
	c.effect(a.effect("create"))
	v := g.appView(a)
	v.AppSecret, v.RegisterTime = a.secret, formatTimeExactly(a.created)
	return created(v)
}

// addApp adds the app. An empty key or secret is generated.
func (s *state) addApp(a *app, key, secret string) {
	if key == "" {
		key = s.newID()
	}
	if secret == "" {
		secret = s.newID()
	}
	a.key, a.secret = key, secret
	s.apps().add(a)
	s.apps().keys[a.key] = a
}

func validateApp(_ *Gateway, _ *call, a *app) (reply, error) {
	return ok(map[string]any{"id": a.id, "name": a.name, "remark": a.remark})
}

func updateApp(g *Gateway, c *call, a *app, b appBody) (reply, error) {
	if err := g.checkApp(b, a.id); err != nil {
		return reply{}, err
	}
	a.remark = g.remarkUnlessEmpty(a.remark, b.Remark)
	if b.Key != nil {
		delete(g.apps().keys, a.key)
		a.key = *b.Key
		g.apps().keys[a.key] = a
	}
	g.apps().update(c, a, b.Name)
	if b.Secret != nil && *b.Secret != a.secret {
		g.setSecret(c, a, *b.Secret)
	}
	return ok(g.appView(a))
}

func (g *Gateway) setSecret(c *call, a *app, secret string) {
	a.secret, a.updated = secret, c.now
	e := a.partEffect("app_secret", "update", a.id)
	e.Value = fingerprint(secret)
	c.effect(e)
}

type appSecretBody struct {
	Secret *string `json:"app_secret"`
}

func resetSecret(g *Gateway, c *call, a *app, b appSecretBody) (reply, error) {
	secret := valueOr(b.Secret, "")
	if secret == "" {
		secret = g.newID()
	} else if err := g.checkApp(appBody{Name: a.name, Secret: b.Secret}, a.id); err != nil {
		return reply{}, err
	}
	g.setSecret(c, a, secret)
	return ok(g.appView(a))
}

func deleteApp(g *Gateway, c *call, a *app) (reply, error) {
	unbindAll(g, c, g.authorizations(), g.authorizations().ofPolicy(a.id))
	for _, s := range a.specials {
		s.throttle.specials.remove(s)
		c.effect(s.effect("delete"))
	}
	g.setQuota(c, a, nil)
	delete(g.apps().keys, a.key)
	return g.apps().delete(c, a)
}

type fileApp struct {
	fileObject
	Remark    string      `json:"remark,omitempty"`
	Key       string      `json:"app_key,omitempty"`
	Secret    string      `json:"app_secret,omitempty"`
	DomainID  string      `json:"related_domain_id,omitempty"`
	ProjectID string      `json:"related_project_id,omitempty"`
	Codes     fileCodes   `json:"app_codes,omitzero"`
	Access    *fileAccess `json:"access_control,omitempty"`
	APIs      []apiRef    `json:"apis,omitempty"`
}

func (l *loader) app(f fileApp) error {
	i, err := l.identity("app", f.Name, "")
	if err != nil {
		return err
	}
	a := &app{identity: i, remark: f.Remark, domainID: f.DomainID, project: f.ProjectID, access: (*appAccess)(f.Access)}
	if l.apps().nameTaken("", f.Name, "") {
		return errors.New("defined twice")
	}
	if holder := l.apps().keys[f.Key]; holder != nil {
		return fmt.Errorf("app_key: app %s has the same key", holder.name)
	}
	l.addApp(a, f.Key, f.Secret)
	for _, code := range f.Codes.Codes {
		address := "app_code/" + a.name + "/#" + fingerprint(code)
		at, _, err := l.timesAt(address)
		if err != nil {
			return err
		}
		a.codes.add(&appCodeEntry{app: a, seq: l.nextSeq(), id: l.id(address), code: code, created: at})
	}
	for range f.Codes.Generate {
		a.codes.add(&appCodeEntry{app: a, seq: l.nextSeq(), id: l.newID(), code: l.newID() + l.newID(), created: l.now})
	}
	return bindLoaded(l, authBinding, a, f.APIs)
}

func (d *dumper) app(a *app) fileApp {
	f := fileApp{
		fileObject: fileObject{Name: a.name}, Remark: a.remark, Key: a.key, Secret: a.secret, DomainID: a.domainID,
		ProjectID: a.project, Access: (*fileAccess)(a.access), APIs: apiRefsOf(d, d.authorizations(), a.id),
	}
	for _, e := range a.codes {
		f.Codes.Codes = append(f.Codes.Codes, e.code)
		d.saveIdentity("app_code/"+a.name+"/#"+fingerprint(e.code), e.id, e.created, e.created)
	}
	return f
}
