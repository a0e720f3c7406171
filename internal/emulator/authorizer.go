package emulator

import (
	"cmp"
	"net/http"
)

// authorizer is a custom authorizer: a function that decides whether callers may call an API.
type authorizer struct {
	identity
	authorizerBody
}

type authorizerBody struct {
	Name       string               `json:"name"`
	Type       string               `json:"type"`
	Kind       string               `json:"authorizer_type"`
	URI        string               `json:"authorizer_uri"`
	Version    string               `json:"authorizer_version"`
	AliasURI   string               `json:"authorizer_alias_uri"`
	Network    string               `json:"network_type"`
	Identities []authorizerIdentity `json:"identities"`
	TTL        int                  `json:"ttl"`
	NeedBody   bool                 `json:"need_body"`
	UserData   string               `json:"user_data"`
}

type authorizerIdentity struct {
	Name       string  `json:"name"`
	Location   string  `json:"location"`
	Validation *string `json:"validation"`
}

type authorizerView struct {
	ID string `json:"id"`
	authorizerBody
	CreateTime string `json:"create_time"`
}

const (
	authorizersPath   = "{I}/authorizers"
	oneAuthorizerPath = authorizersPath + "/{authorizer_id}"
)

var authorizerInPath = inPath("authorizer_id", (*state).authorizers, notFound("APIG.3081", "Custom authorizer %s does not exist"))

var authorizerResource = resource{
	routes: []route{
		{op: "ListCustomAuthorizersV2", method: http.MethodGet, path: authorizersPath, do: listAuthorizers},
		{op: "CreateCustomAuthorizerV2", method: http.MethodPost, path: authorizersPath, do: withBody(createAuthorizer)},
		{op: "ShowDetailsOfCustomAuthorizersV2", method: http.MethodGet, path: oneAuthorizerPath, do: showObject(authorizerInPath, (*Gateway).authorizerView)},
		{op: "UpdateCustomAuthorizerV2", method: http.MethodPut, path: oneAuthorizerPath, do: forObjectWithBody(authorizerInPath, updateAuthorizer)},
		{op: "DeleteCustomAuthorizerV2", method: http.MethodDelete, path: oneAuthorizerPath, do: deleteObject(authorizerInPath, (*state).authorizers)},
	},
	quotas: []quota{quotaAuthorizers},
	sections: []section{
		listSection("authorizers", func(f fileAuthorizer) string { return f.Name }, (*loader).authorizer, dumpAll((*state).authorizers, (*dumper).dumpAuthorizer)),
	},
}

var quotaAuthorizers = quota{name: "AUTHORIZER_NUM_LIMIT", code: "APIG.3116", description: "custom authorizers", defaultLimit: 50, hidden: true, used: count((*state).authorizers)}

func (s *state) authorizers() *table[*authorizer] { return tableOf[*authorizer](s, "authorizer") }

func (g *Gateway) authorizerView(a *authorizer) authorizerView {
	return authorizerView{ID: a.id, authorizerBody: a.authorizerBody, CreateTime: formatTime(a.created)}
}

func (a *authorizer) effect(action string) Effect {
	return Effect{Kind: "authorizer", Action: action, ID: a.id, Name: a.name, Type: a.Type, Value: a.URI}
}

func listAuthorizers(g *Gateway, c *call) (reply, error) {
	var f filter[*authorizer]
	f.where(c, "id", func(a *authorizer) string { return a.id })
	f.like(c, "name", false, func(a *authorizer) string { return a.name })
	f.where(c, "type", func(a *authorizer) string { return a.Type })
	return page(g, c, "authorizer_list", g.authorizers().rows, f.condition(), g.authorizerView)
}

func (g *Gateway) checkAuthorizer(b authorizerBody, ownID string) error {
	var v checks
	v.text("name", b.Name, 3, 64, policyName)
	v.oneOf("type", b.Type, "FRONTEND", "BACKEND")
	v.oneOf("authorizer_type", b.Kind, "FUNC")
	v.require(b.URI != "", "authorizer_uri")
	v.text("authorizer_version", b.Version, 0, 64, nil)
	v.oneOf("network_type", cmp.Or(b.Network, "V1"), "V1", "V2")
	v.require(b.TTL >= 0 && b.TTL <= 3600, "ttl")
	v.require(b.Type == "FRONTEND" || len(b.Identities) == 0, "identities")
	v.require(b.Type != "FRONTEND" || b.TTL == 0 || len(b.Identities) > 0, "identities")
	v.text("user_data", b.UserData, 0, 2048, nil)
	seen := map[[2]string]bool{}
	for _, x := range b.Identities {
		v.oneOf("location", x.Location, "HEADER", "QUERY")
		v.require(x.Name != "", "name")
		if at := [2]string{x.Location, x.Name}; seen[at] {
			v.fail(refuse(http.StatusBadRequest, "APIG.3212", "The identity already exists,name:%s", x.Name))
		} else {
			seen[at] = true
		}
	}
	v.unique(g.authorizers().nameTaken("", b.Name, ownID), "APIG.3211", "custom authorizer", b.Name)
	return v.err
}

// stored returns the body as the gateway stores it, with defaults for what was left out.
func (b authorizerBody) stored() authorizerBody {
	b.Network = cmp.Or(b.Network, "V1")
	if b.Version == "" {
		b.Version = "latest"
	}
	if b.Identities == nil {
		b.Identities = []authorizerIdentity{}
	}
	return b
}

func createAuthorizer(g *Gateway, c *call, b authorizerBody) (reply, error) {
	if err := cmp.Or(g.checkAuthorizer(b, ""), g.withinQuota(quotaAuthorizers, len(g.authorizers().rows))); err != nil {
		return reply{}, err
	}
	a := &authorizer{authorizerBody: b.stored()}
	g.authorizers().create(g, c, a, b.Name, "")
	return created(g.authorizerView(a))
}

func updateAuthorizer(g *Gateway, c *call, a *authorizer, b authorizerBody) (reply, error) {
	if err := g.checkAuthorizer(b, a.id); err != nil {
		return reply{}, err
	}
	if b.Type != a.Type {
		return reply{}, invalid("type")
	}
	a.authorizerBody = b.stored()
	g.authorizers().update(c, a, b.Name)
	return ok(g.authorizerView(a))
}

type fileAuthorizer struct {
	authorizerFile
	toolKeys
}

// authorizerFile has the members of authorizerBody under the keys of desired state.
type authorizerFile struct {
	Name       string               `json:"name"`
	Type       string               `json:"type"`
	Kind       string               `json:"-"` // there is only one
	URI        string               `json:"uri"`
	Version    string               `json:"version,omitempty"`
	AliasURI   string               `json:"alias_uri,omitempty"`
	Network    string               `json:"network_type,omitempty"`
	Identities []authorizerIdentity `json:"identities,omitempty"`
	TTL        int                  `json:"ttl,omitempty"`
	NeedBody   bool                 `json:"need_body,omitempty"`
	UserData   string               `json:"user_data,omitempty"`
}

func (l *loader) authorizer(f fileAuthorizer) error {
	b := authorizerBody(f.authorizerFile)
	b.Kind = "FUNC"
	return addNew(l, l.authorizers(), &authorizer{authorizerBody: b.stored()}, f.Name)
}

func (d *dumper) dumpAuthorizer(a *authorizer) fileAuthorizer {
	return fileAuthorizer{authorizerFile: authorizerFile(a.authorizerBody)}
}
