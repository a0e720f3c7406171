package doctor

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/apigw-sync/apigw-sync/internal/api"
	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/fetch"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/reconcile/compared"
	"github.com/apigw-sync/apigw-sync/internal/spec"
)

// Input is the gateway to check, and what the checks need.
type Input struct {
	Reader *fetch.Reader
	State  *spec.State  // nil when there are no files
	Kinds  []*kind.Kind // that the files are about
	// Compare compares the files with the gateway, for what a plan would create.
	Compare func(context.Context, *spec.State) (*compared.Result, error)
	Clock   func() (time.Duration, bool) // how far the gateway's clock is ahead of ours, once it has responded
	Signed  bool                         // requests are signed with keys, so the gateway refuses them if the clock is wrong
}

// gatewayChecks are the names of the checks of Gateway.
var gatewayChecks = []string{"access", "clock", "status", "locks", "features", "read", "references", "quotas"}

// Unreached are the checks of Gateway, skipped because the gateway cannot be reached.
func Unreached(why string) (out []Check) {
	for _, name := range gatewayChecks {
		out = append(out, Skip(name, why))
	}
	return out
}

// Gateway makes the checks that need the gateway. If one fails, the remaining ones are still made.
func Gateway(ctx context.Context, p Input) []Check {
	instance, err := p.Reader.Instance(ctx)
	checks := []Check{Passed("access", "the gateway answers")}
	if err != nil {
		checks[0] = Fail("access", err, "")
	}
	checks = append(checks, p.clock())
	var e *api.Error
	if err != nil && (!errors.As(err, &e) || e.Status == 401) {
		return append(checks, Unreached("there is no access")[len(checks):]...)
	}
	var (
		wg          sync.WaitGroup
		details     []Check
		permissions []Check
		totals      map[string]int
		references  Check
		plan        *diff.Plan
		limits      kind.Quotas
		quotaErr    error
	)
	wg.Go(func() { details = p.details(ctx, instance) })
	wg.Go(func() { permissions, totals = p.permissions(ctx) })
	wg.Go(func() { references, plan = p.compare(ctx) })
	wg.Go(func() { quotaErr = p.Reader.Read(ctx, kind.ListQuotas(), &limits) })
	wg.Wait()
	return slices.Concat(checks, details, permissions, []Check{references}, p.quotas(&limits, quotaErr, plan, totals))
}

// details are the checks of the gateway's own state. They are skipped if the gateway does not return it (i is nil).
func (p *Input) details(ctx context.Context, i *kind.Instance) []Check {
	if i == nil {
		const why = "the gateway does not return its details"
		return []Check{Skip("status", why), Skip("locks", why), Skip("features", why)}
	}
	return []Check{status(i), locks(i), p.features(ctx, i)}
}

func (p *Input) clock() Check {
	const (
		suspicious = time.Minute
		refused    = 15 * time.Minute
		hint       = "set the clock of this machine, preferably by NTP"
	)
	offset, ok := p.Clock()
	message := fmt.Sprintf("the clock of this machine differs from the gateway's by %s", offset.Abs().Round(time.Second))
	switch {
	case !ok:
		return Skip("clock", "no response contained the gateway's time")
	case offset.Abs() >= refused && p.Signed:
		return Check{"clock", Failed, message + "; from 15 minutes on, the gateway refuses signatures", hint}
	case offset.Abs() >= suspicious:
		return Check{"clock", Warning, message, hint}
	}
	return Passed("clock", "correct to within a minute")
}

func status(i *kind.Instance) Check {
	if i.State() == kind.Running {
		return Passed("status", "%s is %s", i.Name, i.State())
	}
	return Check{"status", Failed, fmt.Sprintf("%s is %s, not Running", i.Name, i.State()), "wait until it runs, or check it in the console"}
}

func locks(i *kind.Instance) Check {
	if len(i.Locks) == 0 {
		return Passed("locks", "none")
	}
	var list []string
	for _, l := range i.Locks {
		list = append(list, l.Scene+" by "+l.Source)
	}
	return Check{"locks", Failed, "the gateway is locked: " + strings.Join(list, ", "), "finish or cancel the order that holds the lock"}
}

func (p *Input) features(ctx context.Context, i *kind.Instance) Check {
	if p.State == nil {
		return Skip("features", "there are no valid files")
	}
	missing, err := p.Reader.Missing(ctx, i, p.State.Objects)
	needed := neededFeatures(p.State.Objects)
	switch {
	case err != nil:
		return Unread("features", err)
	case len(missing) > 0:
		return Check{"features", Failed, "the gateway lacks features that the files need: " + featureList(missing, needed), "have these features enabled, or remove what needs them from the files"}
	case len(needed) == 0:
		return Passed("features", "the files need no known feature")
	}
	return Passed("features", "the gateway has what the files need: %s", featureList(slices.Sorted(maps.Keys(needed)), needed))
}

// neededFeatures are the features that objects need, each with the sections of the files that need it.
func neededFeatures(objects []kind.Declared) map[string][]string {
	out := map[string][]string{}
	for i := range objects {
		k := kind.Of(objects[i].Kind)
		feature := strings.Join(k.Features(objects[i].Value), " or ")
		root, _, _ := strings.Cut(k.Root(objects[i].Key), "/")
		if section := kind.Of(root).Section; feature != "" && !slices.Contains(out[feature], section) {
			out[feature] = append(out[feature], section)
		}
	}
	return out
}

// featureList names features, each with the sections that need it.
func featureList(features []string, needed map[string][]string) string {
	out := make([]string, len(features))
	for i, f := range features {
		out[i] = f + " (" + strings.Join(slices.Sorted(slices.Values(needed[f])), ", ") + ")"
	}
	return strings.Join(out, ", ")
}

// kinds are the kinds that the files use or, if there are no valid files, all policies, which is what an export reads.
func (p *Input) kinds() []*kind.Kind {
	if p.State != nil {
		return p.Kinds
	}
	return kind.Policies()
}

// declares reports whether the files declare an object of a kind.
func (p *Input) declares(k *kind.Kind) bool {
	return p.State != nil && slices.ContainsFunc(p.State.Objects, func(d kind.Declared) bool { return d.Kind == k.Name })
}

// permissions lists one item of each kind in use. This shows whether the account may read the kind, and how many there
// are.
func (p *Input) permissions(ctx context.Context) ([]Check, map[string]int) {
	type look struct {
		name string
		ask  api.Request
		kind *kind.Kind
	}
	looks, kinds := []look{{"apis", kind.FindAPIs(nil, 0), nil}}, p.kinds()
	if !slices.Contains(kinds, kind.Of(kind.AGroup)) {
		looks = append(looks, look{"api groups", kind.Of(kind.AGroup).List(nil, "", 0), nil})
	}
	for _, k := range kinds {
		looks = append(looks, look{k.Section, k.List(nil, "", 0), k})
	}
	checks, counts := make([]Check, len(looks)), make([]int, len(looks))
	var wg sync.WaitGroup
	for i, l := range looks {
		wg.Go(func() {
			var page kind.Page
			l.ask.Query.Set("limit", "1")
			err := p.Reader.Read(ctx, l.ask, &page)
			checks[i], counts[i] = Passed("read "+l.name, "%d", page.Total), page.Total
			switch {
			case api.PathUnknown(err) && l.kind != nil && !p.declares(l.kind):
				checks[i], counts[i] = Check{Name: "read " + l.name, Status: Warning, Message: "this cloud does not support this kind", Hint: "remove them from owns if the files own them"}, 0
			case err != nil:
				checks[i], counts[i] = Fail("read "+l.name, err, ""), -1
			}
		})
	}
	wg.Wait()
	totals := map[string]int{}
	for i, l := range looks {
		totals[l.name] = counts[i]
	}
	return checks, totals
}

// compare compares files and gateway to find out what a plan would create. The plan is nil if that is not possible.
func (p *Input) compare(ctx context.Context) (Check, *diff.Plan) {
	const name = "references"
	if p.State == nil {
		return Skip(name, "there are no valid files"), nil
	}
	c, err := p.Compare(ctx, p.State)
	if err != nil {
		return Fail(name, err, ""), nil
	}
	var wrong []string
	for _, f := range c.Findings {
		if !f.Warning {
			wrong = append(wrong, fmt.Sprintf("%s:%d: %s", f.Source.File, f.Source.Line, f.Problem))
		}
	}
	for _, n := range c.Plan.Errors {
		wrong = append(wrong, n.Address+" "+n.Message)
	}
	if len(wrong) > 0 {
		message := wrong[0]
		if len(wrong) > 1 {
			message += fmt.Sprintf(", and %d more", len(wrong)-1)
		}
		return Check{name, Failed, message, "see apigw-sync diff"}, nil
	}
	return Passed(name, "everything that the files refer to exists"), c.Plan
}
