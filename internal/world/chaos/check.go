package chaos

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/apply"
	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/emulator"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/report/document"
)

// Check compares what an apply reports with what happened on the gateway.
type Check struct {
	Results *document.Results
	Effects []emulator.Effect // of the run's writes
	Left    []document.Change // the changes that a comparison after the run still finds, once lists are up to date
	// Misread is set if a read returned something else than the gateway holds. The plan may then have updates that
	// change nothing, so it proves nothing if such an update failed and no difference is left.
	Misread bool
}

// Effects returns the effects of all requests of a journal.
func Effects(journal []emulator.Entry) (out []emulator.Effect) {
	for _, e := range journal {
		out = append(out, e.Effects...)
	}
	return out
}

// Misread reports whether a read in the journal was answered with something else than the gateway holds.
func Misread(journal []emulator.Entry) bool {
	return slices.ContainsFunc(journal, func(e emulator.Entry) bool { return e.Method == "GET" && strings.Contains(e.Fault, "wrong-type") })
}

// Contradictions returns the results that disagree with what happened, and the effects that no result reports.
func (v *Check) Contradictions() (out []string) {
	v.useNewNames()
	left := map[string]bool{}
	for _, ch := range v.Left {
		left[countable(ch.Address)] = true
		if link := kind.LinkOf(ch.Kind); link != nil && ch.Action == diff.Bind {
			left[link.Owner+"/"+ch.Name+" bindings"] = true
		}
	}
	for i := range v.Results.Results {
		r := &v.Results.Results[i]
		address := countable(r.Address)
		switch {
		case r.Status == apply.Succeeded && left[r.Address]:
			out = append(out, Describe(r)+": reported as succeeded, but the change is still needed")
		case r.Action == diff.Replace && left[address+" bindings"]: // not finished: only its bindings are left
		case (r.Status == apply.Failed || r.Status == apply.Skipped) && !left[address] && !(v.Misread && r.Action == diff.Update):
			out = append(out, Describe(r)+": reported so, but the change was made")
		case r.Status != apply.Succeeded && (r.Error == nil || r.Error.ErrorMsg == "" && r.Error.ErrorCode == ""):
			out = append(out, Describe(r)+": without a reason")
		case r.Status != apply.Succeeded && r.Advice == "":
			out = append(out, Describe(r)+": without advice")
		}
	}
	return append(append(out, v.generatedCodes()...), v.unreported()...)
}

// useNewNames gives objects that the run renames their new names in all effects, because results use these.
func (v *Check) useNewNames() { v.Effects = WithNewNames(v.Effects, v.Results) }

// WithNewNames returns effects in which objects that a run renames have their new names.
func WithNewNames(effects []emulator.Effect, by *document.Results) []emulator.Effect {
	now := map[string]string{}
	for i := range by.Results {
		for _, f := range by.Results[i].Fields {
			if was, _ := f.Before.(string); f.Path == "/name" && was != "" {
				now[by.Results[i].Kind+"/"+was] = by.Results[i].Name
			}
		}
	}
	newName := func(kindName, name string) string { return cmp.Or(now[kindName+"/"+name], name) }
	out := slices.Clone(effects)
	for i := range out {
		e := &out[i]
		group, name, _ := strings.Cut(e.API, "/")
		if e.Env = newName(kind.AnEnvironment, e.Env); e.API != "" {
			e.API = newName(kind.AGroup, group) + "/" + name
		}
		switch k, link := kind.Of(e.Kind), kind.LinkOf(e.Kind); {
		case link != nil:
			e.PolicyName, e.Name = newName(link.Owner, e.PolicyName), newName(link.Target, e.Name)
		case k != nil && k.Owner != "":
			at := strings.LastIndexAny(e.Name, ":@") + 1 // the name of a part ends with the name of what it refers to
			e.PolicyName, e.Name = newName(k.Owner, e.PolicyName), e.Name[:at]+newName(k.RefersTo, e.Name[at:])
		default:
			e.PolicyName, e.Name = newName("app", e.PolicyName), newName(e.Kind, e.Name)
		}
	}
	return out
}

// countable returns the address of a code that the gateway generates without its number. Plans number the missing
// codes, so the number of a code differs from plan to plan.
func countable(address string) string {
	before, _, _ := strings.Cut(address, "#generated-")
	return before
}

// generatedCodes returns the apps for which the gateway generated another number of codes than the results report.
func (v *Check) generatedCodes() (out []string) {
	made, reported, unknown := map[string]int{}, map[string]int{}, map[string]int{}
	given := map[string]bool{}
	for i := range v.Results.Results {
		r := &v.Results.Results[i]
		given[r.Address] = true
		switch {
		case !strings.Contains(r.Address, "#generated-"):
		case r.Status == apply.Succeeded:
			reported[r.Name]++
		case r.Status == apply.Unknown:
			unknown[r.Name]++
		}
	}
	for _, e := range v.Effects {
		if e.Kind == "app_code" && e.Action == "create" && !given["app_code/"+e.PolicyName+"/#"+e.Value] {
			made[e.PolicyName]++
		}
	}
	wrong := func(app string) {
		out = append(out, fmt.Sprintf("%s: %d codes were generated, %d reported, %d unknown", app, made[app], reported[app], unknown[app]))
	}
	for app, n := range reported {
		if made[app] < n {
			wrong(app)
		}
	}
	for app, n := range made {
		if n > reported[app]+unknown[app] {
			wrong(app)
		}
	}
	return out
}

// Unreported returns the effects that belong to no change, or only to changes that were not begun according to the
// results.
func (v *Check) Unreported() []string {
	v.useNewNames()
	return v.unreported()
}

func (v *Check) unreported() (out []string) {
	for i := range v.Effects {
		if !v.reported(&v.Effects[i]) {
			out = append(out, fmt.Sprintf("no result reports %+v", v.Effects[i]))
		}
	}
	return out
}

func (v *Check) reported(e *emulator.Effect) bool {
	address, owner := v.addresses(e)
	for i := range v.Results.Results {
		if r := &v.Results.Results[i]; r.Address == address {
			return begun(r) || v.undone(e)
		}
	}
	if e.Kind == "app_code" && e.Action == "create" {
		return true // generatedCodes counts them
	}
	return slices.ContainsFunc(v.Results.Results, func(r document.Result) bool {
		along := slices.ContainsFunc(r.AlsoRemoved, func(a document.AlsoRemoved) bool { return a.Address == address })
		return owner != "" && r.Address == owner && (r.Action == diff.Replace || r.Action == diff.Delete) && begun(&r) ||
			e.Action == "delete" && (along || displaces(&r, e))
	}) || v.undone(e)
}

// begun reports whether, according to its result, some of a change may have been carried out.
func begun(r *document.Result) bool {
	return r.Status != apply.Skipped || r.Action == diff.Replace && strings.HasPrefix(r.Remark, apply.IncompleteReplace)
}

// displaces reports whether the plan shows that a bind displaces the policy of the binding.
func displaces(r *document.Result, e *emulator.Effect) bool {
	link := kind.LinkOf(r.Kind)
	return link != nil && r.Kind == e.Kind && strings.HasSuffix(r.Address, "/"+target(e)) &&
		slices.ContainsFunc(r.Displaced(), func(d document.Displaced) bool { return d.Address == link.Owner+"/"+e.PolicyName })
}

// target returns the end of a binding's address.
func target(e *emulator.Effect) string {
	if kind.LinkOf(e.Kind).Target != kind.APublication {
		return e.Name
	}
	return e.API + "@" + e.Env
}

// addresses returns the address of the change that has the effect, and that of the owner's change, "" if there is none.
func (v *Check) addresses(e *emulator.Effect) (address, owner string) {
	switch k, link := kind.Of(e.Kind), kind.LinkOf(e.Kind); {
	case link != nil:
		policy := v.final(link.Owner, e.PolicyName)
		return e.Kind + "/" + policy + "/" + target(e), link.Owner + "/" + policy
	case e.Kind == "app_secret":
		return "app/" + e.PolicyName, ""
	case e.Kind == "app_code":
		return "app_code/" + e.PolicyName + "/#" + e.Value, "app/" + e.PolicyName
	case k != nil && k.Single:
		return e.Kind + "/" + e.PolicyName, k.Owner + "/" + e.PolicyName
	case k != nil && k.Owner != "":
		return e.Kind + "/" + e.PolicyName + "/" + e.Name, k.Owner + "/" + e.PolicyName
	}
	return e.Kind + "/" + v.final(e.Kind, e.Name), ""
}

// final returns the name that an object has after the run: a successor is created under a temporary name.
func (v *Check) final(kindName, name string) string {
	for i := range v.Results.Results {
		if r := &v.Results.Results[i]; r.Kind == kindName && r.Via == name {
			return r.Name
		}
	}
	return name
}

// undone reports whether other effects of the run revert this one.
func (v *Check) undone(e *emulator.Effect) bool {
	balance := 0
	for _, other := range v.Effects {
		if other.Kind == e.Kind && other.PolicyName == e.PolicyName && other.Name == e.Name && other.API == e.API && other.Env == e.Env && other.Value == e.Value {
			switch other.Action {
			case "create":
				balance++
			case "delete":
				balance--
			}
		}
	}
	return balance == 0 && e.Action != "update"
}
