package spec

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
)

// Version is what the key version of a document must say.
const Version = "apigw-sync/v1"

// DefaultEnvironment is where APIs are looked up when nothing else names an environment.
const DefaultEnvironment = "RELEASE"

// sections are the kinds that files list under a key of their own, in the order in which they are written.
var sections = sectionKinds()

func sectionKinds() []*kind.Kind {
	out := slices.DeleteFunc(slices.Clone(kind.All), func(k *kind.Kind) bool { return k.Section == "" })
	slices.SortStableFunc(out, func(a, b *kind.Kind) int { return cmp.Compare(cmp.Or(a.Rank, len(out)), cmp.Or(b.Rank, len(out))) })
	return out
}

// items are the shapes of one item of each section.
var items = itemShapes()

func itemShapes() map[string]*shape.Shape {
	out := map[string]*shape.Shape{}
	for _, k := range sections {
		var more []shape.Field
		for _, link := range kind.LinksFrom(k.Name) {
			more = append(more, shape.May(link.Field, targetsShape(link)))
		}
		more = append(more,
			shape.May("protected", shape.OfFlag("Whether the "+k.Name+" must never be deleted or replaced; a plan that would is refused.").WithDefault(false)),
			shape.May("moved_from", shape.OfText("The name that the "+k.Name+" had before. It is renamed instead of deleted and created.", shape.Length(1, 255)).WithExample("orders_old")))
		out[k.Section] = k.Shape.And(more...)
	}
	return out
}

var environmentShape = shape.OfText("Environment in which APIs are looked up.", shape.Length(1, 64)).WithExample("RELEASE")

var globText = globShape()

// ownedText is recognised by the checker: what a variable puts there is literal.
var ownedText = globShape()

func globShape() *shape.Shape {
	return shape.OfText("A name, or a glob: * stands for any characters, ? for one, [a-z] for one of a set, [!a-z] for one of none, {a,b} for either.", shape.Length(1, 0),
		shape.Test(kind.BrokenGlob, `close each [ and {, or write \[ and \{ for the characters`).Saying("each [ and { is closed")).WithExample("orders_*")
}

// untilShape is recognised by the checker: a date needs no quotes here.
var untilShape = shape.OfText("Last day on which the rule holds.",
	shape.Rule{
		Says: "a day of the calendar, year first", Keywords: map[string]any{"format": "date", "pattern": `^[0-9]{4}-[0-9]{2}-[0-9]{2}$`},
		Hint: "write it like 2027-03-31",
		Broken: func(v any) string {
			if s, _ := v.(string); s != "" {
				if _, err := time.Parse(time.DateOnly, s); err == nil {
					return ""
				}
			}
			return "is not a day of the calendar"
		},
	}).WithExample("2027-03-31").WithAbsent("for ever")

var pointerShape = shape.OfText("JSON pointer of a field, such as /content/max_age. An element of a list with keys goes by its key, as in /content/response_headers/X-Alpha/value.",
	shape.Rule{
		Says: "begins with /; ~0 stands for ~ and ~1 for /", Keywords: map[string]any{"pattern": `^(/([^~/]|~[01])*)+$`},
		Hint: "write it like /content/max_age; ~0 stands for ~ and ~1 for /",
		Broken: func(v any) string {
			s, _ := v.(string)
			if !strings.HasPrefix(s, "/") || strings.Contains(strings.NewReplacer("~0", "", "~1", "").Replace(s), "~") {
				return "is not a JSON pointer"
			}
			return ""
		},
	}).WithExample("/values")

var ignoreShape = shape.OfMap("Differences that are left alone by diff, apply and drift.",
	shape.Need("kind", shape.OfText("Kind of the objects, or of the bindings, which go by the name of their policy or app. What lives inside an object goes by the name of that, or by its address without the kind, such as orders/backend@STAGING.", shape.OneOf(ignorable()...))),
	shape.Need("name", globText),
	shape.May("fields", shape.OfList("Fields that may differ.", pointerShape, shape.Count(1, 0)).WithAbsent("the whole object")),
	shape.May("reason", shape.OfText("Why, for people.").WithExample("owned by operations")),
	shape.May("until", untilShape),
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

// head are the keys of a document beside its sections.
var head = shape.OfMap("A desired-state file of apigw-sync.",
	shape.Need("version", shape.OfText("Version of the format.", shape.OneOf(Version)).WithExample(Version)),
	shape.May("environment", environmentShape),
	shape.May("owns", ownsShape()),
	shape.May("takes_over", shape.OfList("Policies that binds of these files may displace, though no file declares or owns them.", policyText)),
	shape.May("ignore", shape.OfList("Rules that leave differences alone.", ignoreShape)),
	shape.May("gateway", shape.OfFree("What the emulator serves beside the policies: environments, groups and APIs. Other commands pass over it.")),
)

func ownsShape() *shape.Shape {
	var fields []shape.Field
	for _, k := range sections {
		fields = append(fields, shape.May(k.Section, shape.OfList("Names of "+k.Section+" of which the files are the whole truth.", ownedText)))
	}
	return shape.OfMap("Globs of names for which the files are the whole truth: what they match and no file declares is superfluous.", fields...)
}

// Document describes a whole document, its keys in the order in which they are written.
func Document() *shape.Shape { return whole }

var whole = documentShape()

func documentShape() *shape.Shape {
	out := shape.OfMap(head.Doc)
	for _, f := range head.Fields {
		if f.Name == "ignore" { // behind the sections
			for _, k := range sections {
				section := shape.OfList(k.Shape.Doc, items[k.Section])
				if k.Given {
					section = shape.OfEach(k.Shape.Doc, k.Shape.Field(setting)).WithExample(k.Shape.Example)
				}
				out = out.And(shape.May(k.Section, section))
			}
		}
		out = out.And(f)
	}
	return out
}
