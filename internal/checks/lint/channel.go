package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

var channelUnchecked = &Rule{
	ID: "AGS018", Name: "channel-no-health-check", Severity: Warning,
	Title: "A channel has no health check",
	Reason: "Without a health check, the gateway keeps sending calls to members that do not respond. A file without " +
		"`health_check` keeps the health check that the gateway has, but does not create one; if an export shows one, the " +
		"rule reports nothing. Only channels of type `builtin` are checked: a registry or cluster adds and removes the " +
		"instances of a microservice, and a reference has no members of its own.",
	check: func(s *subject) {
		each(s, "channel", func(d *kind.Declared, c kind.Channel) {
			if o := s.onGateway[d.Address()]; o != nil {
				if held, ok := o.Value.(kind.Channel); ok && held.Health != nil {
					return
				}
			}
			if c.Health == nil && c.Type == "builtin" {
				s.report(d, "/name", "has no health check: members that do not respond keep receiving calls", "add health_check")
			}
		})
	},
}

var channelWeightless = &Rule{
	ID: "AGS019", Name: "channel-no-weight", Severity: Warning,
	Title: "All members of a channel have weight 0",
	Reason: "A weight is a share of the calls, and a member without `weight` has weight 0. Members of a group that has a " +
		"weight get theirs from the group, so they are not reported. Channels whose `balance_strategy` is a hash are not " +
		"checked, and members that are not `enabled` do not count. For channels of type `reference`, the rule checks the " +
		"weights of the groups; channels of type `microservice` are not checked, because the weights may come from the " +
		"registry or cluster.",
	check: func(s *subject) {
		each(s, "channel", func(d *kind.Declared, c kind.Channel) {
			if n := weightlessMembers(c); n > 0 {
				s.report(d, "/members", fmt.Sprintf("no member has a share of the calls: the weight of %s is 0", countOf(n, "member", "members")), "give at least one a weight")
			}
			if n := len(c.Groups); n > 0 && c.Type == "reference" && usesWeights(c) && !slices.ContainsFunc(c.Groups, func(g kind.ChannelGroup) bool { return g.Weight > 0 }) {
				s.report(d, "/member_groups", fmt.Sprintf("no group has a share of the calls: the weight of %s is 0", countOf(n, "group", "groups")), "give at least one a weight")
			}
		})
	},
}

// weightlessMembers counts the members of a channel where none has a weight of its own or of its group; else it is 0.
func weightlessMembers(c kind.Channel) (n int) {
	if !usesWeights(c) {
		return 0
	}
	for _, m := range c.Servers {
		if m.Enabled != nil && !*m.Enabled {
			continue
		}
		if m.Weight > 0 || slices.ContainsFunc(c.Groups, func(g kind.ChannelGroup) bool { return g.Name == m.Group && g.Weight > 0 }) {
			return 0
		}
		n++
	}
	return n
}

// usesWeights reports whether weights count in a channel.
func usesWeights(c kind.Channel) bool { return strings.HasPrefix(c.Strategy, "weighted_") }
