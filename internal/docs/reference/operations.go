package reference

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/api"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// Operations writes the page of the operations of the gateway's API that are called, with the actions of IAM that they
// need, and policies that allow them.
func Operations() string {
	p := newPage("Operations")
	p.text("This page lists the operations of the gateway's API that apigw-sync can call, by the vendor's names, and the action that a\n" +
		"custom IAM policy must allow for each. Kinds that the files do not mention are not read, and `--explain-requests` lists what a\n" +
		"run calls. See the [security model](../security.md#permissions).")
	p.text("The actions are those of role- and policy-based authorization, as the vendor's pages name them. A question mark means that\n" +
		"those pages do not name the action, and that its name follows similar operations. A dash means that there is none.")
	p.table([]string{"Operation", "Access", "Action", "For"}, operationRows())
	p.printf("\n## Policies\n")
	p.text("For `diff`, `drift`, `explain`, `promote`, `doctor` and `export`, which only read:")
	p.printf("\n```json\n%s```\n", policy("apig:*:get*", "apig:*:list*"))
	p.text("For `apply`, `undo` and `rotate`, the same and the actions for what files can declare:")
	p.printf("\n```json\n%s```\n", policy(append([]string{"apig:*:get*", "apig:*:list*"}, writeActions()...)...))
	p.text("Leave out the kinds that your files do not declare. Without `--project-id`, the id of the project is looked up, so IAM must\n" +
		"also allow `iam:projects:listProjects`.")
	return p.String()
}

func operationRows() (rows [][]string) {
	for _, o := range api.Operations {
		access, action, about := "write", "–", o.For
		if o.Reads() {
			access = "read"
		}
		if o.Action != "" {
			action = code(strings.TrimSuffix(o.Action, "?"))
			if strings.HasSuffix(o.Action, "?") {
				action += " ?"
			}
		}
		if slices.ContainsFunc(kind.All, func(k *kind.Kind) bool { return k.Name == about }) || kind.LinkOf(about) != nil {
			about = code(about)
		}
		rows = append(rows, []string{code(o.Name), access, action, about})
	}
	return rows
}

// writeActions are the actions that writes need. If the name of any action of a resource is not certain, all actions of
// the resource are allowed, except for APIs, which apigw-sync must not be able to delete.
func writeActions() []string {
	var out []string
	for _, o := range api.Operations {
		action, unsure := strings.CutSuffix(o.Action, "?")
		if o.Reads() || action == "" {
			continue
		}
		if resource := action[:strings.LastIndex(action, ":")]; resource != "apig:apis" && (unsure || slices.Contains(out, resource+":*")) {
			out = slices.DeleteFunc(out, func(a string) bool { return strings.HasPrefix(a, resource+":") })
			action = resource + ":*"
		}
		if !slices.Contains(out, action) {
			out = append(out, action)
		}
	}
	slices.Sort(out)
	return out
}

// policy is a policy of IAM that allows actions.
func policy(actions ...string) string {
	type statement struct {
		Effect string
		Action []string
	}
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetIndent("", "  ")
	err := e.Encode(struct {
		Version   string
		Statement []statement
	}{"1.1", []statement{{"Allow", actions}}})
	if err != nil {
		panic(err) // texts always encode
	}
	return b.String()
}
