package emulator

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// choice is one switch of Behaviour in its form as text.
type choice struct {
	name   string
	values []string // of a switch between words, the default first; nil for numbers
	help   string
	field  func(*Behaviour) any // *string, *bool, *int or *Lag
}

var choices = []choice{
	{
		"rebind",
		[]string{"replace", "reject", "add"},
		"bind a throttle, ACL or app quota where another is bound (add: ACLs alone)",
		func(b *Behaviour) any { return &b.Rebind },
	},
	{
		"replace-keeps-binding-id", nil, "the binding that replaces another inherits its id",
		func(b *Behaviour) any { return &b.ReplaceKeepsBindingID },
	},
	{
		"acl-slot",
		[]string{"entity", "one"},
		"ACLs per API and environment: one per entity type, or one",
		func(b *Behaviour) any { return &b.ACLSlot },
	},
	{
		"publish-id-stable", nil, "publishing again keeps the publish id",
		func(b *Behaviour) any { return &b.PublishIDStable },
	},
	{
		"bindings-visible-after", nil, "lists of bindings are late by so many reads (3) or so long (2s)",
		func(b *Behaviour) any { return &b.BindingsVisibleAfter },
	},
	{
		"app-secret",
		[]string{"clear", "masked"},
		"how reads show an app's secret",
		func(b *Behaviour) any { return &b.AppSecret },
	},
	{
		"plugin-secret",
		[]string{"absent", "masked"},
		"how reads show secrets inside plugin contents",
		func(b *Behaviour) any { return &b.PluginSecret },
	},
	{
		"plugin-contents",
		[]string{"known", "newer"},
		"plugin types, members and words of contents beyond the reference (newer: kept)",
		func(b *Behaviour) any { return &b.PluginContents },
	},
	{
		"newer-members",
		[]string{"absent", "kept", "refused"},
		"a member of each object beyond the reference (kept: an update without it resets it; refused: it cannot be sent)",
		func(b *Behaviour) any { return &b.NewerMembers },
	},
	{
		"instance-wide-auths",
		[]string{"allowed", "refused"},
		"listing authorized apps without an API",
		func(b *Behaviour) any { return &b.InstanceWideAuths },
	},
	{
		"delete-bound",
		[]string{"refused", "cascade"},
		"deleting a throttle that is bound",
		func(b *Behaviour) any { return &b.DeleteBound },
	},
	{
		"update-omitted-limit",
		[]string{"clears", "keeps"},
		"an optional limit left out of a throttle's update",
		func(b *Behaviour) any { return &b.UpdateOmittedLimit },
	},
	{
		"empty-remark",
		[]string{"clears", "keeps"},
		"an empty remark in the update of an app or plugin",
		func(b *Behaviour) any { return &b.EmptyRemark },
	},
	{
		"omitted-remark",
		[]string{"keeps", "clears"},
		"a remark left out of an update",
		func(b *Behaviour) any { return &b.OmittedRemark },
	},
	{
		"sign-secret",
		[]string{"clear", "masked"},
		"how reads show the secret of a signature key",
		func(b *Behaviour) any { return &b.SignSecret },
	},
	{
		"omitted-sign-key",
		[]string{"anew", "kept"},
		"key and secret left out of the update of a signature key",
		func(b *Behaviour) any { return &b.OmittedSignKey },
	},
	{
		"omitted-health-check",
		[]string{"keeps", "removes"},
		"a health check left out of the update of a channel",
		func(b *Behaviour) any { return &b.OmittedHealthCheck },
	},
	{
		"feature-changes",
		[]string{"once-a-minute", "any-time"},
		"how often a feature of the gateway can change",
		func(b *Behaviour) any { return &b.FeatureChanges },
	},
	{
		"domain-redirect",
		[]string{"untold", "told"},
		"do groups tell of their domains whether these redirect to HTTPS",
		func(b *Behaviour) any { return &b.DomainRedirect },
	},
	{
		"response-lists",
		[]string{"whole", "names"},
		"what the list of a group's gateway responses tells of them",
		func(b *Behaviour) any { return &b.ResponseLists },
	},
	{
		"listed-apis",
		[]string{"told", "untold"},
		"what APIs refer to, in lists of APIs",
		func(b *Behaviour) any { return &b.ListedAPIs },
	},
	{
		"channel-secret",
		[]string{"absent", "masked", "clear", "no-user"},
		"the password of a Nacos registry when a channel is read (no-user: nor whose it is)",
		func(b *Behaviour) any { return &b.ChannelSecret },
	},
	{
		"wrong-token",
		[]string{"service", "front-door"},
		"who refuses a wrong token: 401 APIG.1002 (APIC.7102) or APIGW.0301",
		func(b *Behaviour) any { return &b.WrongToken },
	},
	{
		"bind-partial",
		[]string{"fail-whole", "fewer-items"},
		"one unknown publish id in a bind",
		func(b *Behaviour) any { return &b.BindPartial },
	},
	{
		"detach-missing",
		[]string{"204", "404"},
		"detaching a plugin that is not attached",
		func(b *Behaviour) any { return &b.DetachMissing },
	},
	{
		"batch-max", nil, "most items in one bind, unbind, batch deletion or authorization; 0: no such limit",
		func(b *Behaviour) any { return &b.BatchMax },
	},
	{
		"acl-value-order",
		[]string{"keep", "sort"},
		"order of an ACL's entries when read back",
		func(b *Behaviour) any { return &b.ACLValueOrder },
	},
	{
		"app-switch",
		[]string{"on", "off"},
		"may callers choose app keys and secrets",
		func(b *Behaviour) any { return &b.AppSwitch },
	},
	{
		"serial-writes", nil, "overlapping writes to one plugin, API or app fail with APIG.3500",
		func(b *Behaviour) any { return &b.SerialWrites },
	},
	{
		"trail",
		[]string{"on", "older", "denied", "off"},
		"the audit trail of the project",
		func(b *Behaviour) any { return &b.Trail },
	},
	{
		"trail-ids",
		[]string{"object", "gateway", "none"},
		"ids of resources in the records of the audit trail",
		func(b *Behaviour) any { return &b.TrailIDs },
	},
	{
		"trail-bodies",
		[]string{"texts", "objects", "none"},
		"requests and answers in the records of the audit trail",
		func(b *Behaviour) any { return &b.TrailBodies },
	},
	{
		"trail-names",
		[]string{"new", "old"},
		"names of operations in the records of the audit trail",
		func(b *Behaviour) any { return &b.TrailNames },
	},
	{
		"cloud",
		[]string{"huawei", "otc"},
		"where it stands: Open Telekom Cloud lacks some operations (404 APIGW.0101) and members",
		func(b *Behaviour) any { return &b.Cloud },
	},
	{
		"null-lists", nil, "empty lists are missing or null in answers",
		func(b *Behaviour) any { return &b.NullLists },
	},
	{
		"offline-offset", nil, "the list of an ACL's APIs ignores offset",
		func(b *Behaviour) any { return &b.OfflineOffset },
	},
}

// BehaviourHelp lists the switches that ParseBehaviour knows, one a line.
var BehaviourHelp = behaviourHelp()

func behaviourHelp() string {
	var b strings.Builder
	for _, s := range choices {
		fmt.Fprintf(&b, "  %-44s %s\n", s.name+"="+s.syntax(), s.help)
	}
	return b.String()
}

// syntax shows what may stand behind the equals sign; the default comes first.
func (s choice) syntax() string {
	switch s.field(new(Behaviour)).(type) {
	case *bool:
		return "off|on"
	case *int:
		return "N"
	case *Lag:
		return "N|DURATION"
	}
	return strings.Join(s.values, "|")
}

// A BehaviourRule is one switch at one value, such as rebind=reject, with what the switch is about.
type BehaviourRule struct{ Text, Help string }

// BehaviourRules lists what ParseBehaviour takes, without switches between numbers.
func BehaviourRules() (all []BehaviourRule) {
	for _, s := range choices {
		values := s.values
		if _, flag := s.field(new(Behaviour)).(*bool); flag {
			values = []string{"off", "on"}
		}
		for _, v := range values {
			all = append(all, BehaviourRule{s.name + "=" + v, s.help})
		}
	}
	return all
}

// ParseBehaviour reads switches such as rebind=reject or bindings-visible-after=2s, later ones winning.
// An unknown name or value is an error.
func ParseBehaviour(rules ...string) (Behaviour, error) {
	var b Behaviour
	for _, r := range rules {
		name, value, _ := strings.Cut(r, "=")
		i := slices.IndexFunc(choices, func(s choice) bool { return s.name == name })
		if i < 0 {
			return Behaviour{}, fmt.Errorf("behaviour %q: unknown switch; known are %s", r, strings.Join(names(), ", "))
		}
		if err := choices[i].set(&b, value); err != nil {
			return Behaviour{}, fmt.Errorf("behaviour %q: %w", r, err)
		}
	}
	return b, nil
}

func names() []string {
	var all []string
	for _, s := range choices {
		all = append(all, s.name)
	}
	return all
}

func (s choice) set(b *Behaviour, value string) error {
	wrong := fmt.Errorf("the value is not %s", s.syntax())
	switch field := s.field(b).(type) {
	case *string:
		if !slices.Contains(s.values, value) {
			return wrong
		}
		*field = value
	case *bool:
		if value != "on" && value != "off" {
			return wrong
		}
		*field = value == "on"
	case *int:
		n, err := strconv.Atoi(value)
		if err != nil || n < 0 {
			return wrong
		}
		*field = n
	case *Lag:
		if n, err := strconv.Atoi(value); err == nil && n >= 0 {
			*field = Lag{Reads: n}
			return nil
		}
		d, err := time.ParseDuration(value)
		if err != nil || d < 0 {
			return wrong
		}
		*field = Lag{Time: d}
	}
	return nil
}

// String lists the switches that are not at their default, separated by spaces.
func (b Behaviour) String() string {
	var set []string
	for _, s := range choices {
		value := ""
		switch field := s.field(&b).(type) {
		case *string:
			value = *field
		case *bool:
			if *field {
				value = "on"
			}
		case *int:
			value = nonzero(*field)
		case *Lag:
			value = nonzero(field.Reads)
			if field.Time > 0 {
				value = field.Time.String()
			}
		}
		if value != "" && (len(s.values) == 0 || value != s.values[0]) {
			set = append(set, s.name+"="+value)
		}
	}
	return strings.Join(set, " ")
}
