package emulator

import (
	"cmp"
	"net/http"
	"regexp"
)

// signKey lets backends verify that a call came through the gateway.
type signKey struct {
	identity
	signKeyBody
}

type signKeyBody struct {
	Name      string  `json:"name"`
	Type      string  `json:"sign_type"`
	Key       *string `json:"sign_key"`
	Secret    *string `json:"sign_secret"`
	Algorithm string  `json:"sign_algorithm"`
}

type signKeyView struct {
	ID string `json:"id"`
	signKeyBody
	CreateTime string `json:"create_time"`
	UpdateTime string `json:"update_time"`
	BindNum    *int   `json:"bind_num,omitempty"` // only in lists
	LdAPIBound *int   `json:"ldapi_bind_num,omitempty"`
}

const (
	signKeysPath        = "{I}/signs"
	oneSignKeyPath      = signKeysPath + "/{sign_id}"
	signKeyBindingsPath = "{I}/sign-bindings"
)

var signKeyNotFound = notFound("APIG.3017", "Signature key %s does not exist")

var signKeyInPath = inPath("sign_id", (*state).signKeys, signKeyNotFound)

var signKeyResource = resource{
	routes: []route{
		{op: "ListSignatureKeysV2", method: http.MethodGet, path: signKeysPath, do: listSignKeys},
		{op: "CreateSignatureKeyV2", method: http.MethodPost, path: signKeysPath, do: withBody(createSignKey)},
		{op: "UpdateSignatureKeyV2", method: http.MethodPut, path: oneSignKeyPath, do: forObjectWithBody(signKeyInPath, updateSignKey)},
		{op: "DeleteSignatureKeyV2", method: http.MethodDelete, path: oneSignKeyPath, do: forObject(signKeyInPath, deleteSignKey)},
	},
	quotas: []quota{quotaSignKeys},
	sections: []section{
		listSection("signatures", func(f fileSignKey) string { return f.Name }, (*loader).signKey, dumpAll((*state).signKeys, (*dumper).dumpSignKey)),
	},
}

var quotaSignKeys = quota{name: "SIGN_NUM_LIMIT", code: "APIG.3105", description: "signature keys", defaultLimit: 200, used: count((*state).signKeys)}

func (s *state) signKeys() *table[*signKey] { return tableOf[*signKey](s, "signature") }

// signRule defines the form of the key and the secret of one type of signature.
type signRule struct {
	feature     string
	key, secret signText
}

// signText defines a text: its charset, its minimum and maximum length, and the length of a text that the gateway
// generates.
type signText struct {
	charset                         func() *regexp.Regexp
	minLength, maxLength, generated int
}

var (
	signWord  = expression(`^[A-Za-z0-9][A-Za-z0-9_-]*$`)
	signName  = expression(`^[A-Za-z][A-Za-z0-9_-]*$`)
	signCode  = expression(`^[A-Za-z0-9+/][A-Za-z0-9_\-+/=]*$`)
	signBytes = expression(`^[A-Za-z0-9+/][A-Za-z0-9_\-!@#$%+/=]*$`)

	signRules = map[string]signRule{
		"hmac":            {"", signText{signWord, 8, 32, 32}, signText{appSecret, 16, 64, 64}},
		"basic":           {"sign_basic", signText{signName, 4, 32, 32}, signText{appSecret, 8, 64, 64}},
		"public_key":      {"public_key", signText{signCode, 8, 512, 64}, signText{signBytes, 16, 2048, 64}},
		"aes aes-128-cfb": {"sign_aes", signText{signBytes, 16, 16, 16}, signText{signBytes, 16, 16, 16}},
		"aes aes-256-cfb": {"sign_aes", signText{signBytes, 32, 32, 32}, signText{signBytes, 16, 16, 16}},
	}
)

// accepts reports whether s is valid. nil is valid, because the gateway then generates a text.
func (t signText) accepts(s *string) bool {
	return s == nil || len(*s) >= t.minLength && len(*s) <= t.maxLength && t.charset().MatchString(*s)
}

func (b signKeyBody) rule() (signRule, bool) {
	name := b.Type
	if name == "aes" {
		name += " " + b.Algorithm
	}
	r, known := signRules[name]
	return r, known
}

func (k *signKey) view() signKeyView {
	return signKeyView{ID: k.id, signKeyBody: k.signKeyBody, CreateTime: formatTime(k.created), UpdateTime: formatTime(k.updated)}
}

// signKeyView returns the key as all answers show it, except that to the create.
func (g *Gateway) signKeyView(k *signKey) signKeyView {
	v := k.view()
	v.Secret = new(g.signSecretView(k))
	return v
}

func (g *Gateway) signSecretView(k *signKey) string {
	if g.behaviour.SignSecret == "masked" {
		return masked(*k.Secret)
	}
	return *k.Secret
}

func (k *signKey) effect(action string) Effect {
	return Effect{Kind: "signature", Action: action, ID: k.id, Name: k.name, Type: k.Type, Value: fingerprint(*k.Key + " " + *k.Secret)}
}

func listSignKeys(g *Gateway, c *call) (reply, error) {
	f := idAndNameFilter[*signKey](c, "id", "name")
	return page(g, c, "signs", g.signKeys().candidates(c.queryArg("id"), c.exactName()), f.condition(), func(k *signKey) signKeyView {
		v, bound, none := g.signKeyView(k), len(g.signKeyBindings().ofPolicy(k.id)), 0
		v.BindNum, v.LdAPIBound = &bound, &none
		return v
	})
}

// checkSignKey checks the body of a create or update; ownID is the id of the updated key, "" for a create.
func (g *Gateway) checkSignKey(b signKeyBody, ownID string) error {
	var v checks
	v.text("name", b.Name, 3, 64, policyName)
	rule, known := b.rule()
	v.require(known, "sign_type")
	v.require(b.Type == "aes" || b.Algorithm == "", "sign_algorithm")
	if v.err != nil {
		return v.err
	}
	v.require(rule.key.accepts(b.Key), "sign_key")
	v.require(rule.secret.accepts(b.Secret), "sign_secret")
	if v.err == nil && !g.supports(rule.feature) {
		return refuse(http.StatusPreconditionFailed, "APIG.3548", "The signature type is not supported by the instance,sign_type:%s", b.Type)
	}
	v.unique(g.signKeys().nameTaken("", b.Name, ownID), "APIG.3207", "signature key", b.Name)
	return v.err
}

// withGenerated sets a key and secret that were not sent: to the previous ones, or else to new ones.
func (b signKeyBody) withGenerated(s *state, key, secret *string) signKeyBody {
	rule, _ := b.rule()
	fill := func(sent, old *string, length int) *string {
		if sent == nil {
			sent = old
		}
		if sent == nil {
			made := "k" + (s.newID() + s.newID())[:max(length, 1)-1] // some types begin with a letter
			sent = &made
		}
		return sent
	}
	b.Key, b.Secret = fill(b.Key, key, rule.key.generated), fill(b.Secret, secret, rule.secret.generated)
	return b
}

func createSignKey(g *Gateway, c *call, b signKeyBody) (reply, error) {
	if err := cmp.Or(g.checkSignKey(b, ""), g.withinQuota(quotaSignKeys, len(g.signKeys().rows))); err != nil {
		return reply{}, err
	}
	k := &signKey{signKeyBody: b.withGenerated(g.state, nil, nil)}
	g.signKeys().create(g, c, k, b.Name, "")
	return created(k.view())
}

// updateSignKey generates a new key or secret if the update leaves it out, or keeps the old one, see Behaviour.OmittedSignKey. A key
// or secret that is not valid for the new type is never kept.
func updateSignKey(g *Gateway, c *call, k *signKey, b signKeyBody) (reply, error) {
	if err := g.checkSignKey(b, k.id); err != nil {
		return reply{}, err
	}
	key, secret := k.Key, k.Secret
	if rule, _ := b.rule(); g.behaviour.OmittedSignKey != "kept" || !rule.key.accepts(key) || !rule.secret.accepts(secret) {
		key, secret = nil, nil
	}
	k.signKeyBody = b.withGenerated(g.state, key, secret)
	g.signKeys().update(c, k, b.Name)
	return ok(g.signKeyView(k))
}

// deleteSignKey deletes the bindings of the key as well, or refuses to delete a bound key, see Behaviour.DeleteBound.
func deleteSignKey(g *Gateway, c *call, k *signKey) (reply, error) {
	bound := g.signKeyBindings().ofPolicy(k.id)
	if len(bound) > 0 && g.behaviour.DeleteBound != "cascade" {
		return reply{}, refuse(http.StatusBadRequest, "APIG.1119", "The signature key has been bound to APIs,id:%s", k.id)
	}
	unbindAll(g, c, g.signKeyBindings(), bound)
	return g.signKeys().delete(c, k)
}

var signKeyBindingNotFound = notFound("APIG.3018", "The signature key binding record does not exist")

// signKeyBinding binds signature keys to APIs. An API can have one in an environment, and a bind replaces another one.
var signKeyBinding = binding[*signKey]{
	links: (*state).signKeyBindings, policies: (*state).signKeys, id: "sign_id", name: "sign_name", policyNotFound: signKeyNotFound, bindingNotFound: signKeyBindingNotFound,
	sameSlot: anyTwo[*signKey], alwaysReplaces: true,
}

var signKeyBindingResource = resource{routes: []route{
	{op: "AssociateSignatureKeyV2", method: http.MethodPost, path: signKeyBindingsPath, do: withBody(bindSignKey)},
	{op: "DisassociateSignatureKeyV2", method: http.MethodDelete, path: signKeyBindingsPath + "/{sign_bindings_id}", do: signKeyBinding.unbindOne("sign_bindings_id")},
	{op: "ListApisBindedToSignatureKeyV2", method: http.MethodGet, path: signKeyBindingsPath + "/binded-apis", do: signKeyBinding.listAPIs("bindings", (*Gateway).apiWithSignKey)},
	{op: "ListApisNotBoundWithSignatureKeyV2", method: http.MethodGet, path: signKeyBindingsPath + "/unbinded-apis", do: signKeyBinding.listUnboundAPIs((*Gateway).apiWithoutSignKey)},
	{op: "ListSignatureKeysBindedToApiV2", method: http.MethodGet, path: signKeyBindingsPath + "/binded-signs", do: signKeyBinding.listPolicies("bindings", (*Gateway).signBinding)},
}}

func (s *state) signKeyBindings() *links[*signKey] { return linksOf[*signKey](s, "signature_binding") }

type signKeyBindBody struct {
	SignID     string   `json:"sign_id"`
	PublishIDs []string `json:"publish_ids"`
}

// apiWithSignKey is an API that has the key.
type apiWithSignKey struct {
	boundAPI
	ReqMethod string `json:"req_method"`
	ID        string `json:"id"`
	Time      string `json:"binding_time"`
	SignID    string `json:"sign_id"`
	SignName  string `json:"sign_name"`
}

// signBinding is a binding with the key, which the list of a key's APIs does not have.
type signBinding struct {
	apiWithSignKey
	Type   string `json:"sign_type"`
	Key    string `json:"sign_key"`
	Secret string `json:"sign_secret"`
}

type apiWithoutSignKey struct {
	unboundAPIWithMethod
	SignName string `json:"signature_name"` // the key that the API has instead
}

func bindSignKey(g *Gateway, c *call, b signKeyBindBody) (reply, error) {
	return signKeyBinding.bind(g, c, b.SignID, b.PublishIDs, "bindings", g.signBinding)
}

func (g *Gateway) apiWithSignKeyOf(x *link[*signKey]) apiWithSignKey {
	return apiWithSignKey{g.boundAPI(x.target), x.api.ReqMethod, x.id, formatTime(x.created), x.policy.id, x.policy.name}
}

func (g *Gateway) apiWithSignKey(x *link[*signKey]) any { return g.apiWithSignKeyOf(x) }

func (g *Gateway) signBinding(x *link[*signKey]) any {
	return signBinding{g.apiWithSignKeyOf(x), x.policy.Type, *x.policy.Key, g.signSecretView(x.policy)}
}

func (g *Gateway) apiWithoutSignKey(t target, other string) any {
	return apiWithoutSignKey{g.unboundAPIWithMethod(t), other}
}

type fileSignKey struct {
	fileObject
	Type      string   `json:"type"`
	Algorithm string   `json:"algorithm,omitempty"`
	Key       *string  `json:"key,omitempty"`
	Secret    *string  `json:"secret,omitempty"`
	APIs      []apiRef `json:"apis,omitempty"`
}

func (l *loader) signKey(f fileSignKey) error {
	b := signKeyBody{Name: f.Name, Type: f.Type, Algorithm: f.Algorithm, Key: f.Key, Secret: f.Secret}
	k := &signKey{signKeyBody: b.withGenerated(l.state, nil, nil)}
	if err := addNew(l, l.signKeys(), k, f.Name); err != nil {
		return err
	}
	return bindLoaded(l, signKeyBinding, k, f.APIs)
}

func (d *dumper) dumpSignKey(k *signKey) fileSignKey {
	return fileSignKey{
		fileObject: fileObject{Name: k.name}, Type: k.Type, Algorithm: k.Algorithm, Key: k.Key, Secret: k.Secret, APIs: apiRefsOf(d, d.signKeyBindings(), k.id),
	}
}
