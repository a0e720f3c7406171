package reference

import (
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// Operations writes the page of the operations of the gateway's API that are called, by kind and by whether
// they read or write: what a policy of IAM must allow.
func Operations() string {
	p := newPage("Operations")
	p.text("The operations of the gateway's API that apigw-sync calls, by the vendor's names. Whoever only compares (`diff`,\n" +
		"`drift`, `explain`, `doctor`, `export`) needs the ones that read; `apply` and `rotate` need both. A kind that the\n" +
		"files do not mention is not asked for, and `--explain-requests` lists what a run calls. The vendor's page on permissions\n" +
		"has the action of IAM for each; see the [security model](../security.md#permissions).")
	var rows [][]string
	for _, k := range kind.All {
		rows = append(rows, []string{code(k.Name), names(k.Ops.List), names(k.Ops.Create, k.Ops.Update, k.Ops.Delete, k.Ops.BatchDelete)})
	}
	for _, l := range kind.Links {
		rows = append(rows, []string{code(l.Name), names(l.OfOwner.Operation, l.OfAPI.Operation, l.OfAll.Operation), names(writes(l.Bind, l.Unbind)...)})
	}
	p.table([]string{"Kind", "Reads", "Writes"}, rows)
	p.printf("\n## Always, or for single commands\n")
	p.table([]string{"Operation", "For"}, [][]string{
		{names("ShowDetailsOfInstanceV2"), "status and locks of the gateway; all commands that ask one"},
		{names("ListApisV2", "ListApiGroupsV2"), "references to APIs"},
		{names("ListInstanceFeatures", "ListFeaturesV2"), "features that the files need: `drift`, `doctor`"},
		{names("ListProjectCofigsV2"), "quotas: `doctor`"},
		{names("ShowDetailsOfDomainNameCertificateV2"), "certificates: `drift`"},
		{names("ListLatelyGroupStatisticsV2", "ListLatelyApiStatisticsV2"), "calls of the last hour: `--traffic`"},
		{names("ListApiRuntimeDefinitionV2", "ShowAppBoundAppQuota"), "`explain`"},
		{names("ResettingAppSecretV2"), "`rotate secret`"},
	})
	return p.String()
}

func writes(groups ...[]kind.Write) (out []string) {
	for _, w := range slices.Concat(groups...) {
		out = append(out, w.Operation)
	}
	return out
}

// names lists operations, each once.
func names(operations ...string) string {
	var out []string
	for _, o := range operations {
		if o != "" && !slices.Contains(out, code(o)) {
			out = append(out, code(o))
		}
	}
	return strings.Join(out, ", ")
}
