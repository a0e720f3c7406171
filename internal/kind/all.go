package kind

import (
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// All lists the kinds, owners before the kinds that live inside them.
var All = []*Kind{acl, app, appAccessControl, appCode, appQuota, authorizer, certificate, channel, environment, feature, apiGroup, ownDomain, gatewayResponse, variable, orchestration, plugin, signature, throttle, throttleSpecial}

// Links lists the kinds of bindings.
var Links = []*LinkKind{aclBinding, appAuthorization, appQuotaBinding, pluginBinding, signatureBinding, throttleBinding}

var byName, linkByName, linkOfKind = indexes()

func indexes() (kinds map[string]*Kind, links, linksOf map[string]*LinkKind) {
	return index(All, func(k *Kind) string { return k.Name }),
		index(Links, func(k *LinkKind) string { return k.Name }),
		index(where(Links, func(k *LinkKind) bool { return k.Target == APublication }), func(k *LinkKind) string { return k.Owner })
}

// Of returns the kind of that name; nil if there is none.
func Of(name string) *Kind { return byName[name] }

// LinkOf returns the kind of links of that name; nil if there is none.
func LinkOf(name string) *LinkKind { return linkByName[name] }

// LinkFrom returns the kind of links that bind owners of a kind to APIs; nil if there is none.
func LinkFrom(owner string) *LinkKind { return linkOfKind[owner] }

// LinksFrom returns the kinds of links whose owners are of a kind.
func LinksFrom(owner string) []*LinkKind {
	return where(Links, func(k *LinkKind) bool { return k.Owner == owner })
}

// Depth returns the number of ancestors that an object of the kind has.
func (k *Kind) Depth() (n int) {
	for k.Owner != "" {
		k, n = Of(k.Owner), n+1
	}
	return n
}

// Root returns the address of the outermost object that the object with a key lives in, or its own address.
func (k *Kind) Root(key string) string {
	if k.Owner == "" {
		return k.Name + "/" + key
	}
	for k.Owner != "" {
		k = Of(k.Owner)
	}
	name, _, _ := strings.Cut(key, "/")
	return k.Name + "/" + name
}

// IsBuiltIn reports whether an object always exists (Facts.BuiltIn).
func (k *Kind) IsBuiltIn(o *Object) bool {
	return slices.Contains(k.BuiltIn, strings.TrimPrefix(o.Key, o.Owner+"/"))
}

// NeverSet returns an object of a kind with AllExist as it is before it is set for the first time.
func (k *Kind) NeverSet(name string) Object {
	v, err := k.Unpack(map[string]any{"name": name})
	if err != nil {
		panic(err) // cannot happen: the objects of a kind with AllExist have names
	}
	return Object{Kind: k.Name, Key: name, ID: name, Value: v, Bound: Unknown}
}

// Fresh returns an object that always exists in the state in which it comes with its owner: it only has a name.
func (k *Kind) Fresh(o *Object) (Object, error) {
	v, err := k.Unpack(map[string]any{"name": strings.TrimPrefix(o.Key, o.Owner+"/")})
	return Object{Kind: o.Kind, Key: o.Key, Owner: o.Owner, Value: v, Bound: Unknown}, err
}

// Untouched reports whether an object always exists and has never been changed.
func (k *Kind) Untouched(o *Object) bool {
	fresh, err := k.Fresh(o)
	return k.Owner != "" && k.IsBuiltIn(o) && err == nil && reflect.DeepEqual(k.Side(fresh.Value).Compared, k.Side(o.Value).Compared)
}

// Policies returns the kinds whose objects are bound to something. An export writes only these unless it is asked for
// all kinds.
func Policies() []*Kind {
	return where(All, func(k *Kind) bool { return len(LinksFrom(k.Name)) > 0 })
}

// Parts returns the kinds that live inside a kind.
func Parts(owner string) []*Kind {
	return where(All, func(k *Kind) bool { return k.Owner == owner })
}

// where returns the entries of a list for which holds is true.
func where[T any](list []*T, holds func(*T) bool) (out []*T) {
	for _, x := range list {
		if holds(x) {
			out = append(out, x)
		}
	}
	return out
}

func index[T any](all []*T, by func(*T) string) map[string]*T {
	m := make(map[string]*T, len(all))
	for _, x := range all {
		m[by(x)] = x
	}
	return m
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// optional returns a pointer to a value; nil for the zero value, so that JSON leaves it out.
func optional[T comparable](v T) *T {
	var none T
	if v == none {
		return nil
	}
	return &v
}

// bound returns a number of bindings; Unknown if none is reported, or a negative one.
func bound(n *int) int {
	const most = math.MaxInt32 // so that sums do not overflow
	if n == nil || *n < 0 {
		return Unknown
	}
	return min(*n, most)
}

func value[T any](p *T) (zero T) {
	if p == nil {
		return zero
	}
	return *p
}

// distinct returns the values without repeats, in the order of their first appearance; nil if there are none.
func distinct(values []string) (out []string) {
	seen := make(map[string]bool, len(values))
	for _, v := range values {
		if !seen[v] {
			seen[v] = true
			out = append(out, v)
		}
	}
	return out
}
