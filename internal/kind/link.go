package kind

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/api"
	"github.com/apigw-sync/apigw-sync/internal/api/wire"
)

// Grouping says which links one request can cover.
type Grouping int

const (
	Alone        Grouping = iota // one link
	ByOwner                      // links of one owner, in any environment
	ByOwnerInEnv                 // links of one owner in one environment
	ByAPIInEnv                   // links of one API in one environment
	Cross                        // every owner of a set with every API of a set, in one environment
	Together                     // any links of the kind
)

func (g Grouping) String() string {
	return [...]string{"one by one", "by policy", "by plugin and environment", "by API and environment", "as a cross product", "together"}[g]
}

// Write defines a request that binds or unbinds several links at once.
type Write struct {
	By        Grouping
	Operation string
	Max       int // most links in one request
	Request   func(links []Link) api.Request
}

// LinkKind defines how owners are bound to targets: to APIs in environments, or to objects of another kind.
type LinkKind struct {
	Name   string // such as acl_binding
	Owner  string // kind of the owner
	Field  string // field of the owner's mapping in files that lists what it is bound to
	Target string // kind of the targets
	Trail  string // as in Facts

	// Slot returns the name of the slot that links of an owner take. A target has at most one link in each slot: it has
	// one slot for throttles, and one for each type of plugin. nil if a target can have any number of links.
	Slot func(owner any) string
	// SharedSlot says that some versions of the gateway have a single slot for all links of a target, whatever Slot says.
	SharedSlot bool
	// Overwrites says that a bind always replaces the link that has the slot; otherwise the gateway may refuse it.
	Overwrites bool
	// Guards reports whether an owner lets in only the callers that it names, as an ACL of type PERMIT does. An API
	// that has such an owner before and after a run must have one throughout the run, or it is open to everybody for a
	// moment. nil if no owner of the kind does this.
	Guards func(owner any) bool
	// DeletedWithOwner says that the gateway deletes the links of an owner together with the owner, so no unbind is needed
	// before.
	DeletedWithOwner bool
	// UnbindFirst says that the link that has the slot must be unbound first, since it is not documented what a bind does
	// to it.
	UnbindFirst bool

	OfOwner  LinkList // links of one owner
	OfTarget LinkList // links of one target
	OfAll    LinkList // all links at once; Operation "" if there is no such list
	Unbound  LinkList // targets that the owner is not bound to, each with the owner whose link has the slot; Operation "" if there is no such list

	Codes        Codes
	Bind, Unbind []Write // ways to write several links with one request; the plan takes the one that needs the fewest
	Answer       Answer  // the part of a bind's answer that lists what was bound

	// Lanes returns names of things that two writes must not change at the same time; nil if writes never conflict.
	Lanes func(l *Link) []string
}

// ToWord returns the word for a target in texts, such as API.
func (k *LinkKind) ToWord() string {
	if k.Target == APublication {
		return "API"
	}
	return strings.ReplaceAll(k.Target, "_", " ")
}

// LinkList is a list of links.
type LinkList struct {
	Operation string
	ListField string // "" if the answer is not a list but the only link, or an empty object if there is none
	Path      func(id string) []string
	Query     func(id string) url.Values // nil if Path is enough
	None      string                     // code of the error with which gateways may say that there is no link; "" if there is no such code
	rows      func(page *Page) ([]Row, error)
}

// Answer is the part of a bind's answer that lists what was bound.
type Answer struct {
	ListField string
	rows      func(page *Page) ([]Row, error)
}

// reading returns r with a decoder for its items. R is the type of an item in the API.
func reading[R any](r LinkList, row func(R) Row) LinkList {
	r.rows = rowsOf(r.ListField, row)
	return r
}

// bindings returns a list of links that takes the id of an owner or API as the query parameter by.
func bindings[R any](operation, field, by string, row func(R) Row, path ...string) LinkList {
	return reading(LinkList{Operation: operation, ListField: field, Path: fixed(path...), Query: func(id string) url.Values { return query(by, id) }}, row)
}

func fixed(path ...string) func(string) []string {
	return func(string) []string { return path }
}

// boundAPI is the API and the environment of a link, with the member names of most lists.
type boundAPI struct {
	APIID     string `json:"api_id"`
	API       string `json:"api_name"`
	Group     string `json:"group_name"`
	EnvID     string `json:"env_id"`
	Env       string `json:"env_name"`
	PublishID string `json:"publish_id"`
	Method    string `json:"req_method"`
	Path      string `json:"req_uri"`
}

// listedAPI is the same as boundAPI, with the member names of lists of APIs.
type listedAPI struct {
	APIID     string `json:"id"`
	API       string `json:"name"`
	Group     string `json:"group_name"`
	EnvID     string `json:"run_env_id"`
	Env       string `json:"run_env_name"`
	PublishID string `json:"publish_id"`
	Method    string `json:"req_method"`
	Path      string `json:"req_uri"`
}

func (a boundAPI) row(id, ownerID, owner string) Row {
	return Row{
		ID: id, OwnerID: ownerID, Owner: owner, APIID: a.APIID, API: a.API, Group: a.Group,
		EnvID: a.EnvID, Env: a.Env, PublishID: a.PublishID, Method: a.Method, Path: a.Path,
	}
}

// freeAPI returns the row of an API to which an owner is not bound. owner is the name of the owner whose link has the
// slot: "" if there is none, nil if the list does not report it.
func freeAPI(a listedAPI, owner *string) Row {
	r := boundAPI(a).row("", "", value(owner))
	r.PublishID, r.HolderUnknown = "", owner == nil
	return r
}

// publishMax and unbindMax are the most publish ids in one bind and the most binding ids in one batch unbind. The API
// documents no maximum. The console sends at most 1000; half of that leaves a margin.
const (
	publishMax = 500
	unbindMax  = 500
)

// bindPublished returns the writes that bind one owner to publications. owner is the member of the body with the
// owner's id.
func bindPublished(operation, path, owner string) []Write {
	return []Write{{
		By: ByOwner, Operation: operation, Max: publishMax,
		Request: func(l []Link) api.Request {
			return api.Request{
				Operation: operation, Method: "POST", Path: []string{path}, Once: true,
				Body: map[string]any{owner: l[0].OwnerID, "publish_ids": gather(l, targetID)},
			}
		},
	}}
}

// unbindTogether returns the writes that unbind links by their ids. links is the member of the body with these ids.
func unbindTogether(operation, path, links string) []Write {
	return []Write{{
		By: Together, Operation: operation, Max: unbindMax,
		Request: func(l []Link) api.Request {
			return api.Request{
				Operation: operation, Method: "PUT", Path: []string{path}, Query: query("action", "delete"),
				Body: map[string]any{links: gather(l, func(l *Link) string { return l.ID })},
			}
		},
	}}
}

func answer[R any](field string, row func(R) Row) Answer {
	return Answer{ListField: field, rows: rowsOf(field, row)}
}

func rowsOf[R any](field string, row func(R) Row) func(*Page) ([]Row, error) {
	return func(page *Page) ([]Row, error) {
		if field == "" {
			return lone(page, row)
		}
		list, unrecognized, err := entries[R](page, field)
		out := make([]Row, len(list))
		for i, r := range list {
			out[i] = row(*r)
			out[i].WellFormed = unrecognized[i] == nil
		}
		return out, err
	}
}

// lone reads an answer that is not a list but one link, or an empty object if there is none.
func lone[R any](page *Page, row func(R) Row) ([]Row, error) {
	if len(page.fields) == 0 {
		return nil, nil
	}
	var r R
	unrecognized, err := wire.Decode(page.raw, &r)
	if err != nil {
		return nil, err
	}
	out := row(r)
	if out.WellFormed = unrecognized == nil; out.OwnerID == "" {
		return nil, nil
	}
	return []Row{out}, nil
}

// Row is one link as a list or the answer of a bind reports it. Fields that are not reported are "".
type Row struct {
	ID, OwnerID, Owner      string
	TargetID, Target        string // of targets that are not APIs
	APIID, API, Group       string
	EnvID, Env, PublishID   string
	Method, Path            string
	HolderUnknown           bool   // of Unbound: the list does not report whether another owner's link has the slot
	Failed                  bool   // the gateway reports that this pair was not bound
	ErrorCode, ErrorMessage string // why
	WellFormed              bool   // all values had the expected type
}

// Fill fills empty fields from known, except names of an owner or API that is not the same as in known.
func (r *Row) Fill(known Row) {
	if r.OwnerID != "" && known.OwnerID != "" && r.OwnerID != known.OwnerID {
		known.Owner = ""
	}
	if r.APIID != "" && known.APIID != "" && r.APIID != known.APIID {
		known.API, known.Group = "", ""
	}
	for _, f := range []struct{ to, from *string }{
		{&r.OwnerID, &known.OwnerID}, {&r.Owner, &known.Owner}, {&r.TargetID, &known.TargetID}, {&r.Target, &known.Target}, {&r.APIID, &known.APIID}, {&r.API, &known.API}, {&r.Group, &known.Group},
	} {
		if *f.to == "" {
			*f.to = *f.from
		}
	}
}

// ToID returns the id of the target.
func (r *Row) ToID() string { return cmp.Or(r.TargetID, r.APIID) }

// Complete reports whether the row identifies the owner, the target, and the environment.
func (r *Row) Complete() bool {
	if r.Target != "" {
		return r.OwnerID != ""
	}
	return r.OwnerID != "" && (r.APIID != "" || r.API != "" && r.Group != "") && (r.EnvID != "" || r.Env != "")
}

// Key identifies the row in its list.
func (r *Row) Key() string { return r.ID + " " + r.OwnerID + " " + r.ToID() + " " + r.Env }

// Unpaged reports whether the answer has no pages.
func (r LinkList) Unpaged() bool { return r.ListField == "" }

// IsNone reports whether an error says that there is no link.
func (r LinkList) IsNone(err error) bool {
	e, ok := errors.AsType[*api.Error](err)
	return ok && r.None != "" && e.Status == 404 && e.Code == r.None
}

// Read asks for one page of a list of links. id is that of the owner or target, for lists that take one.
func (r LinkList) Read(id string, offset int) api.Request {
	if r.ListField == "" {
		return api.Request{Operation: r.Operation, Method: "GET", Path: r.Path(id)}
	}
	q := url.Values{}
	if r.Query != nil {
		q = r.Query(id)
	}
	q.Set("limit", fmt.Sprint(PageSize))
	q.Set("offset", fmt.Sprint(offset))
	return api.Request{Operation: r.Operation, Method: "GET", Path: r.Path(id), Query: q}
}

// Within restricts a list of an owner's links to an environment and a group; "" means any.
func (r LinkList) Within(envID, groupID string) LinkList {
	whole := r.Query
	r.Query = func(id string) url.Values {
		q := whole(id)
		for name, value := range map[string]string{"env_id": envID, "group_id": groupID} {
			if value != "" {
				q.Set(name, value)
			}
		}
		return q
	}
	return r
}

// Rows reads the answer of Read.
func (r LinkList) Rows(page Page) ([]Row, error) {
	return r.rows(&page)
}

// Rows reads which links the answer of a bind reports as bound; ok is false if it does not report this.
func (a Answer) Rows(body json.RawMessage) (rows []Row, ok bool, err error) {
	if len(body) == 0 {
		return nil, false, nil
	}
	var page Page
	if err := json.Unmarshal(body, &page); err != nil {
		return nil, false, err
	}
	if _, ok := page.fields[a.ListField]; !ok {
		return nil, false, nil
	}
	rows, err = a.rows(&page)
	if slices.ContainsFunc(rows, func(r Row) bool { return !r.WellFormed }) {
		return nil, false, errForm
	}
	return rows, true, err
}

// BatchAnswer is the successful answer of a batch delete or batch unbind. Its status 200 does not mean that every item
// was removed.
type BatchAnswer struct {
	SuccessCount *int           `json:"success_count"` // nil if it is not reported
	Failure      []BatchFailure `json:"failure"`
}

// Accounts reports whether the answer shows for each of the ids whether it was removed.
func (a *BatchAnswer) Accounts(ids []string) bool {
	for id := range a.Failed() {
		if !slices.Contains(ids, id) {
			return false
		}
	}
	if a.SuccessCount == nil {
		return a.Failure != nil
	}
	return *a.SuccessCount == len(ids)-len(a.Failure)
}

// Failed returns the items that were not removed, by the id of the binding or, for a batch delete, of the object.
func (a *BatchAnswer) Failed() map[string]BatchFailure {
	out := make(map[string]BatchFailure, len(a.Failure))
	for _, f := range a.Failure {
		out[cmp.Or(f.BindID, f.ACLID)] = f
	}
	return out
}

// BatchFailure is one item of a batch that was not removed.
type BatchFailure struct {
	BindID       string `json:"bind_id"`
	ACLID        string `json:"acl_id"`
	APIID        string `json:"api_id"`
	APIName      string `json:"api_name"`
	ErrorCode    string `json:"error_code"`
	ErrorMessage string `json:"error_msg"`
}

func query(pairs ...string) url.Values {
	q := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		q.Set(pairs[i], pairs[i+1])
	}
	return q
}

func gather(links []Link, what func(*Link) string) []string {
	out := make([]string, len(links))
	for i := range links {
		out[i] = what(&links[i])
	}
	return out
}
