package emulator

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
)

// acl is an access control list, which permits or denies calls from some addresses or accounts.
type acl struct {
	identity
	aclBody
}

type aclBody struct {
	Name       string `json:"acl_name"`
	Type       string `json:"acl_type"`
	Value      string `json:"acl_value"`
	EntityType string `json:"entity_type"`
}

type aclView struct {
	ID string `json:"id"`
	aclBody
	UpdateTime string `json:"update_time"`
	BindNum    *int   `json:"bind_num,omitempty"` // only in lists
}

// The maximum number of addresses in an ACL, and the maximum length of the text that lists its accounts.
const (
	maxAddresses = 100
	maxACLText   = 1024
)

var (
	accountName = expression(`^[\x21-\x2b\x2d-\x7e]{1,64}$`) // printable ASCII without spaces and commas
	onlyDigits  = expression(`^[0-9]+$`)
	accountID   = expression(`^[A-Za-z0-9]{32}$`)
)

var aclNotFound = notFound("APIG.3006", "Access control policy %s does not exist")

var aclInPath = inPath("acl_id", (*state).acls, aclNotFound)

var aclResource = resource{
	routes: []route{
		{op: "ListAclStrategiesV2", method: http.MethodGet, path: "{I}/acls", do: listACLs},
		{op: "CreateAclStrategyV2", method: http.MethodPost, path: "{I}/acls", do: withBody(createACL)},
		{op: "BatchDeleteAclV2", method: http.MethodPut, path: "{I}/acls", do: withBody(deleteACLs)},
		{op: "ShowDetailsOfAclPolicyV2", method: http.MethodGet, path: "{I}/acls/{acl_id}", do: showObject(aclInPath, (*Gateway).aclView)},
		{op: "UpdateAclStrategyV2", method: http.MethodPut, path: "{I}/acls/{acl_id}", do: forObjectWithBody(aclInPath, updateACL)},
		{op: "DeleteAclV2", method: http.MethodDelete, path: "{I}/acls/{acl_id}", do: forObject(aclInPath, deleteACL)},
	},
	quotas: []quota{quotaACLs},
	sections: []section{
		listSection("acls", func(f fileACL) string { return f.Name }, (*loader).acl, dumpAll((*state).acls, (*dumper).dumpACL)),
	},
}

var quotaACLs = quota{name: "ACL_NUM_LIMIT", code: "APIG.3112", description: "access control policies", defaultLimit: 100, used: count((*state).acls)}

func (s *state) acls() *table[*acl] { return tableOf[*acl](s, "acl") }

func (g *Gateway) aclView(a *acl) aclView {
	return aclView{ID: a.id, aclBody: a.aclBody, UpdateTime: formatTime(a.updated)}
}

func (a *acl) effect(action string) Effect {
	return Effect{Kind: "acl", Action: action, ID: a.id, Name: a.name, Type: a.EntityType, Value: a.Type}
}

func listACLs(g *Gateway, c *call) (reply, error) {
	f := idAndNameFilter[*acl](c, "id", "name")
	f.where(c, "acl_type", func(a *acl) string { return a.Type })
	f.where(c, "entity_type", func(a *acl) string { return a.EntityType })
	return page(g, c, "acls", g.acls().candidates(c.queryArg("id"), c.exactName()), f.condition(), func(a *acl) aclView {
		v, n := g.aclView(a), len(g.aclBindings().ofPolicy(a.id))
		v.BindNum = &n
		return v
	})
}

// check checks the body of a create or update; ownID is the id of the updated ACL, "" for a create.
func (b aclBody) check(g *Gateway, ownID string) error {
	var v checks
	v.text("acl_name", b.Name, 3, 64, policyName)
	v.oneOf("acl_type", b.Type, "PERMIT", "DENY")
	v.oneOf("entity_type", b.EntityType, "IP", "DOMAIN", "DOMAIN_ID")
	v.require(b.Value != "", "acl_value")
	if v.err != nil {
		return v.err
	}
	entries := strings.Split(b.Value, ",")
	v.require(b.EntityType == "IP" || len(b.Value) <= maxACLText, "acl_value")
	v.require(b.EntityType != "IP" || len(entries) <= maxAddresses, "acl_value")
	for _, entry := range entries {
		entry = strings.TrimSpace(entry)
		switch b.EntityType {
		case "IP":
			v.require(address(entry), "acl_value")
		case "DOMAIN":
			v.require(accountName().MatchString(entry) && !onlyDigits().MatchString(entry), "acl_value")
		case "DOMAIN_ID":
			v.require(accountID().MatchString(entry), "acl_value")
		}
	}
	v.unique(g.acls().nameTaken("", b.Name, ownID), "APIG.3206", "access control policy", b.Name)
	return v.err
}

// stored returns the body as the gateway stores it.
func (b aclBody) stored(g *Gateway) aclBody {
	if g.behaviour.ACLValueOrder == "sort" {
		entries := strings.Split(b.Value, ",")
		slices.Sort(entries)
		b.Value = strings.Join(entries, ",")
	}
	return b
}

func createACL(g *Gateway, c *call, b aclBody) (reply, error) {
	if err := cmp.Or(b.check(g, ""), g.withinQuota(quotaACLs, len(g.acls().rows))); err != nil {
		return reply{}, err
	}
	a := &acl{aclBody: b.stored(g)}
	g.acls().create(g, c, a, b.Name, "")
	v := g.aclView(a)
	v.UpdateTime = formatTimeExactly(a.updated)
	return created(v)
}

func updateACL(g *Gateway, c *call, a *acl, b aclBody) (reply, error) {
	if err := b.check(g, a.id); err != nil {
		return reply{}, err
	}
	if b.EntityType != a.EntityType {
		return reply{}, invalid("entity_type")
	}
	a.aclBody = b.stored(g)
	g.acls().update(c, a, b.Name)
	return ok(g.aclView(a))
}

// refuseIfBound returns the refusal to delete an ACL that is bound, else nil.
func (a *acl) refuseIfBound(g *Gateway) *refusal {
	if len(g.aclBindings().ofPolicy(a.id)) > 0 {
		return refuse(http.StatusForbidden, "APIG.3447", "The access control policy has been bound to APIs,id:%s", a.id)
	}
	return nil
}

func deleteACL(g *Gateway, c *call, a *acl) (reply, error) {
	if refused := a.refuseIfBound(g); refused != nil {
		return reply{}, refused
	}
	return g.acls().delete(c, a)
}

type aclDeletion struct {
	IDs []string `json:"acls"`
}

func deleteACLs(g *Gateway, c *call, b aclDeletion) (reply, error) {
	return g.deleteBatch(c, "acls", b.IDs, func(id string) (*refusal, map[string]any) {
		about, a := map[string]any{"acl_id": id, "acl_name": ""}, g.acls().ids[id]
		if a == nil {
			return aclNotFound(id), about
		}
		about["acl_name"] = a.name
		refused := cmp.Or(g.itemFault(c.route.op, id, nil), a.refuseIfBound(g))
		if refused == nil {
			_, _ = g.acls().delete(c, a)
		}
		return refused, about
	})
}

type fileACL struct {
	fileObject
	Type       string   `json:"type"`
	EntityType string   `json:"entity_type"`
	Values     []string `json:"values"`
	APIs       []apiRef `json:"apis,omitempty"`
}

func (l *loader) acl(f fileACL) error {
	a := &acl{aclBody: aclBody{Name: f.Name, Type: f.Type, EntityType: f.EntityType, Value: strings.Join(f.Values, ",")}}
	if err := addNew(l, l.acls(), a, f.Name); err != nil {
		return err
	}
	return bindLoaded(l, aclBinding, a, f.APIs)
}

func (d *dumper) dumpACL(a *acl) fileACL {
	return fileACL{
		fileObject: fileObject{Name: a.name}, Type: a.Type, EntityType: a.EntityType, Values: strings.Split(a.Value, ","),
		APIs: apiRefsOf(d, d.aclBindings(), a.id),
	}
}

func (a *acl) slot() string { return a.EntityType }
