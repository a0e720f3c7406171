// Package chaos makes random trouble, and knows whether a run told the truth about it. It is for tests alone.
package chaos

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/apigw-sync/apigw-sync/internal/emulator"
	"github.com/apigw-sync/apigw-sync/internal/report/document"
)

// Behaviour chooses readings of what the vendor leaves open, each the unlikely one in a third of
// the cases.
func Behaviour(r *rand.Rand) emulator.Behaviour {
	odd := func(values ...string) string {
		if r.IntN(3) > 0 {
			return ""
		}
		return values[r.IntN(len(values))]
	}
	yes := func() bool { return r.IntN(3) == 0 }
	b := emulator.Behaviour{
		Rebind: odd("reject", "add"), ReplaceKeepsBindingID: yes(), ACLSlot: odd("one"), PublishIDStable: yes(),
		AppSecret: odd("masked"), PluginSecret: odd("masked"), InstanceWideAuths: odd("refused"), DeleteBound: odd("cascade"),
		UpdateOmittedLimit: odd("keeps"), EmptyRemark: odd("keeps"), BindPartial: odd("fewer-items"), DetachMissing: odd("404"),
		ACLValueOrder: odd("sort"), AppSwitch: odd("off"), SerialWrites: yes(), NullLists: yes(), OfflineOffset: yes(),
		OmittedRemark: odd("clears"), SignSecret: odd("masked"), OmittedSignKey: odd("kept"), OmittedHealthCheck: odd("removes"), DomainRedirect: odd("told"), ResponseLists: odd("names"),
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

// share of requests that meet a fault.
const share = 0.2

// Times are what faults make a run wait for. A run by the clock has short ones.
type Times struct {
	Slow   time.Duration // what a slow request takes: longer than a run shall wait
	Window string        // the gateway's limit of 200 requests is for so long, in the gateway's words
}

// troubles are the sorts of faults, without their share.
func troubles(t Times) []emulator.Fault {
	return []emulator.Fault{
		{Status: 500, Code: "APIG.9999"},
		{Status: 500, Code: "APIG.9999", After: true},
		{Status: 500, Code: "APIG.3500"},
		{Status: 500, Code: "APIG.9008"},
		{Status: 502, Code: "APIGW.0201", Message: "Backend unavailable", After: true},
		{Status: 429, Message: "The throttling threshold has been reached: policy user over ratelimit,limit:200,time:" + t.Window},
		{Status: 429, Message: "The throttling threshold has been reached: policy user over ratelimit,limit:50,time:1 second", RetryAfter: time.Second},
		{Op: "Create*", Status: 403, Code: "APIG.1005"}, // what no repeat mends, of writes alone: without reading there is no run
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

// Faults makes every fifth request meet one of some sorts of faults, and items of batches fail.
func Faults(r *rand.Rand, t Times) []emulator.Fault {
	all := troubles(t)
	sorts := r.Perm(len(all))[:1+r.IntN(len(all))]
	var out []emulator.Fault
	for _, i := range sorts {
		f := all[i]
		f.P = share / float64(len(sorts))
		out = append(out, f)
	}
	if r.IntN(2) == 0 {
		out = append(out, emulator.Fault{Bind: "*", Code: "APIG.9999", P: share})
	}
	return out
}

// Describe tells a result in a line.
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

// Story tells the writes of a journal.
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
