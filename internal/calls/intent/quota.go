package intent

import (
	"fmt"

	"github.com/apigw-sync/apigw-sync/internal/calls/precedence"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// byQuota is the prefix of addresses of quotas.
const byQuota = "app_quota/"

// quota finds how often the app of the call may call over all APIs. This is in addition to the limits of the
// API: which of them is reached first depends on how calls are distributed over time and over APIs.
func (q *question) quota() {
	auth, list := q.api.AuthType, q.model.quotasOf(q.call.App)
	switch {
	case q.call.Anonymous, len(list) == 0:
		q.QuotaKnown = true
		q.addStep(aboutQuota, precedence.Quota, yes, kind.Source{}, "", "no app quota applies to %s", q.appText())
		return
	case auth != "" && !precedence.Counts("app", auth):
		q.QuotaKnown = true
		q.addStep(aboutQuota, precedence.Counted, yes, q.api.Source, "", "no app quota counts the calls: auth_type is %s", auth)
		return
	case auth == "":
		q.addStep(aboutQuota, precedence.Counted, open, q.api.Source, fixAPIs, "whether an app quota counts the calls depends on the auth_type, which is not known")
	case len(list) == 1 && list[0].truth == yes:
		q.Quota, q.QuotaKnown = quotaOf(&list[0]), true
	}
	for i := range list {
		b := &list[i]
		l := quotaOf(b)
		if b.truth == yes {
			q.addStep(aboutQuota, precedence.Quota, yes, b.source, "", "%s applies to %s: %s over all its APIs%s", l.By, q.appText(), l.short(), resetText(b))
		} else {
			q.addStep(aboutQuota, precedence.Quota, open, b.source, b.fix, "whether %s (%s over all APIs) applies to %s: %s", l.By, l.short(), q.appText(), b.why)
		}
	}
}

func (q *question) appText() string {
	switch {
	case q.call.Anonymous:
		return "an anonymous caller"
	case q.call.App == "":
		return "the app of the call"
	}
	return "app " + q.call.App
}

// quotaOf returns the limit of a quota.
func quotaOf(b *bound) *Limit {
	v := b.owner.Value.(kind.AppQuota)
	return &Limit{Calls: v.CallLimits, Interval: v.TimeInterval, Unit: v.TimeUnit, Per: "app", Shared: true, By: b.owner.Address(), Source: &b.owner.Source}
}

// resetText returns when the count of a quota starts again, if the files define that.
func resetText(b *bound) string {
	if at := b.owner.Value.(kind.AppQuota).ResetTime; at != "" {
		return fmt.Sprintf(", starting again at %s", at)
	}
	return ""
}

// quotasOf returns the quotas that apply, or may apply, to an app; to any app if app is "". At most one of them
// applies.
func (w *Model) quotasOf(app string) []bound {
	return w.findOwners(kind.LinkOf("app_quota_binding"), func(l link) truth { return w.refersToApp(l, app) }, func(link) (why, fix string) {
		return "the call does not say which app calls", "add app, or anonymous: true, to the call"
	})
}

// refersToApp returns whether a reference to apps matches this app. An export has apps under the names that they had
// before the files rename them.
func (w *Model) refersToApp(l link, app string) truth {
	switch d := w.objects["app/"+app]; {
	case app == "":
		return open
	case !l.exported:
		return sure(kind.Glob(l.Text, app))
	case d != nil && d.MovedFrom != "" && w.renamed["app/"+d.MovedFrom] == d && kind.Glob(l.Text, d.MovedFrom):
		return yes
	case w.renamed["app/"+app] != nil:
		return no // the name belonged to another app
	}
	return sure(kind.Glob(l.Text, app))
}
