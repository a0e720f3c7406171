package kind

import (
	"cmp"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"

	"github.com/apigw-sync/apigw-sync/internal/api"
)

// Catalog holds the possible targets of links. It finds the gateway's APIs by id, name, group and path. It is built
// once from the list of APIs and is safe for concurrent reading.
type Catalog struct {
	APIs           []*API
	Complete       bool            // APIs has all APIs of the gateway, not only the results of some look-ups
	CompleteGroups map[string]bool // if not Complete: names of the groups of which APIs has all APIs
	ByID           map[string]*API
	Envs           []string            // names of all environments; nil if they were not read
	OtherTargets   map[string][]Object // by kind: objects of other kinds that are targets of links; no entry for a kind that was not read
	groups         map[string][]*API   // by group name
	names          map[string][]*API   // by API name
	routes         map[string][]*API   // by path
	envs           map[string]bool
	envNames       map[string]string // by id
	envIDs         map[string]string // by name
	renamedEnvs    map[string]string // new names of environments that the plan renames, by their current names
}

// NewCatalog indexes the APIs. If the list reports only the name or only the id of an environment for one API, the
// other is taken from an API for which it reports both.
func NewCatalog(apis []*API) *Catalog {
	c := &Catalog{
		APIs: apis, ByID: map[string]*API{}, groups: map[string][]*API{}, names: map[string][]*API{}, routes: map[string][]*API{}, envs: map[string]bool{},
		envNames: map[string]string{builtInEnvironmentID: BuiltInEnvironment}, envIDs: map[string]string{BuiltInEnvironment: builtInEnvironmentID},
	}
	for _, a := range apis {
		for i := range a.Published {
			if p := &a.Published[i]; p.Env != "" && p.EnvID != "" {
				c.envNames[p.EnvID], c.envIDs[p.Env] = p.Env, p.EnvID
			}
		}
	}
	for _, a := range apis {
		for i := range a.Published {
			p := &a.Published[i]
			if env, id := c.Env(p.Env, p.EnvID); env != p.Env || id != p.EnvID { // other goroutines may be reading the APIs, so write only what differs
				p.Env, p.EnvID = env, id
			}
		}
		c.ByID[a.ID] = a
		c.groups[a.Group] = append(c.groups[a.Group], a)
		c.names[a.Name] = append(c.names[a.Name], a)
		c.routes[a.Path] = append(c.routes[a.Path], a)
		for i := range a.Published {
			c.envs[a.Published[i].Env] = true
		}
	}
	return c
}

// Env completes the name and id of an environment, either of which may be "". If no API reports the name, the id is
// used as the name.
func (c *Catalog) Env(name, id string) (string, string) {
	if now := c.renamedEnvs[name]; now != "" {
		name = now
	}
	return cmp.Or(name, c.envNames[id], id), cmp.Or(id, c.envIDs[name])
}

// Renamed returns the catalog with renamed environments and groups under their new names. newName returns the new name of
// an object, and "" if it is not renamed.
func (c *Catalog) Renamed(newName func(kindName, key string) string) *Catalog {
	envs, renamed := slices.Clone(c.Envs), map[string]string{}
	for i, env := range envs {
		envs[i] = cmp.Or(newName(AnEnvironment, env), env)
	}
	for _, env := range slices.AppendSeq(slices.Clone(c.Envs), maps.Keys(c.envs)) {
		if now := newName(AnEnvironment, env); now != "" {
			renamed[env] = now
		}
	}
	renames := len(renamed) > 0
	apis := make([]*API, len(c.APIs))
	for i, a := range c.APIs {
		apis[i] = a.Renamed(newName)
		renames = renames || apis[i] != a
	}
	if !renames {
		return c
	}
	out := NewCatalog(apis)
	for before, now := range c.renamedEnvs {
		renamed[before] = cmp.Or(renamed[now], now)
	}
	out.Complete, out.Envs, out.OtherTargets, out.renamedEnvs, out.CompleteGroups = c.Complete, envs, c.OtherTargets, renamed, map[string]bool{}
	for group, whole := range c.CompleteGroups {
		out.CompleteGroups[cmp.Or(newName(AGroup, group), group)] = whole
	}
	return out
}

// EnvNamesOnly returns a catalog without APIs that translates names of renamed environments as c does; c may be nil.
func (c *Catalog) EnvNamesOnly() *Catalog {
	out := NewCatalog(nil)
	if c != nil {
		out.renamedEnvs = c.renamedEnvs
	}
	return out
}

// InGroup returns the APIs of the group with this exact name.
func (c *Catalog) InGroup(group string) []*API { return c.groups[group] }

// Named returns the APIs with this exact name, in any group.
func (c *Catalog) Named(name string) []*API { return c.names[name] }

// AtPath returns the APIs with exactly this path.
func (c *Catalog) AtPath(path string) []*API { return c.routes[path] }

// Groups returns the names of the groups that hold APIs, in no particular order.
func (c *Catalog) Groups() []string {
	out := make([]string, 0, len(c.groups))
	for g := range c.groups {
		out = append(out, g)
	}
	return out
}

// Published counts the publications of a group in an environment. If group is "", it counts those of the whole gateway;
// if env is "", those in all environments. ok is false if not all of them are known.
func (c *Catalog) Published(group, env string) (n int, ok bool) {
	apis := c.APIs
	if group != "" {
		apis = c.groups[group]
	}
	for _, a := range apis {
		for i := range a.Published {
			if env == "" || a.Published[i].Env == env {
				n++
			}
		}
	}
	return n, c.Complete || group != "" && c.CompleteGroups[group]
}

// HasEnv reports whether an environment certainly exists: the gateway lists it, an API is published there, or it is the
// one that every gateway has.
func (c *Catalog) HasEnv(env string) bool {
	return c.envs[env] || env == BuiltInEnvironment || slices.Contains(c.Envs, env)
}

// LacksEnv reports whether an environment certainly does not exist.
func (c *Catalog) LacksEnv(env string) bool { return c.Envs != nil && !c.HasEnv(env) }

type apiWire struct {
	ID         string   `json:"id"`
	Name       string   `json:"name"`
	GroupID    string   `json:"group_id"`
	Group      string   `json:"group_name"`
	Method     string   `json:"req_method"`
	Path       string   `json:"req_uri"`
	MatchMode  string   `json:"match_mode"`
	AuthType   string   `json:"auth_type"`
	Tags       []string `json:"tags"`
	EnvIDs     joined   `json:"run_env_id"`
	Envs       joined   `json:"run_env_name"`
	PublishIDs joined   `json:"publish_id"`

	AuthorizerID string   `json:"authorizer_id"`
	ResponseID   string   `json:"response_id"`
	BackendType  string   `json:"backend_type"`
	Backend      *Backend `json:"backend_api"`
}

// IsHTTP reports whether backends of a type are called over HTTP, with or without a channel.
func IsHTTP(backendType string) bool { return backendType == "HTTP" || backendType == "GRPC" }

// WithBackends extends a request for APIs so that its answer also contains their backends.
func WithBackends(r api.Request) api.Request {
	r.Query.Set("return_data_mode", "include_group_backend")
	return r
}

// Lookup asks for the APIs with an exact name, with an exact path, or in a group. At most one field is set; the zero
// value asks for all APIs.
type Lookup struct{ Name, Path, Group string }

// ListAPIs asks for one page of the APIs that a look-up finds. A look-up by group takes the group's id.
func ListAPIs(l Lookup, groupID string, offset int) api.Request {
	q := url.Values{}
	switch {
	case l.Name != "":
		q.Set("name", l.Name)
		q.Set("precise_search", "name")
	case l.Path != "":
		q.Set("req_uri", l.Path)
		q.Set("precise_search", "req_uri")
	case l.Group != "":
		q.Set("group_id", groupID)
	}
	return FindAPIs(q, offset)
}

// FindAPIs asks for one page of the APIs that match the query parameters q.
func FindAPIs(q url.Values, offset int) api.Request {
	conditions := pageQuery(offset)
	maps.Copy(conditions, q)
	return api.Request{Operation: "ListApisV2", Method: "GET", Path: []string{"apis"}, Query: conditions}
}

func pageQuery(offset int) url.Values {
	return url.Values{"limit": {strconv.Itoa(PageSize)}, "offset": {strconv.Itoa(offset)}}
}

// APIs reads the answer of ListAPIs.
func APIs(page Page) ([]*API, error) {
	list, _, err := entries[apiWire](&page, "apis")
	if err != nil {
		return nil, err
	}
	out := make([]*API, len(list))
	for i, w := range list {
		if w.ID == "" || w.Name == "" || w.Group == "" {
			return nil, fmt.Errorf("apis/%d has no id, no name or no group", i)
		}
		out[i] = &API{
			ID: w.ID, Name: w.Name, Group: w.Group, GroupID: w.GroupID, Method: w.Method, Path: w.Path, MatchMode: w.MatchMode,
			AuthType: w.AuthType, Tags: w.Tags,
			AuthorizerID: w.AuthorizerID, ResponseID: w.ResponseID, BackendType: w.BackendType,
		}
		if IsHTTP(w.BackendType) {
			out[i].Backend = w.Backend
		}
		out[i].publish(w.EnvIDs, w.Envs, w.PublishIDs)
	}
	return out, nil
}
