package kind

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/api"
)

// PageSize is the largest page that a list of the management API returns.
const PageSize = 500

// List asks for one page of the objects of the kind, inside a parent if the kind has owners. If name is not "" and the
// list can search by name, only objects of that name are asked for.
func (k *Kind) List(parent *Object, name string, offset int) api.Request {
	segments, conditions := located(cmp.Or(k.ListPath, k.Path), ancestors(parent))
	r := api.Request{Operation: k.Ops.List, Method: "GET", Scope: k.Scope, Path: segments, Query: conditions}
	if k.Single || k.ListPath != "" {
		return r
	}
	r.Query.Set("limit", fmt.Sprint(PageSize))
	r.Query.Set("offset", fmt.Sprint(offset))
	if name != "" && k.NameQuery != "" {
		r.Query.Set(k.NameQuery, k.Stem(name))
		if len(k.Immutable) == 0 {
			r.Query.Set("precise_search", k.NameQuery) // without it, the search is for a substring, which also finds successors
		}
	}
	return r
}

// Objects reads the answer of List. A missing or null array is empty. An object without an id or a name is an error: it
// could be any object that the files declare, so no declared object could be reported as missing.
func (k *Kind) Objects(owner string, page Page) ([]Object, error) {
	if k.Single {
		o, _, err := k.decodeOne(owner, page.raw)
		if err != nil || o.Key == "" {
			return nil, err
		}
		return []Object{o}, nil
	}
	if k.ListPath != "" && absent(page.fields[k.ListField]) && page.fields["id"] != nil {
		return nil, nil // an answer about an owner may leave out an empty list
	}
	out, err := k.decode(owner, &page)
	for i := range out {
		if out[i].ID == "" || out[i].Key == "" {
			return nil, fmt.Errorf("%s/%d has no id or no name", k.ListField, i)
		}
	}
	return out, err
}

// ListedIn returns the parts of this kind that the answer about their owner contains; ok is false if that was not read.
func (k *Kind) ListedIn(owner *Object) (found []Object, ok bool, err error) {
	raw, ok := owner.PartLists[k.Name]
	if !ok || k.ListPath == "" {
		return nil, false, nil
	}
	if absent(raw) {
		return nil, true, nil
	}
	found, err = k.Objects(owner.Key, Page{Total: Unknown, fields: map[string]json.RawMessage{k.ListField: raw}})
	return found, true, err
}

// NeedsShow reports whether the list may have left out fields of an object, so that it must be read with Show.
func (k *Kind) NeedsShow(listed *Object) bool {
	return k.Ops.Show != "" && (!k.ListShowsAll || len(k.Unclear(listed.Value).Unreported()) > 0)
}

// Show asks for one object; the answer goes to Completed.
func (k *Kind) Show(parent *Object, id string) api.Request {
	return api.Request{Operation: k.Ops.Show, Method: "GET", Scope: k.Scope, Path: k.segments(parent, id)}
}

// Completed returns a listed object with the values that the answer of Show reports. Fields that the answer leaves out
// are taken from the list.
func (k *Kind) Completed(listed Object, answer json.RawMessage) (Object, error) {
	owner := ""
	if listed.Parent != nil {
		owner = listed.Parent.Key
	}
	shown, _, err := k.decodeOne(owner, answer)
	shown.Parent, shown.Extra = listed.Parent, cmp.Or(shown.Extra, listed.Extra)
	unlisted := k.Unclear(listed.Value).Unreported()
	omitted := slices.DeleteFunc(k.Unclear(shown.Value).Unreported(), func(p string) bool { return slices.Contains(unlisted, p) })
	if err != nil || len(omitted) == 0 {
		return shown, err
	}
	shown.Value, err = k.Overlay(shown.Value, listed.Value, omitted)
	return shown, err
}

// Shown reads the objects in the answer of a list of bindings, which usually leaves out their ids.
func (k *Kind) Shown(page Page) ([]Object, error) {
	if _, one := page.fields["name"]; one { // the answer is the object itself
		o, _, err := k.decodeOne("", page.raw)
		return []Object{o}, err
	}
	if _, shown := page.fields[k.ListField]; !shown {
		return nil, nil
	}
	return k.decode("", &page)
}

// Create asks for a new object; the answer goes to Created.
func (k *Kind) Create(value any, parent *Object, ids IDs) (api.Request, error) {
	body, err := k.encode(value, nil, parent, ids)
	if err != nil {
		return api.Request{}, err
	}
	r := api.Request{Operation: k.Ops.Create, Method: "POST", Scope: k.Scope, Path: k.segments(parent), Body: body, Once: true, Secrets: k.SecretValues(value)}
	switch {
	case k.Single:
		r.Method, r.Once = "PUT", false
	case body == nil:
		r.Operation, r.Method = k.Ops.Generate, "PUT"
	}
	return r, nil
}

// CreateOperation returns the vendor's name of the API call that creates the object with a key.
func (k *Kind) CreateOperation(key string) string {
	if k.Ops.Generate != "" && Nameless(key) {
		return k.Ops.Generate
	}
	return k.Ops.Create
}

// Created reads the answer of Create: the object as the gateway made it, with its id. An answer in an unexpected form
// is an error, since the caller can read the object instead.
func (k *Kind) Created(owner string, answer json.RawMessage) (Object, error) {
	if k.Single || len(answer) == 0 {
		return Object{Kind: k.Name, Owner: owner}, nil
	}
	o, plain, err := k.decodeOne(owner, answer)
	if err == nil && !plain {
		err = errForm
	}
	return o, err
}

// Update asks to change an object in place; have is the object as the gateway holds it, with its id.
func (k *Kind) Update(value any, have Object, parent *Object, ids IDs) (api.Request, error) {
	body, err := k.encode(value, have.Value, parent, ids)
	if err != nil {
		return api.Request{}, err
	}
	q := api.Request{Operation: k.Ops.Update, Method: "PUT", Scope: k.Scope, Path: k.segments(parent, have.ID), Secrets: k.SecretValues(value)}
	if k.AllExist { // the body names the object
		q.Method, q.Path = "POST", k.segments(parent)
	}
	if have.Extra != nil {
		q.Secrets = append(q.Secrets, have.Extra.secrets...)
	}
	q.Body, err = have.Extra.addTo(k.form, body)
	return q, err
}

// EmptyAgain returns the body of a second update, which is needed if the gateway kept fields that the first should have
// emptied (Facts.KeptWhenEmpty). It empties these in a way that every gateway version accepts. got is the value after the
// first update; ok is false if the gateway kept none of them.
func (k *Kind) EmptyAgain(body, want, got any) (again any, ok bool) {
	members, err := plainMembers(body)
	if err != nil {
		return nil, false
	}
	wanted, kept := k.Pack(want), k.Pack(got)
	for _, pointer := range k.KeptWhenEmpty {
		name := pointer[1:] // the API uses the same name
		switch wants := wanted[name]; {
		case wants == "" && kept[name] != "":
			members[name], ok = " ", true
		case wants == int64(0) && kept[name] != int64(0):
			members[name], ok = 0, true
		}
	}
	return members, ok
}

// Delete asks to delete the object with an id.
func (k *Kind) Delete(parent *Object, id string) api.Request {
	return api.Request{Operation: k.Ops.Delete, Method: "DELETE", Scope: k.Scope, Path: k.segments(parent, id)}
}

// BatchDelete asks to delete several objects at once; the answer names those that were not deleted.
func (k *Kind) BatchDelete(ids []string) api.Request {
	return api.Request{
		Operation: k.Ops.BatchDelete, Method: "PUT", Scope: k.Scope, Path: k.segments(nil),
		Query: url.Values{"action": {"delete"}}, Body: map[string]any{k.ListField: ids},
	}
}

// segments returns the segments of the kind's path, followed by the id if one is given.
func (k *Kind) segments(parent *Object, id ...string) []string {
	segments, _ := located(k.Path, ancestors(parent))
	if k.Single {
		return segments
	}
	return append(segments, id...)
}

// theGateway, in braces in a path, means the gateway itself, as if it were an ancestor of every object.
const theGateway = "instance"

// ancestors returns a function that finds the id of the parent or one of its ancestors by kind.
func ancestors(parent *Object) func(kindName string) string {
	return func(kindName string) string {
		if kindName == theGateway {
			return api.ThisInstance
		}
		for o := parent; o != nil; o = o.Parent {
			if o.Kind == kindName {
				return o.ID
			}
		}
		return ""
	}
}

// located splits a path such as apps/{app}/codes?type={type} into segments and query parameters, with ids in place of
// the names in braces.
func located(path string, id func(name string) string) (segments []string, conditions url.Values) {
	put := func(texts []string) {
		for i, text := range texts {
			if name, ok := strings.CutPrefix(text, "{"); ok {
				texts[i] = id(strings.TrimSuffix(name, "}"))
			}
		}
	}
	path, query, _ := strings.Cut(path, "?")
	segments = strings.Split(path, "/")
	conditions, _ = url.ParseQuery(query) // the text is a constant of the kind
	put(segments)
	for _, values := range conditions {
		put(values)
	}
	return segments, conditions
}
