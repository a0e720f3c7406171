package kind

import (
	"math"
	"slices"
	"strconv"

	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
)

// Orchestration is a rule that derives a parameter of a call from others. API reference: "Orchestration Rule
// Management".
type Orchestration struct {
	Name          string       `json:"name"`
	Strategy      string       `json:"strategy"`
	Mapped        *MappedParam `json:"mapped_param,omitempty"` // nil for a rule that only prepares values for other rules
	Preprocessing bool         `json:"preprocessing"`
	Map           []Mapping    `json:"map"` // in order of priority
	Unclear       `json:"-"`
}

// MappedParam is the parameter that a rule sets.
type MappedParam struct {
	Name     string `json:"name"`
	Type     string `json:"type"`     // string or number
	Location string `json:"location"` // query or header
}

// Mapping is one entry of a rule; which members it has follows from the strategy.
type Mapping struct {
	Values []string      `json:"values,omitempty"`
	Range  *MappingRange `json:"range,omitempty"`
	Mapped string        `json:"mapped,omitempty"`
	Length int64         `json:"length,omitempty"` // characters
}

// MappingRange is a range of whole numbers, written as texts.
type MappingRange struct {
	Start string `json:"start"`
	End   string `json:"end"`
}

type orchestrationWire struct {
	ID            string           `json:"orchestration_id,omitempty"`
	Name          string           `json:"orchestration_name"`
	Strategy      *string          `json:"orchestration_strategy"`
	Mapped        *mappedParamWire `json:"orchestration_mapped_param,omitempty"`
	Preprocessing bool             `json:"is_preprocessing"`
	Map           []mappingWire    `json:"orchestration_map"`
}

type mappedParamWire struct {
	Name     string `json:"mapped_param_name"`
	Type     string `json:"mapped_param_type"`
	Location string `json:"mapped_param_location"`
}

type mappingWire struct {
	Values []string          `json:"map_param_list,omitzero"`
	Range  *mappingRangeWire `json:"map_param_range,omitempty"`
	Mapped string            `json:"mapped_param_value,omitempty"`
	Length int64             `json:"intercept_length,omitempty"`
}

type mappingRangeWire struct {
	Start string `json:"range_start"`
	End   string `json:"range_end"`
}

// mappingForms are the members that entries of a rule have, by its strategy. A rule with hash has no entries, and one
// with none_value or default has exactly one.
var mappingForms = map[string][]string{
	"list": {"values", "mapped"}, "range": {"range", "mapped"}, "hash_range": {"range", "mapped"}, "hash": nil,
	"none_value": {"mapped"}, "default": {"mapped"}, "head_n": {"length"}, "tail_n": {"length"},
}

var wholeText = shape.Pattern(`[0-9]{1,19}`, "digits")

var orchestration = of(Def[Orchestration, orchestrationWire]{
	Facts: Facts{
		Name: "orchestration", Section: "orchestrations", Path: "orchestrations", ListField: "orchestrations", NameQuery: "orchestration_name",
		ReadOnly:  []string{"orchestration_create_time", "orchestration_update_time"},
		Codes:     Codes{Gone: []string{"APIG.3095"}},
		Immutable: []string{"/mapped_param/name", "/mapped_param/type", "/mapped_param/location", "/preprocessing"},
		Ops: Operations{
			List: "ListOrchestrations", Show: "ShowDetailsOfOrchestration", Create: "CreateOrchestration", Update: "UpdateOrchestration", Delete: "DeleteOrchestration",
		},
		Shape: shape.OfMap("An orchestration rule: it derives a parameter of a call from others.",
			shape.Required("name", shape.OfText("Name of the rule, unique in the gateway.", shape.Length(3, 64),
				shape.Pattern(`[A-Za-z][A-Za-z0-9_]*`, "letters, digits and _, starting with a letter")).WithExample("tenant_to_shard")),
			shape.Required("strategy", shape.OfText("How the new value is derived.", shape.OneOf("list", "hash", "range", "hash_range", "none_value", "default", "head_n", "tail_n"))),
			shape.Optional("mapped_param", shape.OfMap("The parameter that the rule sets; required unless preprocessing is true.",
				shape.Required("name", shape.OfText("Its name.", shape.Length(1, 128), shape.Pattern(`[A-Za-z0-9-]+`, "letters, digits and -")).AsImmutable().WithExample("shard")),
				shape.Required("type", shape.OfText("Its type.", shape.OneOf("string", "number")).AsImmutable()),
				shape.Required("location", shape.OfText("Where the parameter is in the request.", shape.OneOf("query", "header")).AsImmutable()),
			).WithAbsent("none, for rules with preprocessing")),
			shape.Optional("preprocessing", shape.OfBool("Whether the rule only prepares values for other rules; not for none_value and default.").AsImmutable().WithDefault(false)),
			shape.Optional("map", shape.OfList("Entries, tried in this order. Each has values and mapped for list, range and mapped for range and hash_range, only mapped for none_value and default, and length for head_n and tail_n; hash has no entries.",
				shape.OfMap("An entry.",
					shape.Optional("values", shape.OfList("Values that are replaced.", shape.OfText("A value.", shape.Length(1, 128), shape.Pattern(`[A-Za-z0-9_-]+`, "letters, digits, - and _")).WithExample("a"), shape.Count(0, 3000), distinctTexts).WithAbsent("none")),
					shape.Optional("range", shape.OfMap("Range of numbers, both ends included.",
						shape.Required("start", shape.OfText("First number.", wholeText).WithExample("1000")),
						shape.Required("end", shape.OfText("Last number.", wholeText).WithExample("1999")),
					).WithAbsent("none").InContext("../strategy", "range").InContext("values", nil)),
					shape.Optional("mapped", shape.OfText("The new value.", shape.Length(1, 128), shape.Pattern(`[A-Za-z0-9]+`, "letters and digits")).WithExample("x").WithAbsent("none")),
					shape.Optional("length", shape.OfInteger("How many characters are taken from the beginning or end.", shape.Range(1, 100)).WithUnit("characters").WithExample(int64(3)).WithAbsent("none").
						InContext("../strategy", "head_n").InContext("values", nil).InContext("mapped", nil)),
				), shape.Count(0, 300)).WithAbsent("none").WithSamplesFor(map[string][]any{
				"list":       {sampleMap(sampleValues("a", "x"), sampleValues("b", "y")), sampleMap(sampleValues("b", "x"))},
				"range":      {sampleMap(sampleRange("0", "99", "low"), sampleRange("100", "9223372036854775807", "high")), sampleMap(sampleRange("0", "9", "x"))},
				"hash_range": {sampleMap(sampleRange("0", "499", "one")), sampleMap(sampleRange("500", "999", "two"))},
				"none_value": {sampleMap(map[string]any{"mapped": "none"})}, "default": {sampleMap(map[string]any{"mapped": "x"})},
				"head_n": {sampleMap(map[string]any{"length": 3})}, "tail_n": {sampleMap(map[string]any{"length": 100})}, "hash": {[]any{}},
			})),
		).WithExample(map[string]any{
			"name": "tenant_to_shard", "strategy": "list", "mapped_param": map[string]any{"name": "shard", "type": "string", "location": "header"},
			"map": []any{map[string]any{"values": []any{"a", "b"}, "mapped": "x"}},
		}),
	},
	Hooks: Hooks[Orchestration]{
		Normalize: func(o Orchestration) Orchestration {
			if o.Map = slices.Clone(o.Map); len(o.Map) == 0 {
				o.Map = nil
			}
			for i := range o.Map {
				switch m := &o.Map[i]; { // an entry has a list of values, even if it is empty, only with the strategy list
				case o.Strategy == "list" && m.Values == nil:
					m.Values = []string{}
				case o.Strategy != "list" && len(m.Values) == 0:
					m.Values = nil
				}
			}
			return o
		},
		Check: checkOrchestration,
	},
	Key: func(_ string, o Orchestration) string { return o.Name },
	Encode: func(w Writing[Orchestration]) (any, error) {
		o := w.Want
		out := orchestrationWire{Name: o.Name, Strategy: &o.Strategy, Preprocessing: o.Preprocessing, Map: make([]mappingWire, len(o.Map))}
		if o.Mapped != nil {
			out.Mapped = new(mappedParamWire(*o.Mapped))
		}
		for i, m := range o.Map {
			out.Map[i] = mappingWire{Values: m.Values, Mapped: m.Mapped, Length: m.Length}
			if m.Range != nil {
				out.Map[i].Range = new(mappingRangeWire(*m.Range))
			}
		}
		return out, nil
	},
	Decode: func(w orchestrationWire) Found[Orchestration] {
		o := Orchestration{Name: w.Name, Strategy: value(w.Strategy), Preprocessing: w.Preprocessing}
		if w.Mapped != nil && w.Mapped.Name != "" {
			o.Mapped = new(MappedParam(*w.Mapped))
		}
		for _, m := range w.Map {
			entry := Mapping{Values: m.Values, Mapped: m.Mapped, Length: m.Length}
			if m.Range != nil {
				entry.Range = new(MappingRange(*m.Range))
			}
			o.Map = append(o.Map, entry)
		}
		return Found[Orchestration]{ID: w.ID, Value: o, Bound: Unknown, Omitted: omitted(map[string]bool{"/strategy": w.Strategy != nil})}
	},
})

func sampleMap(entries ...any) []any { return entries }

func sampleValues(value, mapped string) map[string]any {
	return map[string]any{"values": []any{value}, "mapped": mapped}
}

func sampleRange(start, end, mapped string) map[string]any {
	return map[string]any{"range": map[string]any{"start": start, "end": end}, "mapped": mapped}
}

func checkOrchestration(o Orchestration) (out []shape.Problem) {
	problem := func(path, text, hint string) { out = append(out, shape.Problem{Path: path, Text: text, Hint: hint}) }
	one := o.Strategy == "none_value" || o.Strategy == "default"
	switch {
	case o.Preprocessing && one:
		problem("/preprocessing", "is not for "+o.Strategy, "remove it")
	case !o.Preprocessing && o.Mapped == nil:
		problem("/mapped_param", "is missing", "add it, or write preprocessing: true for a rule that only prepares values for others")
	}
	form := mappingForms[o.Strategy]
	switch n := len(o.Map); {
	case form == nil && n > 0:
		problem("/map", "is not for "+o.Strategy, "remove it")
	case form != nil && n == 0:
		problem("/map", "has no entries", "add some")
	case one && n > 1:
		problem("/map", "has "+strconv.Itoa(n)+" entries", o.Strategy+" takes one")
	}
	values := 0
	for i, m := range o.Map {
		path := "/map/" + strconv.Itoa(i)
		values += len(m.Values)
		for _, f := range []struct {
			name string
			has  bool
		}{{"values", m.Values != nil}, {"range", m.Range != nil}, {"mapped", m.Mapped != ""}, {"length", m.Length != 0}} {
			switch wanted := among(form, f.name); {
			case f.has && !wanted:
				problem(path+"/"+f.name, "is not for "+o.Strategy, "remove it")
			case !f.has && wanted:
				problem(path, f.name+" is missing", "add it; "+o.Strategy+" needs it")
			}
		}
		if m.Range != nil {
			first, err := strconv.ParseUint(m.Range.Start, 10, 63)
			last, wrong := strconv.ParseUint(m.Range.End, 10, 63)
			switch {
			case err != nil || wrong != nil:
				problem(path+"/range", "has a number above "+strconv.Itoa(math.MaxInt64), "use a smaller one")
			case first > last:
				problem(path+"/range", "ends before it begins", "swap start and end")
			}
		}
	}
	if n := values; n > 3000 {
		problem("/map", "has "+strconv.Itoa(n)+" values in all; at most 3000 are allowed", "split the rule")
	}
	return out
}
