package spec

import (
	"slices"
	"strconv"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
)

// policyText is the address of a policy that another one may displace.
var policyText = shape.OfText("A policy as KIND/NAME.", shape.Rule{
	Text: "kind/name", Keywords: map[string]any{"pattern": "^(" + strings.Join(policies(), "|") + ")/.+$"},
	Hint:  "write it as diff shows it, such as acl/orders_office",
	Check: func(v any) string { s, _ := v.(string); return PolicyProblem(s) },
}).WithExample("acl/orders_office")

// policies are the kinds of the policies that can be displaced: those with a slot.
func policies() (out []string) {
	for _, k := range kind.Links {
		if k.Slot != nil {
			out = append(out, k.Owner)
		}
	}
	slices.Sort(out)
	return out
}

// PolicyProblem says why a text is not the address of a policy that can be displaced; "" when it is one.
func PolicyProblem(text string) string {
	k, name, _ := strings.Cut(text, "/")
	if name == "" || !slices.Contains(policies(), k) {
		return strconv.Quote(text) + " is not the address of a policy that can be displaced (" + strings.Join(policies(), ", ") + ")"
	}
	return ""
}
