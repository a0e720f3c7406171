package intent

import (
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/calls/precedence"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// What can deny a call besides objects in the files.
const (
	byPublication    = "publication"
	byAuthentication = "authentication"
	byAuthorization  = "authorization"
)

// access runs every check that can deny the call. The order in which a gateway runs them is not documented, so it does
// not matter here: the call is allowed if no check denies it, and DeniedBy names every check that surely denies it.
func (q *question) access() {
	checks := []truth{q.published(), q.authentication(), q.appAccess(), q.acls(), q.authPlugins()}
	switch all(checks...) {
	case yes:
		q.Access = Allowed
	case no:
		q.Access = Denied
	default:
		q.Access = Uncertain
	}
}

// check adds the result t of one check to the answer as a step. If the check denies the call or may deny it, the answer
// also names by, which is what was checked.
func (q *question) check(r precedence.Rule, t truth, by string, source kind.Source, fix, format string, args ...any) truth {
	switch t {
	case no:
		q.DeniedBy = append(q.DeniedBy, by)
	case open:
		q.mayDeny = append(q.mayDeny, by)
	case yes:
	}
	q.addStep(aboutAccess, r, t, source, fix, format, args...)
	return t
}

// published checks that the API is published in the environment of the call. If that is not known, a binding that only
// a published API can have proves it.
func (q *question) published() truth {
	env, t := q.call.Environment, q.api.publishedIn(q.call.Environment)
	if t == open {
		for _, k := range kind.Links {
			for _, b := range q.bound[k.Name] {
				if b.needsPublished {
					return q.check(precedence.Published, yes, "", b.source, "", "published in %s, since %s is bound to it there", env, b.owner.Address())
				}
			}
		}
	}
	text := map[truth]string{yes: "published in " + env, no: "not published in " + env, open: "whether it is published in " + env + " is not known"}[t]
	return q.check(precedence.Published, t, byPublication, q.api.Source, fixAPIs, "%s", text)
}

// authentication checks the caller by the auth_type of the API: with APP whether its app is authorized, with IAM whether it names
// a user or account.
func (q *question) authentication() truth {
	switch auth := q.api.AuthType; {
	case auth == "":
		q.mayDeny = append(q.mayDeny, byAuthorization)
		return q.check(precedence.Authentication, open, byAuthentication, q.api.Source, fixAPIs, "the auth_type of %s is not known", q.api.Address())
	case auth == "NONE":
		return q.check(precedence.Authentication, yes, "", q.api.Source, "", "auth_type NONE: callers need not identify themselves")
	case precedence.NeedsApp(auth):
		a := q.authorized()
		return q.check(precedence.Authorization, a.truth, byAuthorization, a.source, a.fix, "%s", a.text)
	case q.call.Anonymous && precedence.KnowsAccount(auth):
		return q.check(precedence.Authentication, no, byAuthentication, q.api.Source, "", "auth_type IAM: an anonymous caller is refused")
	case precedence.KnowsAccount(auth) && q.call.User+q.call.Domain+q.call.DomainID != "":
		return q.check(precedence.Authentication, yes, "", q.api.Source, "", "auth_type IAM: the call names its user or account, which counts as authenticated")
	case precedence.KnowsAccount(auth):
		return q.check(precedence.Authentication, open, byAuthentication, q.api.Source, "add user, domain or domain_id, or anonymous: true, to the call", "auth_type IAM: the call does not say who calls")
	}
	return q.check(precedence.Authentication, open, byAuthentication, q.api.Source, fixGateway, "auth_type %s: the custom authorizer decides", q.api.AuthType)
}

// verdict is the result of a check, and the step that explains it.
type verdict struct {
	truth     truth
	text, fix string
	source    kind.Source
}

// authorized checks whether the app of the call is authorized for an API with auth_type APP.
func (q *question) authorized() verdict {
	c, list := q.call, q.bound["app_authorization"]
	if c.Anonymous {
		return verdict{no, "auth_type APP: an anonymous caller is refused", "", q.api.Source}
	}
	if c.App == "" {
		if len(list) == 0 {
			return verdict{no, "auth_type APP: no app is authorized in " + c.Environment, "", q.api.Source}
		}
		return verdict{open, "auth_type APP: the call does not say which app calls", "add app, or anonymous: true, to the call", q.api.Source}
	}
	if q.model.objects["app/"+c.App] == nil {
		return verdict{open, "auth_type APP: the files declare no app " + c.App, "declare it or correct its name; anonymous: true stands for a caller without an app", q.api.Source}
	}
	for _, b := range list {
		switch {
		case b.owner.Key != c.App:
		case b.truth == open:
			return verdict{open, "auth_type APP: " + b.why, b.fix, b.source}
		default:
			return verdict{yes, "auth_type APP: " + c.App + " is authorized", "", b.source}
		}
	}
	return verdict{no, "auth_type APP: " + c.App + " is not authorized in " + c.Environment, "", q.model.objects["app/"+c.App].Source}
}

// appAccess checks the access control of the app of the call. It applies only if the API knows the app, that is, with auth_type
// APP.
func (q *question) appAccess() truth {
	c := q.call
	app := q.model.objects["app/"+c.App]
	if app == nil || q.api.AuthType != "" && !precedence.NeedsApp(q.api.AuthType) {
		return yes // which app calls is not known, or does not matter
	}
	d, known := q.model.part(app, "app_access_control")
	switch {
	case d == nil && !known:
		why, fix := q.model.whyUnknown(app, "app_access_control", "the access control")
		return q.check(precedence.AppAccess, open, "app_access_control/"+app.Key, app.Source, fix, "%s", why)
	case d == nil:
		return yes
	}
	control := d.Value.(kind.AccessControl)
	on := listContainsAny(control.Values, c.sources())
	applies := yes
	if q.api.AuthType == "" {
		applies = open
	}
	return q.check(precedence.AppAccess, implies(applies, listAllows(control.Type, on)), d.Address(), d.Source, q.addressFix(), "%s", q.listText(d.Address(), control.Type, on, "the caller's address"))
}

// acls checks the ACLs that are bound to the API. The vendor's pages contradict each other on whether a call must pass all of
// several ACLs or only one, so only a result that is the same either way is sure.
func (q *question) acls() truth {
	list := q.effectiveACLs(q.bound["acl_binding"])
	each := make([]truth, len(list))
	for i := range list {
		each[i] = q.acl(&list[i], len(list) == 1)
	}
	if len(list) < 2 {
		return all(each...)
	}
	t := agree(each...)
	var names []string
	for i := range list {
		names = append(names, list[i].owner.Address())
		if t != yes && each[i] != yes {
			q.mayDeny = append(q.mayDeny, names[i])
		}
	}
	if t == open && all(each...) == no {
		q.addStep(aboutAccess, precedence.SeveralACLs, open, kind.Source{}, "bind one ACL, or "+fixGateway, "whether all of %s apply, or only one, is open, as the vendor's pages contradict each other", strings.Join(names, ", "))
	}
	return t
}

// effectiveACLs leaves out DENY lists that have no effect because a PERMIT list of the same entity type is surely bound as
// well.
func (q *question) effectiveACLs(list []bound) (out []bound) {
	permits := map[string]bool{}
	for i := range list {
		if a := list[i].owner.Value.(kind.ACL); a.Type == "PERMIT" && list[i].truth == yes {
			permits[a.EntityType] = true
		}
	}
	for i := range list {
		if a := list[i].owner.Value.(kind.ACL); a.Type == "DENY" && permits[a.EntityType] {
			q.addStep(aboutAccess, precedence.AllowListFirst, yes, list[i].source, "", "%s has no effect because of a PERMIT of the same entity type", list[i].owner.Address())
			continue
		}
		out = append(out, list[i])
	}
	return out
}

// acl checks one ACL. Alone means that the API has no other, so that the result of this one decides.
func (q *question) acl(b *bound, alone bool) truth {
	c, value := q.call, b.owner.Value.(kind.ACL)
	on, whose, fix := listContainsAny(value.Values, c.sources()), "the caller's address", q.addressFix()
	applies, rule := b.truth, precedence.ACL
	if precedence.ByAccount(value.EntityType) {
		name, key := c.Domain, "domain"
		if value.EntityType == "DOMAIN_ID" {
			name, key = c.DomainID, "domain_id"
		}
		on, whose, fix, rule = c.listContains(value.Values, name), "the caller's account", "say "+key+" in the call", precedence.ACLByAccount
		if !precedence.KnowsAccount(q.api.AuthType) {
			applies = min(applies, open)
		}
	}
	passes := listAllows(value.Type, on)
	t := implies(applies, passes)
	text := q.listText(b.owner.Address(), value.Type, on, whose)
	switch {
	case t == open && b.truth == open:
		text, fix = text+", but "+b.why, b.fix
	case t == open && applies == open && passes == no:
		text, fix = text+", but whether it applies to auth_type "+q.authTypeText()+" is not documented", fixGateway
	}
	if !alone {
		q.addStep(aboutAccess, rule, t, b.source, fix, "%s", text)
		return t
	}
	return q.check(rule, t, b.owner.Address(), b.source, fix, "%s", text)
}

func (q *question) authTypeText() string {
	if q.api.AuthType == "" {
		return "(not known)"
	}
	return q.api.AuthType
}

// listText returns a sentence that says whether a list names the caller.
func (q *question) listText(address, listType string, on truth, whose string) string {
	return address + " (" + listType + ") " + map[truth]string{
		yes: "lists " + whose, no: "does not list " + whose, open: "may list " + whose,
	}[on]
}

// addressFix returns what the user can do to make it certain whether a list of addresses contains the caller.
func (q *question) addressFix() string {
	switch {
	case q.call.Proxy != "":
		return "find out whether the gateway's feature real_ip_from_xff is on, and say only the address that counts, as from"
	case q.call.From != "":
		return "whether gateways take IPv6 addresses in lists is not documented; " + fixGateway
	}
	return "add from to the call"
}

// authPlugins checks plugins that authenticate callers by tokens or headers. Cases do not contain these, so the result stays
// open.
func (q *question) authPlugins() truth {
	out := yes
	for _, b := range q.bound["plugin_binding"] {
		p := b.owner.Value.(kind.Plugin)
		if precedence.Authenticates(p.Type) {
			out = q.check(precedence.AuthPlugin, open, b.owner.Address(), b.source, fixGateway, "%s (%s) decides by what the call carries", b.owner.Address(), p.Type)
		}
	}
	return out
}

// plugins lists the plugins that are in force, or may be.
func (q *question) plugins() {
	for _, b := range q.bound["plugin_binding"] {
		if b.truth == yes {
			q.Plugins = append(q.Plugins, b.owner.Key)
			q.addStep(aboutPlugins, precedence.OnePlugin, yes, b.source, "", "%s (%s) is bound", b.owner.Address(), b.owner.Value.(kind.Plugin).Type)
			continue
		}
		q.Open = append(q.Open, b.owner.Key)
		q.addStep(aboutPlugins, precedence.OnePlugin, open, b.source, b.fix, "whether %s is in force: %s", b.owner.Address(), b.why)
	}
}
