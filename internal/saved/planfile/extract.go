package planfile

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/report/document"
)

// Extract returns what the plan affects, with its secrets. Of the gateway's former state it contains only the bindings;
// Stale checks the rest. The error names all secrets that cannot be found.
func (f *File) Extract(reveal Reveal) (*diff.Extract, error) {
	e := newExtract()
	e.ResendSecrets, e.Environments = f.Saved.ResendSecrets, f.Saved.Environments
	var failed []error
	for i := range f.Saved.Objects {
		d, err := f.Saved.Objects[i].declared(f.digestKey(), reveal)
		if err != nil {
			failed = append(failed, err)
			continue
		}
		if f.Saved.Objects[i].Anchor {
			e.Anchors[d.Address()] = true
		} else {
			e.AddReferences(d.Kind, d.Value)
		}
		e.Desired.Objects = append(e.Desired.Objects, d)
	}
	for i := range f.Changes {
		if f.Changes[i].Action == diff.Replace {
			e.Carried[f.Changes[i].Address] = true
		}
	}
	e.Desired.Links, e.Actual.Links = f.links()
	e.AddTargets()
	e.Desired.Claims = f.claims()
	for _, g := range f.Saved.Gone {
		e.Desired.Owns[g.Kind] = g.Keys
	}
	for _, r := range f.Saved.Ignore {
		e.Desired.Ignore = append(e.Desired.Ignore, kind.Ignore{Kind: r.Kind, Name: r.Name, Fields: r.Fields})
	}
	return e, errors.Join(failed...)
}

// claims returns whether the files, when the plan was made, declared or owned the policies that it displaces.
func (f *File) claims() map[string]kind.Claim {
	unbound, out := map[string]bool{}, map[string]kind.Claim{}
	for i := range f.Changes {
		if ch := &f.Changes[i]; ch.Action == diff.Unbind {
			unbound[ch.Kind+"/"+ch.Name] = true
		}
	}
	for i := range f.Changes {
		ch := &f.Changes[i]
		for _, d := range ch.Displaced() {
			_, name, _ := strings.Cut(d.Address, "/")
			out[d.Address] = kind.Claim{Declared: d.Declared, Owned: d.Owned, Manages: d.Declared && unbound[ch.Kind+"/"+name]}
		}
	}
	return out
}

func (f *File) digestKey() digestKey {
	key, _ := hex.DecodeString(f.Saved.Key) // Decode has checked it
	return key
}

func (o *Object) declared(key digestKey, reveal Reveal) (kind.Declared, error) {
	d := kind.Declared{
		Object:    kind.Object{Kind: o.Kind, Key: o.Key, Owner: o.Owner, Bound: kind.Unknown},
		Protected: o.Protected, MovedFrom: o.MovedFrom, Manages: o.Manages,
	}
	if o.Source != nil {
		d.Source = *o.Source
	}
	for _, s := range o.Secrets {
		d.Secrets = append(d.Secrets, o.Origins(s.Path)...)
	}
	if o.Anchor {
		return d, nil
	}
	var err error
	d.Value, err = o.revealed(key, reveal)
	return d, err
}

// links returns the wanted bindings, and the former ones.
func (f *File) links() (wanted []kind.DeclaredLink, bound []kind.Link) {
	apis := catalog{}
	for i := range f.Saved.Links {
		l := &f.Saved.Links[i]
		d := kind.DeclaredLink{Link: apis.link(l), Offline: l.Offline}
		if l.Source != nil {
			d.Source = *l.Source
		}
		wanted = append(wanted, d)
	}
	return wanted, f.linksOf(apis, f.Saved.Bound)
}

// Bound returns the former links.
func (f *File) Bound() []kind.Link { return f.linksOf(catalog{}, f.Saved.Bound) }

// Wanted returns all wanted links of the objects whose links change.
func (f *File) Wanted() []kind.Link { return f.linksOf(catalog{}, f.Saved.Links) }

func (f *File) linksOf(apis catalog, links []Link) (out []kind.Link) {
	for i := range links {
		out = append(out, apis.link(&links[i]))
	}
	return out
}

// catalog holds one API for all links to it.
type catalog map[string]*kind.API

func (c catalog) link(l *Link) kind.Link {
	out := kind.Link{Kind: l.Kind, Owner: l.Owner, OwnerID: l.OwnerID}
	if l.Target != "" {
		out.To = &kind.Target{Kind: kind.LinkOf(l.Kind).Target, Name: l.Target, ID: l.TargetID, Env: l.Environment}
		return out
	}
	key := l.APIID + " " + l.Group + "/" + l.API
	if c[key] == nil {
		c[key] = &kind.API{ID: l.APIID, Name: l.API, Group: l.Group, Method: l.Method, Path: l.Path}
	}
	out.To, _ = c[key].In(l.Environment)
	return out
}

// ErrOtherPlan is the error if making the plan again gives another plan, although nothing that it affects has changed.
var ErrOtherPlan = errors.New("this version would not do what the plan shows; make a new plan")

// Same checks that a plan that was made again equals the plan in the file.
func (f *File) Same(p *diff.Plan) error {
	if len(p.Errors) > 0 {
		return fmt.Errorf("%w: %s: %s", ErrOtherPlan, p.Errors[0].Address, p.Errors[0].Message)
	}
	for _, pair := range [][2]any{{f.Changes, document.Changes(p.Changes)}, {f.Saved.Steps, newSteps(p)}} {
		was, err := marshal(pair[0])
		if err != nil {
			return err
		}
		now, err := marshal(pair[1])
		if err != nil {
			return err
		}
		if !bytes.Equal(was, now) {
			return ErrOtherPlan
		}
	}
	return nil
}
