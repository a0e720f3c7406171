package spec

import (
	"slices"
	"strconv"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
)

// policyText names a policy that another one may displace.
var policyText = shape.OfText("A policy as KIND/NAME.", shape.Rule{
	Says: "kind/name", Keywords: map[string]any{"pattern": "^(" + strings.Join(policies(), "|") + ")/.+$"},
	Hint:   "write it as diff shows it, such as acl/orders_office",
	Broken: func(v any) string { s, _ := v.(string); return BrokenPolicy(s) },
}).WithExample("acl/orders_office")

// policies are the kinds of what can be displaced.
func policies() (out []string) {
	for _, k := range kind.Links {
		if k.Slot != nil {
			out = append(out, k.Owner)
		}
	}
	slices.Sort(out)
	return out
}

// BrokenPolicy is "" or why a text is no address of a policy that can be displaced.
func BrokenPolicy(text string) string {
	k, name, _ := strings.Cut(text, "/")
	if name == "" || !slices.Contains(policies(), k) {
		return strconv.Quote(text) + " is no address of a policy that can be displaced (" + strings.Join(policies(), ", ") + ")"
	}
	return ""
}
