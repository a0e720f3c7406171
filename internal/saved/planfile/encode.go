package planfile

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/report/document"
)

// Options are the facts about a saved plan that its caller provides.
type Options struct {
	Purpose             string
	Created             string // RFC 3339
	Endpoint, ProjectID string
	Key                 []byte // at least 16 random bytes, only for this plan
	TakesBack           string // the undo file that an undo takes back; "" for other runs
}

// keyLength is the minimum length of a key.
const keyLength = 16

// New makes a saved plan from its document and from what it affects.
func New(d *document.Plan, e *diff.Extract, o Options) (*File, error) {
	if len(o.Key) < keyLength {
		return nil, errors.New("the key of a plan is too short")
	}
	f := &File{Plan: *d}
	f.Changes, f.Requests.Write = document.Changes(e.Plan.Changes), len(e.Plan.Steps)
	s := &f.Saved
	*s = Saved{
		Purpose: o.Purpose, Created: o.Created, Endpoint: o.Endpoint, ProjectID: o.ProjectID, Key: hex.EncodeToString(o.Key),
		ResendSecrets: e.ResendSecrets, Environments: e.Environments, TakesBack: o.TakesBack, Steps: newSteps(e.Plan),
		Objects: []Object{}, Links: []Link{}, Gone: []Gone{}, Ignore: []Rule{}, Held: []Held{}, Bound: []Link{},
	}
	key := digestKey(o.Key)
	for i := range e.Desired.Objects {
		w, err := f.newObject(&e.Desired.Objects[i], e.Anchors, key)
		if err != nil {
			return nil, err
		}
		s.Objects = append(s.Objects, w)
	}
	for _, o := range e.Fingerprinted(e.Actual) {
		h, err := f.newHeld(&o, e, key)
		if err != nil {
			return nil, err
		}
		s.Held = append(s.Held, h...)
	}
	for i := range e.Desired.Links {
		l := &e.Desired.Links[i]
		saved := newLink(&l.Link, source(l.Source))
		saved.Offline = l.Offline
		s.Links = append(s.Links, saved)
	}
	for _, l := range slices.Concat(e.Actual.Links, e.Actual.Neighbours.Links) {
		s.Bound = append(s.Bound, newLink(&l, nil))
	}
	for _, k := range slices.Sorted(maps.Keys(e.Desired.Owns)) {
		s.Gone = append(s.Gone, Gone{Kind: k, Keys: e.Desired.Owns[k]})
	}
	for _, r := range e.Desired.Ignore {
		s.Ignore = append(s.Ignore, Rule{Kind: r.Kind, Name: r.Name, Fields: r.Fields})
	}
	return f, nil
}

func newSteps(p *diff.Plan) []Step {
	out := make([]Step, len(p.Steps))
	for i := range p.Steps {
		from := &p.Steps[i]
		s := Step{Op: string(from.Op), Kind: from.Kind, Operation: from.Operation, After: from.After, Items: make([]Item, len(from.Items))}
		for j := range from.Items {
			item := &from.Items[j]
			s.Items[j] = Item{Change: item.Change, Displaced: item.Displaced, Needs: item.Needs}
			if item.Link.Kind != "" {
				s.Items[j].Link = item.Link.Address()
			}
		}
		out[i] = s
	}
	return out
}

func (f *File) newObject(d *kind.Declared, anchors map[string]bool, key digestKey) (Object, error) {
	o := Object{
		stored: stored{Kind: d.Kind, Key: d.Key, Owner: d.Owner}, Source: source(d.Source),
		Protected: d.Protected, MovedFrom: d.MovedFrom, Manages: d.Manages,
	}
	if anchors[d.Address()] {
		o.Anchor = true
		return o, nil
	}
	_, err := f.store(&o.stored, d.Value, key)
	for i := range o.Secrets {
		s := &o.Secrets[i]
		for _, from := range d.Secrets {
			if from.Path == s.Path {
				s.Variables, s.Source = from.Variables, source(from.Source)
			}
		}
	}
	return o, err
}

// store sets the value of an object, and returns the secrets of which only the digests are stored.
func (f *File) store(o *stored, value any, key digestKey) ([]secretText, error) {
	raw, secrets, err := withoutSecrets(kind.Of(o.Kind), value)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", o.Address(), err)
	}
	o.Value, f.secrets = raw, append(f.secrets, secrets...)
	for _, s := range secrets {
		o.Secrets = append(o.Secrets, Secret{Path: s.path, Digest: key.digest(o.Address(), s.path, s.text)})
	}
	return secrets, nil
}

// newHeld returns the fingerprint of an object; nil for one that only has to exist.
func (f *File) newHeld(h *kind.Object, e *diff.Extract, key digestKey) ([]Held, error) {
	o := Held{stored: stored{Kind: h.Kind, Key: h.Key, Owner: h.Owner, ID: h.ID}}
	switch {
	case e.Anchors[h.Address()]:
		o.Anchor = true
		return []Held{o}, nil
	case !e.Affects(h) && !e.Displaces(h):
		return nil, nil
	}
	secrets, err := f.store(&o.stored, h.Value, key)
	for i, s := range secrets {
		o.Secrets[i].Masked = !kind.InClear(s.text)
	}
	return []Held{o}, err
}

func newLink(l *kind.Link, from *kind.Source) Link {
	out := Link{Kind: l.Kind, Owner: l.Owner, OwnerID: l.OwnerID, Environment: l.To.Env, Source: from}
	if a := l.To.API; a != nil {
		out.Group, out.API, out.APIID, out.Method, out.Path = a.Group, a.Name, a.ID, a.Method, a.Path
	} else {
		out.Target, out.TargetID = l.To.Name, l.To.ID
	}
	return out
}

// source returns a position in the files; nil for an object that is in no file.
func source(s kind.Source) *kind.Source {
	if s.File == "" {
		return nil
	}
	return &kind.Source{File: s.File, Line: s.Line}
}

// Encode writes the file. Decode can read the result.
func (f *File) Encode() ([]byte, error) {
	raw, err := f.encode()
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = json.Indent(&b, raw, "", "  ")
	b.WriteByte('\n')
	return b.Bytes(), err
}

// encode writes the file on one line.
func (f *File) encode() ([]byte, error) {
	withCheck := *f
	check, err := f.check()
	if err != nil {
		return nil, err
	}
	withCheck.Saved.Check = check
	raw, err := marshal(&withCheck)
	if err != nil {
		return nil, err
	}
	if _, err := Decode(raw); err != nil {
		return nil, fmt.Errorf("the plan cannot be saved: %w", err)
	}
	if path, found := containsSecret(raw, f.secrets); found {
		return nil, fmt.Errorf("the plan cannot be saved: the secret %s also appears elsewhere in it, in clear text", path)
	}
	return raw, nil
}

// marshal writes JSON on one line, without escapes for HTML.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

// check returns the digest of the whole file except the digest itself.
func (f *File) check() (string, error) {
	key, err := hex.DecodeString(f.Saved.Key)
	if err != nil {
		return "", err
	}
	open := *f
	open.Saved.Check = ""
	raw, err := marshal(&open)
	return digestKey(key).digest("file", "", string(raw)), err
}
