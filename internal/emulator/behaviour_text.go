package emulator

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// choice is a field of Behaviour with what its tags define: a switch that can be written as NAME=VALUE.
type choice struct {
	name   string
	syntax string   // of the value, as shown in the help; the default comes first
	values []string // the possible values; nil for numbers
	help   string
	field  int
}

// choices are the switches in the order of their fields.
var choices = choicesOf(reflect.TypeFor[Behaviour]())

func choicesOf(behaviour reflect.Type) (all []choice) {
	for i := range behaviour.NumField() {
		tags := behaviour.Field(i).Tag
		c := choice{help: tags.Get("help"), field: i}
		c.name, c.syntax, _ = strings.Cut(tags.Get("rule"), "=")
		switch reflect.Zero(behaviour.Field(i).Type).Interface().(type) {
		case string, bool:
			c.values = strings.Split(c.syntax, "|")
		}
		all = append(all, c)
	}
	return all
}

// BehaviourHelp lists the switches that ParseBehaviour knows, one per line.
var BehaviourHelp = behaviourHelp()

func behaviourHelp() string {
	var b strings.Builder
	for _, s := range choices {
		fmt.Fprintf(&b, "  %-44s %s\n", s.name+"="+s.syntax, s.help)
	}
	return b.String()
}

// BehaviourRule is a switch with one of its values, such as rebind=reject, and the help for the switch.
type BehaviourRule struct{ Text, Help string }

// BehaviourRules lists all values of all switches, except those whose value is a number.
func BehaviourRules() (all []BehaviourRule) {
	for _, s := range choices {
		for _, v := range s.values {
			all = append(all, BehaviourRule{s.name + "=" + v, s.help})
		}
	}
	return all
}

// ParseBehaviour reads switches such as rebind=reject or bindings-visible-after=2s. If a switch is given twice, the last value
// counts. An unknown name or value is an error.
func ParseBehaviour(rules ...string) (Behaviour, error) {
	var b Behaviour
	for _, r := range rules {
		name, value, _ := strings.Cut(r, "=")
		i := slices.IndexFunc(choices, func(s choice) bool { return s.name == name })
		if i < 0 {
			return Behaviour{}, fmt.Errorf("behaviour %q: unknown name; use one of %s", r, strings.Join(switchNames(), ", "))
		}
		if !choices[i].set(&b, value) {
			return Behaviour{}, fmt.Errorf("behaviour %q: unknown value; use %s", r, choices[i].syntax)
		}
	}
	return b, nil
}

func switchNames() []string {
	var all []string
	for _, s := range choices {
		all = append(all, s.name)
	}
	return all
}

// of returns a pointer to the field of b that the switch sets: a *string, *bool, *int or *Lag.
func (s choice) of(b *Behaviour) any {
	return reflect.ValueOf(b).Elem().Field(s.field).Addr().Interface()
}

// set sets the switch, and reports whether the value is valid.
func (s choice) set(b *Behaviour, value string) bool {
	n, err := strconv.Atoi(value)
	count := err == nil && n >= 0
	switch field := s.of(b).(type) {
	case *string:
		*field = value
	case *bool:
		*field = value == "on"
	case *int:
		*field = n
		return count
	case *Lag:
		if count {
			*field = Lag{Reads: n}
			return true
		}
		field.Reads = 0
		field.Time, err = time.ParseDuration(value)
		return err == nil && field.Time >= 0
	}
	return slices.Contains(s.values, value)
}

// String lists the switches that do not have their default value, separated by spaces.
func (b Behaviour) String() string {
	var set []string
	for _, s := range choices {
		value := fieldText(s.of(&b))
		if value != "" && (len(s.values) == 0 || value != s.values[0]) {
			set = append(set, s.name+"="+value)
		}
	}
	return strings.Join(set, " ")
}
