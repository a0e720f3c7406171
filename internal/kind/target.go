package kind

import "cmp"

// Target is what owners are bound to: the publication of an API in an environment, or an object of another kind. Links
// share targets, so a target must not be changed.
type Target struct {
	Kind string // APublication, or a kind such as "app"
	Name string // the key; of a publication GROUP/API, without the environment
	ID   string // the gateway's id, of a publication that of the publish record; "" if it has none (yet)

	API        *API // the published API; nil for targets of other kinds
	Env, EnvID string
}

// Target returns the object as a target of links.
func (o *Object) Target() *Target { return &Target{Kind: o.Kind, Name: o.Key, ID: o.ID} }

// Key is the target's key, such as GROUP/API@ENV.
func (t *Target) Key() string {
	if t.Env == "" {
		return t.Name
	}
	return t.Name + "@" + t.Env
}

// Address returns the address of the target, such as "publication/orders/create_order@RELEASE".
func (t *Target) Address() string { return t.Kind + "/" + t.Key() }

// String describes the target to people, such as "orders/create_order in RELEASE".
func (t *Target) String() string {
	if t.Env == "" {
		return t.Name
	}
	return t.Name + " in " + t.Env
}

// ListedBy returns the id that lists of links have for the target. Lists name publications by the id of the API, with
// the environment in another field. "" when the id is not known.
func (t *Target) ListedBy() string {
	if t.API != nil {
		return t.API.ID
	}
	return t.ID
}

// UniqueID identifies a target among those of its kind, even if it is renamed: by its id, or by its name when no list
// reported an id.
type UniqueID struct{ Key, Env string }

// UniqueID returns the unique id of the target.
func (t *Target) UniqueID() UniqueID { return UniqueID{cmp.Or(t.ListedBy(), t.Name), t.Env} }

// Of returns the target with a as its API, such as when the catalog knows more about the API.
func (t *Target) Of(a *API) *Target {
	if a == t.API {
		return t
	}
	out := *t
	out.API, out.Name = a, a.Address()
	return &out
}

// Renamed returns the target with its new name, or with the new names of its environment and of the group of its API.
// newName returns the new name of an object, and "" if it is not renamed.
func (t *Target) Renamed(newName func(kindName, key string) string) *Target {
	out := *t
	if t.API == nil {
		out.Name = cmp.Or(newName(t.Kind, t.Name), t.Name)
		return &out
	}
	out = *t.Of(t.API.Renamed(newName))
	out.Env = cmp.Or(newName(AnEnvironment, t.Env), t.Env)
	return &out
}

// Located returns a copy of the target with the known ids of the target, its API and its environment.
func (t *Target) Located(ids IDs) *Target {
	out := *t
	note := func(kindName, key string, id *string) {
		if now, known := ids.ID(kindName, key); known {
			*id = now
		}
	}
	note(t.Kind, t.Key(), &out.ID)
	if t.API != nil {
		out.API = t.API.Copy()
		note(AnyAPI, t.Name, &out.API.ID)
		note(AnEnvironment, t.Env, &out.EnvID)
	}
	return &out
}

// API is one API of the gateway, with its publications.
type API struct {
	ID, Name, Group, GroupID string
	Method, Path, MatchMode  string
	AuthType                 string
	Tags                     []string
	Published                []Target

	// What the draft refers to; "" or nil if it refers to nothing or the list does not report it.
	AuthorizerID, ResponseID, BackendType string
	Backend                               *Backend // the HTTP backend of calls that no backend policy matches
}

// Address returns the name of the API as references write it: group/api.
func (a *API) Address() string { return a.Group + "/" + a.Name }

// Publish adds a publication. It must be called only while the API is built, since links share targets.
func (a *API) Publish(env, envID, id string) {
	a.Published = append(a.Published, *a.Publication(env, envID, id))
}

// Publication returns the API in an environment as a target.
func (a *API) Publication(env, envID, id string) *Target {
	return &Target{Kind: APublication, Name: a.Address(), ID: id, API: a, Env: env, EnvID: envID}
}

// In returns the publication in an environment. If the API is not published there, live is false and the target has no
// id.
func (a *API) In(env string) (to *Target, live bool) {
	for i := range a.Published {
		if a.Published[i].Env == env {
			return &a.Published[i], true
		}
	}
	return a.Publication(env, "", ""), false
}

// Copy returns a copy of the API and of its publications.
func (a *API) Copy() *API {
	out := *a
	out.Published = make([]Target, 0, len(a.Published))
	for i := range a.Published {
		out.Publish(a.Published[i].Env, a.Published[i].EnvID, a.Published[i].ID)
	}
	return &out
}

// Renamed returns the API with the new names of its group and of its environments, as returned by newName; a itself if
// none of them is renamed.
func (a *API) Renamed(newName func(kindName, key string) string) *API {
	out := a.Copy()
	out.Group = cmp.Or(newName(AGroup, a.Group), a.Group)
	renamed := out.Group != a.Group
	for i := range out.Published {
		p := &out.Published[i]
		p.Name, p.Env = out.Address(), cmp.Or(newName(AnEnvironment, p.Env), p.Env)
		renamed = renamed || p.Env != a.Published[i].Env
	}
	if !renamed {
		return a
	}
	return out
}

// publish sets the publications, which the list of APIs reports as three parallel lists. If a list does not have the
// same length as the first, its entries cannot be matched to publications, so it is ignored.
func (a *API) publish(envIDs, envs, ids joined) {
	n := len(envIDs)
	if n == 0 {
		n = len(envs)
	}
	at := func(list joined, i int) string {
		if len(list) != n {
			return ""
		}
		return list[i]
	}
	a.Published = make([]Target, 0, n)
	for i := range n {
		a.Publish(at(envs, i), at(envIDs, i), at(ids, i))
	}
}

// Target returns the target of a row in a list of links. It comes from the catalog if that knows the API, and is made
// from the row otherwise. APIs made from rows are kept in others, so that all rows about one API share it.
func (c *Catalog) Target(k *LinkKind, r *Row, others map[string]*API) *Target {
	if k.Target != APublication {
		return &Target{Kind: k.Target, Name: r.Target, ID: r.TargetID, Env: r.Env, EnvID: r.EnvID}
	}
	id := cmp.Or(r.APIID, r.Group+"/"+r.API)
	a := cmp.Or(c.ByID[r.APIID], others[id])
	if a == nil && r.APIID == "" {
		a = c.uniqueAPI(r.Group, r.API)
	}
	if a == nil {
		a = &API{ID: r.APIID, Name: r.API, Group: r.Group, Method: r.Method, Path: r.Path}
		others[id] = a
	}
	env, envID := c.Env(r.Env, r.EnvID)
	if p, _ := a.In(env); p.EnvID == envID && p.ID == cmp.Or(r.PublishID, p.ID) {
		return p
	}
	return a.Publication(env, envID, r.PublishID)
}

// uniqueAPI returns the only API of that name in a group; nil if there is none or more than one.
func (c *Catalog) uniqueAPI(group, name string) (found *API) {
	for _, a := range c.groups[group] {
		if a.Name == name && found != nil {
			return nil
		} else if a.Name == name {
			found = a
		}
	}
	return found
}
