package writeback_test

import (
	"testing"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/spec"
	"github.com/apigw-sync/apigw-sync/internal/spec/writeback"
	"github.com/apigw-sync/apigw-sync/internal/world"
)

// BenchmarkUpdate updates the file of a large gateway in which one binding in a hundred differs.
func BenchmarkUpdate(b *testing.B) {
	e := world.NewEstate(world.E, 1)
	_, g := read(b, e.GatewayState())
	inputs := []spec.Input{{Name: "gateway.yaml", Data: e.Churn(1, 2).File()}}
	for b.Loop() {
		result, _, err := writeback.Run(inputs, spec.Options{}, g, diff.Options{})
		if err != nil || len(result.Files) != 1 || len(result.Kept) > 0 {
			b.Fatal(err, result.Kept)
		}
	}
}
