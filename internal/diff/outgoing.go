package diff

import (
	"slices"
	"sort"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// outgoing returns the object that the update of a pair sends.
func (c *comparison) outgoing(k *kind.Kind, p pair, fields []Field, keep bool) *kind.Declared {
	w := *p.want
	if keep {
		w.Value = c.rules.withIgnored(k, &w, p.have).Value
	}
	sent, lost := k.Sent(w.Value, p.have.Value, func(pointer string) bool {
		return slices.ContainsFunc(fields, func(f Field) bool { return f.Path == pointer })
	})
	for _, path := range lost {
		c.plan.Refusals = append(c.plan.Refusals, Refusal{
			Guard: "secrets", Address: w.Address(),
			Reason: w.Address() + " has a secret that the gateway hides and the files leave out: " + path,
			Would:  "the update would have removed it, since it sends the whole content; write the secret, or set its variable",
		})
	}
	if b := p.have.Extra; b != nil {
		for _, path := range b.Hidden {
			c.plan.Refusals = append(c.plan.Refusals, Refusal{
				Guard: "secrets", Address: w.Address(),
				Reason: w.Address() + " has a field that this version does not know and that the gateway hides: " + path,
				Would:  "the update would have removed it, since it sends the whole object; make the change in the gateway's console, or use a newer version",
			})
		}
	}
	w.Value = sent
	return &w
}

// checkReplaceLosses refuses a replace that would lose values that the gateway has and the files cannot send again.
func (c *comparison) checkReplaceLosses(k *kind.Kind, w *kind.Declared, have *kind.Object) {
	_, lost := k.Sent(w.Value, have.Value, func(string) bool { return true })
	for _, path := range lost {
		if slices.Contains(k.Generated, path) {
			continue // the gateway generates a value for the new object
		}
		c.plan.Refusals = append(c.plan.Refusals, Refusal{
			Guard: "secrets", Address: w.Address(), Reason: w.Address() + " would lose its " + path[1:] + " with the replace, since no gateway shows that field",
			Would: "set it in the files, or declare the new object under another name",
		})
	}
}

// checkWriteOnly reports fields that a write needs, that no gateway returns, and that the files leave out or that have expired.
func (c *comparison) checkWriteOnly(k *kind.Kind, w *kind.Declared, since string) {
	for _, path := range k.WriteOnly {
		if k.LeavesOpen(w.Value, path) {
			c.plan.Errors = append(c.plan.Errors, problem(w, "has no "+path[1:]+", which "+since+" needs; set it in the files, since no gateway shows it"))
		}
	}
	if last := k.LastDay(w.Value); last != "" && last < c.options.Today {
		c.plan.Errors = append(c.plan.Errors, problem(w, k.WriteOnly[0][1:]+" expired on "+last+", and no gateway accepts it; use a renewed one"))
	}
}

// problem returns a note about what is wrong with a declared object.
func problem(w *kind.Declared, message string) Note {
	return Note{Address: w.Address(), Source: &w.Source, Message: message}
}

// hiddenSecrets notes secrets that cannot be compared, since the gateway hides them. They are changes only when
// the options ask to send them all the same.
func (c *comparison) hiddenSecrets(k *kind.Kind, w *kind.Declared, have *kind.Object) (out []Field) {
	for _, path := range k.HiddenSecrets(w.Value, have.Value) {
		if c.options.ResendSecrets {
			out = append(out, Field{Path: path, Before: Hidden, After: Hidden, Sensitive: true})
		} else {
			c.hidden = append(c.hidden, w.Address()+" "+path)
		}
	}
	return out
}

// warnUncompared warns of fields that could not be compared.
func (c *comparison) warnUncompared() {
	warn := func(what []string, before, after string) {
		if len(what) > 0 {
			sort.Strings(what)
			c.plan.Warnings = append(c.plan.Warnings, Note{Message: before + ", so they cannot be compared: " + strings.Join(what, ", ") + after})
		}
	}
	warn(c.hidden, "the gateway hides secrets", "; after a change of one, apply with --resend-secrets")
	warn(c.unreported, "the gateway does not return fields that it should", "")
}
