package emulator

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

type fileAPI struct {
	Name        string          `json:"name"`
	Method      string          `json:"method"`
	Path        string          `json:"path"`
	MatchMode   string          `json:"match_mode,omitempty"`   // NORMAL (default) or SWA
	Protocol    string          `json:"req_protocol,omitempty"` // HTTPS by default
	Type        int             `json:"type,omitempty"`         // 1 (default) public, 2 private
	AuthType    string          `json:"auth_type,omitempty"`    // NONE by default
	BackendType string          `json:"backend_type,omitempty"` // MOCK by default
	Cors        bool            `json:"cors,omitempty"`
	Remark      string          `json:"remark,omitempty"`
	Tags        []string        `json:"tags,omitempty"`
	Published   []string        `json:"published,omitempty"`  // environments, in the order of publication
	Definition  json.RawMessage `json:"definition,omitempty"` // further members of the API's own body
	fileRefs
}

func (l *loader) api(x *group, f fileAPI) error {
	b := apiBody{Type: 1, AuthType: "NONE", BackendType: "MOCK", ReqProtocol: "HTTPS"}
	if len(f.Definition) > 0 {
		if err := json.Unmarshal(f.Definition, &b); err != nil {
			return fmt.Errorf("definition: %w", err)
		}
	}
	b.Name, b.ReqMethod, b.ReqURI = f.Name, f.Method, f.Path
	b.MatchMode, b.ReqProtocol = cmp.Or(f.MatchMode, b.MatchMode), cmp.Or(f.Protocol, b.ReqProtocol)
	b.Type, b.AuthType, b.BackendType = cmp.Or(f.Type, b.Type), cmp.Or(f.AuthType, b.AuthType), cmp.Or(f.BackendType, b.BackendType)
	b.Cors, b.Remark, b.Tags = f.Cors || b.Cors, cmp.Or(f.Remark, b.Remark), f.Tags
	if b.ReqMethod == "" || b.ReqURI == "" {
		return errors.New("method or path is missing")
	}
	a := newAPI(b.withDefaults(), x)
	if err := addNewIn(l, l.apis(), a, f.Name, x.id, x.address()+"/"+f.Name); err != nil {
		return err
	}
	x.apis.add(a)
	for _, e := range l.envs().rows { // including environments in which it is offline now
		if id := l.ids["publication/"+a.address()+"@"+e.name]; id != "" {
			a.lastPublishIDs[e] = id
		}
	}
	for _, env := range f.Published {
		if err := l.publication(a, env); err != nil {
			return fmt.Errorf("published: %w", err)
		}
	}
	if f.fileRefs != (fileRefs{}) {
		l.deferred = append(l.deferred, func() error {
			if err := l.apiRefs(a, f.fileRefs); err != nil {
				return fmt.Errorf("gateway.groups: API %s: %w", a.label(), err)
			}
			return nil
		})
	}
	return nil
}

func (d *dumper) api(a *api) fileAPI {
	d.saveIdentity("api/"+a.address(), a.id, a.created, a.updated)
	f := fileAPI{
		Name: a.name, Method: a.ReqMethod, Path: a.ReqURI, MatchMode: a.MatchMode, Protocol: a.ReqProtocol, Type: a.Type,
		AuthType: a.AuthType, BackendType: a.BackendType, Cors: a.Cors, Remark: a.Remark, Tags: a.Tags, Definition: a.definition(),
	}
	for e, id := range a.lastPublishIDs {
		d.ids["publication/"+a.address()+"@"+e.name] = id
	}
	for _, p := range slices.Backward(a.publications) {
		f.Published = append(f.Published, p.env.name)
		at := a.address() + "@" + p.env.name
		d.saveIdentity("publication/"+at, p.id, p.at, p.at)
		d.ids["version/"+at] = p.version.id
	}
	return f
}

// definition returns the members of an API's body for which the file has no keys of its own; nil if there are none.
func (a *api) definition() json.RawMessage {
	whole, err := json.Marshal(a.apiBody)
	if err != nil {
		return nil
	}
	var members map[string]json.RawMessage
	if json.Unmarshal(whole, &members) != nil {
		return nil
	}
	for _, own := range []string{
		"name", "req_method", "req_uri", "match_mode", "req_protocol", "type", "auth_type", "backend_type", "cors", "remark",
		"tags", "group_id",
	} {
		delete(members, own)
	}
	maps.DeleteFunc(members, func(_ string, v json.RawMessage) bool { return string(v) == `""` })
	if len(members) == 0 {
		return nil
	}
	b, _ := json.Marshal(members) // cannot fail, because it has just been decoded
	return b
}

// findAPI finds the API GROUP/NAME. Both may contain slashes, so every split is tried.
func (l *loader) findAPI(label string) (*api, error) {
	var found *api
	for i := range label {
		if label[i] != '/' {
			continue
		}
		x := l.groups().names[[2]string{"", label[:i]}]
		if x == nil {
			continue
		}
		a := l.apis().names[[2]string{x.id, label[i+1:]}]
		if a != nil && found != nil {
			return nil, fmt.Errorf("API %s is ambiguous: it may be %s in group %s or %s in group %s; write group and name as two keys",
				label, found.name, found.group.name, a.name, a.group.name)
		}
		if a != nil {
			found = a
		}
	}
	if found == nil {
		if !strings.Contains(label, "/") {
			return nil, fmt.Errorf("API %s is not in the form GROUP/API", label)
		}
		return nil, fmt.Errorf("API %s does not exist", label)
	}
	return found, nil
}
