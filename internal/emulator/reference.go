package emulator

import (
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"
)

// apiRef refers to APIs: GROUP/API, or a mapping of properties that they must have.
type apiRef struct {
	text string

	Group       string   `json:"group,omitempty"`
	Name        string   `json:"name,omitempty"`
	Method      string   `json:"method,omitempty"`
	Path        string   `json:"path,omitempty"`
	Tags        []string `json:"tags,omitempty"`
	Environment string   `json:"environment,omitempty"`
	Optional    bool     `json:"optional,omitempty"`
	Offline     bool     `json:"offline,omitempty"` // bind it even if it is not published there
}

// UnmarshalJSON implements [json.Unmarshaler].
func (r *apiRef) UnmarshalJSON(b []byte) error {
	type plain apiRef
	return decodeTextOr(b, &r.text, (*plain)(r))
}

// MarshalJSON implements [json.Marshaler].
func (r apiRef) MarshalJSON() ([]byte, error) {
	type plain apiRef
	if r.text != "" {
		return json.Marshal(r.text)
	}
	return json.Marshal(plain(r))
}

// bindLoaded binds the policy to every API that matches one of the references.
func bindLoaded[P object](l *loader, k binding[P], policy P, refs []apiRef) error {
	var errs []error
	for _, r := range refs {
		e := l.env
		if r.Environment != "" {
			var err error
			if e, err = l.environment(r.Environment); err != nil {
				errs = append(errs, fmt.Errorf("apis: %w", err))
				continue
			}
		}
		matches, err := l.matchAPIs(r, e, k.allowUnpublished, k.authType)
		if err != nil {
			errs = append(errs, fmt.Errorf("apis: %w", err))
		}
		for _, a := range matches {
			errs = append(errs, bindOne(l, k, policy, target{a, e}))
		}
	}
	return joinErrors(errs...)
}

func bindOne[P object](l *loader, k binding[P], policy P, t target) error {
	links := k.links(l.state)
	if links.pairs[pair{policy.ident().id, t}] != nil {
		return nil
	}
	if k.sameSlot != nil && !k.canAdd {
		holders := links.holders(policy, t, func(a, b P) bool { return k.sameSlot(&Behaviour{}, a, b) })
		if len(holders) > 0 {
			return fmt.Errorf("apis: %s already has %s in %s, and can have only one", t.api.label(), holders[0].policy.ident().name, t.env.name)
		}
	}
	x := &link[P]{part: part{seq: l.nextSeq()}, target: t, policy: policy}
	address := links.address(x)
	var err error
	x.id = l.id(address)
	x.created, _, err = l.timesAt(address)
	if _, used := links.ids[x.id]; used {
		return fmt.Errorf("apis: id %s is used twice", x.id)
	}
	links.add(x)
	return err
}

// address returns the key of the binding in gateway.ids.
func (l *links[P]) address(x *link[P]) string {
	return l.kind + "/" + x.policy.ident().name + "/" + x.api.address() + "@" + x.env.name
}

// matchAPIs finds the APIs in the environment that a reference matches.
func (l *loader) matchAPIs(r apiRef, e *environment, unpublished bool, authType string) ([]*api, error) {
	if r.text != "" || r.exact() {
		label := r.text
		if label == "" {
			label = r.Group + "/" + r.Name
		}
		a, err := l.findExact(r, label)
		if l.invent && !r.Optional && (err != nil || a.publicationIn(e) == nil) {
			a, err = l.createMissing(a, r, e)
		}
		if err != nil {
			if r.Optional {
				return nil, nil
			}
			return nil, err
		}
		if a.publicationIn(e) == nil && !unpublished && !r.offline() {
			return nil, fmt.Errorf("API %s is not published in %s", label, e.name)
		}
		return []*api{a}, nil
	}
	var found []*api
	for _, a := range l.apis().rows {
		published := a.publicationIn(e) != nil || unpublished || r.offline()
		if published && (authType == "" || a.AuthType == authType) && r.matches(a) {
			found = append(found, a)
		}
	}
	if len(found) == 0 && !r.Optional {
		return nil, fmt.Errorf("no API in %s matches %s", e.name, r.describe())
	}
	return found, nil
}

// createMissing creates the API that a reference names, and publishes it in the environment. a is the API if it exists.
func (l *loader) createMissing(a *api, r apiRef, e *environment) (*api, error) {
	if a == nil {
		name := [2]string{r.Group, r.Name}
		if r.text != "" {
			name[0], name[1], _ = strings.Cut(r.text, "/")
		}
		x := l.groups().names[[2]string{"", name[0]}]
		if x == nil {
			if err := l.group(fileGroup{Name: name[0]}); err != nil {
				return nil, err
			}
			x = l.groups().names[[2]string{"", name[0]}]
		}
		if err := l.api(x, fileAPI{Name: name[1], Method: "ANY", Path: "/" + name[1], AuthType: "APP"}); err != nil {
			return nil, err
		}
		a = l.apis().names[[2]string{x.id, name[1]}]
	}
	return a, l.publication(a, e.name)
}

// exact reports whether the reference names a group and an API and nothing else.
func (r apiRef) exact() bool {
	return r.Group != "" && r.Name != "" && !strings.ContainsAny(r.Group+r.Name, "*?[") &&
		r.Method == "" && r.Path == "" && len(r.Tags) == 0
}

// offline reports whether the reference binds an API even if it is not published: with the key offline, or as an optional
// reference by group and name, because export writes bindings to offline APIs like this.
func (r apiRef) offline() bool {
	return r.Offline || r.Optional && r.Group != "" && r.Name != "" && !strings.ContainsAny(r.Group+r.Name, "*?[")
}

func (l *loader) findExact(r apiRef, label string) (*api, error) {
	if r.text != "" {
		return l.findAPI(r.text)
	}
	if x := l.groups().byName(r.Group); x != nil {
		if a := l.apis().names[[2]string{x.id, r.Name}]; a != nil {
			return a, nil
		}
	}
	return nil, fmt.Errorf("API %s does not exist", label)
}

// matches reports whether the API has all properties in the reference.
func (r apiRef) matches(a *api) bool {
	for _, t := range r.Tags {
		if !slices.Contains(a.Tags, t) {
			return false
		}
	}
	return (r.Group == "" || glob(r.Group, a.group.name)) && (r.Name == "" || glob(r.Name, a.name)) &&
		(r.Method == "" || r.Method == a.ReqMethod) && (r.Path == "" || r.Path == a.ReqURI)
}

func (r apiRef) describe() string {
	b, _ := r.MarshalJSON() // cannot fail, because it has only plain strings
	return string(b)
}

// apiRefsOf returns references for the bindings of a policy, each in its shortest unambiguous form.
func apiRefsOf[P object](d *dumper, l *links[P], policy string) []apiRef {
	var out []apiRef
	for _, x := range l.ofPolicy(policy) {
		r := apiRef{Group: x.api.group.name, Name: x.api.name, Environment: x.env.name}
		r.Offline = x.api.publicationIn(x.env) == nil
		if x.env.id == releaseID {
			r.Environment = ""
		}
		if r.Environment == "" && !r.Offline && !strings.Contains(r.Group+r.Name, "/") {
			r = apiRef{text: x.api.label()}
		}
		out = append(out, r)
		d.saveIdentity(l.address(x), x.id, x.created, x.created)
	}
	return out
}

// glob matches names, in which a slash is a character like any other.
func glob(pattern, name string) bool {
	flat := strings.NewReplacer("/", "\x00")
	hit, err := path.Match(flat.Replace(pattern), flat.Replace(name))
	return err == nil && hit
}
