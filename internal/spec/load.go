// Package spec reads desired-state files: YAML (or JSON) bytes become checked objects that know their
// places. It reads no files, no environment and no clock itself; see Input and Options.
//
// Load goes through these steps, and collects the findings of all inputs:
//
//	read      bytes to nodes, one tree per document; aliases, merge keys, duplicate keys
//	open      documents to entries, one per item of a section
//	overlay   entries of overlays over entries of the same section and name
//	check     entries against the shapes of package kind; variables are replaced here
//	declare   checked entries to objects, parts and references
//
// Overlays: a mapping merges key by key, a list or scalar replaces, and a written null takes a key of
// the file away. An item that no file has is added and must be complete. Globs under owns replace those
// of the same kind, ignore rules and takes_over add up, and the environment of an overlay holds for its own references.
//
// State.Resolve then finds the APIs that the references mean.
package spec

import (
	"bytes"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/spec/yamlnode"
	"go.yaml.in/yaml/v3"
)

// Input is one file, read by the caller.
type Input struct {
	Name    string // as findings shall show it
	Data    []byte
	Overlay bool // its items merge over those of the same section and name
}

// Options are what Load needs from outside.
type Options struct {
	Lookup      func(name string) (value string, ok bool) // variables; nil means that none is set
	Environment string                                    // default environment of references; "" means RELEASE

	// Text reads the file that ${file:PATH} names in an input; nil means that none can be read. An error says why in
	// words that go on after the path.
	Text func(input, path string) (string, error)
}

// State is what the files say, references not resolved yet.
type State struct {
	Objects    []kind.Declared // in the order of the files, parts behind their owner
	References []Reference
	Owns       map[string][]string // kind to globs
	Ignore     []kind.Ignore
	TakesOver  []string // addresses of policies
}

// Referring is the state with those references alone that are asked for by their kind, owner and environment.
func (s *State) Referring(asked func(k *kind.LinkKind, owner, env string) bool) *State {
	others := func(r Reference) bool { return !asked(kind.LinkOf(r.Kind), r.Owner, r.Environment) }
	if !slices.ContainsFunc(s.References, others) {
		return s
	}
	out := *s
	out.References = slices.DeleteFunc(slices.Clone(s.References), others)
	return &out
}

// Load reads the inputs in their order: files first, then overlays in the order in which they apply.
// The findings are sorted. The state is fit for further use only when no finding is an error; it is
// never nil.
func Load(inputs []Input, o Options) (*State, []Finding) {
	return load(inputs, o, nil)
}

// LoadPlaces is Load that also tells where single values stand, and which comments begin with the marker; ""
// asks for no comments.
// For that it keeps all values: it takes about twice the memory.
func LoadPlaces(inputs []Input, o Options, marker string) (*State, *Places, []Finding) {
	p := &Places{marker: marker, options: o, owns: map[string][]Place{}}
	state, findings := load(inputs, o, p)
	return state, p, findings
}

func load(inputs []Input, o Options, places *Places) (*State, []Finding) {
	l := newLoader(o)
	l.places = places
	l.inputs(inputs)
	l.makeRoom()
	for _, e := range l.entries {
		l.declare(e)
		if places == nil && e.kind.Refers != e.kind.Name { // a circle of references is told where it closes
			e.trim()
		}
	}
	if places != nil {
		places.entries = l.names
	}
	l.checkMoves()
	l.checkCircles()
	return l.state, tidy(l.findings)
}

// loader is one run of Load.
type loader struct {
	options  Options
	state    *State
	entries  []*entry                  // in the order of the files
	names    map[string]*entry         // by section and name
	placed   map[string]*kind.Declared // KIND/NAME to the first of what a gateway has once
	findings []Finding
	places   *Places // nil when they are not asked for
}

func newLoader(o Options) *loader {
	if o.Lookup == nil {
		o.Lookup = func(string) (string, bool) { return "", false }
	}
	return &loader{options: o, state: &State{Owns: map[string][]string{}}, names: map[string]*entry{}, placed: map[string]*kind.Declared{}}
}

// inputs opens files, then overlays. What others name with ${file:PATH} is a text, and no desired state.
func (l *loader) inputs(inputs []Input) {
	named := textsOf(inputs)
	for _, overlay := range []bool{false, true} {
		for _, in := range inputs {
			if in.Overlay != overlay {
				continue
			}
			if by, ok := named[path.Clean(in.Name)]; ok {
				l.isText(in, by)
				continue
			}
			own := map[string]*entry{} // entries of this overlay
			for _, root := range l.parse(in) {
				l.open(root, in.Overlay, own)
			}
		}
	}
}

// makeRoom counts what is about to be declared.
func (l *loader) makeRoom() {
	references := 0
	for _, e := range l.entries {
		for _, link := range kind.LinksFrom(e.kind.Name) {
			if targets := e.node.Get(link.Field); targets != nil {
				references += len(targets.Items)
			}
		}
	}
	l.state.Objects = make([]kind.Declared, 0, len(l.entries))
	l.state.References = make([]Reference, 0, references)
}

func (l *loader) report(f Finding) { l.findings = append(l.findings, f) }

// checker checks what stands at prefix of its document.
func (l *loader) checker(prefix string) *checker {
	return &checker{options: l.options, report: l.report, prefix: func(*yamlnode.Node) string { return prefix }}
}

// parse gives the documents of an input.
func (l *loader) parse(in Input) []*yamlnode.Node {
	var c *commentReader
	if l.places != nil && l.places.marker != "" && bytes.Contains(in.Data, []byte(l.places.marker)) {
		c = &commentReader{marker: l.places.marker}
	}
	roots, findings := read(in, c)
	if c != nil {
		l.places.Comments = append(l.places.Comments, c.list(in)...)
	}
	l.findings = append(l.findings, findings...)
	return roots
}

// HoldsState reports whether an input says that it is a desired state, be it of another version.
func HoldsState(in Input) bool {
	if !bytes.Contains(in.Data, []byte("apigw-sync/v")) {
		return false
	}
	roots, findings := read(in, nil)
	says := func(root *yamlnode.Node) bool {
		version := root.Get("version")
		return version != nil && strings.HasPrefix(version.Value, "apigw-sync/v")
	}
	return slices.ContainsFunc(roots, says) || len(findings) > 0 && versionLine.Match(in.Data)
}

// versionLine finds the version in what cannot be parsed.
var versionLine = regexp.MustCompile(`(?m)^[{ ]?["']?version["']?:\s*["']?apigw-sync/v`)

// Syntax finds what keeps an input from being read at all, whatever its keys and values.
func Syntax(in Input) []Finding {
	_, findings := read(in, nil)
	return tidy(findings)
}

// read parses one input; its documents are shown to comments, which may be nil.
func read(in Input, comments *commentReader) (roots []*yamlnode.Node, findings []Finding) {
	var see func(*yaml.Node)
	if comments != nil {
		see = comments.see
	}
	roots, faults := yamlnode.Read(in.Name, in.Data, see)
	for _, root := range roots {
		root.Doc.Overlay = in.Overlay
	}
	for _, f := range faults {
		source := kind.Source{File: in.Name, Line: f.Line, Column: f.Column}
		findings = append(findings, Finding{Source: source, Problem: f.Problem, Hint: f.Hint})
	}
	return roots, findings
}

func sourceOf(n *yamlnode.Node) kind.Source {
	return kind.Source{File: n.Doc.File, Line: int(n.Line), Column: int(n.Column)}
}

func finding(n *yamlnode.Node, at, problem, hint string) Finding {
	return Finding{Source: sourceOf(n), Path: spelled(at), Problem: problem, Hint: hint}
}
