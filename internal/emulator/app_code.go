package emulator

import (
	"bytes"
	"encoding/json"
	"net/http"
	"time"
)

// appCodeEntry is one code that an app may show instead of a signature.
type appCodeEntry struct {
	seq     uint64
	id      string
	code    string
	created time.Time
}

func (e *appCodeEntry) order() uint64 { return e.seq }

type appCodeView struct {
	ID         string `json:"id"`
	AppCode    string `json:"app_code"`
	AppID      string `json:"app_id"`
	CreateTime string `json:"create_time"`
}

const appCodesPath = "{I}/apps/{app_id}/app-codes"

var noAppCode = missing("APIG.3082", "App code %s does not exist")

var appCodeResource = resource{
	routes: []route{
		{op: "ListAppCodesV2", method: http.MethodGet, path: appCodesPath, do: of(theApp, listAppCodes)},
		{op: "CreateAppCodeV2", method: http.MethodPost, path: appCodesPath, do: of(theApp, createAppCode)},
		{op: "CreateAppCodeAutoV2", method: http.MethodPut, path: appCodesPath, do: of(theApp, generateAppCode)},
		{op: "ShowDetailsOfAppCodeV2", method: http.MethodGet, path: appCodesPath + "/{app_code_id}", do: showAppCode},
		{op: "DeleteAppCodeV2", method: http.MethodDelete, path: appCodesPath + "/{app_code_id}", do: deleteAppCode},
	},
	quotas: []quota{quotaAppCodes},
}

var quotaAppCodes = quota{name: "APP_CODE_NUM_LIMIT", code: "APIG.3131", what: "app codes", regular: 5}

func (e *appCodeEntry) view(a *app) appCodeView {
	return appCodeView{ID: e.id, AppCode: e.code, AppID: a.id, CreateTime: exactStamp(e.created)}
}

func listAppCodes(g *Gateway, c *call, a *app) (reply, error) {
	return page(g, c, "app_codes", a.codes, nil, func(e *appCodeEntry) appCodeView { return e.view(a) })
}

// addCode gives the app a code.
func (g *Gateway) addCode(c *call, a *app, code string) (reply, error) {
	for _, other := range a.codes {
		if other.code == code {
			return reply{}, refuse(http.StatusBadRequest, "APIG.3309", "The app code already exists")
		}
	}
	if err := g.room(quotaAppCodes, len(a.codes)); err != nil {
		return reply{}, err
	}
	e := &appCodeEntry{seq: g.next(), id: g.newID(), code: code, created: c.now}
	a.codes.add(e)
	c.effect(e.effect(a, "create"))
	return created(e.view(a))
}

func (e *appCodeEntry) effect(a *app, action string) Effect {
	shown := a.effect("app_code", action, e.id)
	shown.Value = fingerprint(e.code)
	return shown
}

func createAppCode(g *Gateway, c *call, a *app) (reply, error) {
	b, err := body[struct {
		AppCode string `json:"app_code"`
	}](c)
	if err != nil {
		return reply{}, err
	}
	var v checks
	if v.text("app_code", b.AppCode, 64, 180, appCode); v.err != nil {
		return reply{}, v.err
	}
	return g.addCode(c, a, b.AppCode)
}

func generateAppCode(g *Gateway, c *call, a *app) (reply, error) {
	return g.addCode(c, a, g.newID()+g.newID())
}

// codeOf finds the code that the path names.
func (g *Gateway) codeOf(c *call) (*app, *appCodeEntry, error) {
	a, err := theApp(g, c)
	if err != nil {
		return nil, nil, err
	}
	for _, e := range a.codes {
		if e.id == c.path["app_code_id"] {
			return a, e, nil
		}
	}
	return nil, nil, noAppCode(c.path["app_code_id"])
}

// showAppCode answers 201, as documented.
func showAppCode(g *Gateway, c *call) (reply, error) {
	a, e, err := g.codeOf(c)
	if err != nil {
		return reply{}, err
	}
	return created(e.view(a))
}

func deleteAppCode(g *Gateway, c *call) (reply, error) {
	a, e, err := g.codeOf(c)
	if err != nil {
		return reply{}, err
	}
	a.codes.remove(e)
	c.effect(e.effect(a, "delete"))
	return noContent()
}

// fileCodes are the codes of an app, and how many to generate.
type fileCodes struct {
	Codes    []string
	Generate int
}

// UnmarshalJSON implements [json.Unmarshaler].
func (c *fileCodes) UnmarshalJSON(b []byte) error {
	entries := []json.RawMessage{b}
	if bytes.HasPrefix(b, []byte("[")) {
		entries = nil
		if err := json.Unmarshal(b, &entries); err != nil {
			return err
		}
	}
	for _, entry := range entries {
		var code string
		var many struct {
			Generate int `json:"generate"`
		}
		if err := textOr(entry, &code, &many); err != nil {
			return err
		}
		c.Generate += many.Generate
		if code != "" {
			c.Codes = append(c.Codes, code)
		}
	}
	return nil
}

// MarshalJSON implements [json.Marshaler].
func (c fileCodes) MarshalJSON() ([]byte, error) { return json.Marshal(c.Codes) }

// IsZero reports whether the app has no code.
func (c fileCodes) IsZero() bool { return len(c.Codes) == 0 && c.Generate == 0 }
