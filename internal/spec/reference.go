package spec

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
	"github.com/apigw-sync/apigw-sync/internal/spec/yamlnode"
)

// Reference names targets to which an owner is to be bound. Either Text or at least one of Group, Name, Method, Path and
// Tags is set. Targets other than APIs are named by Text alone, which may be a glob.
type Reference struct {
	Kind        string // of the links, such as acl_binding
	Owner       string // name of the policy or app
	Group, Name string // globs; "" means any
	Method      string // exact; "" means any
	Path        string // exact, as the API has it; "" means any
	Tags        []string
	Environment string // of APIs, never ""; "" for other targets
	Text        string // group/api, where either part may contain a / itself; or the name of a target other than an API
	Optional    bool   // it may match nothing
	Source      kind.Source
	Pointer     string // JSON pointer inside the YAML document
}

// Pattern reports whether a reference stands for whatever matches rather than for particular APIs: it has a glob or tags,
// or neither name nor path.
func (r *Reference) Pattern() bool {
	if r.Target() != kind.APublication {
		return kind.IsGlob(r.Text)
	}
	return r.Text == "" && (kind.IsGlob(r.Group) || kind.IsGlob(r.Name) || len(r.Tags) > 0 || r.Name == "" && r.Path == "")
}

// Target is the kind of the targets.
func (r *Reference) Target() string { return kind.LinkOf(r.Kind).Target }

// inside is the pointer of the reference inside the item of its owner.
func (r *Reference) inside() string {
	return r.Pointer[strings.LastIndex(r.Pointer, "/"+kind.LinkOf(r.Kind).Field+"/"):]
}

// targetsShape describes the list of references of an owner.
func targetsShape(link *kind.LinkKind) *shape.Shape {
	if link.Target == kind.APublication {
		return apisShape
	}
	return shape.OfList("What it is bound to: each "+link.ToWord()+" with one of these names, declared in the files or present on the gateway.", globText.AsNameOf(link.Target)).
		WithAbsent("not managed; [] means bound nowhere")
}

var apisShape = shape.OfList("APIs that it is bound to.",
	shape.OfEither("An API as group/api, or a mapping of what the API must have.", APIAddress, referenceMap)).WithAbsent("not managed; [] means bound nowhere")

// APIAddress is a text that names one API.
var APIAddress = shape.OfText("An API as group/api.",
	shape.Rule{
		Text: "group/api", Keywords: map[string]any{"pattern": `^[^/][\s\S]*/[\s\S]*[^/]$`},
		Hint:  "write group/api, or a mapping such as {name: api}",
		Check: func(v any) string { s, _ := v.(string); return referenceProblem(s) },
	}).WithExample("orders/create_order")

// referenceProblem says why a text cannot be group/api; "" when it can.
func referenceProblem(text string) string {
	switch {
	case !strings.Contains(text, "/"):
		return strconv.Quote(text) + " names no group"
	case strings.HasPrefix(text, "/"):
		return strconv.Quote(text) + " has nothing before its first /"
	case strings.HasSuffix(text, "/"):
		return strconv.Quote(text) + " has nothing after its last /"
	}
	return ""
}

var selectors = []string{"group", "name", "method", "path", "tags"}

var referenceMap = shape.OfMap("APIs that have all of the given properties.",
	shape.Optional("group", globText),
	shape.Optional("name", globText),
	shape.Optional("method", shape.OfText("HTTP method, as the API has it.", shape.OneOf("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "ANY"))),
	shape.Optional("path", shape.OfText("Path, exactly as the API has it.", shape.Length(1, 0)).WithExample("/v1/orders/{id}")),
	shape.Optional("tags", shape.OfList("Tags, all of which the API must have.", shape.OfText("A tag.", shape.Length(1, 0)).WithExample("public"), shape.Count(1, 0))),
	shape.Optional("environment", environmentShape),
	shape.Optional("optional", shape.OfBool("Whether the reference may match no API, or APIs that are not published in the environment. Existing bindings to such APIs stay.").WithDefault(false)),
).WithExample(map[string]any{"group": "orders"}).WithRules(
	shape.Test(func(m map[string]any) string {
		for _, s := range selectors {
			if m[s] != nil {
				return ""
			}
		}
		return "does not say which APIs"
	}, "name at least one of "+strings.Join(selectors, ", ")+`; {name: "*"} means all`).
		Described("at least one of "+strings.Join(selectors, ", ")).WithKeyword("anyOf", needOne()))

func needOne() (out []any) {
	for _, s := range selectors {
		out = append(out, map[string]any{"required": []any{s}})
	}
	return out
}

// referenceOf makes a reference from v, a checked entry of a list of targets; fallback is the default environment.
func referenceOf(link *kind.LinkKind, v any, n *yamlnode.Node, fallback string) Reference {
	r := Reference{Kind: link.Name, Source: sourceOf(n)}
	if text, ok := v.(string); ok {
		r.Text = text
	}
	if link.Target != kind.APublication {
		return r
	}
	m, _ := v.(map[string]any)
	r.Group, _ = m["group"].(string)
	r.Name, _ = m["name"].(string)
	r.Method, _ = m["method"].(string)
	r.Path, _ = m["path"].(string)
	r.Environment, _ = m["environment"].(string)
	r.Optional, _ = m["optional"].(bool)
	r.Tags = texts(m["tags"])
	r.Environment = cmp.Or(r.Environment, n.Doc.Environment, fallback, DefaultEnvironment)
	return r
}

func texts(v any) (out []string) {
	l, _ := v.([]any)
	for _, item := range l {
		if s, ok := item.(string); ok {
			out = append(out, s)
		}
	}
	return out
}
