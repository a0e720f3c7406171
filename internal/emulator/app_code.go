package emulator

import (
	"bytes"
	"encoding/json"
	"net/http"
	"time"
)

// appCodeEntry is one code with which an app can authenticate instead of a signature.
type appCodeEntry struct {
	part
	app     *app
	code    string
	created time.Time
}

type appCodeView struct {
	ID         string `json:"id"`
	AppCode    string `json:"app_code"`
	AppID      string `json:"app_id"`
	CreateTime string `json:"create_time"`
}

const appCodesPath = "{I}/apps/{app_id}/app-codes"

var appCodeNotFound = notFound("APIG.3082", "App code %s does not exist")

var appCodeInPath = partInPath(appInPath, func(a *app) []*appCodeEntry { return a.codes }, "app_code_id", appCodeNotFound)

var appCodeResource = resource{
	routes: []route{
		{op: "ListAppCodesV2", method: http.MethodGet, path: appCodesPath, do: forObject(appInPath, listAppCodes)},
		{op: "CreateAppCodeV2", method: http.MethodPost, path: appCodesPath, do: forObjectWithBody(appInPath, createAppCode)},
		{op: "CreateAppCodeAutoV2", method: http.MethodPut, path: appCodesPath, do: forObject(appInPath, generateAppCode)},
		{op: "ShowDetailsOfAppCodeV2", method: http.MethodGet, path: appCodesPath + "/{app_code_id}", do: forObject(appCodeInPath, showAppCode)},
		{op: "DeleteAppCodeV2", method: http.MethodDelete, path: appCodesPath + "/{app_code_id}", do: forObject(appCodeInPath, deleteAppCode)},
	},
	quotas: []quota{quotaAppCodes},
}

var quotaAppCodes = quota{name: "APP_CODE_NUM_LIMIT", code: "APIG.3131", description: "app codes", defaultLimit: 5}

func (e *appCodeEntry) view() appCodeView {
	return appCodeView{ID: e.id, AppCode: e.code, AppID: e.app.id, CreateTime: formatTimeExactly(e.created)}
}

func listAppCodes(g *Gateway, c *call, a *app) (reply, error) {
	return page(g, c, "app_codes", a.codes, nil, (*appCodeEntry).view)
}

// addCode adds a code to the app.
func (g *Gateway) addCode(c *call, a *app, code string) (reply, error) {
	for _, other := range a.codes {
		if other.code == code {
			return reply{}, refuse(http.StatusBadRequest, "APIG.3309", "The app code already exists")
		}
	}
	if err := g.withinQuota(quotaAppCodes, len(a.codes)); err != nil {
		return reply{}, err
	}
	e := &appCodeEntry{part: part{g.nextSeq(), g.newID()}, app: a, code: code, created: c.now}
	a.codes.add(e)
	c.effect(e.effect("create"))
	return created(e.view())
}

func (e *appCodeEntry) effect(action string) Effect {
	shown := e.app.partEffect("app_code", action, e.id)
	shown.Value = fingerprint(e.code)
	return shown
}

type appCodeBody struct {
	AppCode string `json:"app_code"`
}

func createAppCode(g *Gateway, c *call, a *app, b appCodeBody) (reply, error) {
	var v checks
	if v.text("app_code", b.AppCode, 64, 180, appCode); v.err != nil {
		return reply{}, v.err
	}
	return g.addCode(c, a, b.AppCode)
}

func generateAppCode(g *Gateway, c *call, a *app) (reply, error) {
	return g.addCode(c, a, g.newID()+g.newID())
}

// showAppCode answers 201 to a read, as documented.
func showAppCode(_ *Gateway, _ *call, e *appCodeEntry) (reply, error) { return created(e.view()) }

func deleteAppCode(_ *Gateway, c *call, e *appCodeEntry) (reply, error) {
	e.app.codes.remove(e)
	c.effect(e.effect("delete"))
	return noContent()
}

// fileCodes is the list of an app's codes, with the number of codes to generate.
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
		if err := decodeTextOr(entry, &code, &many); err != nil {
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

// IsZero reports whether the list is empty.
func (c fileCodes) IsZero() bool { return len(c.Codes) == 0 && c.Generate == 0 }
