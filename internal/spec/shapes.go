package spec

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
)

// Version is the required value of the key version in each document.
const Version = "apigw-sync/v1"

// DefaultEnvironment is the environment of references when nothing else names one.
const DefaultEnvironment = "RELEASE"

// sections are the kinds with a section of their own in files, in the order in which they are written.
var sections = sectionKinds()

func sectionKinds() []*kind.Kind {
	out := slices.DeleteFunc(slices.Clone(kind.All), func(k *kind.Kind) bool { return k.Section == "" })
	slices.SortStableFunc(out, func(a, b *kind.Kind) int { return cmp.Compare(cmp.Or(a.Rank, len(out)), cmp.Or(b.Rank, len(out))) })
	return out
}

// items are the shapes of the items of sections, by the name of the section.
var items = itemShapes()

func itemShapes() map[string]*shape.Shape {
	out := map[string]*shape.Shape{}
	for _, k := range sections {
		var more []shape.Field
		for _, link := range kind.LinksFrom(k.Name) {
			more = append(more, shape.Optional(link.Field, targetsShape(link)))
		}
		more = append(more,
			shape.Optional("protected", shape.OfBool("Whether the "+k.Name+" must never be deleted or replaced; a plan that would do so is refused.").WithDefault(false)),
			shape.Optional("moved_from", shape.OfText("The previous name of the "+k.Name+", which is renamed instead of deleted and created.", shape.Length(1, 255)).WithExample("orders_old")))
		out[k.Section] = k.Shape.And(more...)
	}
	return out
}

var environmentShape = shape.OfText("Environment in which APIs are looked up.", shape.Length(1, 64)).WithExample("RELEASE")

var globText = globShape()

// ownedText is a glob under owns. The checker recognises this shape, and refuses wildcards that come from a variable.
var ownedText = globShape()

func globShape() *shape.Shape {
	return shape.OfText("A name, or a glob: * stands for any characters, ? for one, [a-z] for one of a set, [!a-z] for one outside a set, {a,b} for either.", shape.Length(1, 0),
		shape.Test(kind.BrokenGlob, `close each [ and {, or write \[ and \{ for the characters`).Described("each [ and { is closed")).WithExample("orders_*")
}

// untilShape is a date. The checker recognises this shape, and does not require quotes here.
var untilShape = shape.OfText("Last day on which the rule holds.",
	shape.Rule{
		Text: "a day of the calendar, year first", Keywords: map[string]any{"format": "date", "pattern": `^[0-9]{4}-[0-9]{2}-[0-9]{2}$`},
		Hint: "write it like 2027-03-31",
		Check: func(v any) string {
			if s, _ := v.(string); s != "" {
				if _, err := time.Parse(time.DateOnly, s); err == nil {
					return ""
				}
			}
			return "is not a day of the calendar"
		},
	}).WithExample("2027-03-31").WithAbsent("no end date")

var pointerShape = shape.OfText("JSON pointer of a field, such as /content/max_age. An element of a list with keys is named by its key, as in /content/response_headers/X-Alpha/value.",
	shape.Rule{
		Text: "begins with /; ~0 means ~ and ~1 means /", Keywords: map[string]any{"pattern": `^(/([^~/]|~[01])*)+$`},
		Hint: "write it like /content/max_age; ~0 means ~ and ~1 means /",
		Check: func(v any) string {
			s, _ := v.(string)
			if !strings.HasPrefix(s, "/") || strings.Contains(strings.NewReplacer("~0", "", "~1", "").Replace(s), "~") {
				return "is not a JSON pointer"
			}
			return ""
		},
	}).WithExample("/values")

var ignoreShape = shape.OfMap("A rule about differences that diff, apply and drift leave alone.",
	shape.Required("kind", shape.OfText("Kind of the objects or bindings. A binding is named by its policy or app. What lives inside an object is named by that object, or by its own address without the kind, such as orders/backend@STAGING.", shape.OneOf(ignorable()...))),
	shape.Required("name", globText),
	shape.Optional("fields", shape.OfList("Fields that may differ.", pointerShape, shape.Count(1, 0)).WithAbsent("the whole object")),
	shape.Optional("reason", shape.OfText("Reason, for people who read it.").WithExample("owned by operations")),
	shape.Optional("until", untilShape),
)

func ignorable() (names []string) {
	for _, k := range kind.All {
		names = append(names, k.Name)
	}
	for _, l := range kind.Links {
		names = append(names, l.Name)
	}
	return names
}

// head describes the keys of a document that are not sections.
var head = shape.OfMap("A desired-state file of apigw-sync.",
	shape.Required("version", shape.OfText("Version of the format.", shape.OneOf(Version)).WithExample(Version)),
	shape.Optional("environment", environmentShape),
	shape.Optional("owns", ownsShape()),
	shape.Optional("takes_over", shape.OfList("Policies that the bindings of these files may displace although no file declares or owns them.", policyText)),
	shape.Optional("ignore", shape.OfList("Rules that leave differences alone.", ignoreShape)),
	shape.Optional("gateway", shape.OfAny("What the emulator serves in addition to the policies: environments, groups and APIs. Other commands ignore it.")),
)

func ownsShape() *shape.Shape {
	var fields []shape.Field
	for _, k := range sections {
		fields = append(fields, shape.Optional(k.Section, shape.OfList("Names of "+k.Section+" about which the files are the whole truth.", ownedText)))
	}
	return shape.OfMap("Globs of names about which the files are the whole truth: an object that matches and that no file declares is extra.", fields...)
}

// Document describes a whole document, its keys in the order in which they are written.
func Document() *shape.Shape { return wholeDocument }

var wholeDocument = documentShape()

func documentShape() *shape.Shape {
	out := shape.OfMap(head.Doc)
	for _, f := range head.Fields {
		if f.Name == "ignore" { // comes after the sections
			for _, k := range sections {
				section := shape.OfList(k.Shape.Doc, items[k.Section])
				if k.AllExist {
					section = shape.OfEach(k.Shape.Doc, k.Shape.Field(valueField)).WithExample(k.Shape.Example)
				}
				out = out.And(shape.Optional(k.Section, section))
			}
		}
		out = out.And(f)
	}
	return out
}
