package kind

import (
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
)

// ACL allows or denies calls by the address or account of the caller. API reference: "Access Control Policy
// Management".
type ACL struct {
	Name       string   `json:"name"`
	Type       string   `json:"type"`        // PERMIT or DENY
	EntityType string   `json:"entity_type"` // IP, DOMAIN (account name) or DOMAIN_ID; fixed at creation
	Values     []string `json:"values"`      // a set
	Unclear    `json:"-"`
}

type aclWire struct {
	ID         string  `json:"id,omitempty"`
	Name       string  `json:"acl_name"`
	Type       *string `json:"acl_type"`
	EntityType *string `json:"entity_type"`
	Value      *string `json:"acl_value"`
	Bound      *int    `json:"bind_num,omitempty"`
}

const (
	aclAddresses  = 100  // most entries of an IP policy
	aclCharacters = 1024 // most characters of an account policy's values, joined with commas
)

var acl = of(Def[ACL, aclWire]{
	Facts: Facts{
		Name: "acl", Trail: "Acl", Section: "acls", Rank: 4, Path: "acls", ListField: "acls", NameQuery: "name",
		Codes: Codes{Gone: []string{"APIG.3006"}, Bound: []string{"APIG.3447"}}, LimitName: "ACL_NUM_LIMIT",
		Ops: Operations{
			List: "ListAclStrategiesV2", Create: "CreateAclStrategyV2", Update: "UpdateAclStrategyV2",
			Delete: "DeleteAclV2", BatchDelete: "BatchDeleteAclV2",
		},
		BatchMax:  100, // undocumented; the default quota of ACLs
		Immutable: []string{"/entity_type"},
		Shape: shape.OfMap("An access control policy (ACL): which callers may call the APIs that it is bound to.",
			shape.Required("name", name("ACL", "orders_office", 64)),
			shape.Required("type", shape.OfText("PERMIT lets only these callers in; DENY keeps them out.", shape.OneOf("PERMIT", "DENY"))),
			shape.Required("entity_type", shape.OfText("What values holds: source addresses (IP), account names (DOMAIN) or account ids (DOMAIN_ID).", shape.OneOf("IP", "DOMAIN", "DOMAIN_ID")).AsImmutable()),
			shape.Required("values", shape.OfList("The callers, in the form that entity_type asks for. IP: at most 100 addresses, ranges (a-b) and networks (CIDR). DOMAIN: account names of 1 to 64 ASCII characters, not only digits. DOMAIN_ID: account ids of 32 characters. Joined by commas, names or ids have at most 1024 characters.", shape.OfText("One address, range, network or account.", shape.Length(1, 0)).WithExample("192.168.1.0/24").
				WithSamplesFor(map[string][]any{
					"IP": {"10.0.0.1", "10.1.0.0/16", "10.2.0.1-10.2.0.9"}, "DOMAIN": {"alice", "bob", "carol"}, "DOMAIN_ID": {strings.Repeat("a", 32), strings.Repeat("b", 32)},
				}), shape.Count(1, 0), distinctTexts).AsSet()),
		),
	}, Hooks: Hooks[ACL]{
		Check: checkACL,
	},
	Key: func(_ string, a ACL) string { return a.Name },
	Encode: func(w Writing[ACL]) (any, error) {
		a, joined := w.Want, strings.Join(w.Want.Values, ",")
		return aclWire{Name: a.Name, Type: &a.Type, EntityType: &a.EntityType, Value: &joined}, nil
	},
	Decode: func(w aclWire) Found[ACL] {
		a := ACL{Name: w.Name, Type: value(w.Type), EntityType: value(w.EntityType), Values: listed(value(w.Value))}
		return Found[ACL]{ID: w.ID, Bound: bound(w.Bound), Value: a, Omitted: omitted(map[string]bool{
			"/type": w.Type != nil, "/entity_type": w.EntityType != nil, "/values": w.Value != nil,
		})}
	},
})

// listed splits a list that is one text. Gateways keep spaces, repeats and empty entries as they were sent.
func listed(text string) []string { return distinct(shape.CommaItems(text)) }

func checkACL(a ACL) (out []shape.Problem) {
	for i, v := range a.Values {
		var wrong shape.Problem
		switch a.EntityType {
		case "IP":
			wrong = checkAddress(v)
		case "DOMAIN":
			wrong = checkAccountName(v)
		case "DOMAIN_ID":
			if len(v) != 32 || strings.ContainsRune(v, ',') {
				wrong = shape.Problem{Text: "is not an account id", Hint: "an account id has 32 characters"}
			}
		}
		if wrong.Text != "" {
			wrong.Path = "/values/" + itoa(int64(i))
			out = append(out, wrong)
		}
	}
	joined := strings.Join(a.Values, ",")
	switch {
	case a.EntityType == "IP" && len(a.Values) > aclAddresses:
		out = append(out, shape.Problem{Path: "/values", Text: "has " + itoa(int64(len(a.Values))) + " entries; at most 100 are allowed", Hint: "merge adjacent addresses into networks, or split the policy"})
	case a.EntityType != "IP" && len(joined) > aclCharacters:
		out = append(out, shape.Problem{Path: "/values", Text: "has " + itoa(int64(len(joined))) + " characters when joined by commas; at most 1024 are allowed", Hint: "split the policy"})
	}
	return out
}

func checkAccountName(v string) shape.Problem {
	digits := strings.Trim(v, "0123456789") == ""
	for _, r := range v {
		if r > 126 || r < 32 || r == ',' {
			return shape.Problem{Text: "is not an account name", Hint: "account names are ASCII without commas"}
		}
	}
	if digits || len(v) > 64 {
		return shape.Problem{Text: "is not an account name", Hint: "account names have 1 to 64 characters, not only digits"}
	}
	return shape.Problem{}
}

var distinctTexts = shape.Test(func(items []any) string {
	seen := map[string]bool{}
	for _, item := range items {
		s, _ := item.(string)
		if seen[s] {
			return "holds " + s + " twice"
		}
		seen[s] = true
	}
	return ""
}, "remove one of them").Described("no value twice").WithKeyword("uniqueItems", true)

// aclBindingRow is a binding as binded-apis and binded-acls report it.
type aclBindingRow struct {
	ID    string `json:"bind_id"`
	ACLID string `json:"acl_id"`
	ACL   string `json:"acl_name"`
	boundAPI
}

func aclRow(r aclBindingRow) Row { return r.row(r.ID, r.ACLID, r.ACL) }

// aclFree is an API in unbinded-apis, to which an ACL is not bound, with the ACL of the same entity type that is.
type aclFree struct {
	listedAPI
	ACL *string `json:"acl_name"`
}

type aclBound struct {
	ID    string `json:"id"`
	APIID string `json:"api_id"`
	EnvID string `json:"env_id"`
	ACLID string `json:"acl_id"`
}

var aclBinding = &LinkKind{
	Name: "acl_binding", Trail: "AclBinding", Owner: "acl", Target: APublication, Field: "apis", SharedSlot: true, Codes: Codes{Gone: []string{"APIG.3010"}},
	Slot:     func(owner any) string { return owner.(ACL).EntityType },
	Guards:   func(owner any) bool { return owner.(ACL).Type == "PERMIT" },
	OfOwner:  bindings("ListApisBindedToAclPolicyV2", "apis", "acl_id", aclRow, "acl-bindings", "binded-apis"),
	OfTarget: bindings("ListAclPolicyBindedToApiV2", "acls", "api_id", aclRow, "acl-bindings", "binded-acls"),
	Unbound: bindings("ListApisUnbindedToAclPolicyV2", "apis", "acl_id", func(r aclFree) Row {
		return freeAPI(r.listedAPI, r.ACL)
	}, "acl-bindings", "unbinded-apis"),
	Answer: answer("acl_bindings", func(r aclBound) Row {
		return Row{ID: r.ID, OwnerID: r.ACLID, APIID: r.APIID, EnvID: r.EnvID}
	}),
	Bind:   bindPublished("CreateApiAclBindingV2", "acl-bindings", "acl_id"),
	Unbind: unbindTogether("BatchDeleteApiAclBindingV2", "acl-bindings", "acl_bindings"),
}
