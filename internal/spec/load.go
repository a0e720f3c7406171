// Package spec reads desired-state files: YAML (or JSON) bytes become checked objects that know their position in
// the files. It does not access files, the environment or the clock itself; see Input and Options.
//
// Load goes through these steps, and collects the findings of all inputs:
//
//	read      bytes to nodes, one tree per document; aliases, merge keys, duplicate keys
//	open      documents to entries, one per item of a section
//	overlay   merges entries of overlays over entries of the same section and name
//	check     compares entries with the shapes of package kind, and replaces variables
//	declare   checked entries to objects, parts and references
//
// In an overlay, a mapping merges key by key, a list or scalar replaces the one in the file, and an explicit null
// removes the key. An item that no file has is added and must be complete. Globs under owns replace those of the
// same kind, ignore rules and takes_over are added, and the environment of an overlay applies to its own references.
//
// State.Resolve then finds the APIs that the references match.
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
	Name    string // as findings show it
	Data    []byte
	Overlay bool // its items merge over those of the same section and name
}

// Options are what Load needs from outside.
type Options struct {
	Lookup      func(name string) (value string, ok bool) // variables; nil means that none is set
	Environment string                                    // default environment of references; "" means RELEASE

	// Text reads the file that ${file:PATH} names in an input; nil means that none can be read. The text of an error
	// continues a sentence that begins with the path.
	Text func(input, path string) (string, error)
}

// State is what the files declare, before references are resolved.
type State struct {
	Objects    []kind.Declared // in the order of the files, parts after their owner
	References []Reference
	Owns       map[string][]string // globs by kind
	Ignore     []kind.Ignore
	TakesOver  []string // addresses of policies
}

// OnlyReferences is the state with only those references whose kind, owner and environment are asked for.
func (s *State) OnlyReferences(asked func(k *kind.LinkKind, owner, env string) bool) *State {
	others := func(r Reference) bool { return !asked(kind.LinkOf(r.Kind), r.Owner, r.Environment) }
	if !slices.ContainsFunc(s.References, others) {
		return s
	}
	out := *s
	out.References = slices.DeleteFunc(slices.Clone(s.References), others)
	return &out
}

// Load reads the inputs: files first, then overlays in the order in which they apply. The findings are sorted. The
// state is never nil, but must not be used further when a finding is an error.
func Load(inputs []Input, o Options) (*State, []Finding) {
	return load(inputs, o, nil)
}

// LoadPlaces is Load that also returns the positions of single values and the comments that begin with the marker;
// with the marker "" it returns no comments. It keeps all values, and so needs about twice the memory.
func LoadPlaces(inputs []Input, o Options, marker string) (*State, *Places, []Finding) {
	p := &Places{marker: marker, options: o, owns: map[string][]Place{}}
	state, findings := load(inputs, o, p)
	return state, p, findings
}

func load(inputs []Input, o Options, places *Places) (*State, []Finding) {
	l := newLoader(o)
	l.places = places
	l.inputs(inputs)
	l.allocate()
	for _, e := range l.entries {
		l.declare(e)
		if places == nil && e.kind.RefersTo != e.kind.Name { // cycles of references are reported at the reference that closes them
			e.trim()
		}
	}
	if places != nil {
		places.entries = l.names
	}
	l.checkMoves()
	l.checkCycles()
	return l.state, sortUnique(l.findings)
}

// loader is one run of Load.
type loader struct {
	options  Options
	state    *State
	entries  []*entry                  // in the order of the files
	names    map[string]*entry         // by section and name
	single   map[string]*kind.Declared // by KIND/NAME: the first declaration of a part that a gateway can have only once
	findings []Finding
	places   *Places // nil unless LoadPlaces was called
}

func newLoader(o Options) *loader {
	if o.Lookup == nil {
		o.Lookup = func(string) (string, bool) { return "", false }
	}
	return &loader{options: o, state: &State{Owns: map[string][]string{}}, names: map[string]*entry{}, single: map[string]*kind.Declared{}}
}

// inputs opens files, then overlays. An input that another one names with ${file:PATH} is not read as desired state.
func (l *loader) inputs(inputs []Input) {
	named := textFiles(inputs)
	for _, overlay := range []bool{false, true} {
		for _, in := range inputs {
			if in.Overlay != overlay {
				continue
			}
			if by, ok := named[path.Clean(in.Name)]; ok {
				l.skipText(in, by)
				continue
			}
			own := map[string]*entry{} // entries of this overlay
			for _, root := range l.parse(in) {
				l.splitDocument(root, in.Overlay, own)
			}
		}
	}
}

// allocate makes room for the objects and references that are about to be declared.
func (l *loader) allocate() {
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

// checker checks values below prefix, a JSON pointer in their document.
func (l *loader) checker(prefix string) *checker {
	return &checker{options: l.options, report: l.report, prefix: func(*yamlnode.Node) string { return prefix }}
}

// parse returns the documents of an input, and records its findings and comments.
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

// HoldsState reports whether an input declares itself a desired state, of whatever version.
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

// versionLine finds the version in a file that cannot be parsed.
var versionLine = regexp.MustCompile(`(?m)^[{ ]?["']?version["']?:\s*["']?apigw-sync/v`)

// Syntax returns the findings that keep an input from being parsed, whatever its keys and values are.
func Syntax(in Input) []Finding {
	_, findings := read(in, nil)
	return sortUnique(findings)
}

// read parses one input. It passes the documents to comments, which may be nil.
func read(in Input, comments *commentReader) (roots []*yamlnode.Node, findings []Finding) {
	var see func(*yaml.Node)
	if comments != nil {
		see = comments.addScalars
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
	return Finding{Source: sourceOf(n), Path: filePointer(at), Problem: problem, Hint: hint}
}
