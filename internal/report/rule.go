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

// severity says how much a finding matters to a person. The worst is the greatest.
type severity int

const (
	notice severity = iota
	warning
	failure
)

// String is the word that people read.
func (s severity) String() string { return [...]string{"notice", "warning", "error"}[s] }

// rule is a class of findings. Its ID is stable: tools that read reports count, hide and compare by it.
type rule struct {
	ID    string
	Title string // a finding in a few words
	Help  string // what it means and what to do
	Level severity
}

// Label is the word above findings of the rule: how much they matter, or the level of what a plan means to callers.
func (r *rule) Label() string {
	if r.meansToCallers() {
		return r.ID
	}
	return r.Level.String()
}

func (r *rule) meansToCallers() bool {
	return slices.Contains(slices.Collect(maps.Values(impactRules)), r)
}

// tellsApart reports whether the rule is about how gateway and files differ.
func (r *rule) tellsApart() bool {
	return slices.Contains(slices.Collect(maps.Values(apartRules)), r)
}

// The rules. Those of changes have the names of actions, those of results the names of statuses.
var (
	ruleError   = &rule{"error", "The command could not do its work", "Correct what the message names and run the command again.", failure}
	ruleRefused = &rule{"refused", "A guard refuses to apply the plan", "Check that the plan is what you want; if it is, run apply with the flag that the message names.", failure}
	ruleWarning = &rule{"warning", "Warning", "It stops nothing, but somebody should look at it.", warning}

	ruleDisplaced = &rule{"displaced", "A bind takes the place of a policy that is not declared", "Check that whoever made the policy agrees; it stays, and no longer holds for the API.", warning}
	ruleExtra     = &rule{"extra", "An object is owned but not declared", "Declare it, take it out of owns, or delete it by running apply with --prune.", warning}
	ruleRemaining = &rule{"remaining", "A difference remains after writing", "Somebody else may be writing, or the gateway keeps another value than it was sent. Compare again.", warning}

	ruleLoss = &rule{"not-restorable", "The undo cannot bring something back", "Note what it was, if it matters, before the old state is forgotten.", warning}

	ruleCaseFailed    = &rule{"case-failed", "The files do not do what a case says", "Correct the files, or the case if it is not what is meant any more.", failure}
	ruleCaseUncertain = &rule{"case-uncertain", "What a case says does not follow from the files", "Add what is not known, as the message says, or expect the case to be uncertain.", failure}

	ruleStatus    = &rule{"instance-status", "The gateway is not running", "Changes may be refused or take no effect until it runs.", failure}
	ruleLock      = &rule{"instance-locked", "The gateway is locked", "Writing is refused until the lock is gone.", warning}
	ruleFeature   = &rule{"feature-missing", "The gateway lacks a feature that the files need", "Have the feature switched on, or declare something else.", failure}
	ruleReference = &rule{"reference", "A reference leads nowhere", "Diff and apply refuse the files. Correct the reference, publish the API there, or make the reference optional.", failure}

	ruleExpired  = &rule{"certificate-expired", "A certificate has expired", "Clients refuse to connect. Replace the certificate of the domain.", failure}
	ruleExpiring = &rule{"certificate-expiring", "A certificate expires soon", "Replace the certificate of the domain before it ends.", warning}
	ruleLapsed   = &rule{"ignore-lapsed", "An ignore rule is past its last day", "What it left alone counts again. Remove the rule or give it a new end.", warning}
)

// The rules of a comparison of two targets.
var (
	differenceRules = map[promote.Class]*rule{
		promote.Undeclared: {"undeclared", "Two targets differ, and no file says so", "Apply the target that differs from its files, or declare the difference in an overlay.", warning},
		promote.OnlyFrom:   {"only-from", "Only the first target has it, and no file says so", "Apply the other target, or declare the difference in an overlay.", warning},
		promote.OnlyTo:     {"only-to", "Only the second target has it, and no file says so", "Apply the other target, or declare the difference in an overlay.", warning},
	}
	ruleLacking = &rule{"api-lacking", "A target lacks an API", "Publish it there first; until then what is bound to it cannot follow.", warning}
	rulePending = &rule{"unapplied", "A target differs from its files", "Compare it with its files, and apply.", notice}
)

var actionRules = map[diff.Action]*rule{
	diff.Create:  {"create", "An object is missing on the gateway", "The files declare it; apply creates it.", notice},
	diff.Update:  {"update", "An object differs from its file", "Apply sets the fields to what the files say.", notice},
	diff.Replace: {"replace", "An object differs in a field that cannot change", "Apply deletes it and creates it anew with its bindings.", warning},
	diff.Delete:  {"delete", "An object is removed", "Apply deletes it and all its bindings from the gateway.", warning},
	diff.Bind:    {"bind", "A binding is missing on the gateway", "The files declare it; apply makes it.", notice},
	diff.Unbind:  {"unbind", "A binding is removed", "Apply unbinds it: the API is no longer covered by the policy, or open to the app.", warning},
}

// apartRules are the rules of what gateway and files differ in, where nothing is about to happen.
var apartRules = map[document.Apart]*rule{
	document.Differs:     {"differs", "Gateway and files differ", "Apply the files, or take what the gateway holds over with export --update.", notice},
	document.OnlyGateway: {"only-gateway", "Only the gateway has it", "Apply the files, which takes it away, or take it over with export --update.", notice},
	document.OnlyFiles:   {"only-files", "Only the files have it", "Apply the files, which makes it, or take it out of them with export --update.", notice},
}

// impactRules are the rules of what a plan means to callers.
var impactRules = map[impact.Level]*rule{
	impact.Exposure: {"exposure", "Who was refused or limited may call, or call more", "Check that whoever gets in is meant to; --fail-on exposure refuses such a plan.", failure},
	impact.Outage:   {"outage", "Who could call is refused", "Check that nobody needs it any more; --fail-on outage refuses such a plan.", warning},
	impact.Change:   {"impact", "Callers notice something", "Tell those who call, if it matters to them.", notice},
}

var statusRules = map[apply.Status]*rule{
	apply.Failed:  {"failed", "A change failed", "The message says why, and whether a retry can fix it; what was done is not done again.", failure},
	apply.Unknown: {"unknown", "The outcome of a change is not known", "Compare again to see whether it took effect.", failure},
	apply.Skipped: {"skipped", "A change was not tried", "It waits for another one that did not succeed. Apply again after that one.", warning},
}

// allRules lists the rules in the order of their IDs' meaning.
func allRules() []*rule {
	out := []*rule{ruleError, ruleRefused, ruleWarning}
	for _, a := range document.Actions {
		out = append(out, actionRules[a])
	}
	for _, a := range aparts {
		out = append(out, apartRules[a])
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
	aparts   = []document.Apart{document.Differs, document.OnlyGateway, document.OnlyFiles}
	statuses = []apply.Status{apply.Succeeded, apply.Failed, apply.Skipped, apply.Unknown}
)
