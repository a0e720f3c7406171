package diff_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
)

// made is the value of an invented kind. It has only a name.
type made struct {
	Name string `json:"name"`
}

func makes(name string, refs ...kind.Ref) *kind.Kind {
	return kind.Define(kind.Def[made, made]{
		Facts: kind.Facts{
			Name: name, Section: name + "s", Path: name, ListField: name, Shape: shape.OfMap("Made up."), RefersTo: kind.AnyAPI,
			Ops: kind.Operations{List: "List", Create: "Create", Update: "Update", Delete: "Delete"},
		},
		Hooks:  kind.Hooks[made]{Refs: func(made) []kind.Ref { return refs }},
		Key:    func(_ string, m made) string { return m.Name },
		Encode: func(w kind.Writing[made]) (any, error) { return w.Want, nil },
		Decode: func(w made) kind.Found[made] { return kind.Found[made]{ID: w.Name, Value: w, Bound: kind.Unknown} },
	})
}

// TestPublicationMade checks the order of steps if a run creates publications. A binding waits only for its owner and
// its publication, which waits for its API and its environment. On removal the binding is unbound first, and each
// object is deleted before those that it refers to.
func TestPublicationMade(t *testing.T) {
	object := func(kindName, name string) kind.Declared {
		return kind.Declared{Object: kind.Object{Kind: kindName, Key: name, Value: made{name}, Bound: kind.Unknown}}
	}
	fresh := &kind.API{Group: "orders", Name: "create_order"}
	to := fresh.Publication("TEST", "", "")
	refs := []kind.Ref{{Kind: kind.AnyAPI, Key: to.Name}, {Kind: kind.AnEnvironment, Key: to.Env}}
	t.Cleanup(kind.Add([]*kind.Kind{makes(kind.AnyAPI), makes(kind.APublication, refs...)}, nil))
	office := acl("office", "IP", "10.0.0.1")
	all := []kind.Declared{
		office, object(to.Kind, to.Key()), object(kind.AnyAPI, to.Name),
		{Object: kind.Object{Kind: kind.AnEnvironment, Key: to.Env, Value: kind.Environment{Name: to.Env}, Bound: kind.Unknown}},
	}
	bind := kind.Link{Kind: "acl_binding", Owner: "office", To: to}
	p := diff.Between(kind.Actual{}, kind.Desired{Objects: all, Links: declared(bind)}, diff.Options{})
	if want, got := `0 create acl office
1 create api orders/create_order
2 create environment TEST
3 create publication orders/create_order@TEST[1 2]
4 bind acl_binding office/orders/create_order@TEST[create_order][0 3]
`, steps(p); want != got {
		t.Errorf("made (-want +got):\n%s", cmp.Diff(want, got))
	}

	var have kind.Actual
	for i := range all {
		have.Objects = append(have.Objects, held(all[i]))
	}
	fresh.ID, bind.ID, bind.OwnerID = "id-"+to.Name, "bind", "id-office"
	bind.To = fresh.Publication("TEST", "id-TEST", "id-"+to.Key())
	have.Links = []kind.Link{bind}
	owns := map[string][]string{"acl": {"*"}, kind.AnyAPI: {"*"}, kind.APublication: {"*"}, kind.AnEnvironment: {"*"}}
	p = diff.Between(have, kind.Desired{Owns: owns}, diff.Options{Prune: true, AllowEmpty: true, MaxDeletes: -1})
	if want, got := `0 unbind acl_binding office/orders/create_order@TEST[create_order]
1 delete acl office[0]
2 delete publication orders/create_order@TEST[0]
3 delete environment TEST[2]
4 delete api orders/create_order[2]
`, steps(p); want != got {
		t.Errorf("gone (-want +got):\n%s", cmp.Diff(want, got))
	}
}
