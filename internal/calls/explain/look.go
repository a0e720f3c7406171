package explain

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/apigw-sync/apigw-sync/internal/api"
	"github.com/apigw-sync/apigw-sync/internal/api/wire"
	"github.com/apigw-sync/apigw-sync/internal/calls/precedence"
	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/fetch"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/kind/jsonptr"
	"github.com/apigw-sync/apigw-sync/internal/spec"
)

// mostApps limits how many apps have their access control and quota read, which takes two requests each.
const mostApps = 50

// report holds the state of Look.
type report struct {
	reader *fetch.Reader
	api    *kind.API
	env    string

	objects map[string]*kind.Declared     // in the files, by address
	links   map[string]*kind.DeclaredLink // in the files, to the API, by address
	others  map[string]*kind.DeclaredLink // in the files, to what is bound to the API

	bound            [][]fetch.Bound // by the index of kind.Links
	definition       kind.Definition
	refs             referredObjects
	defaultLimitText string // the limit that applies without any other; "" if not known
	*Report

	mu sync.Mutex
}

// Look finds what is in force for an API. Whatever cannot be read becomes a warning; it fails only when ctx ends.
func Look(ctx context.Context, reader *fetch.Reader, state *spec.State, a *kind.API, env string) (*Report, error) {
	l := &report{
		reader: reader, api: a, env: env, objects: map[string]*kind.Declared{}, links: map[string]*kind.DeclaredLink{}, others: map[string]*kind.DeclaredLink{},
		bound: make([][]fetch.Bound, len(kind.Links)), definition: kind.Definition{AuthType: a.AuthType}, refs: referredObjects{objects: map[string]*kind.Object{}},
		Report: &Report{Environment: env, Plugins: []Item{}, ACLs: []Item{}, Apps: []Item{}, Others: []Item{}, Backends: []Backend{}, Absent: []Absent{}, Notes: []string{}},
	}
	var live sync.WaitGroup // the published definition needs no other answer
	p, ok := a.In(env)
	if l.Published = ok; ok {
		live.Go(func() { l.readDefinition(ctx, p.EnvID) })
	}
	l.read(ctx)
	l.indexFiles(state)
	l.items()
	l.details(ctx)
	live.Wait()
	l.refersTo()
	l.API = API{
		ID: a.ID, Group: a.Group, Name: a.Name, Method: a.Method, Path: a.Path, AuthType: l.definition.AuthType, CORS: l.definition.CORS, Published: []string{},
	}
	for i := range a.Published {
		l.API.Published = append(l.API.Published, a.Published[i].Env)
	}
	slices.Sort(l.API.Published)
	l.absent()
	l.notes()
	slices.SortFunc(l.Unread, func(a, b diff.Note) int { return strings.Compare(a.Message, b.Message) })
	l.Reads = reader.Requests()
	return l.Report, context.Cause(ctx)
}

// indexFiles indexes what the files say about the API. References to other APIs do not resolve here, and are not needed.
func (l *report) indexFiles(state *spec.State) {
	catalog := kind.NewCatalog([]*kind.API{l.api})
	catalog.OtherTargets = map[string][]kind.Object{}
	for _, bound := range l.bound {
		for i := range bound {
			o := bound[i].Object
			catalog.OtherTargets[o.Kind] = append(catalog.OtherTargets[o.Kind], o)
		}
	}
	want, _ := state.Resolve(catalog)
	for i := range want.Objects {
		l.objects[want.Objects[i].Address()] = &want.Objects[i]
	}
	for _, d := range slices.Concat(want.Links, want.Spared) {
		switch {
		case d.To.API == nil:
			l.others[d.Address()] = &d
		case d.To.Env == l.env && d.To.API.ID == l.api.ID:
			l.links[d.Address()] = &d
		}
	}
}

func (l *report) warn(what string, err error) { l.unread(what + " could not be read: " + err.Error()) }

// unread adds a warning about something that could not be read.
func (l *report) unread(message string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.Unread = append(l.Unread, diff.Note{Message: message})
}

// read makes all requests that need only the API.
func (l *report) read(ctx context.Context) {
	var wg sync.WaitGroup
	to, _ := l.api.In(l.env)
	for i, k := range kind.Links {
		if k.Target != kind.APublication {
			continue
		}
		wg.Go(func() {
			all, err := l.reader.BoundTo(ctx, k, to, kind.NewCatalog([]*kind.API{l.api}))
			if err != nil {
				l.warn("the "+k.Owner+"s of the API", err)
			}
			l.bound[i] = slices.DeleteFunc(all, func(b fetch.Bound) bool { return b.To.Env != l.env })
		})
	}
	wg.Wait()
}

// items makes items of what is bound.
func (l *report) items() {
	for _, bound := range l.bound {
		for i := range bound {
			b := &bound[i]
			item := l.item(&b.Object)
			if d := l.links[b.Address()]; d != nil {
				item.Binding = &d.Source
			}
			switch b.Kind {
			case "throttle_binding":
				l.Throttle = &item
			case "plugin_binding":
				l.Plugins = append(l.Plugins, item)
			case "acl_binding":
				l.ACLs = append(l.ACLs, item)
			case "app_authorization":
				l.Apps = append(l.Apps, item)
			default:
				l.Others = append(l.Others, item)
			}
		}
	}
	for _, list := range [][]Item{l.Plugins, l.ACLs, l.Apps, l.Others} {
		slices.SortFunc(list, func(a, b Item) int {
			return cmp.Or(strings.Compare(a.Kind, b.Kind), strings.Compare(a.Type, b.Type), strings.Compare(a.Name, b.Name))
		})
	}
}

// item returns an object as reports show it. Its value may be nil.
func (l *report) item(o *kind.Object) Item {
	item := Item{Kind: o.Kind, Name: o.Key, Settings: []Setting{}}
	d := l.objects[o.Address()]
	if d != nil {
		item.Source = &d.Source
	}
	if o.Value == nil {
		return item
	}
	k := kind.Of(o.Kind)
	item.Differs = d != nil && len(diff.Leaves(k, k.ForComparison(d.Value, o.Value), d.Value)) > 0
	zero := reflect.Zero(reflect.TypeOf(o.Value)).Interface()
	brief := tree(k, o.Value)
	for _, f := range diff.Leaves(k, zero, o.Value) {
		place, _ := k.Shape.Locate(brief, f.Path)
		_, element := f.After.(map[string]any) // of a list, whose key may contain defaults that a file leaves out
		switch {
		case f.After == nil || !element && jsonptr.At(brief, place) == nil:
		case f.Path == "/name", k.Name == "throttle_special" && (f.Path == "/app" || f.Path == "/user"): // the name of the item says so
		case k.Owner == "" && slices.Index(k.Immutable, f.Path) == 0: // the type, which is fixed for the life of the object
			item.Type = fmt.Sprint(f.After)
		default:
			item.Settings = append(item.Settings, Setting{Path: f.Path, Value: f.After, Sensitive: f.Sensitive})
		}
	}
	return item
}

// tree returns a value in the form of the files, without defaults.
func tree(k *kind.Kind, value any) (out any) {
	raw, err := json.Marshal(k.Tree(value))
	if err != nil || json.Unmarshal(raw, &out) != nil {
		return nil
	}
	return out
}

// details reads the parts of the throttle and the apps.
func (l *report) details(ctx context.Context) {
	var wg sync.WaitGroup
	if l.Throttle != nil {
		wg.Go(func() {
			l.Throttle.Parts = l.parts(ctx, "throttle_special", l.owner("throttle_binding", l.Throttle.Name))
		})
	}
	if len(l.Apps) > mostApps {
		l.unread(fmt.Sprintf("access control and quota were read for %d of %d apps only", mostApps, len(l.Apps)))
	}
	quotas := make([][]Item, min(len(l.Apps), mostApps))
	for i := range quotas {
		app := l.owner("app_authorization", l.Apps[i].Name)
		wg.Go(func() { l.Apps[i].Parts = l.parts(ctx, "app_access_control", app) })
		wg.Go(func() { quotas[i] = l.boundToApp(ctx, app) })
	}
	for i := range l.Others {
		wg.Go(func() { l.complete(ctx, &l.Others[i]) })
	}
	if l.Throttle == nil && !slices.ContainsFunc(l.Plugins, limits) {
		wg.Go(func() { l.defaultLimitText = l.defaultLimit(ctx) })
	}
	wg.Wait()
	for i, q := range quotas {
		l.Apps[i].Parts = append(l.Apps[i].Parts, q...)
	}
}

// complete completes an item of which the list of bindings has only the name.
func (l *report) complete(ctx context.Context, x *Item) {
	found, err := l.reader.Named(ctx, kind.Of(x.Kind), nil, x.Name)
	if err != nil {
		l.warn("the "+x.Kind+" "+x.Name, err)
	}
	for i := range found {
		if o := &found[i]; o.Key == x.Name {
			whole := l.item(o)
			whole.Binding = x.Binding
			*x = whole
		}
	}
}

func limits(p Item) bool { return precedence.ReplacesThrottle(p.Type) }

// owner returns the bound object of that name.
func (l *report) owner(linkKind, name string) *kind.Object {
	for _, bound := range l.bound {
		for i := range bound {
			if bound[i].Kind == linkKind && bound[i].Object.Key == name {
				return &bound[i].Object
			}
		}
	}
	return &kind.Object{}
}

func (l *report) parts(ctx context.Context, kindName string, owner *kind.Object) (out []Item) {
	if !owner.MayHaveParts {
		return nil
	}
	found, err := l.reader.Named(ctx, kind.Of(kindName), owner, "")
	if err != nil && !api.FeatureMissing(err) {
		l.warn("the "+strings.ReplaceAll(kindName, "_", " ")+" of "+owner.Address(), err)
	}
	for i := range found {
		item := l.item(&found[i])
		item.Name = strings.TrimPrefix(item.Name, owner.Key+"/")
		out = append(out, item)
	}
	slices.SortFunc(out, func(a, b Item) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// boundToApp returns what is bound to an app, such as its quota.
func (l *report) boundToApp(ctx context.Context, app *kind.Object) (out []Item) {
	for _, k := range kind.Links {
		if k.Target != app.Kind {
			continue
		}
		found, err := l.reader.BoundTo(ctx, k, app.Target(), kind.NewCatalog(nil))
		if err != nil && !api.NotFound(err) && !api.FeatureMissing(err) {
			l.warn("the "+strings.ReplaceAll(k.Owner, "_", " ")+" of "+app.Address(), err)
		}
		for i := range found {
			item := l.item(&found[i].Object)
			if d := l.others[found[i].Address()]; d != nil {
				item.Binding = &d.Source
			}
			out = append(out, item)
		}
	}
	return out
}

// defaultLimit returns, in words, the limit that the gateway applies to APIs that have no other.
func (l *report) defaultLimit(ctx context.Context) string {
	var all kind.Settings
	if err := l.reader.Read(ctx, kind.ListSettings(), &all); err != nil {
		l.warn("the default limit", err)
		return ""
	}
	for _, s := range all.List {
		if s.Name != "ratelimit" {
			continue
		}
		var c struct {
			Limit *int64 `json:"api_limits"`
		}
		_, err := wire.Decode([]byte(s.Config), &c)
		switch {
		case s.Enable != nil && !*s.Enable:
		case err != nil || s.Enable == nil || c.Limit == nil:
			return "not known: the gateway does not return its own limit in a readable form"
		default:
			return fmt.Sprintf("%d calls a second, the gateway's own limit for APIs without another", *c.Limit)
		}
	}
	return fmt.Sprintf("%d calls a second, the limit for APIs without another", precedence.DefaultCalls)
}
