package kind

import (
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/api"
	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
)

// App is a credential with which callers identify themselves. API reference: "App Management".
type App struct {
	Name   string `json:"name"`
	Remark string `json:"remark"`
	Key    string `json:"app_key"`    // "" leaves the key to the gateway
	Secret string `json:"app_secret"` // "" leaves the secret to the gateway
}

type appWire struct {
	ID     string  `json:"id,omitempty"`
	Name   string  `json:"name"`
	Remark *string `json:"remark,omitempty"`
	Key    string  `json:"app_key,omitempty"`
	Secret string  `json:"app_secret,omitempty"`
	Bound  *int    `json:"bind_num,omitempty"`
}

const generatedByGateway = "the gateway generates one, which is left alone"

var app = of(Def[App, appWire]{
	Facts: Facts{
		Name: "app", Trail: "App", Section: "apps", Rank: 2, Path: "apps", ListField: "apps", NameQuery: "name",
		ReadOnly:  []string{"creator", "register_time", "status", "app_type", "roma_app_type"},
		LimitName: "APP_NUM_LIMIT",
		Generated: []string{"/app_key", "/app_secret"}, KeptWhenEmpty: []string{"/remark"},
		Ops: Operations{List: "ListAppsV2", Create: "CreateAnAppV2", Update: "UpdateAppV2", Delete: "DeleteAppV2"},
		Shape: shape.OfMap("An app (credential): a caller, with its key, secret and codes.",
			shape.Required("name", name("app", "orders_mobile", 64)),
			shape.Optional("remark", remark()),
			shape.Optional("app_key", shape.OfText("Key of the app. To set it, the gateway must have its switch for custom keys on.",
				shape.Length(8, 200), shape.Pattern(`[A-Za-z0-9][A-Za-z0-9_-]*`, "letters, digits, _ and -, starting with a letter or digit")).WithExample("${ORDERS_KEY}").WithAbsent(generatedByGateway)),
			shape.Optional("app_secret", shape.OfText("Secret of the app. To set it, the gateway must have its switch for custom keys on.",
				shape.Length(8, 128), shape.Pattern(`[A-Za-z0-9][A-Za-z0-9_!@#$%-]*`, "letters, digits and _ - ! @ # $ %, starting with a letter or digit")).AsSecret().WithExample("${ORDERS_SECRET}").WithAbsent(generatedByGateway)),
			shape.Optional("app_codes", codeList),
			shape.Optional("access_control", accessControlShape),
		),
	}, Hooks: Hooks[App]{
		Normalize: func(a App) App {
			if strings.TrimSpace(a.Remark) == "" {
				a.Remark = ""
			}
			return a
		},
		Sent: func(want, _ App, changed func(string) bool) (App, []string) { // an update leaves fields alone that it does not contain
			if !changed("/app_key") {
				want.Key = ""
			}
			if !changed("/app_secret") {
				want.Secret = ""
			}
			return want, nil
		},
	},
	Key: func(_ string, a App) string { return a.Name },
	Encode: func(w Writing[App]) (any, error) {
		a := w.Want
		return appWire{Name: a.Name, Remark: &a.Remark, Key: a.Key, Secret: a.Secret}, nil
	},
	Decode: func(w appWire) Found[App] {
		return Found[App]{ID: w.ID, Bound: bound(w.Bound), Value: App{Name: w.Name, Remark: value(w.Remark), Key: w.Key, Secret: w.Secret}}
	},
})

// concealed reports whether shown, which the gateway reports for a secret, reveals nothing of it.
func concealed(shown string) bool { return strings.Trim(shown, "*") == "" }

// InClear reports whether the gateway shows a secret as it is: neither hidden nor masked.
func InClear(shown string) bool { return shown != "" && !strings.Contains(shown, "*") }

// shows reports whether want can be the secret of which the gateway shows shown: in clear, masked (1ff***9a4), or not
// at all.
func shows(shown, want string) bool {
	before, _, ok := strings.Cut(shown, "*")
	if !ok {
		return shown == want || shown == ""
	}
	last := strings.LastIndexByte(shown, '*')
	head, tail := before, shown[last+1:]
	return len(want) >= len(head)+len(tail) && strings.HasPrefix(want, head) && strings.HasSuffix(want, tail)
}

type authorizationRow struct {
	ID     string     `json:"id"`
	AppID  string     `json:"app_id"`
	App    string     `json:"app_name"`
	Result authResult `json:"auth_result"`
	boundAPI
}

type authResult struct {
	Status  string `json:"status"` // SUCCESS, SKIPPED (it existed already) or FAILED
	Code    string `json:"error_code"`
	Message string `json:"error_msg"`
}

func authorization(r authorizationRow) Row {
	row := r.row(r.ID, r.AppID, r.App)
	row.Failed, row.ErrorCode, row.ErrorMessage = r.Result.Status == "FAILED", r.Result.Code, r.Result.Message
	return row
}

// pairMax is the most pairs of apps and APIs in one request. The API documents no maximum.
const pairMax = 500

var appAuthorization = &LinkKind{
	Name: "app_authorization", Trail: "AppAuth", Owner: "app", Target: APublication, Field: "apis", DeletedWithOwner: true,
	OfOwner:  bindings("ListApisBindedToAppV2", "auths", "app_id", authorization, "app-auths", "binded-apis"),
	OfTarget: bindings("ListAppsBindedToApiV2", "auths", "api_id", authorization, "app-auths", "binded-apps"),
	OfAll:    reading(LinkList{Operation: "ListAppsBindedToApiV2", ListField: "auths", Path: fixed("app-auths", "binded-apps")}, authorization),
	Answer:   answer("auths", authorization),
	Bind: []Write{{
		By: Cross, Operation: "CreateAuthorizingAppsV2", Max: pairMax,
		Request: func(l []Link) api.Request {
			return api.Request{Operation: "CreateAuthorizingAppsV2", Method: "POST", Path: []string{"app-auths"}, Body: map[string]any{
				"env_id":  l[0].To.EnvID,
				"app_ids": distinct(gather(l, ownerID)),
				"api_ids": distinct(gather(l, apiID)),
			}}
		},
	}},
	Unbind: []Write{{
		By: Alone, Operation: "CancelingAuthorizationV2", Max: 1,
		Request: func(l []Link) api.Request {
			return api.Request{Operation: "CancelingAuthorizationV2", Method: "DELETE", Path: []string{"app-auths", l[0].ID}}
		},
	}},
	Lanes: func(l *Link) []string { return []string{"app/" + l.Owner + "@" + l.To.Env} },
}

func ownerID(l *Link) string  { return l.OwnerID }
func targetID(l *Link) string { return l.To.ID }
func apiID(l *Link) string    { return l.To.API.ID }
