package report

import (
	"maps"
	"slices"

	"github.com/apigw-sync/apigw-sync/internal/apply"
	"github.com/apigw-sync/apigw-sync/internal/calls/impact"
	"github.com/apigw-sync/apigw-sync/internal/checks/promote"
	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/report/document"
)

// severity is how much a finding matters to a person. Greater is worse.
type severity int

const (
	notice severity = iota
	warning
	failure
)

// String returns the word in reports.
func (s severity) String() string { return [...]string{"notice", "warning", "error"}[s] }

// rule is a class of findings. Its ID is stable: tools that read reports count, hide and compare findings by it.
type rule struct {
	ID    string
	Title string // a finding in a few words
	Help  string // what it means and what to do
	Level severity
}

// Label returns the heading of findings of the rule: their severity, or the level of an impact.
func (r *rule) Label() string {
	if r.isImpact() {
		return r.ID
	}
	return r.Level.String()
}

func (r *rule) isImpact() bool {
	return slices.Contains(slices.Collect(maps.Values(impactRules)), r)
}

// isDivergence reports whether the rule is about a difference between gateway and files, not about an action.
func (r *rule) isDivergence() bool {
	return slices.Contains(slices.Collect(maps.Values(divergenceRules)), r)
}

// The rules. Those of changes have the names of actions, those of results the names of statuses.
var (
	ruleError   = &rule{"error", "The command failed", "Correct what the message names and run the command again.", failure}
	ruleRefused = &rule{"refused", "A guard refuses to apply the plan", "Check that the plan is what you want; if it is, run apply with the flag that the message names.", failure}
	ruleWarning = &rule{"warning", "Warning", "It stops nothing, but somebody should check it.", warning}

	ruleDisplaced = &rule{"displaced", "A bind displaces a policy that is not declared", "Check that the owner of the policy agrees. The policy itself stays, but no longer applies to the API.", warning}
	ruleExtra     = &rule{"extra", "An object is owned but not declared", "Declare it, take it out of owns, or delete it by running apply with --prune.", warning}
	ruleRemaining = &rule{"remaining", "A difference remains after writing", "Somebody else may be changing the gateway, or the gateway stores a value other than the one it was sent. Compare again.", warning}

	ruleLoss = &rule{"not-restorable", "The undo cannot bring something back", "If you may need the old value, write it down now.", warning}

	ruleCaseFailed    = &rule{"case-failed", "The files do not do what a case expects", "Correct the files, or the case if it is out of date.", failure}
	ruleCaseUncertain = &rule{"case-uncertain", "The files do not settle what a case expects", "Add what the message says is missing, or expect the answer to be uncertain.", failure}

	ruleStatus    = &rule{"instance-status", "The gateway is not running", "Changes may be refused, or have no effect, until it runs.", failure}
	ruleLock      = &rule{"instance-locked", "The gateway is locked", "Writing is refused until the lock is gone.", warning}
	ruleFeature   = &rule{"feature-missing", "The gateway lacks a feature that the files need", "Have the feature switched on, or change the files so that they do not need it.", failure}
	ruleReference = &rule{"reference", "A reference leads nowhere", "Diff and apply refuse the files. Correct the reference, publish the API there, or make the reference optional.", failure}

	ruleExpired  = &rule{"certificate-expired", "A certificate has expired", "Clients refuse to connect. Replace the certificate of the domain.", failure}
	ruleExpiring = &rule{"certificate-expiring", "A certificate expires soon", "Replace the certificate of the domain before it ends.", warning}
	ruleLapsed   = &rule{"ignore-lapsed", "An ignore rule is past its last day", "What it ignored is compared again. Remove the rule or give it a new end date.", warning}
)

// The rules of a comparison of two targets.
var (
	differenceRules = map[promote.Class]*rule{
		promote.Undeclared: {"undeclared", "Two targets differ, and no file says so", "Apply the target that differs from its files, or declare the difference in an overlay.", warning},
		promote.OnlyFrom:   {"only-from", "Only the first target has it, and no file says so", "Apply the other target, or declare the difference in an overlay.", warning},
		promote.OnlyTo:     {"only-to", "Only the second target has it, and no file says so", "Apply the other target, or declare the difference in an overlay.", warning},
	}
	ruleLacking = &rule{"api-lacking", "A target lacks an API", "Publish it there first; until then, its bindings cannot be made there.", warning}
	rulePending = &rule{"unapplied", "A target differs from its files", "Compare it with its files, and apply.", notice}
)

var actionRules = map[diff.Action]*rule{
	diff.Create:  {"create", "An object is missing on the gateway", "The files declare it; apply creates it.", notice},
	diff.Update:  {"update", "An object differs from its file", "Apply sets the fields to the values in the files.", notice},
	diff.Replace: {"replace", "An object differs in a field that cannot change", "Apply deletes it and creates it again with its bindings.", warning},
	diff.Delete:  {"delete", "An object is removed", "Apply deletes it and all its bindings from the gateway.", warning},
	diff.Bind:    {"bind", "A binding is missing on the gateway", "The files declare it; apply makes it.", notice},
	diff.Unbind:  {"unbind", "A binding is removed", "Apply unbinds it: the API is no longer covered by the policy, or open to the app.", warning},
}

// divergenceRules are the rules for differences between gateway and files, where nothing is about to happen.
var divergenceRules = map[document.Divergence]*rule{
	document.Differs:     {"differs", "Gateway and files differ", "Apply the files, or copy the values of the gateway into them with export --update.", notice},
	document.OnlyGateway: {"only-gateway", "Only the gateway has it", "Apply the files, which removes it, or add it to them with export --update.", notice},
	document.OnlyFiles:   {"only-files", "Only the files have it", "Apply the files, which creates it, or remove it from them with export --update.", notice},
}

// impactRules are the rules for what a plan means to callers.
var impactRules = map[impact.Level]*rule{
	impact.Exposure: {"exposure", "Who was refused or limited may call, or call more", "Check that the new access is intended; --fail-on exposure refuses such a plan.", failure},
	impact.Outage:   {"outage", "Who could call is refused", "Check that nobody needs it any more; --fail-on outage refuses such a plan.", warning},
	impact.Change:   {"impact", "Callers notice something", "Tell the callers, if it matters to them.", notice},
}

var statusRules = map[apply.Status]*rule{
	apply.Failed:  {"failed", "A change failed", "The message says why, and whether a retry can fix it; what was done is not done again.", failure},
	apply.Unknown: {"unknown", "The outcome of a change is not known", "Compare again to see whether it took effect.", failure},
	apply.Skipped: {"skipped", "A change was not tried", "It depends on another change that did not succeed. Fix that one, then apply again.", warning},
}

// allRules lists the rules, grouped by what they are about.
func allRules() []*rule {
	out := []*rule{ruleError, ruleRefused, ruleWarning}
	for _, a := range document.Actions {
		out = append(out, actionRules[a])
	}
	for _, a := range divergences {
		out = append(out, divergenceRules[a])
	}
	for _, s := range statuses {
		if r := statusRules[s]; r != nil {
			out = append(out, r)
		}
	}
	for _, l := range impact.Levels {
		out = append(out, impactRules[l])
	}
	return append(out, ruleDisplaced, ruleExtra, ruleRemaining, ruleLoss, ruleCaseFailed, ruleCaseUncertain, ruleStatus, ruleLock, ruleFeature, ruleReference, ruleExpired, ruleExpiring, ruleLapsed)
}

// The ways to differ and the statuses in the order in which people read them.
var (
	divergences = []document.Divergence{document.Differs, document.OnlyGateway, document.OnlyFiles}
	statuses    = []apply.Status{apply.Succeeded, apply.Failed, apply.Skipped, apply.Unknown}
)
