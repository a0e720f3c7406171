package sample

import (
	"fmt"

	"github.com/apigw-sync/apigw-sync/internal/checks/promote"
	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/report/document"
)

// Promotion returns a comparison of two targets with one of everything that it can find, and n differences of each
// class.
func Promotion(n int) *document.Promotion {
	base := &kind.Source{File: "base/orders.yaml", Line: 12, Column: 5}
	over := &kind.Source{File: "overlays/staging.yaml", Line: 7, Column: 5}
	r := &promote.Report{
		APIs: []promote.API{
			{Address: "orders/refund", Method: "POST", Path: "/v1/refunds", Lacks: "prod", Absent: true, Bindings: []string{"acl_binding/office/orders/refund@STAGING"}},
			{Address: "orders/get", Method: "GET", Path: "/v1/orders", Lacks: "prod", Bindings: []string{}},
		},
		Credentials: []promote.Credential{{Address: "app/mobile", Path: "/app_key"}},
		Unapplied:   []promote.Unapplied{{Target: "prod", Address: "throttle/basic", Action: diff.Update}},
		Warnings:    []diff.Note{{Message: "prod hides secrets, so they cannot be compared: plugin/log /content/password"}},
		Equal:       7, Ignored: 1,
	}
	is := func(value any, state promote.State, at *kind.Source) promote.Aspect {
		return promote.Aspect{Present: true, Value: value, State: state, Source: at}
	}
	api := &kind.API{Group: "orders", Name: "create", Method: "POST", Path: "/v1/orders"}
	for i := range n {
		name := fmt.Sprintf("limit_%d", i)
		departs := is(900, promote.Departs, base)
		departs.Files = 800
		varied := is("*", promote.AsDeclared, over)
		varied.Variables = []string{"ORIGIN"}
		r.Differences = append(r.Differences,
			promote.Difference{Class: promote.Undeclared, Address: "throttle/" + name, Kind: "throttle", Name: name, Path: "/api_call_limits", From: is(100, promote.AsDeclared, base), To: departs},
			promote.Difference{Class: promote.Undeclared, Address: "plugin/" + name, Kind: "plugin", Name: name, Path: "/content/password", Sensitive: true, From: is(diff.Hidden, promote.NotDeclared, nil), To: is(diff.Hidden, promote.AsDeclared, base)},
			promote.Difference{Class: promote.OnlyFrom, Address: "acl/" + name, Kind: "acl", Name: name, From: is(nil, promote.NotDeclared, nil), To: promote.Aspect{State: promote.AsDeclared}, Contains: map[string]int{"acl_binding": 2}},
			promote.Difference{Class: promote.OnlyTo, Address: "acl_binding/" + name + "/orders/create@RELEASE", Kind: "acl_binding", Name: name, From: promote.Aspect{State: promote.Departs, Source: base, Note: "staging has no API orders/create"}, To: is(nil, promote.AsDeclared, base), Link: &kind.Link{To: api.Publication("RELEASE", "", "")}},
			promote.Difference{Class: promote.Declared, Address: "plugin/cors_" + name, Kind: "plugin", Name: "cors_" + name, Path: "/content/allow_origin", From: varied, To: is("https://shop.example.com", promote.AsDeclared, base)},
		)
	}
	d := document.NewPromotion(Head, document.Target{Name: "staging", InstanceID: "a", Environment: "STAGING"}, document.Target{Name: "prod", InstanceID: Head.InstanceID, Environment: "RELEASE"}, r)
	d.SetImpact(Impact(), []diff.Change{{Address: "throttle_binding/limit_0/orders/create@RELEASE", Kind: "throttle_binding", Action: diff.Unbind, Source: base}})
	return d
}
