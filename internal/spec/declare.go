package spec

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
	"github.com/apigw-sync/apigw-sync/internal/spec/yamlnode"
)

// declare checks an entry and turns it into an object, the parts inside it, and references.
func (l *loader) declare(e *entry) {
	c := &checker{options: l.options, report: l.report, prefix: e.prefix, ignoredFields: l.ignoredFields(e)}
	v, good := c.value(e.node, items[e.kind.Section])
	if !good {
		l.incomplete(e)
		// The usable fields of the item are still examined, so that all its mistakes are reported at once.
		defer func(n int) { l.state.Objects = l.state.Objects[:n] }(len(l.state.Objects))
	}
	item, _ := v.(map[string]any)
	if item == nil {
		return
	}
	owner, ok := l.owner(c, e, item)
	if !ok {
		return
	}
	at := len(l.state.Objects)
	l.state.Objects = append(l.state.Objects, owner)
	for _, part := range kind.Parts(e.kind.Name) {
		if element, ok := item[part.Field]; ok {
			l.state.Objects[at].Manages = append(l.state.Objects[at].Manages, part.Name)
			l.parts(c, part, &owner, element, e.node.Get(part.Field))
		}
	}
	for _, link := range kind.LinksFrom(e.kind.Name) {
		if targets, ok := item[link.Field].([]any); ok && good {
			l.state.Objects[at].Manages = append(l.state.Objects[at].Manages, link.Name)
			l.references(e, link, owner.Key, targets)
		}
	}
}

// ignoredFields are the fields of an item that an ignore rule leaves as they are on the gateway.
func (l *loader) ignoredFields(e *entry) (fields []string) {
	for _, r := range l.state.Ignore {
		if r.Kind == e.kind.Name && len(r.Fields) > 0 && kind.Glob(r.Name, e.name) {
			fields = append(fields, r.Fields...)
		}
	}
	return fields
}

// incomplete reports that an item of an overlay has errors and merges over no item of the files, which is often the cause.
func (l *loader) incomplete(e *entry) {
	if !e.overlayOnly {
		return
	}
	var names []string
	for _, other := range l.entries {
		if other.kind == e.kind && other != e {
			names = append(names, other.name)
		}
	}
	hint := DidYouMean(e.name, names, "complete it, or correct its name")
	n := e.nameNode()
	l.report(finding(n, e.prefix(n)+"/name", "the files have no "+e.kind.Name+" "+e.name+" for this overlay to change, and the item alone is not complete", hint))
}

// owner makes the object of an entry from its own fields, without parts and references.
func (l *loader) owner(c *checker, e *entry, item map[string]any) (kind.Declared, bool) {
	own := maps.Clone(item)
	delete(own, "protected")
	delete(own, "moved_from")
	for _, link := range kind.LinksFrom(e.kind.Name) {
		delete(own, link.Field)
	}
	for _, part := range kind.Parts(e.kind.Name) {
		delete(own, part.Field)
	}
	o, err := e.kind.Declare(own)
	if err != nil {
		c.fail(e.node, "cannot be read as "+e.kind.Name+": "+err.Error(), "")
		return kind.Declared{}, false
	}
	d := kind.Declared{Object: o, Source: sourceOf(e.node), Secrets: c.originsOf("", e.kind.Secrets(o.Value))}
	d.Protected, _ = item["protected"].(bool)
	d.MovedFrom, _ = item["moved_from"].(string)
	c.problems(e.node, e.kind.Check(o.Value), e.kind, o.Value)
	return d, true
}

// parts declares the parts of an owner. Of a kind with a single part, v is that part and not a list.
func (l *loader) parts(c *checker, k *kind.Kind, owner *kind.Declared, v any, n *yamlnode.Node) {
	c.push(k.Field)
	defer c.pop()
	if k.Single {
		l.part(c, k, owner, v, n)
		return
	}
	elements, _ := v.([]any)
	if _, one := v.(map[string]any); one {
		l.part(c, k, owner, v, n)
		return
	}
	for i, element := range elements {
		if element == nil || c.unusable(n.Items[i]) {
			continue
		}
		c.push(strconv.Itoa(i))
		l.part(c, k, owner, element, n.Items[i])
		c.pop()
	}
}

func (l *loader) part(c *checker, k *kind.Kind, owner *kind.Declared, element any, n *yamlnode.Node) {
	for _, o := range k.Items(owner.Key, element) {
		problems := append(k.Check(o.Value), k.CheckIn(owner.Value, o.Value)...)
		c.problems(n, problems, k, o.Value)
		d := kind.Declared{Object: o, Source: sourceOf(n), Secrets: c.originsOf(c.relativePointer(), k.Secrets(o.Value))}
		l.uniquePart(c, k, &d, n)
		l.state.Objects = append(l.state.Objects, d)
	}
}

// uniquePart reports a part, such as a domain, that two owners declare although a gateway can have only one of that
// name.
func (l *loader) uniquePart(c *checker, k *kind.Kind, d *kind.Declared, n *yamlnode.Node) {
	if !k.UniqueName {
		return
	}
	id := k.Name + strings.TrimPrefix(d.Key, d.Owner)
	first := l.single[id]
	if first == nil {
		l.single[id] = d
		return
	}
	if first.Owner == d.Owner {
		return // the check of its list reports that
	}
	f := finding(n, c.pointer(n), fmt.Sprintf("the %s %s is also declared in the %s %s, at %s",
		k.Name, strings.TrimPrefix(d.Key, d.Owner+"/"), k.Owner, first.Owner, location(first.Source)), "a gateway can have only one; remove it from one of them")
	if !k.Excludes(first.Value, d.Value) {
		f.Warning, f.Hint = true, "many gateways can have only one; find out whether yours accepts both, or remove it from one of them"
	}
	l.report(f)
}

// problems reports what a kind's checks found in a value, each at the position of its pointer.
func (c *checker) problems(n *yamlnode.Node, problems []shape.Problem, k *kind.Kind, value any) {
	if len(problems) == 0 {
		return
	}
	secrets := k.SecretValues(value)
	for _, p := range problems {
		text, hint := p.Text, p.Hint
		if containsSecret(text, secrets) {
			text = "breaks a rule"
		}
		if containsSecret(hint, secrets) {
			hint = ""
		}
		target := n.At(p.Path)
		if c.unusable(target) {
			continue
		}
		f := finding(target, c.pointer(target)+p.Path, text, hint)
		f.Warning = p.Warning
		c.report(f)
	}
}

func (l *loader) references(e *entry, link *kind.LinkKind, owner string, targets []any) {
	n := e.node.Get(link.Field)
	for i, v := range targets {
		r := referenceOf(link, v, n.Items[i], l.options.Environment)
		r.Owner = owner
		r.Pointer = e.prefix(n) + "/" + link.Field + "/" + strconv.Itoa(i)
		l.state.References = append(l.state.References, r)
	}
}

// checkMoves finds renames that contradict what is declared.
func (l *loader) checkMoves() {
	from := map[string]*kind.Declared{}
	for i := range l.state.Objects {
		d := &l.state.Objects[i]
		if d.MovedFrom == "" {
			continue
		}
		e := l.names[kind.Of(d.Kind).Section+"/"+d.Key]
		n := e.node.Get("moved_from")
		report := func(problem, hint string) { l.report(finding(n, e.prefix(n)+"/moved_from", problem, hint)) }
		k := kind.Of(d.Kind)
		for _, name := range k.BuiltIn {
			if name == d.MovedFrom || name == d.Key {
				report(fmt.Sprintf("every gateway has the %s %s, which keeps its name", d.Kind, name), "remove moved_from")
			}
		}
		if d.MovedFrom == d.Key {
			report("is the current name", "remove moved_from")
		} else if other := l.names[kind.Of(d.Kind).Section+"/"+d.MovedFrom]; other != nil {
			report(fmt.Sprintf("the %s %s is declared at %s", d.Kind, d.MovedFrom, location(sourceOf(other.nameNode()))), "the old name of a rename must not be declared; remove one of them")
		}
		id := d.Kind + "/" + d.MovedFrom
		if first := from[id]; first != nil {
			report(fmt.Sprintf("the %s at %s is also renamed from %s", d.Kind, location(first.Source), d.MovedFrom), "remove one of them")
			continue
		}
		from[id] = d
	}
}

// checkCycles finds objects that refer to each other in a cycle, so that none of them could be created first.
func (l *loader) checkCycles() {
	declared := map[string]*kind.Declared{}
	for i := range l.state.Objects {
		if d := &l.state.Objects[i]; kind.Of(d.Kind).RefersTo == d.Kind {
			declared[d.Address()] = d
		}
	}
	done := map[string]bool{}
	var walk func(d *kind.Declared, way []string)
	walk = func(d *kind.Declared, way []string) {
		way = append(way, d.Address())
		for _, ref := range kind.Of(d.Kind).Refs(d.Value) {
			at, next := slices.Index(way, ref.Address()), declared[ref.Address()]
			switch {
			case at == len(way)-1: // a reference to itself, which the kind's own check reports
			case at >= 0:
				l.cycle(d, ref, append(way[at:len(way):len(way)], ref.Address()))
			case next != nil && !done[ref.Address()]:
				walk(next, way)
			}
		}
		done[d.Address()] = true
	}
	for i := range l.state.Objects {
		if d := &l.state.Objects[i]; declared[d.Address()] != nil && !done[d.Address()] {
			walk(d, nil)
		}
	}
}

func (l *loader) cycle(d *kind.Declared, ref kind.Ref, way []string) {
	e := l.names[kind.Of(d.Kind).Section+"/"+d.Key]
	n := e.node.At(ref.Path)
	l.report(finding(n, e.prefix(n)+ref.Path, "closes a cycle of references: "+strings.Join(way, " → "), "let one of them refer to something else"))
}
