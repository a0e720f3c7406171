package diff

import (
	"fmt"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// inSight leaves out links in environments that a policy does not look at.
func inSight[L any](p Policy, links []L, env func(*L) string) []L {
	if len(p.Environments) == 0 {
		return links
	}
	var out []L
	for i := range links {
		if p.Sees(env(&links[i])) {
			out = append(out, links[i])
		}
	}
	return out
}

// guardSight refuses to take away what is bound in environments that are out of sight: there it would be missed.
func (c *comparison) guardSight() {
	unseen := map[string][]string{}
	for i := range c.have.Links {
		l := &c.have.Links[i]
		if owner := kind.LinkOf(l.Kind).Owner + "/" + l.Owner; !c.policy.Sees(l.To.Env) && !slices.Contains(unseen[owner], l.To.Env) {
			unseen[owner] = append(unseen[owner], l.To.Env)
		}
	}
	for i := range c.plan.Changes {
		ch := &c.plan.Changes[i]
		if !ch.removes() || ch.Have == nil || len(unseen[ch.Have.Address()]) == 0 {
			continue
		}
		envs := unseen[ch.Have.Address()]
		slices.Sort(envs)
		c.plan.Refusals = append(c.plan.Refusals, Refusal{
			Guard: "only-environment", Address: ch.Address,
			Reason: fmt.Sprintf("%s is bound in %s, which --only-environment leaves out of sight", ch.Have.Address(), strings.Join(envs, ", ")),
			Would:  fmt.Sprintf("it would have been %sd there, too", ch.Action),
		})
	}
}
