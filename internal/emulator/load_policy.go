package emulator

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

func (l *loader) app(f fileApp) error {
	i, err := l.identity("app", f.Name, "")
	if err != nil {
		return err
	}
	a := &app{identity: i, remark: f.Remark, domainID: f.DomainID, project: f.ProjectID}
	if l.apps.taken("", f.Name, "") {
		return errors.New("defined twice")
	}
	if holder := l.appKeys[f.Key]; holder != nil {
		return fmt.Errorf("app_key is the one of app %s", holder.name)
	}
	l.addApp(a, f.Key, f.Secret)
	for _, code := range f.Codes.Codes {
		address := "app_code/" + a.name + "/#" + fingerprint(code)
		at, _, err := l.times(address)
		if err != nil {
			return err
		}
		a.codes.add(&appCodeEntry{seq: l.next(), id: l.id(address), code: code, created: at})
	}
	for range f.Codes.Generate {
		a.codes.add(&appCodeEntry{seq: l.next(), id: l.newID(), code: l.newID() + l.newID(), created: l.now})
	}
	if f.Access != nil {
		a.access = &appAccess{Type: f.Access.Type, Values: f.Access.Values}
	}
	return bindLoaded(l, l.auths, a, f.APIs, loadAuth)
}

func (l *loader) throttle(f fileThrottle) error {
	i, err := l.identity("throttle", f.Name, "")
	if err != nil {
		return err
	}
	t := &throttle{identity: i, throttleLimits: throttleLimits{
		TimeUnit: f.TimeUnit, TimeInterval: f.TimeInterval, APICallLimits: f.APILimits, UserLimits: f.UserLimits,
		AppLimits: f.AppLimits, IPLimits: f.IPLimits, Type: 1, Remark: f.Remark,
	}}
	switch f.Type {
	case "", "basic":
	case "shared":
		t.Type = 2
	default:
		return fmt.Errorf("type: %q is neither basic nor shared", f.Type)
	}
	if err := fresh(l.throttles, t); err != nil {
		return err
	}
	for _, s := range f.Specials {
		if err := l.special(t, s); err != nil {
			return fmt.Errorf("specials: %w", err)
		}
	}
	return bindLoaded(l, l.throttled, t, f.APIs, loadRules[*throttle]{rivals: func(_, _ *throttle) bool { return true }})
}

func (l *loader) special(t *throttle, f fileSpecial) error {
	s := &special{seq: l.next(), throttle: t, limit: f.Limits, user: f.User}
	if (f.App == "") == (f.User == "") {
		return errors.New("an entry needs either app or user")
	}
	if f.App != "" {
		if s.app = l.apps.names[[2]string{"", f.App}]; s.app == nil {
			return fmt.Errorf("app %q does not exist", f.App)
		}
	}
	for _, other := range t.specials {
		if other.objectID() == s.objectID() {
			return fmt.Errorf("%s is named twice", f.App+f.User)
		}
	}
	address := "throttle_special/" + t.name + "/" + s.effect("").Name
	var err error
	s.id = l.id(address)
	s.applied, _, err = l.times(address)
	s.join()
	return err
}

func (l *loader) plugin(f filePlugin) error {
	i, err := l.identity("plugin", f.Name, "")
	if err != nil {
		return err
	}
	if f.Type == "" {
		return errors.New("type: is missing")
	}
	p := &plugin{identity: i, kind: f.Type, content: f.Content.completed(f.Type), remark: f.Remark}
	if err := fresh(l.plugins, p); err != nil {
		return err
	}
	return bindLoaded(l, l.attached, p, f.APIs, loadRules[*plugin]{rivals: func(a, b *plugin) bool { return a.kind == b.kind }})
}

func (l *loader) acl(f fileACL) error {
	i, err := l.identity("acl", f.Name, "")
	if err != nil {
		return err
	}
	a := &acl{identity: i, aclBody: aclBody{Name: f.Name, Type: f.Type, EntityType: f.EntityType, Value: strings.Join(f.Values, ",")}}
	if err := fresh(l.acls, a); err != nil {
		return err
	}
	return bindLoaded(l, l.screened, a, f.APIs, loadRules[*acl]{})
}

func (l *loader) appQuota(f fileQuota) error {
	i, err := l.identity("app_quota", f.Name, "")
	if err != nil {
		return err
	}
	q := &appQuota{identity: i, quotaBody: f.quotaBody}
	if err := fresh(l.appQuotas, q); err != nil {
		return err
	}
	for _, name := range f.Apps {
		a := l.apps.names[[2]string{"", name}]
		if a == nil {
			return fmt.Errorf("app %q does not exist", name)
		}
		at, _, err := l.times("app_quota_binding/" + q.name + "/" + name)
		if err != nil {
			return err
		}
		a.quota, a.quotaAt = q, stamp(at)
		q.apps++
	}
	return nil
}

// loadRules say what a kind of binding asks of the APIs that a file binds.
type loadRules[P object] struct {
	rivals    func(a, b P) bool // nil: any number of policies may share an API
	unbounded bool              // the API need not be published
	authType  string            // patterns mean APIs with this auth_type alone; "" means all
}

var loadAuth = loadRules[*app]{unbounded: true, authType: "APP"}

// bindLoaded binds the policy to every API that the references mean.
func bindLoaded[P object](l *loader, links *links[P], policy P, refs []apiRef, rules loadRules[P]) error {
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
		matches, err := l.match(r, e, rules.unbounded, rules.authType)
		if err != nil {
			errs = append(errs, fmt.Errorf("apis: %w", err))
		}
		for _, a := range matches {
			errs = append(errs, bindOne(l, links, policy, a, e, rules))
		}
	}
	return errors.Join(errs...)
}

func bindOne[P object](l *loader, links *links[P], policy P, a *api, e *environment, rules loadRules[P]) error {
	if links.pairs[pair{policy.ident().id, a.id, e.id}] != nil {
		return nil
	}
	if rules.rivals != nil {
		if held := links.holders(policy, a, e, rules.rivals); len(held) > 0 {
			return fmt.Errorf("apis: %s has %s bound in %s already", a.label(), held[0].policy.ident().name, e.name)
		}
	}
	x := &link[P]{seq: l.next(), policy: policy, api: a, env: e}
	address := links.address(x)
	var err error
	x.id = l.id(address)
	x.created, _, err = l.times(address)
	if _, used := links.ids[x.id]; used {
		return fmt.Errorf("apis: id %s is used twice", x.id)
	}
	links.add(x)
	return err
}

// address is the binding's place in gateway.ids.
func (l *links[P]) address(x *link[P]) string {
	return l.kind + "/" + x.policy.ident().name + "/" + x.api.address() + "@" + x.env.name
}

// match finds the APIs that a reference means in the environment.
func (l *loader) match(r apiRef, e *environment, unpublished bool, authType string) ([]*api, error) {
	if r.text != "" || r.exact() {
		label := r.text
		if label == "" {
			label = r.Group + "/" + r.Name
		}
		a, err := l.exactly(r, label)
		if l.invent && !r.Optional && (err != nil || a.live(e) == nil) {
			a, err = l.invented(a, r, e)
		}
		if err != nil {
			if r.Optional {
				return nil, nil
			}
			return nil, err
		}
		if a.live(e) == nil && !unpublished && !r.offline() {
			return nil, fmt.Errorf("API %s is not published in %s", label, e.name)
		}
		return []*api{a}, nil
	}
	var found []*api
	for _, a := range l.apis.rows {
		published := a.live(e) != nil || unpublished || r.offline()
		if published && (authType == "" || a.AuthType == authType) && r.means(a) {
			found = append(found, a)
		}
	}
	if len(found) == 0 && !r.Optional {
		return nil, fmt.Errorf("no API in %s matches %s", e.name, r.words())
	}
	return found, nil
}

// invented makes up an API that a reference names, or publishes it where the reference says it is.
func (l *loader) invented(a *api, r apiRef, e *environment) (*api, error) {
	if a == nil {
		name := [2]string{r.Group, r.Name}
		if r.text != "" {
			name[0], name[1], _ = strings.Cut(r.text, "/")
		}
		x := l.groups.names[[2]string{"", name[0]}]
		if x == nil {
			if err := l.group(fileGroup{Name: name[0]}); err != nil {
				return nil, err
			}
			x = l.groups.names[[2]string{"", name[0]}]
		}
		if err := l.api(x, fileAPI{Name: name[1], Method: "ANY", Path: "/" + name[1], AuthType: "APP"}); err != nil {
			return nil, err
		}
		a = l.apis.names[[2]string{x.id, name[1]}]
	}
	return a, l.publication(a, e.name)
}

// exact reports whether the reference names a group and an API and nothing else.
func (r apiRef) exact() bool {
	return r.Group != "" && r.Name != "" && !strings.ContainsAny(r.Group+r.Name, "*?[") &&
		r.Method == "" && r.Path == "" && len(r.Tags) == 0
}

// offline reports whether the reference binds an API also where it is not published: it says so, or it is an optional one
// to a certain API, as exports have it for bindings to what is offline.
func (r apiRef) offline() bool {
	return r.Offline || r.Optional && r.Group != "" && r.Name != "" && !strings.ContainsAny(r.Group+r.Name, "*?[")
}

func (l *loader) exactly(r apiRef, label string) (*api, error) {
	if r.text != "" {
		return l.findAPI(r.text)
	}
	if x := l.groups.names[[2]string{"", r.Group}]; x != nil {
		if a := l.apis.names[[2]string{x.id, r.Name}]; a != nil {
			return a, nil
		}
	}
	return nil, fmt.Errorf("API %s does not exist", label)
}

// means reports whether all that the reference says holds for the API.
func (r apiRef) means(a *api) bool {
	for _, t := range r.Tags {
		if !slices.Contains(a.Tags, t) {
			return false
		}
	}
	return (r.Group == "" || glob(r.Group, a.group.name)) && (r.Name == "" || glob(r.Name, a.name)) &&
		(r.Method == "" || r.Method == a.ReqMethod) && (r.Path == "" || r.Path == a.ReqURI)
}

func (r apiRef) words() string {
	b, _ := r.MarshalJSON() // plain strings
	return string(b)
}
