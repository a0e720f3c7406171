package kind

import (
	"encoding/json"
	"fmt"
	"net/url"

	"github.com/apigw-sync/apigw-sync/internal/api"
)

// Grouping says which links one request can cover.
type Grouping int

const (
	Alone    Grouping = iota // one link
	ByOwner                  // links of one owner, in any environment
	ByPlugin                 // links of one owner in one environment
	ByAPI                    // links of one API in one environment
	Cross                    // every owner of a set with every API of a set, in one environment
	Together                 // any links of the kind
)

func (g Grouping) String() string {
	return [...]string{"one by one", "by policy", "by plugin and environment", "by API and environment", "as a cross product", "together"}[g]
}

// Write is one way to bind or unbind several links with one request.
type Write struct {
	By        Grouping
	Operation string
	Max       int // links in one request
	Request   func(links []Link) api.Request
}

// LinkDef defines how an owner is bound to APIs. R is a row of the lists that tell bindings.
type LinkDef[R any] struct {
	Name  string // such as acl_binding
	Owner string // kind of the owner

	// Slot names what of an API in an environment holds only one link of the kind, such as the type
	// of a plugin; nil when an API takes any number.
	Slot func(owner any) string
	// Overwrites: binding to a taken slot surely replaces what was there.
	Overwrites bool
	// Counted: the owner's list tells to how many APIs each owner is bound.
	Counted bool

	OfOwner Reading // links of one owner
	OfAPI   Reading // links of one API; Operation "" when there is none
	OfAll   Reading // all links at once; Operation "" when there is none
	Row     func(R) Row

	Bind, Unbind []Write // ways to write, cheapest judged by the planner
	BindAnswer   string  // array of the bind answer that tells what was bound; "" when it tells nothing
	Bound        func(R) Row

	// Lanes names what no two writes may touch at the same time; nil when writes never disturb each other.
	Lanes func(l *Link) []string
}

// Reading is a list of links.
type Reading struct {
	Operation string
	ListField string
	Path      func(id string) []string
	Query     func(id string) url.Values // nil when the path says it all
}

// Row is one link as a list or the answer of a bind tells it. Fields that it leaves out are "".
type Row struct {
	ID, OwnerID, Owner      string
	APIID, API, Group       string
	EnvID, Env, PublishID   string
	Method, Path            string
	Failed                  bool   // the answer says that this pair was not bound
	ErrorCode, ErrorMessage string // why
}

// LinkKind is a LinkDef without its type.
type LinkKind struct {
	Name, Owner         string
	Slot                func(owner any) string
	Overwrites, Counted bool
	OfOwner             Reading
	OfAPI               Reading
	OfAll               Reading
	Bind, Unbind        []Write
	Lanes               func(l *Link) []string

	bindAnswer string
	rows       func(raw json.RawMessage) ([]Row, error)
	bound      func(raw json.RawMessage) ([]Row, error)
}

func linkOf[R any](d LinkDef[R]) *LinkKind {
	rows := func(convert func(R) Row) func(json.RawMessage) ([]Row, error) {
		return func(raw json.RawMessage) ([]Row, error) {
			var list []R
			if err := json.Unmarshal(raw, &list); err != nil {
				return nil, err
			}
			out := make([]Row, len(list))
			for i, r := range list {
				out[i] = convert(r)
			}
			return out, nil
		}
	}
	bound := d.Bound
	if bound == nil {
		bound = d.Row
	}
	return &LinkKind{
		Name: d.Name, Owner: d.Owner, Slot: d.Slot, Overwrites: d.Overwrites, Counted: d.Counted,
		OfOwner: d.OfOwner, OfAPI: d.OfAPI, OfAll: d.OfAll, Bind: d.Bind, Unbind: d.Unbind, Lanes: d.Lanes,
		bindAnswer: d.BindAnswer, rows: rows(d.Row), bound: rows(bound),
	}
}

// Read asks for one page of a list of links, of the owner or API id where it takes one.
func (r Reading) Read(id string, offset int) api.Request {
	q := url.Values{}
	if r.Query != nil {
		q = r.Query(id)
	}
	q.Set("limit", fmt.Sprint(PageSize))
	q.Set("offset", fmt.Sprint(offset))
	return api.Request{Operation: r.Operation, Method: "GET", Path: r.Path(id), Query: q}
}

// Rows reads the answer of a list of links.
func (k *LinkKind) Rows(r Reading, page Page) ([]Row, error) {
	raw := page.items(r.ListField)
	if raw == nil {
		return nil, nil
	}
	return k.rows(raw)
}

// BindAnswer reads what a bind says it did; ok is false when the kind's answer tells nothing.
func (k *LinkKind) BindAnswer(answer json.RawMessage) (rows []Row, ok bool, err error) {
	if k.bindAnswer == "" || len(answer) == 0 {
		return nil, false, nil
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(answer, &fields); err != nil {
		return nil, false, err
	}
	raw, ok := fields[k.bindAnswer]
	if !ok || string(raw) == "null" {
		return nil, ok, nil
	}
	rows, err = k.bound(raw)
	return rows, true, err
}

// BatchAnswer is what a batch delete or batch unbind says with status 200: HTTP success does not mean
// that everything worked.
type BatchAnswer struct {
	SuccessCount int            `json:"success_count"`
	Failure      []BatchFailure `json:"failure"`
}

// BatchFailure is one item of a batch that stayed.
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
