// Package chaos makes random faults for tests, and checks whether the results of a run agree with what happened on the gateway.
package chaos

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/apigw-sync/apigw-sync/internal/emulator"
	"github.com/apigw-sync/apigw-sync/internal/report/document"
)

// Behaviour draws the behaviour of a gateway where the vendor's documents leave it open. In a third of the cases, each switch
// has an unlikely value.
func Behaviour(r *rand.Rand) emulator.Behaviour {
	unlikely := func(values ...string) string {
		if r.IntN(3) > 0 {
			return ""
		}
		return values[r.IntN(len(values))]
	}
	yes := func() bool { return r.IntN(3) == 0 }
	b := emulator.Behaviour{
		Rebind: unlikely("reject", "add"), ReplaceKeepsBindingID: yes(), ACLSlot: unlikely("one"), PublishIDStable: yes(),
		AppSecret: unlikely("masked"), PluginSecret: unlikely("masked"), InstanceWideAuths: unlikely("refused"), DeleteBound: unlikely("cascade"),
		UpdateOmittedLimit: unlikely("keeps"), EmptyRemark: unlikely("keeps"), BindPartial: unlikely("fewer-items"), DetachMissing: unlikely("404"),
		ACLValueOrder: unlikely("sort"), AppSwitch: unlikely("off"), SerialWrites: yes(), NullLists: yes(), OfflineOffset: yes(),
		OmittedRemark: unlikely("clears"), SignSecret: unlikely("masked"), OmittedSignKey: unlikely("kept"), OmittedHealthCheck: unlikely("removes"), DomainRedirect: unlikely("told"), ResponseLists: unlikely("names"),
	}
	if yes() {
		b.BatchMax = 1 + r.IntN(4)
	}
	switch r.IntN(4) {
	case 0:
		b.BindingsVisibleAfter = emulator.Lag{Reads: 1}
	case 1:
		b.BindingsVisibleAfter = emulator.Lag{Time: time.Second}
	}
	return b
}

// share is the probability that a fault strikes a request.
const share = 0.2

// Times are the delays that faults cause. Tests that run in real time need short ones.
type Times struct {
	Slow   time.Duration // of a slow request; longer than a run should wait
	Window string        // of the gateway's limit of 200 requests, as the gateway writes it: "5 minute"
}

// troubles returns the faults to choose from, without their probabilities.
func troubles(t Times) []emulator.Fault {
	return []emulator.Fault{
		{Status: 500, Code: "APIG.9999"},
		{Status: 500, Code: "APIG.9999", After: true},
		{Status: 500, Code: "APIG.3500"},
		{Status: 500, Code: "APIG.9008"},
		{Status: 502, Code: "APIGW.0201", Message: "Backend unavailable", After: true},
		{Status: 429, Message: "The throttling threshold has been reached: policy user over ratelimit,limit:200,time:" + t.Window},
		{Status: 429, Message: "The throttling threshold has been reached: policy user over ratelimit,limit:50,time:1 second", RetryAfter: time.Second},
		{Op: "Create*", Status: 403, Code: "APIG.1005"}, // permanent errors, only for writes: a run that cannot read ends at once
		{Op: "Update*", Status: 400, Code: "APIG.2011"},
		{Op: "*Delete*", Status: 403, Code: "APIG.1005"},
		{Op: "Detach*", Status: 403, Code: "APIG.1005"},
		{LostReply: true},
		{Reset: true},
		{Refuse: true},
		{Torn: true},
		{WrongType: true},
		{Slow: t.Slow},
	}
}

// Faults draws some of the faults, which together strike every fifth request; in half of the cases, items of batches fail, too.
func Faults(r *rand.Rand, t Times) []emulator.Fault {
	all := troubles(t)
	chosen := r.Perm(len(all))[:1+r.IntN(len(all))]
	var out []emulator.Fault
	for _, i := range chosen {
		f := all[i]
		f.P = share / float64(len(chosen))
		out = append(out, f)
	}
	if r.IntN(2) == 0 {
		out = append(out, emulator.Fault{Bind: "*", Code: "APIG.9999", P: share})
	}
	return out
}

// Describe returns a result as one line.
func Describe(r *document.Result) string {
	why := ""
	if r.Error != nil {
		why = fmt.Sprintf(" %+v", *r.Error)
	}
	if r.WaitedFor != "" {
		why += " waited for " + r.WaitedFor
	}
	return fmt.Sprintf("%s %s: %s (%q%s, %d attempts)", r.Action, r.Address, r.Status, r.Remark, why, r.Attempts)
}

// Story describes the writes and the faults of a journal, and the effects of each request.
func Story(journal []emulator.Entry) string {
	var b strings.Builder
	for _, e := range journal {
		if e.Method == "GET" && e.Fault == "" {
			continue
		}
		fmt.Fprintf(&b, "%d %s %s %d %s fault %q carried %v\n", e.Seq, e.Operation, e.Path[strings.LastIndex(e.Path, "/"):], e.Status, e.Code, e.Fault, e.Carried)
		for _, x := range e.Effects {
			fmt.Fprintf(&b, "      %s %s %s %s %s %s@%s %s\n", x.Action, x.Kind, x.ID[:6], x.Name, x.PolicyName, x.API, x.Env, x.Value)
		}
	}
	return b.String()
}
