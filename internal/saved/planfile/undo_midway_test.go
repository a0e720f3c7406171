package planfile

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// shop is a group, and domains of it.
func shop(id string, debug bool, domains ...kind.Object) []kind.Object {
	g := kind.Object{Kind: "group", Key: "shop", ID: id, MayHaveParts: true, Bound: kind.Unknown, Value: kind.APIGroup{Name: "shop", Debug: &debug}}
	return append([]kind.Object{g, certificate("one"), certificate("two")}, domains...)
}

func certificate(name string) kind.Object {
	return kind.Object{Kind: "certificate", Key: name, ID: name, Bound: kind.Unknown, Value: kind.Certificate{Name: name}}
}

// domain is shop.example.com with a certificate, which may be "".
func domain(id, cert string, clients bool) kind.Object {
	d := kind.OwnDomain{Domain: "shop.example.com", MinTLS: "TLSv1.2", Cert: cert, ClientCert: &clients, HTTPPort: 80, HTTPSPort: 443}
	if cert != "" {
		d.Bound = []kind.CertificateRef{{ID: cert, Name: cert}}
	}
	return kind.Object{Kind: "domain", Key: "shop/shop.example.com", Owner: "shop", ID: id, Bound: kind.Unknown, Value: d}
}

// wanting wants objects, and no others of the group.
func wanting(objects []kind.Object) kind.Desired {
	want := kind.Desired{Owns: map[string][]string{"group": {"*"}}}
	for _, o := range objects {
		if o.Kind == "certificate" {
			continue // made by the gateway
		}
		o.ID = ""
		want.Objects = append(want.Objects, kind.Declared{Object: o, Manages: []string{"domain"}})
	}
	return want
}

// TestBackMidway checks objects that take several requests, after a run or an undo that was cut off between these, and that such
// objects are distinguished from those that somebody else created.
func TestBackMidway(t *testing.T) {
	const theGroup, theDomain = "group/shop", "domain/shop/shop.example.com"
	with := func(o kind.Object, set func(*kind.OwnDomain)) kind.Object {
		d := o.Value.(kind.OwnDomain)
		set(&d)
		o.Value = d
		return o
	}
	whole := shop("g1", true, domain("d1", "one", true))
	gone := shop("", true)[1:]
	for name, tc := range map[string]struct {
		have, want, now []kind.Object
		asked           []string
		back, stale     string
	}{
		"made, without its certificate": {
			shop("g1", true), whole, shop("g1", true, domain("d1", "", false)),
			[]string{theDomain},
			"delete " + theDomain, "",
		},
		"made, and changed since": {
			shop("g1", true), whole, shop("g1", true, with(domain("d1", "", false), func(d *kind.OwnDomain) { d.MinTLS = "TLSv1.1" })),
			[]string{theDomain},
			"", theDomain + ` /min_ssl_version was "TLSv1.2" and is "TLSv1.1"`,
		},
		"between two certificates": {
			whole, shop("g1", true, domain("d1", "two", true)), shop("g1", true, domain("d1", "", true)),
			[]string{theDomain},
			"update " + theDomain, "",
		},
		"with a third certificate": {
			whole, shop("g1", true, domain("d1", "two", true)), shop("g1", true, domain("d1", "three", true)),
			[]string{theDomain},
			"", theDomain + ` /certificate was "two" and is "three"`,
		},
		"begun to be made again": {
			whole, gone, shop("g9", false, domain("d9", "", false)),
			[]string{theGroup},
			"update " + theDomain + ", update " + theGroup, "",
		},
		"begun to be made again in a group that stays": {
			whole, shop("g1", true), shop("g1", true, domain("d9", "", false)),
			[]string{theDomain},
			"update " + theDomain, "",
		},
		"made again": {whole, gone, shop("g9", true, domain("d9", "one", true)), []string{theGroup}, "", ""},
		"made again by somebody": {
			whole, shop("g1", true), shop("g1", true, with(domain("d9", "one", true), func(d *kind.OwnDomain) { d.HTTPPort = 8080 })),
			[]string{theDomain},
			"", theDomain + " exists again, as another one",
		},
	} {
		t.Run(name, func(t *testing.T) {
			file := headOf(t, kind.Actual{Objects: tc.have}, wanting(tc.want))
			for _, address := range tc.asked {
				file = append(file, begun(address)...)
			}
			r, err := DecodeRecord(file)
			if err != nil {
				t.Fatal(err)
			}
			undo, err := r.Undo(kind.Actual{Objects: tc.now}, nil)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tc.stale, told(undo.Stale)); d != "" {
				t.Errorf("stale (-want +got):\n%s", d)
			}
			if d := cmp.Diff(tc.back, changes(undo)); d != "" {
				t.Errorf("back (-want +got):\n%s", d)
			}
		})
	}
}

// begun is the line of a request that was never answered.
func begun(address string) string {
	return `{"time":"2026-07-01T12:00:00Z","phase":"begin","number":1,"addresses":["` + address + `"]}` + "\n"
}

// changes are the changes of an undo if nothing is stale.
func changes(undo *Undo) string {
	var back []string
	if len(undo.Stale) == 0 {
		for _, ch := range undo.Extract.Between(undo.Extract.Actual).Changes {
			back = append(back, string(ch.Action)+" "+ch.Address)
		}
	}
	return strings.Join(back, ", ")
}

func told(stale []Difference) string {
	var out []string
	for _, d := range stale {
		out = append(out, d.Address+" "+d.String())
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}
