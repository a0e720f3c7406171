package fetch

import (
	"context"
	"strconv"
	"strings"
	"testing"

	"github.com/apigw-sync/apigw-sync/internal/api"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

type silent struct{}

func (silent) Call(context.Context, api.Request, any) (int, error) { return 1, nil }

// Reading a list without an end stops, and the error says why.
func TestListWithoutEnd(t *testing.T) {
	next := 0
	_, err := readAll(t.Context(), &Reader{Caller: silent{}}, listing[int]{
		ask: func(int) api.Request { return api.Request{Operation: "List"} },
		take: func(kind.Page) ([]int, error) {
			out := make([]int, 100_000)
			for i := range out {
				out[i] = next
				next++
			}
			return out, nil
		},
		id: func(n *int) string { return strconv.Itoa(*n) },
	})
	if err == nil || !strings.Contains(err.Error(), "more than 1000000 items") || next > 2*maxItems {
		t.Errorf("after %d items: %v", next, err)
	}
}
