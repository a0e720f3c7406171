package kind

import "cmp"

// Target is what owners are bound to: the publication of an API in an environment, or an object of another kind. Links
// share targets, so a target must not be changed.
type Target struct {
	Kind string // APublication, or such as "app"
	Name string // its key; of a publication GROUP/API, without the environment
	ID   string // the gateway's id, of a publication the id of the publish record; "" when there is none (yet)

	API        *API // what is published; nil for targets of other kinds
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

// ListedBy returns the id that lists of links have for the target. Lists name publications by the id of the API, with the
// environment in another field. "" when the id is not known.
func (t *Target) ListedBy() string {
	if t.API != nil {
		return t.API.ID
	}
	return t.ID
}

// UniqueID identifies a target among those of its kind, even if it is renamed: by its id, or by its name when no list reported an id.
type UniqueID struct{ Key, Env string }

// UniqueID is that of the target.
func (t *Target) UniqueID() UniqueID { return UniqueID{cmp.Or(t.ListedBy(), t.Name), t.Env} }

// Of is the same target of what else is known of its API.
func (t *Target) Of(a *API) *Target {
	if a == t.API {
		return t
	}
	out := *t
	out.API, out.Name = a, a.Address()
	return &out
}

// Recalled is the target with the names that it, or its environment and the group of its API, are to have; called tells
// these, and "" for what keeps its own.
func (t *Target) Recalled(called func(kindName, key string) string) *Target {
	out := *t
	if t.API == nil {
		out.Name = cmp.Or(called(t.Kind, t.Name), t.Name)
		return &out
	}
	out = *t.Of(t.API.Recalled(called))
	out.Env = cmp.Or(called(AnEnvironment, t.Env), t.Env)
	return &out
}

// Located is the target with the ids that are known of it and of what it refers to.
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

	// What its draft refers to; "" and nil where that is nothing, or where the list does not tell it.
	AuthorizerID, ResponseID, BackendType string
	Backend                               *Backend // over HTTP, for calls that no policy takes
}

// Address names an API as references do: group/api.
func (a *API) Address() string { return a.Group + "/" + a.Name }

// Publish adds a publication to what is known of a new API.
func (a *API) Publish(env, envID, id string) {
	a.Published = append(a.Published, *a.Publication(env, envID, id))
}

// Publication is the API as it is published in an environment.
func (a *API) Publication(env, envID, id string) *Target {
	return &Target{Kind: APublication, Name: a.Address(), ID: id, API: a, Env: env, EnvID: envID}
}

// In is the publication in an environment; live is false where there is none.
func (a *API) In(env string) (to *Target, live bool) {
	for i := range a.Published {
		if a.Published[i].Env == env {
			return &a.Published[i], true
		}
	}
	return a.Publication(env, "", ""), false
}

// Copy is the API with publications of its own.
func (a *API) Copy() *API {
	out := *a
	out.Published = make([]Target, 0, len(a.Published))
	for i := range a.Published {
		out.Publish(a.Published[i].Env, a.Published[i].EnvID, a.Published[i].ID)
	}
	return &out
}

// Recalled is the API with the names that its group and the environments are to have, which called tells; the same one
// where these keep theirs.
func (a *API) Recalled(called func(kindName, key string) string) *API {
	out := a.Copy()
	out.Group = cmp.Or(called(AGroup, a.Group), a.Group)
	renamed := out.Group != a.Group
	for i := range out.Published {
		p := &out.Published[i]
		p.Name, p.Env = out.Address(), cmp.Or(called(AnEnvironment, p.Env), p.Env)
		renamed = renamed || p.Env != a.Published[i].Env
	}
	if !renamed {
		return a
	}
	return out
}

// publish reads the parallel lists in which the API list tells publications. A list that has another length than the
// first cannot be laid beside it and says nothing.
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

// Target is what a row of a list says that an owner is bound to. What the catalog knows of it counts, else what the row
// says; rows of one catalog share the APIs that it lacks by others.
func (c *Catalog) Target(k *LinkKind, r *Row, others map[string]*API) *Target {
	if k.Target != APublication {
		return &Target{Kind: k.Target, Name: r.Target, ID: r.TargetID, Env: r.Env, EnvID: r.EnvID}
	}
	id := cmp.Or(r.APIID, r.Group+"/"+r.API)
	a := cmp.Or(c.ByID[r.APIID], others[id])
	if a == nil && r.APIID == "" {
		a = c.called(r.Group, r.API)
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

// called is the one API of a name in a group; nil when there are none or several.
func (c *Catalog) called(group, name string) (found *API) {
	for _, a := range c.groups[group] {
		if a.Name == name && found != nil {
			return nil
		} else if a.Name == name {
			found = a
		}
	}
	return found
}
