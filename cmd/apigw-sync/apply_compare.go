package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/apigw-sync/apigw-sync/internal/api"
	"github.com/apigw-sync/apigw-sync/internal/calls/impact"
	"github.com/apigw-sync/apigw-sync/internal/checks/drift"
	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/reconcile"
	"github.com/apigw-sync/apigw-sync/internal/reconcile/compared"
	"github.com/apigw-sync/apigw-sync/internal/report/document"
	"github.com/apigw-sync/apigw-sync/internal/saved/journal"
	"github.com/apigw-sync/apigw-sync/internal/saved/planfile"
	"github.com/apigw-sync/apigw-sync/internal/spec"
)

// compareOptions say what is compared with what, and which guards apply. diff and apply share them, so that apply does
// what diff shows.
type compareOptions struct {
	files   fileOptions
	gateway gatewayOptions
	traffic trafficOptions

	kinds          []string
	names          []string
	environments   []string // only bindings in these are compared; none means all
	prune          bool
	maxDeletes     int
	allowEmpty     bool
	takeOver       []string // addresses of policies that may be displaced; anyPolicy means all
	allowUnhealthy bool

	allowInterruption bool
	resendSecrets     bool
	failOn            []string // levels of impact at which a plan is refused

	tolerant bool // references that match nothing are findings, and not errors

	flags   *pflag.FlagSet // the command's flags, to look up those that override guards
	journal string         // path of the file that records writes; "" for none
}

func (o *compareOptions) addFlags(flags *pflag.FlagSet) {
	o.flags = flags
	o.files.addFlags(flags)
	o.gateway.addFlags(flags)
	o.addScope(flags)
	o.traffic.addFlags(flags)
	flags.BoolVar(&o.prune, "prune", false, "also delete objects that owns covers and the files do not declare")
	flags.IntVar(&o.maxDeletes, "max-deletes", 10, "refuse a plan that deletes or replaces more than `N` objects; below 0 means any number")
	flags.BoolVar(&o.allowEmpty, "allow-empty", false, "let --prune delete all owned objects of a kind of which the files declare none")
	flags.StringArrayVar(&o.takeOver, "take-over", nil, "let binds displace policies that the files neither declare nor own: all of them, or with =`ADDRESS` one, such as acl/office; repeatable")
	flags.Lookup("take-over").NoOptDefVal = anyPolicy
	flags.BoolVar(&o.allowInterruption, "allow-interruption", false, "allow changes of gateway features, which interrupt calls, and of certificates that other gateways also use")
	addFailOn(flags, &o.failOn)
	flags.BoolVar(&o.allowUnhealthy, "allow-unhealthy", false, "write to a gateway even if it is not running or is locked")
	flags.BoolVar(&o.resendSecrets, "resend-secrets", false, "send all secrets that the gateway hides and that therefore cannot be compared")
}

// addLook adds the flags of commands that only read one gateway, several, or an export.
func (o *compareOptions) addLook(flags *pflag.FlagSet) {
	addTargets(flags)
	o.files.addFlags(flags)
	o.gateway.addFlags(flags)
	o.gateway.addAgainst(flags)
	o.addScope(flags)
}

// addScope adds the flags that narrow a run.
func (o *compareOptions) addScope(flags *pflag.FlagSet) {
	flags.StringArrayVar(&o.kinds, "kind", nil, "only consider objects of this `KIND`: "+strings.Join(kindNames(), ", ")+"; repeatable")
	suggestValues(flags, "kind", kindNames()...)
	flags.StringArrayVar(&o.names, "name", nil, "only consider objects whose name matches this `GLOB`; repeatable")
	flags.StringArrayVar(&o.environments, "only-environment", nil, "only consider bindings, and variables of groups, in the environment of this `NAME`; those in other environments stay as they are; repeatable")
}

// kindNames returns the values that --kind takes, in addition to the names of sections.
func kindNames() (names []string) {
	for _, k := range kind.All {
		names = append(names, k.Name)
	}
	for _, l := range kind.Links {
		names = append(names, l.Name)
	}
	slices.Sort(names)
	return names
}

func (o *compareOptions) check() error {
	for _, name := range o.kinds {
		known := slices.Contains(kindNames(), name) ||
			slices.ContainsFunc(kind.All, func(k *kind.Kind) bool { return k.Section != "" && k.Section == name })
		if !known {
			return hinted{fmt.Errorf("--kind: there is no kind %q", name), didYouMean(name, kindNames(), "there are "+strings.Join(kindNames(), ", "))}
		}
	}
	return errors.Join(checkGlobs("--name", o.names), checkPolicies("--take-over", o.takeOver), checkFailOn(o.failOn), o.gateway.check())
}

// checkGlobs refuses invalid globs, which would match nothing.
func checkGlobs(flag string, globs []string) error {
	for _, glob := range globs {
		if why := kind.BrokenGlob(glob); why != "" {
			return fmt.Errorf("%s %q %s", flag, glob, why)
		}
	}
	return nil
}

// checkPolicies refuses addresses of anything but policies, since a bind displaces only policies.
func checkPolicies(flag string, addresses []string) error {
	for _, address := range addresses {
		if problem := spec.PolicyProblem(address); problem != "" && address != anyPolicy {
			return hinted{errors.New(flag + ": " + problem), "write it as diff shows it, such as " + flag + "=acl/office"}
		}
	}
	return nil
}

// anyPolicy is the value of --take-over without the name of a policy. It allows all of them.
const anyPolicy = "true"

func (o *compareOptions) diffOptions() diff.Options {
	return diff.Options{Kinds: o.kinds, Names: o.names, Environments: o.environments, Prune: o.prune, MaxDeletes: o.maxDeletes, Today: time.Now().Format(time.DateOnly), ResendSecrets: o.resendSecrets}
}

// prepared is a comparison, with everything that is needed to apply its plan.
type prepared struct {
	*compared.Result
	state       *spec.State
	file        *planfile.File     // the saved plan that was read; nil when the plan was made from files
	planTraffic *drift.PlanTraffic // nil unless the traffic was requested
	session     *session           // nil until requests can be sent to the gateway
	impact      []impact.Entry     // the impact of the plan on callers
	refused     []impact.Level     // levels for which --fail-on refuses the plan
	run         *reconcile.Run
	journal     *journal.Journal
	record      *os.File // the file of the journal; nil for none
	undone      *undoRun // the run that is taken back; nil when this run is not an undo
	head        document.Head
	warnings    []document.Problem // about files and references
}

func newPrepared() *prepared { return &prepared{head: head("")} }

// compare reads files and gateway. The result is never nil. It can be applied if err is nil and the plan is not
// refused. The caller must call end on it, even after an error.
func (o *compareOptions) compare(ctx context.Context, p *program) (*prepared, error) {
	c := newPrepared()
	if err := o.check(); err != nil {
		return c, err
	}
	state, warnings, err := o.files.loadValid(p)
	if c.warnings = warnings; err != nil {
		return c, err
	}
	if err := o.connect(ctx, p, c); err != nil {
		return c, err
	}
	found, err := c.run.Compare(ctx, state)
	if err != nil {
		return c, readError(ctx, err)
	}
	c.Result, c.state = found, state
	c.setGatewayName()
	c.Plan.Refusals = append(c.Plan.Refusals, o.guardSources()...)
	if err := o.checkFound(c); err != nil {
		return c, err
	}
	return c, o.findImpact(ctx, c)
}

// connect finds the address and the credentials of the gateway, and opens the journal that records all writes.
func (o *compareOptions) connect(ctx context.Context, p *program, c *prepared) error {
	s, err := o.gateway.dial(ctx, p)
	if err != nil {
		return err
	}
	context.AfterFunc(ctx, func() {
		if errors.As(context.Cause(ctx), new(signaled)) {
			s.log.Warn("stopping: requests in progress get up to 10 s to finish; a second signal kills the run")
		}
	})
	c.session, c.head = s, s.head(p, o.files.environment)
	c.journal = journal.New(s.Caller, s.instanceID, time.Now)
	s.Caller = c.journal
	c.run = s.run(o.diffOptions(), o.gateway.parallelism.workers())
	c.run.CheckInstance, c.run.AllowUnhealthy, c.run.Tolerant = true, o.allowUnhealthy, o.tolerant
	if o.journal == "" {
		return nil
	}
	if c.record, err = journal.Open(o.journal); err != nil {
		return p.writePathError("journal", o.journal, err)
	}
	c.journal.AddFile(c.record)
	return nil
}

// setGatewayName sets the name of the gateway in the head of documents, if it was read.
func (c *prepared) setGatewayName() {
	if c.Instance != nil {
		c.head.Named(c.Instance.Name)
	}
}

// end closes the journal and the connection that connect opened.
func (c *prepared) end() error {
	if c.session == nil {
		return nil
	}
	err := c.session.end()
	if cause := c.journal.Err(); cause != nil {
		err = errors.Join(err, fmt.Errorf("the journal is not complete: %w", cause))
	}
	if c.record != nil {
		err = errors.Join(err, c.record.Close())
	}
	return err
}

// readError returns the error for a gateway that could not be read: err itself, or, if the run was stopped, the reason
// for that with the last answer of the gateway.
func readError(ctx context.Context, err error) error {
	if ctx.Err() == nil {
		return err
	}
	stopped := fmt.Errorf("%w while the gateway was read", context.Cause(ctx))
	e, answered := errors.AsType[*api.Error](err)
	if answered {
		stopped = fmt.Errorf("%w; its last response was %d %s to %s (request %s): %s", stopped, e.Status, e.Code, e.Operation, cmp.Or(e.RequestID, "unknown"), e.Message)
	}
	if _, late := errors.AsType[timeoutError](stopped); !late {
		return stopped
	}
	hint := "give it more time with --timeout, or run apigw-sync doctor"
	if answered {
		hint = cmp.Or(api.Advice(e), "give it more time with --timeout") + "; apigw-sync doctor may find out more"
	}
	return hinted{stopped, hint}
}

// checkFound checks what a comparison found in addition to changes. Errors end the run, and refusals that a flag
// overrides are dropped.
func (o *compareOptions) checkFound(c *prepared) error {
	findings, notes := slices.Clone(c.Findings), slices.Clone(c.Plan.Errors)
	if o.tolerant { // unresolved references are reported separately
		findings = slices.DeleteFunc(findings, func(f spec.Finding) bool { return f.Unresolved != (spec.Unresolved{}) && !f.Warning })
		notes = slices.DeleteFunc(notes, func(n diff.Note) bool { return n.Refers != "" })
	}
	warnings, err := problemsIn(findings)
	c.warnings = append(c.warnings, warnings...)
	if err == nil {
		err = wrongFiles(document.Notes(notes))
	}
	c.Plan.Refusals = slices.DeleteFunc(c.Plan.Refusals, func(r diff.Refusal) bool { return overridden(o.flags, r.Flag) })
	return err
}

// plan returns the document of the comparison.
func (c *prepared) plan() *document.Plan {
	if c.Result == nil {
		d := document.EmptyPlan(c.head)
		d.Warnings = append(d.Warnings, c.warnings...)
		return d
	}
	d := document.NewPlan(c.head, c.Plan, c.Reads)
	d.Managed, d.Requests.InFlight = c.managed(), c.session.maxInFlight()
	c.setImpact(d, &d.ImpactTable)
	if c.planTraffic != nil {
		document.AddTraffic(d.Changes, c.planTraffic.ByChange)
		d.Traffic = append([]document.Traffic{}, c.planTraffic.Groups...)
	}
	d.Warnings, d.Errors = append(c.warnings, d.Warnings...), []document.Problem{}
	if d.Warnings == nil {
		d.Warnings = []document.Problem{}
	}
	return d
}

// reads returns the requests that the comparison sent.
func (c *prepared) reads() (out []document.Operation) {
	for _, s := range c.Sent {
		out = append(out, document.Operation{Operation: s.Operation, Access: "read", Count: s.Count, Grouping: s.Grouping})
	}
	return out
}
