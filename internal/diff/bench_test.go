package diff_test

import (
	"fmt"
	"testing"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// BenchmarkBetween compares 400 policies, each bound to 50 APIs, of which some are added and some removed.
func BenchmarkBetween(b *testing.B) {
	var apis []*kind.API
	for i := range 2000 {
		apis = append(apis, &kind.API{ID: fmt.Sprintf("api%030d", i), Name: fmt.Sprintf("create_order_%d", i), Group: fmt.Sprintf("orders_%d", i/50)})
	}
	var have kind.Actual
	var want kind.Desired
	for i := range 400 {
		d := throttle(fmt.Sprintf("throttle_%d", i), 5, "throttle_binding")
		have.Objects, want.Objects = append(have.Objects, held(d)), append(want.Objects, d)
		for j := range 60 {
			l := link("throttle_binding", d.Key, apis[(i*5+j)%len(apis)])
			if j < 50 {
				have.Links = append(have.Links, bound(l))
			}
			if j >= 10 {
				want.Links = append(want.Links, kind.DeclaredLink{Link: l})
			}
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		diff.Between(have, want, diff.Options{})
	}
}
