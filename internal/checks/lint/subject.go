package lint

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/spec"
)

// subject is what rules check: the input, and indexes of it that several rules share.
type subject struct {
	Input
	rule     *Rule // that looks
	findings []Finding

	byAddress map[string]*kind.Declared
	renamed   map[string]*kind.Declared // by the address that they had
	onGateway map[string]*kind.Object   // of the gateway, by address
	bindings  []binding                 // see bound
	indexed   bool                      // bindings are made
}

func newSubject(in Input) *subject {
	s := &subject{
		Input: in, byAddress: make(map[string]*kind.Declared, len(in.State.Objects)),
		renamed: map[string]*kind.Declared{}, onGateway: map[string]*kind.Object{},
	}
	for i := range in.State.Objects {
		d := &in.State.Objects[i]
		s.byAddress[d.Address()] = d
		if d.MovedFrom != "" {
			s.renamed[d.Kind+"/"+d.MovedFrom] = d
		}
	}
	if in.Gateway != nil {
		for i := range in.Gateway.Objects {
			o := &in.Gateway.Objects[i]
			s.onGateway[o.Address()] = o
		}
	}
	return s
}

// maxNamed is how many APIs a finding names.
const maxNamed = 3

// each calls f with the declared objects of a kind and their values.
func each[V any](s *subject, kindName string, f func(d *kind.Declared, value V)) {
	for i := range s.State.Objects {
		if d := &s.State.Objects[i]; d.Kind == kindName {
			f(d, d.Value.(V))
		}
	}
}

// report adds a finding about what a JSON pointer leads to inside an object.
func (s *subject) report(d *kind.Declared, pointer, message, hint string) {
	s.add(s.Places.Of(d, pointer), d, message, hint)
}

// add adds a finding at a line of a file, inside an object unless d is nil.
func (s *subject) add(at spec.Place, d *kind.Declared, message, hint string) {
	f := Finding{Rule: s.rule, Severity: s.severity(s.rule), Place: at, Message: message, Hint: hint}
	if d != nil {
		f.Address, f.itemStarts = d.Address(), s.Places.ItemStarts(d)
	}
	s.findings = append(s.findings, f)
}

// addIgnore adds a finding about a value of the ignore rule of that index.
func (s *subject) addIgnore(i int, pointer, message, hint string) {
	s.add(s.Places.OfIgnore(i, pointer), nil, message, hint)
	s.findings[len(s.findings)-1].itemStarts = []kind.Source{s.State.Ignore[i].Source}
}

// owned reports whether the files own an object.
func (s *subject) owned(kindName, name string) bool {
	return slices.ContainsFunc(s.State.Owns[kindName], func(glob string) bool { return kind.Glob(glob, name) })
}

// position is file:line:col.
func position(s kind.Source) string { return fmt.Sprintf("%s:%d:%d", s.File, s.Line, s.Column) }

// itoa is an index as a step of a JSON pointer.
func itoa(i int) string { return strconv.Itoa(i) }

// countOf is "1 API", "2 APIs".
func countOf(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
