package fetch_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/apigw-sync/apigw-sync/internal/api"
	"github.com/apigw-sync/apigw-sync/internal/fetch"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// refusing answers every request with an error.
type refusing struct{ err error }

func (r refusing) Call(context.Context, api.Request, any) (int, error) { return 1, r.err }

// Count takes one request if the list has a total, and otherwise reads the list.
func TestCount(t *testing.T) {
	one := func(head string, all int) func(int) string {
		return func(offset int) string {
			if offset > 0 {
				return holding(all, head)(offset)
			}
			return `{` + head + acls(0, min(1, all)) + `}`
		}
	}
	for name, tt := range map[string]struct {
		page        func(int) string
		want, calls int
	}{
		"as documented": {one(`"size":1,"total":700,`, 700), 700, 1},
		"none":          {one(`"size":0,"total":0,`, 0), 0, 1},
		"no total":      {holding(3, ``), 3, 3},
		"total of zero": {holding(3, `"total":0,`), 3, 3},
	} {
		t.Run(name, func(t *testing.T) {
			l := &lister{page: tt.page}
			got, err := (&fetch.Reader{Caller: l}).Count(t.Context(), kind.Of("acl"))
			if err != nil || got != tt.want || int(l.calls.Load()) > tt.calls {
				t.Errorf("%d in %d requests, %v; want %d in %d", got, l.calls.Load(), err, tt.want, tt.calls)
			}
		})
	}
	refused := &fetch.Reader{Caller: refusing{&api.Error{Status: http.StatusForbidden, Code: "APIG.1005", Message: "no permission"}}}
	if _, err := refused.Count(t.Context(), kind.Of("acl")); err == nil || !strings.Contains(err.Error(), "no permission") {
		t.Errorf("refused: %v", err)
	}
	lacking := &fetch.Reader{Caller: refusing{&api.Error{Status: http.StatusPreconditionFailed, Code: "APIG.3458", Message: "not supported"}}}
	if n, err := lacking.Count(t.Context(), kind.Of("acl")); n != 0 || err != nil {
		t.Errorf("a gateway without the feature: %d, %v", n, err)
	}
}
