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

// Truth holds what an apply tells against what happened.
type Truth struct {
	Results *document.Results
	Effects []emulator.Effect // what its writes did
	Left    []document.Change // what was left to do when lists showed everything
	Bent    bool              // an answer did not tell what the gateway holds, so that some updates were for nothing
}

// Effects are those of the requests of a journal.
func Effects(journal []emulator.Entry) (out []emulator.Effect) {
	for _, e := range journal {
		out = append(out, e.Effects...)
	}
	return out
}

// Bent reports whether a list or another reading in a journal told something else than the gateway holds.
func Bent(journal []emulator.Entry) bool {
	return slices.ContainsFunc(journal, func(e emulator.Entry) bool { return e.Method == "GET" && strings.Contains(e.Fault, "wrong-type") })
}

// Lies are the results that disagree with what happened, and what happened without being told.
func (v *Truth) Lies() (out []string) {
	v.recall()
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
			out = append(out, Describe(r)+" is called succeeded, but is still to do")
		case r.Action == diff.Replace && left[address+" bindings"]:
		case (r.Status == apply.Failed || r.Status == apply.Skipped) && !left[address] && !(v.Bent && r.Action == diff.Update):
			out = append(out, Describe(r)+" is called so, but is done")
		case r.Status != apply.Succeeded && (r.Error == nil || r.Error.ErrorMsg == "" && r.Error.ErrorCode == ""):
			out = append(out, Describe(r)+" does not say why")
		case r.Status != apply.Succeeded && r.Advice == "":
			out = append(out, Describe(r)+" does not say what to do")
		}
	}
	return append(append(out, v.generated()...), v.untold()...)
}

// recall calls what the writes did by the names that the run gives, as its results do.
func (v *Truth) recall() { v.Effects = Recalled(v.Effects, v.Results) }

// Recalled are effects under the names that a run gives to what it renames.
func Recalled(effects []emulator.Effect, by *document.Results) []emulator.Effect {
	now := map[string]string{}
	for i := range by.Results {
		for _, f := range by.Results[i].Fields {
			if was, _ := f.Before.(string); f.Path == "/name" && was != "" {
				now[by.Results[i].Kind+"/"+was] = by.Results[i].Name
			}
		}
	}
	called := func(kindName, name string) string { return cmp.Or(now[kindName+"/"+name], name) }
	out := slices.Clone(effects)
	for i := range out {
		e := &out[i]
		group, name, _ := strings.Cut(e.API, "/")
		if e.Env = called(kind.AnEnvironment, e.Env); e.API != "" {
			e.API = called(kind.AGroup, group) + "/" + name
		}
		switch k, link := kind.Of(e.Kind), kind.LinkOf(e.Kind); {
		case link != nil:
			e.PolicyName, e.Name = called(link.Owner, e.PolicyName), called(link.Target, e.Name)
		case k != nil && k.Owner != "":
			at := strings.LastIndexAny(e.Name, ":@") + 1 // what it refers to ends its name
			e.PolicyName, e.Name = called(k.Owner, e.PolicyName), e.Name[:at]+called(k.Refers, e.Name[at:])
		default:
			e.PolicyName, e.Name = called("app", e.PolicyName), called(e.Kind, e.Name)
		}
	}
	return out
}

// countable drops the number of a code that the gateway makes: the plans number those that are missing.
func countable(address string) string {
	before, _, _ := strings.Cut(address, "#generated-")
	return before
}

// generated: as many codes were made as the results tell.
func (v *Truth) generated() (out []string) {
	made, told, perhaps := map[string]int{}, map[string]int{}, map[string]int{}
	given := map[string]bool{}
	for i := range v.Results.Results {
		r := &v.Results.Results[i]
		given[r.Address] = true
		switch {
		case !strings.Contains(r.Address, "#generated-"):
		case r.Status == apply.Succeeded:
			told[r.Name]++
		case r.Status == apply.Unknown:
			perhaps[r.Name]++
		}
	}
	for _, e := range v.Effects {
		if e.Kind == "app_code" && e.Action == "create" && !given["app_code/"+e.PolicyName+"/#"+e.Value] {
			made[e.PolicyName]++
		}
	}
	wrong := func(app string) {
		out = append(out, fmt.Sprintf("%s: %d codes were made, %d told, %d unknown", app, made[app], told[app], perhaps[app]))
	}
	for app, n := range told {
		if made[app] < n {
			wrong(app)
		}
	}
	for app, n := range made {
		if n > told[app]+perhaps[app] {
			wrong(app)
		}
	}
	return out
}

// Untold is what happened and belongs to no change, or to one that the results call untouched.
func (v *Truth) Untold() []string {
	v.recall()
	return v.untold()
}

func (v *Truth) untold() (out []string) {
	for i := range v.Effects {
		if !v.told(&v.Effects[i]) {
			out = append(out, fmt.Sprintf("nobody told of %+v", v.Effects[i]))
		}
	}
	return out
}

func (v *Truth) told(e *emulator.Effect) bool {
	address, owner := v.addresses(e)
	for i := range v.Results.Results {
		if r := &v.Results.Results[i]; r.Address == address {
			return admits(r) || v.undone(e)
		}
	}
	if e.Kind == "app_code" && e.Action == "create" {
		return true // generated counts them
	}
	return slices.ContainsFunc(v.Results.Results, func(r document.Result) bool {
		along := slices.ContainsFunc(r.Along, func(a document.Along) bool { return a.Address == address })
		return owner != "" && r.Address == owner && (r.Action == diff.Replace || r.Action == diff.Delete) && admits(&r) ||
			e.Action == "delete" && (along || displaces(&r, e))
	}) || v.undone(e)
}

// admits reports whether a result says that something was done.
func admits(r *document.Result) bool {
	return r.Status != apply.Skipped || r.Action == diff.Replace && strings.Contains(r.Remark, "the replace is incomplete")
}

// displaces reports whether the plan shows that a bind takes the place of a binding.
func displaces(r *document.Result, e *emulator.Effect) bool {
	link := kind.LinkOf(r.Kind)
	return link != nil && r.Kind == e.Kind && strings.HasSuffix(r.Address, "/"+target(e)) &&
		slices.ContainsFunc(r.Displaced(), func(d document.Displaced) bool { return d.Address == link.Owner+"/"+e.PolicyName })
}

// target is the end of the address of a link.
func target(e *emulator.Effect) string {
	if kind.LinkOf(e.Kind).Target != kind.APublication {
		return e.Name
	}
	return e.API + "@" + e.Env
}

// addresses are those of the change that has the effect, and of the owner's.
func (v *Truth) addresses(e *emulator.Effect) (address, owner string) {
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

// final is the name that the successor of a replaced object is made for.
func (v *Truth) final(kindName, name string) string {
	for i := range v.Results.Results {
		if r := &v.Results.Results[i]; r.Kind == kindName && r.Via == name {
			return r.Name
		}
	}
	return name
}

// undone: what the effect did was put right again.
func (v *Truth) undone(e *emulator.Effect) bool {
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
