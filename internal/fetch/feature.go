package fetch

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// Missing lists the features that objects certainly need and that the gateway lacks, sorted. Where any of several features
// is enough, the entry names all of them: "breaker or breakerv2".
func (r *Reader) Missing(ctx context.Context, i *kind.Instance, objects []kind.Declared) ([]string, error) {
	out := missingFeatures(objects, i.Features)
	if len(out) == 0 {
		return nil, nil
	}
	// The details of the instance may leave features out that the list of features has.
	var more kind.Features
	if err := r.Read(ctx, kind.ListFeatures(), &more); err != nil {
		if len(i.Features) > 0 {
			return out, nil
		}
		return nil, err
	}
	if len(i.Features)+len(more.Names) == 0 {
		return nil, errors.New("the gateway lists no features")
	}
	return missingFeatures(objects, slices.Concat(i.Features, more.Names)), nil
}

func missingFeatures(objects []kind.Declared, features []string) (out []string) {
	for i := range objects {
		needs := kind.Of(objects[i].Kind).Features(objects[i].Value)
		if len(needs) == 0 || slices.ContainsFunc(needs, func(f string) bool { return slices.Contains(features, f) }) {
			continue
		}
		out = append(out, strings.Join(needs, " or "))
	}
	slices.Sort(out)
	return slices.Compact(out)
}
