package intent

import (
	"fmt"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/calls/precedence"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/spec"
)

// route finds the API that takes the call. It returns nil, and adds the reason to the answer, if no API takes it or if
// it is not known which one does.
func (q *question) route() *API {
	if q.call.API != "" {
		return q.byName()
	}
	return q.byPath()
}

// byPath searches the known APIs, first those that are, or may be, published in the environment of the call.
func (q *question) byPath() *API {
	c, w := q.call, q.model
	var here, elsewhere []*API
	for i := range w.apis {
		a := &w.apis[i]
		t := a.takes(c.Method, c.Path, w.apis)
		switch {
		case t == no:
		case a.publishedIn(c.Environment) == no:
			elsewhere = append(elsewhere, a)
		default:
			here = append(here, a)
		}
	}
	called := c.Method + " " + c.Path
	first := firstMatch(here, c.Path)
	switch {
	case first != nil && first.takes(c.Method, c.Path, w.apis) == yes && (len(here) == 1 || first.publishedIn(c.Environment) == yes):
		rule := precedence.Route
		if len(here) > 1 {
			rule = precedence.RouteOrder
		}
		q.addStep("", rule, yes, first.Source, "", "%s is %s (%s %s)", called, first.Address(), first.Method, first.Path)
		return first
	case len(here) > 0:
		q.addStep("", precedence.Route, open, kind.Source{}, "name the API in the call, as in api: "+here[0].Address(), "%s may reach %s", called, apisText(here))
		return nil
	case len(elsewhere) == 1:
		return elsewhere[0] // so that the answer also says what else would refuse the call
	case len(elsewhere) > 0 || w.complete:
		q.Access, q.DeniedBy, q.LimitKnown, q.QuotaKnown, q.noAPI = Denied, append(q.DeniedBy, byPublication), true, true, true
		q.addStep(aboutAccess, precedence.Published, no, kind.Source{}, "", "no API takes %s in %s", called, c.Environment)
		return nil
	}
	q.addStep("", precedence.Route, open, kind.Source{}, fixAPIs, "no known API takes %s", called)
	return nil
}

// firstMatch returns the API that precedes all others that take a path; nil if none does.
func firstMatch(list []*API, path string) (first *API) {
	tie := false
	for _, a := range list {
		switch {
		case first == nil || slices.Compare(a.rank(path), first.rank(path)) < 0:
			first, tie = a, false
		case slices.Equal(a.rank(path), first.rank(path)):
			tie = true
		}
	}
	if tie {
		return nil
	}
	return first
}

// rank returns the key by which APIs that take a path are ordered; the lowest takes the call, see
// precedence.RouteOrder.
func (a *API) rank(path string) []int {
	switch {
	case a.Path == path:
		return []int{0}
	case a.MatchMode != "SWA":
		return []int{1}
	}
	return []int{2, -strings.Count(strings.TrimSuffix(a.Path, "/"), "/")}
}

func apisText(list []*API) string {
	var out []string
	for _, a := range list {
		out = append(out, fmt.Sprintf("%s (%s %s)", a.Address(), a.Method, a.Path))
	}
	slices.Sort(out)
	return strings.Join(out, " or ")
}

func (q *question) byName() *API {
	name := q.call.API
	var found []*API
	var known []string
	for i := range q.model.apis {
		a := &q.model.apis[i]
		if known = append(known, a.Address()); a.Address() == name {
			found = append(found, a)
		}
	}
	slices.Sort(known)
	switch {
	case len(found) == 1:
		return found[0]
	case len(found) > 1:
		q.addStep("", precedence.Route, open, kind.Source{}, "name method and path in the call", "%s means %d APIs: %s", name, len(found), apisText(found))
		return nil
	case q.model.complete:
		fix := spec.DidYouMean(name, known, "check its name")
		q.addStep("", precedence.Route, open, kind.Source{}, fix, "neither the export nor apis of the cases has the API %s", name)
		return nil
	}
	a, ok := parseAddress(name)
	if !ok {
		q.addStep("", precedence.Route, open, kind.Source{}, fixAPIs, "where the group ends in %s is not known", name)
		return nil
	}
	return &a
}
