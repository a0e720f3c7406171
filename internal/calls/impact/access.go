package impact

import (
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/calls/precedence"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// access compares which addresses and accounts may call: by the ACLs of the API, and by the access control of each app
// that is authorized both before and after the plan.
func access(v *view) (out []Aspect) {
	before, after := bound[kind.ACL](v.before), bound[kind.ACL](v.after)
	entityTypes := map[string]bool{}
	for _, acls := range []map[string]kind.ACL{before, after} {
		for _, a := range acls {
			entityTypes[a.EntityType] = true
		}
	}
	for _, entityType := range slices.Sorted(maps.Keys(entityTypes)) {
		b, a := listsOf(before, entityType), listsOf(after, entityType)
		sure := v.known("acl_binding") && b.sure && a.sure
		if precedence.ByAccount(entityType) && !precedence.KnowsAccount(v.authType()) {
			sure = false // whether it applies is not documented
		}
		out = append(out, compareLists(b, a, sure)...)
	}
	if v.authType() == "" || precedence.NeedsApp(v.authType()) {
		out = append(out, accessOfApps(v)...)
	}
	return out
}

// accessOfApps compares the access control of the apps that may call both before and after the plan.
func accessOfApps(v *view) (out []Aspect) {
	for app, to := range v.remainingApps() {
		b, a := controlsOf(v.before, app), controlsOf(v.after, to)
		for _, aspect := range compareLists(b, a, b.sure && a.sure && v.authType() != "") {
			aspect.Before = strings.TrimPrefix(to, "app/") + ": " + aspect.Before
			out = append(out, aspect)
		}
	}
	return out
}

// remainingApps yields the apps that may call both before and after the plan, sorted: the address of each before and after
// it.
func (v *view) remainingApps() iter.Seq2[string, string] {
	now := bound[kind.App](v.after)
	return func(yield func(app, to string) bool) {
		for _, app := range slices.Sorted(maps.Keys(bound[kind.App](v.before))) {
			to := v.w.addressAfter(app)
			if _, stays := now[to]; stays && !yield(app, to) {
				return
			}
		}
	}
}

// list describes who may call according to all ACLs of one entity type together.
type list struct {
	ip     addresses       // for addresses: those that may call
	names  map[string]bool // for accounts: those that may call, or may not
	deny   bool            // names are those that may not call
	others bool            // whether it is a list of accounts
	text   string
	sure   bool
}

// listsOf combines the ACLs of an entity type. If there are both PERMIT and DENY lists, only the PERMIT lists count
// (see precedence.AllowListFirst). If several lists count, it is not known whether a call must pass all of them or one,
// so the result is not sure.
func listsOf(acls map[string]kind.ACL, entityType string) list {
	var counting []kind.ACL
	for _, address := range slices.Sorted(maps.Keys(acls)) {
		if a := acls[address]; a.EntityType == entityType {
			counting = append(counting, a)
		}
	}
	permits := slices.DeleteFunc(slices.Clone(counting), func(a kind.ACL) bool { return a.Type != "PERMIT" })
	if len(permits) > 0 {
		counting = permits
	}
	l := list{ip: everywhere, others: precedence.ByAccount(entityType), deny: true, names: map[string]bool{}, text: anyone, sure: true}
	for i, a := range counting {
		l = l.with(a.Type, a.Values, i == 0)
	}
	if len(counting) == 0 && len(acls) > 0 { // lists of another type may refuse callers
		l.text = "any address"
		if l.others {
			l.text = "any account"
		}
	}
	return l
}

const anyone = "anyone"

// controlsOf returns the list for the access control of an app.
func controlsOf(s side, app string) list {
	l := list{ip: everywhere, text: anyone, sure: true}
	for _, c := range partsOf[kind.AccessControl](s, app) {
		l = l.with(c.Type, c.Values, true)
	}
	return l
}

// with returns the list combined with another one; first means that there is no other yet.
func (l list) with(listType string, values []string, first bool) list {
	l.sure = l.sure && first && (listType == "PERMIT" || listType == "DENY")
	what := "network"
	if l.others {
		what = "account"
		l.deny, l.names = listType == "DENY", map[string]bool{}
		for _, name := range values {
			l.names[name] = true
		}
	} else {
		ip, readable := addressesOf(values)
		l.sure = l.sure && readable
		if listType == "DENY" {
			ip = everywhere.without(ip)
		}
		l.ip = l.ip.and(ip)
	}
	l.text = nameOrNumber(values, what)
	switch {
	case !l.others && len(everywhere.without(l.ip)) == 0:
		l.text = anyone
	case !l.others && len(l.ip) == 0:
		l.text = "nobody"
	case listType == "DENY":
		l.text = "all but " + l.text
	}
	return l
}

// compareLists returns the aspects of a list that changes into another: who is let in, and who is shut out.
func compareLists(before, after list, sure bool) []Aspect {
	aspect := Aspect{Name: Access, Before: before.text, After: after.text, Sure: sure}
	if before.text == after.text {
		aspect.After += " (others)"
	}
	return aspect.withLevels(after.allowsMoreThan(before), Exposure, before.allowsMoreThan(after), Outage)
}

// allowsMoreThan reports whether a list lets in a caller that the other refuses.
func (l list) allowsMoreThan(other list) bool {
	if !l.others {
		return len(l.ip.without(other.ip)) > 0
	}
	lets := func(l list, name string) bool { return l.names[name] != l.deny }
	for _, name := range append(slices.Collect(maps.Keys(l.names)), append(slices.Collect(maps.Keys(other.names)), "")...) {
		if lets(l, name) && !lets(other, name) { // "" stands for a caller that neither list names
			return true
		}
	}
	return false
}

// nameOrNumber returns the name of a single thing, or the number of several.
func nameOrNumber(names []string, what string) string {
	switch len(names) {
	case 0:
		return "nobody"
	case 1:
		return names[0]
	}
	return fmt.Sprintf("%d %ss", len(names), what)
}

// authorization compares the apps that may call an API with auth_type APP.
func authorization(v *view) []Aspect {
	if v.authType() != "" && !precedence.NeedsApp(v.authType()) {
		return nil
	}
	before, after := map[string]bool{}, map[string]bool{}
	for address := range bound[kind.App](v.before) {
		before[v.w.addressAfter(address)] = true
	}
	for address := range bound[kind.App](v.after) {
		after[address] = true
	}
	aspect := Aspect{Name: Authorization, Before: fewNames(before, "app"), After: fewNames(after, "app"), Sure: v.authType() != ""}
	return aspect.withLevels(hasMore(after, before), Change, hasMore(before, after), Outage)
}

// hasMore reports whether a set has an element that the other set lacks.
func hasMore(set, other map[string]bool) bool {
	for name := range set {
		if !other[name] {
			return true
		}
	}
	return false
}

// fewNames returns the names of a few things, or the number of many.
func fewNames(addresses map[string]bool, what string) string {
	const few = 3
	switch n := len(addresses); {
	case n == 0:
		return "none"
	case n > few:
		return fmt.Sprintf("%d %ss", n, what)
	}
	var names []string
	for _, address := range slices.Sorted(maps.Keys(addresses)) {
		_, name, _ := strings.Cut(address, "/")
		names = append(names, name)
	}
	return strings.Join(names, ", ")
}
