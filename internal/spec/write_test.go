package spec_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/spec"
)

// TestPartOfUnlistedObject: a variable of an environment that the gateway does not list cannot be written to a file. The
// export names it, and does not manage the collection.
func TestPartOfUnlistedObject(t *testing.T) {
	k := kind.Of("variable")
	variable := func(v kind.Variable) kind.Object {
		return kind.Object{Kind: k.Name, Key: "orders/" + v.Name + "@" + v.Environment + v.EnvID, Owner: "orders", ID: v.Name, Value: v}
	}
	files, err := spec.Write(spec.Export{Objects: []kind.Object{
		{Kind: kind.AGroup, Key: "orders", ID: "1", Value: kind.APIGroup{Name: "orders"}},
		variable(kind.Variable{Name: "backend", Value: "a", Environment: "STAGING"}),
		variable(kind.Variable{Name: "zone", Value: "b", EnvID: "7a1ad0c350844ee69435ab297c1e6d18"}),
	}})
	if err != nil {
		t.Fatal(err)
	}
	want := spec.LeftOut{Address: "group/orders /variables", Why: "orders/zone@7a1ad0c350844ee69435ab297c1e6d18: the gateway lists no such environment"}
	if !slices.Contains(files[0].LeftOut, want) {
		t.Errorf("left out is %v, want %v", files[0].LeftOut, want)
	}
	if text := string(files[0].Data); strings.Contains(text, "  variables:") {
		t.Errorf("the file manages variables:\n%s", text)
	}
}
