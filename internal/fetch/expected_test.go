package fetch_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/apigw-sync/apigw-sync/internal/api"
	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/fetch"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// bindings is the list of the APIs of a throttle: n of them, in pages whose size the gateway chooses.
func bindings(n, cut int) func(int) string {
	return func(offset int) string {
		var items []string
		for i := offset; i < min(n, offset+cut); i++ {
			items = append(items, fmt.Sprintf(`{"id":"a%d","name":"api_%d","publish_id":"p%d","throttle_apply_id":"b%d","run_env_id":"e","run_env_name":"RELEASE"}`, i, i, i, i))
		}
		return fmt.Sprintf(`{"total":%d,"apis":[%s]}`, n, strings.Join(items, ","))
	}
}

// Pages that another list leads us to expect are requested at once. The result is right however wrong that expectation was.
func TestPromisedPages(t *testing.T) {
	link := kind.LinkFrom("throttle")
	for _, tt := range []struct {
		name               string
		promised, are, cut int
		calls              int
	}{
		{"as promised", 1200, 1200, 500, 3},
		{"nothing promised", kind.Unknown, 1200, 500, 3},
		{"fewer than promised", 1200, 700, 500, 3},
		{"none", 1200, 0, 500, 3},
		{"more than promised", 700, 1700, 500, 4},
		{"shorter pages", 1200, 1200, 100, 14},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := &lister{page: bindings(tt.are, tt.cut)}
			got, err := (&fetch.Reader{Caller: l}).LinksOf(t.Context(), link, kind.Object{Kind: "throttle", Key: "t", ID: "t", Bound: tt.promised})
			ids := map[string]bool{}
			for i := range got {
				ids[got[i].ID] = true
			}
			if err != nil || len(got) != tt.are || len(ids) != tt.are {
				t.Errorf("%d links, %d apart, %v; want %d", len(got), len(ids), err, tt.are)
			}
			if n := int(l.calls.Load()); n != tt.calls {
				t.Errorf("%d requests, want %d", n, tt.calls)
			}
		})
	}
}

// The bindings of a few apps among many are read app by app, since it is not known how long the list for all apps is.
func TestFewOfMany(t *testing.T) {
	link := kind.LinkFrom("app")
	var reads []diff.Read
	for _, id := range []string{"1", "2", "3"} {
		reads = append(reads, diff.Read{Link: link, Object: kind.Object{Kind: "app", Key: "app_" + id, ID: id, Bound: 2}})
	}
	r := &fetch.Reader{Caller: &lister{page: func(int) string { return `{"total":0,"apis":[],"auths":[]}` }}}
	if _, _, err := r.Inside(t.Context(), reads, fetch.ReadyCatalog(kind.NewCatalog(nil))); err != nil {
		t.Fatal(err)
	}
	want := []api.Sent{{Operation: link.OfOwner.Operation, Grouping: "by app", Count: 3}}
	if d := cmp.Diff(want, r.Sent()); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
}
