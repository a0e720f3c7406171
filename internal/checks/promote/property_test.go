package promote_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/apigw-sync/apigw-sync/internal/checks/promote"
	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/emulator"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/reconcile"
	"github.com/apigw-sync/apigw-sync/internal/remote"
	"github.com/apigw-sync/apigw-sync/internal/spec"
	"github.com/apigw-sync/apigw-sync/internal/world"
)

// side returns a target whose gateway is in one state, and whose file declares another one or the same.
func side(t *testing.T, target string, gateway, file []byte) *promote.Side {
	t.Helper()
	g := emulator.New(emulator.Options{Behaviour: emulator.Behaviour{DomainRedirect: "told"}})
	if err := g.Load(gateway); err != nil {
		t.Fatalf("load the gateway: %v\n%s", err, gateway)
	}
	client, err := remote.New(remote.Config{
		Endpoint: "http://localhost", ProjectID: emulator.DefaultProjectID, InstanceID: emulator.DefaultInstanceID,
		Credentials: remote.Credentials{Token: remote.NewSecret(emulator.DefaultToken)}, Transport: emulator.Transport(g), Parallelism: 8,
	})
	if err != nil {
		t.Fatal(err)
	}
	all, err := (&reconcile.Run{Caller: client, Parallel: 8}).Everything(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	variables := func(name string) (string, bool) { return "value-of-" + name, true }
	state, places, findings := spec.LoadPlaces([]spec.Input{{Name: target + ".yaml", Data: file}}, spec.Options{Lookup: variables}, "")
	for _, f := range findings {
		if !f.Warning {
			t.Fatalf("%s\n%s", f, file)
		}
	}
	diff.Sort(&all.Actual)
	return &promote.Side{Target: target, Env: "RELEASE", State: state, Places: places, Have: all.Actual, APIs: all.Catalog}
}

// pairs checks a law for random pairs of states of the same world.
func pairs(t *testing.T, stream uint64, law func(t *testing.T, w *world.World, a, b world.State)) {
	t.Helper()
	for seed := range world.Fewer(20, 3) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			w := world.New(rand.New(rand.NewPCG(seed, stream)), world.Options{Groups: 2, APIs: 3, Policies: 4, Unmanaged: seed%3 == 2})
			law(t, w, w.Draw(), w.Draw())
		})
	}
}

// TestAppliedDiffersOnPurpose checks that if both gateways match their files, every difference is a declared one and
// nothing is left to apply.
func TestAppliedDiffersOnPurpose(t *testing.T) {
	pairs(t, 1, func(t *testing.T, w *world.World, a, b world.State) {
		r := promote.Compare(side(t, "a", w.Gateway(a), w.File(a)), side(t, "b", w.Gateway(b), w.File(b)))
		for _, d := range r.Differences {
			if d.Class != promote.Declared && !open(d) {
				t.Errorf("%s %s is %s: %+v, %+v", d.Address, d.Path, d.Class, d.From, d.To)
			}
		}
		for _, u := range r.Unapplied {
			t.Errorf("%s: %s %s", u.Target, u.Action, u.Address)
		}
	})
}

// TestSameIsEqual checks that a gateway does not differ from itself, whatever the files declare.
func TestSameIsEqual(t *testing.T) {
	pairs(t, 2, func(t *testing.T, w *world.World, a, b world.State) {
		r := promote.Compare(side(t, "a", w.Gateway(a), w.File(b)), side(t, "b", w.Gateway(a), w.File(w.Draw())))
		if d := cmp.Diff([]promote.Difference(nil), r.Differences, cmp.AllowUnexported(promote.Aspect{})); d != "" {
			t.Error(d)
		}
		if len(r.Credentials) > 0 || len(r.APIs) > 0 {
			t.Errorf("credentials %v, APIs %v", r.Credentials, r.APIs)
		}
	})
}

// TestEveryDifferenceIsTold checks that gateways with different exports have a difference, and that every change
// which the files would make on the target is reported as a difference or as not applied.
func TestEveryDifferenceIsTold(t *testing.T) {
	pairs(t, 3, func(t *testing.T, w *world.World, a, b world.State) {
		from, to := side(t, "a", w.Gateway(a), w.File(a)), side(t, "b", w.Gateway(b), w.File(w.Draw()))
		r := promote.Compare(from, to)
		if exported(t, from) != exported(t, to) && len(r.Differences)+len(r.Credentials) == 0 {
			t.Error("no difference is told")
		}
		told := map[string]bool{}
		for _, d := range r.Differences {
			told[d.Address] = d.To.State != promote.AsDeclared || told[d.Address]
			if !d.To.Present || !d.From.Present {
				told[d.Kind+" "+d.Name] = true
			}
		}
		for _, u := range r.Unapplied {
			told[u.Address] = true
		}
		want, _ := to.State.Resolve(to.APIs)
		for _, ch := range diff.Between(to.Have, want, diff.Options{MaxDeletes: -1}).Changes {
			owned := slices.ContainsFunc(kind.All, func(k *kind.Kind) bool { return told[k.Name+" "+ch.Name] })
			if !told[ch.Address] && !owned {
				t.Errorf("%s %s is not told", ch.Action, ch.Address)
			}
		}
	})
}

// TestOtherWayRound checks that exchanging from and to gives the same numbers of differences, exchanged.
func TestOtherWayRound(t *testing.T) {
	pairs(t, 4, func(t *testing.T, w *world.World, a, b world.State) {
		from, to := side(t, "a", w.Gateway(a), w.File(b)), side(t, "b", w.Gateway(b), w.File(w.Draw()))
		there, back := promote.Compare(from, to), promote.Compare(to, from)
		want := [4]int{there.Count(promote.Undeclared), there.Count(promote.OnlyFrom), there.Count(promote.OnlyTo), there.Count(promote.Declared)}
		got := [4]int{back.Count(promote.Undeclared), back.Count(promote.OnlyTo), back.Count(promote.OnlyFrom), back.Count(promote.Declared)}
		if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
		}
	})
}

// open reports whether an object that both gateways have differs in a field which the files of one side leave out.
func open(d promote.Difference) bool {
	return d.From.Present && d.To.Present && d.Path != "" && (d.From.State == promote.NotDeclared || d.To.State == promote.NotDeclared)
}

// TestFilesAlone checks that without gateways the comparison finds the differences of gateways that match their
// files.
func TestFilesAlone(t *testing.T) {
	pairs(t, 5, func(t *testing.T, w *world.World, a, b world.State) {
		from, to := side(t, "a", w.Gateway(a), w.File(a)), side(t, "b", w.Gateway(b), w.File(b))
		gateways := promote.Compare(from, to)
		for _, s := range []*promote.Side{from, to} {
			s.Have.Objects, s.Have.Links, s.APIs = nil, nil, nil
		}
		files := promote.Compare(from, to)
		for _, d := range files.Differences {
			if d.Class != promote.Declared && !open(d) {
				t.Errorf("%s %s is %s: %+v, %+v", d.Address, d.Path, d.Class, d.From, d.To)
			}
		}
		if len(files.Unapplied) > 0 {
			t.Errorf("not applied: %v", files.Unapplied)
		}
		leaves := func(r *promote.Report) (out []string) {
			for _, d := range r.Differences {
				if d.Path != "" && !d.Sensitive && !open(d) { // gateways hide some secrets, so that these cannot be compared
					out = append(out, d.Address+" "+d.Path)
				}
			}
			return out
		}
		if d := cmp.Diff(leaves(gateways), leaves(files)); d != "" {
			t.Errorf("leaves that differ, of gateways as their files say and of the files:\n%s", d)
		}
	})
}

func exported(t *testing.T, s *promote.Side) string {
	t.Helper()
	file, err := spec.Write(spec.Export{Objects: s.Have.Objects, Links: s.Have.Links, Known: s.APIs.APIs})
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(file)
}
