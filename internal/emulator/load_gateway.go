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

// gateway adds the instance, the environments and the groups with their APIs.
func (l *loader) gateway(f fileGateway) error {
	if f.Instance != nil {
		l.setInstance(*f.Instance)
	}
	for _, name := range slices.Sorted(maps.Keys(f.Quotas)) {
		if !slices.ContainsFunc(allQuotas, func(q quota) bool { return q.name == name }) {
			return fmt.Errorf("quotas: unknown quota %s", name)
		}
		l.limits[name] = f.Quotas[name]
	}
	for _, s := range f.Settings {
		l.features[s.Name] = &feature{
			ID: l.id("feature/" + s.Name), Name: s.Name, Enable: s.Enable, Config: s.Config,
			InstanceID: l.instance.id, UpdateTime: stamp(l.now),
		}
	}
	l.traffic = append(l.traffic, f.Traffic...)
	return errors.Join(
		each("environments", f.Environments, func(x fileEnvironment) (string, error) { return x.Name, l.addEnvironment(x) }),
		each("certificates", f.Certificates, func(x certificateFacts) (string, error) {
			_, err := l.certificate(x)
			return x.Name, err
		}),
		each("groups", f.Groups, func(x fileGroup) (string, error) { return x.Name, l.group(x) }),
	)
}

// setInstance takes over what the file says and keeps the rest.
func (l *loader) setInstance(i instance) {
	was := &l.instance
	was.Name, was.Spec = cmp.Or(i.Name, was.Name), cmp.Or(i.Spec, was.Spec)
	was.Locks = i.Locks
	if i.Features != nil {
		was.Features = i.Features
	}
	if i.Status != "" {
		was.Status, was.Number = i.Status, cmp.Or(i.Number, statusNumbers[i.Status])
	}
	if created, _, err := l.times("instance"); err == nil {
		was.created = created
	}
}

func (l *loader) addEnvironment(f fileEnvironment) error {
	i, err := l.identity("environment", f.Name, "")
	if err != nil {
		return err
	}
	if f.Name == "RELEASE" {
		release := l.envs.ids[releaseID]
		release.remark, release.created = f.Remark, i.created
		return nil
	}
	return fresh(l.envs, &environment{identity: i, remark: f.Remark})
}

func (l *loader) certificate(f certificateFacts) (*certificate, error) {
	i, err := l.identity("certificate", f.Name, "")
	if err != nil {
		return nil, err
	}
	k := &certificate{identity: i, certificateFacts: f.withDefaults()}
	return k, fresh(l.certs, k)
}

func (l *loader) group(f fileGroup) error {
	i, err := l.identity("group", f.Name, "")
	if err != nil {
		return err
	}
	x := &group{identity: i}
	if builtIn := l.groups.names[[2]string{"", f.Name}]; builtIn != nil && builtIn.isDefault && len(builtIn.apis) == 0 {
		l.groups.remove(builtIn)
		x.isDefault = true
	}
	x.remark, x.slAccess = f.Remark, !f.Sealed
	if err := fresh(l.groups, x); err != nil {
		return err
	}
	for _, d := range f.Domains {
		if err := l.domain(x, d); err != nil {
			return fmt.Errorf("domain %s: %w", d.Domain, err)
		}
	}
	return each("apis", f.APIs, func(y fileAPI) (string, error) { return y.Name, l.api(x, y) })
}

func (l *loader) domain(x *group, f fileDomain) error {
	d := &domain{
		id: l.id("domain/" + x.address() + "/" + f.Domain), name: f.Domain, minVersion: cmp.Or(f.MinVersion, "TLSv1.1"),
		redirect: f.Redirect, verify: f.Verify, http: cmp.Or(f.HTTPPort, 80), https: cmp.Or(f.HTTPSPort, 443),
	}
	if l.hasDomain(f.Domain) {
		return errors.New("another group, or this one, has the domain; a gateway has it once")
	}
	var err error
	switch {
	case f.Certificate.ref != "":
		if d.cert = l.certs.names[[2]string{"", f.Certificate.ref}]; d.cert == nil {
			err = fmt.Errorf("certificate %q is not in gateway.certificates", f.Certificate.ref)
		}
	case !f.Certificate.IsZero():
		d.cert, err = l.certificate(f.Certificate.certificateFacts)
	}
	x.domains = append(x.domains, d)
	return err
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
	i, err := l.identity("api", x.address()+"/"+f.Name, x.id)
	if err != nil {
		return err
	}
	i.name = f.Name
	if l.apis.taken(x.id, f.Name, "") {
		return errors.New("defined twice")
	}
	a := l.addAPI(i, b.withDefaults(), x)
	for _, e := range l.envs.rows { // perhaps of a publication that was taken offline
		if id := l.ids["publication/"+a.address()+"@"+e.name]; id != "" {
			a.everPub[e] = id
		}
	}
	for _, env := range f.Published {
		if err := l.publication(a, env); err != nil {
			return fmt.Errorf("published: %w", err)
		}
	}
	return nil
}

func (l *loader) publication(a *api, env string) error {
	e, err := l.environment(env)
	if err != nil {
		return err
	}
	if a.live(e) != nil {
		return fmt.Errorf("%s is named twice", env)
	}
	at, _, err := l.times("publication/" + a.address() + "@" + env)
	if err != nil {
		return err
	}
	v := &version{
		id: l.id("version/" + a.address() + "@" + env), number: at.UTC().Format("20060102150405"),
		api: a, env: e, at: at, def: a.apiBody, name: a.name,
	}
	l.versions[v.id] = v
	a.versions[e] = history{v}
	p := &publication{id: l.id("publication/" + a.address() + "@" + env), api: a, env: e, at: at, live: v}
	l.pubs[p.id], a.everPub[e] = p, p.id
	a.pubs = append([]*publication{p}, a.pubs...)
	e.published++
	return nil
}

// findAPI is the API that GROUP/NAME means, split wherever both parts exist.
func (l *loader) findAPI(label string) (*api, error) {
	var found *api
	for i := range label {
		if label[i] != '/' {
			continue
		}
		x := l.groups.names[[2]string{"", label[:i]}]
		if x == nil {
			continue
		}
		a := l.apis.names[[2]string{x.id, label[i+1:]}]
		if a != nil && found != nil {
			return nil, fmt.Errorf("API %s has two readings, %s in group %s and %s in group %s",
				label, found.name, found.group.name, a.name, a.group.name)
		}
		if a != nil {
			found = a
		}
	}
	if found == nil {
		if !strings.Contains(label, "/") {
			return nil, fmt.Errorf("API %s is not written GROUP/API", label)
		}
		return nil, fmt.Errorf("API %s does not exist", label)
	}
	return found, nil
}
