package emulator

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"sigs.k8s.io/yaml"
)

// manyIDs is the size from which a dump is written as JSON. JSON is YAML too, and is written and read
// in a tenth of the time.
const manyIDs = 5000

// Dump writes everything that the gateway holds, secrets included, as a file that Load reads. Ids
// and times are kept; of the history of publications only the present remains. A large state is
// written as JSON, which is YAML too.
func (g *Gateway) Dump() ([]byte, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	d := &dumper{state: g.state, file: stateFile{Version: fileVersion, Environment: "RELEASE"}}
	d.file.Gateway = fileGateway{IDs: map[string]string{}, Times: map[string]string{}, Serial: g.serial}
	d.gateway()
	d.policies()
	marshal := yaml.Marshal
	if len(d.file.Gateway.IDs) > manyIDs {
		marshal = json.Marshal
	}
	out, err := marshal(d.file)
	if err != nil {
		return nil, fmt.Errorf("dump the state: %w", err)
	}
	return escapeVariables(out), nil
}

// dumper fills a file from a state.
type dumper struct {
	*state
	file stateFile
}

func (d *dumper) note(address, id string, created, updated time.Time) {
	d.file.Gateway.IDs[address] = id
	d.file.Gateway.Times[address] = timesText(created, updated)
}

func (d *dumper) object(kind string, x object) {
	i := x.ident()
	d.note(kind+"/"+i.name, i.id, i.created, i.updated)
}

func (d *dumper) gateway() {
	f := &d.file.Gateway
	i := d.instance
	f.Instance = &i
	f.Times["instance"] = timesText(i.created, time.Time{})
	f.Quotas, f.Traffic = d.limits, d.traffic
	for _, name := range slices.Sorted(maps.Keys(d.features)) {
		s := d.features[name]
		f.Settings = append(f.Settings, fileSetting{Name: s.Name, Enable: s.Enable, Config: s.Config})
		f.IDs["feature/"+name] = s.ID
	}
	for _, e := range d.envs.rows {
		f.Environments = append(f.Environments, fileEnvironment{Name: e.name, Remark: e.remark})
		d.object("environment", e)
	}
	for _, k := range d.certs.rows {
		f.Certificates = append(f.Certificates, k.certificateFacts)
		d.object("certificate", k)
	}
	for _, x := range d.groups.rows {
		f.Groups = append(f.Groups, d.group(x))
		d.object("group", x)
	}
	for _, q := range d.appQuotas.rows {
		shown := fileQuota{quotaBody: q.quotaBody}
		for _, a := range d.apps.rows {
			if a.quota == q {
				shown.Apps = append(shown.Apps, a.name)
				f.Times["app_quota_binding/"+q.name+"/"+a.name] = a.quotaAt
			}
		}
		f.AppQuotas = append(f.AppQuotas, shown)
		d.object("app_quota", q)
	}
}

func (d *dumper) group(x *group) fileGroup {
	f := fileGroup{Name: x.name, Remark: x.remark, Sealed: !x.slAccess}
	for _, o := range x.domains {
		shown := fileDomain{
			Domain: o.name, MinVersion: o.minVersion, Redirect: o.redirect, Verify: o.verify, HTTPPort: o.http, HTTPSPort: o.https,
		}
		if o.cert != nil {
			shown.Certificate.ref = o.cert.name
		}
		f.Domains = append(f.Domains, shown)
		d.file.Gateway.IDs["domain/"+x.address()+"/"+o.name] = o.id
	}
	for _, a := range x.apis {
		f.APIs = append(f.APIs, d.api(a))
	}
	return f
}

func (d *dumper) api(a *api) fileAPI {
	d.note("api/"+a.address(), a.id, a.created, a.updated)
	f := fileAPI{
		Name: a.name, Method: a.ReqMethod, Path: a.ReqURI, MatchMode: a.MatchMode, Protocol: a.ReqProtocol, Type: a.Type,
		AuthType: a.AuthType, BackendType: a.BackendType, Cors: a.Cors, Remark: a.Remark, Tags: a.Tags, Definition: a.definition(),
	}
	for e, id := range a.everPub {
		d.file.Gateway.IDs["publication/"+a.address()+"@"+e.name] = id
	}
	for _, p := range slices.Backward(a.pubs) {
		f.Published = append(f.Published, p.env.name)
		at := a.address() + "@" + p.env.name
		d.note("publication/"+at, p.id, p.at, p.at)
		d.file.Gateway.IDs["version/"+at] = p.live.id
	}
	return f
}

// definition is what an API's body holds beyond the keys that the file has for it; nil for nothing.
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
	b, _ := json.Marshal(members) // what was decoded can be encoded
	return b
}

func (d *dumper) policies() {
	for _, a := range d.apps.rows {
		d.file.Apps = append(d.file.Apps, d.app(a))
		d.object("app", a)
	}
	for _, t := range d.throttles.rows {
		d.file.Throttles = append(d.file.Throttles, d.throttle(t))
		d.object("throttle", t)
	}
	for _, p := range d.plugins.rows {
		d.file.Plugins = append(d.file.Plugins, filePlugin{
			fileObject: fileObject{Name: p.name}, Type: p.kind, Remark: p.remark, Content: p.content,
			APIs: refs(d, d.attached, p.id),
		})
		d.object("plugin", p)
	}
	for _, a := range d.acls.rows {
		d.file.ACLs = append(d.file.ACLs, fileACL{
			fileObject: fileObject{Name: a.name}, Type: a.Type, EntityType: a.EntityType, Values: strings.Split(a.Value, ","),
			APIs: refs(d, d.screened, a.id),
		})
		d.object("acl", a)
	}
}

func (d *dumper) app(a *app) fileApp {
	f := fileApp{
		fileObject: fileObject{Name: a.name}, Remark: a.remark, Key: a.key, Secret: a.secret, DomainID: a.domainID,
		ProjectID: a.project, APIs: refs(d, d.auths, a.id),
	}
	for _, e := range a.codes {
		f.Codes.Codes = append(f.Codes.Codes, e.code)
		d.note("app_code/"+a.name+"/#"+fingerprint(e.code), e.id, e.created, e.created)
	}
	if a.access != nil {
		f.Access = &fileAccess{Type: a.access.Type, Values: a.access.Values}
	}
	return f
}

func (d *dumper) throttle(t *throttle) fileThrottle {
	f := fileThrottle{
		fileObject: fileObject{Name: t.name}, Type: "basic", TimeInterval: t.TimeInterval, TimeUnit: t.TimeUnit,
		APILimits: t.APICallLimits, UserLimits: t.UserLimits, AppLimits: t.AppLimits, IPLimits: t.IPLimits, Remark: t.Remark,
		APIs: refs(d, d.throttled, t.id),
	}
	if t.Type == 2 {
		f.Type = "shared"
	}
	for _, s := range t.specials {
		shown := fileSpecial{User: s.user, Limits: s.limit}
		if s.app != nil {
			shown.App = s.app.name
		}
		f.Specials = append(f.Specials, shown)
		d.note("throttle_special/"+t.name+"/"+s.effect("").Name, s.id, s.applied, s.applied)
	}
	return f
}

// refs are the bindings of a policy, as short as they can be written without doubt.
func refs[P object](d *dumper, l *links[P], policy string) []apiRef {
	var out []apiRef
	for _, x := range l.ofPolicy(policy) {
		r := apiRef{Group: x.api.group.name, Name: x.api.name, Environment: x.env.name}
		r.Offline = x.api.live(x.env) == nil
		if x.env.id == releaseID {
			r.Environment = ""
		}
		if r.Environment == "" && !r.Offline && !strings.Contains(r.Group+r.Name, "/") {
			r = apiRef{text: x.api.label()}
		}
		out = append(out, r)
		d.note(l.address(x), x.id, x.created, x.created)
	}
	return out
}
