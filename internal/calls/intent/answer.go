package intent

import (
	"fmt"
	"slices"

	"github.com/apigw-sync/apigw-sync/internal/calls/precedence"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// Access is whether a call gets through.
type Access string

// The values of Access.
const (
	Allowed   Access = "allowed"
	Denied    Access = "denied"
	Uncertain Access = "uncertain"
)

// Answer is what is known about a call.
type Answer struct {
	API        string   `json:"api"` // group/name; "" if it is not known which API takes the call
	Access     Access   `json:"access"`
	DeniedBy   []string `json:"denied_by"`   // what surely denies the call
	Limits     []Limit  `json:"limits"`      // the lowest that apply to the call; several if equally low. Empty: none, or not known
	LimitKnown bool     `json:"limit_known"` // Limits is complete
	Quota      *Limit   `json:"quota"`       // how often the app may call over all APIs, in addition to Limits. nil: no quota, or not known
	QuotaKnown bool     `json:"quota_known"` // Quota is certain
	Plugins    []string `json:"plugins"`     // surely in force, by name
	Open       []string `json:"open"`        // possibly in force, by name
	Why        []Step   `json:"why"`         // the steps that decided, in the order of the rules

	per     map[string]limited // by whose calls are counted
	mayDeny []string           // what may deny the call
	noAPI   bool               // no API takes the call
}

// Step is one reason for an answer, or one reason why it is open.
type Step struct {
	Rule   string       `json:"rule"` // the ID of a rule of package precedence
	Text   string       `json:"text"`
	Open   bool         `json:"open"`          // it leaves something uncertain
	Fix    string       `json:"fix,omitempty"` // what would make it certain
	About  string       `json:"about"`         // access, limit, quota or plugins; "" for all
	Source *kind.Source `json:"source"`        // nil if it is based on no line of a file
}

// String returns a step with its position in the files.
func (s *Step) String() string {
	if s.Source == nil {
		return s.Text
	}
	return fmt.Sprintf("%s (%s:%d)", s.Text, s.Source.File, s.Source.Line)
}

// The parts of an answer.
const (
	aboutAccess  = "access"
	aboutLimit   = "limit"
	aboutQuota   = "quota"
	aboutPlugins = "plugins"
)

// Ask answers a question.
func (w *Model) Ask(c *Call) *Answer {
	q := &question{model: w, call: c, Answer: &Answer{DeniedBy: []string{}, Limits: []Limit{}, Plugins: []string{}, Open: []string{}, Why: []Step{}, Access: Uncertain}}
	if q.api = q.route(); q.api == nil {
		return q.Answer
	}
	q.Answer.API = q.api.Address()
	q.bind()
	q.access()
	q.plugins()
	q.limit()
	q.quota()
	return q.Answer
}

// question is an answer that is being worked out.
type question struct {
	model *Model
	call  *Call
	api   *API
	bound map[string][]bound // by the name of the kind of links
	*Answer
}

// addStep adds a step to the answer. The source may be the zero value.
func (q *question) addStep(about string, r precedence.Rule, t truth, source kind.Source, fix, format string, args ...any) {
	s := Step{Rule: r.ID, Text: fmt.Sprintf(format, args...), Open: t == open, About: about}
	if t == open {
		s.Fix = fix
	}
	if source.File != "" {
		s.Source = &source
	}
	isSame := func(o Step) bool { return o.Text == s.Text && o.About == s.About }
	if !slices.ContainsFunc(q.Why, isSame) { // each policy that may apply adds the same step
		q.Why = append(q.Why, s)
	}
}

// Hints on how to make answers certain.
const (
	fixAPIs    = "declare it under apis in the cases, or pass an export with --against"
	fixManage  = "list it in the files ([] or {} for none), pass an export with --against, or set unmanaged: none in the cases"
	fixIgnore  = "take the rule out of the files, or expect the answer to be uncertain"
	fixGateway = "try it on the gateway"
)

func (q *question) bind() {
	q.bound = map[string][]bound{}
	for _, k := range kind.Links {
		if k.Target != kind.APublication {
			continue
		}
		q.bound[k.Name] = q.model.boundTo(k, q.api, q.call.Environment)
	}
}
