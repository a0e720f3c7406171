package fetch_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/apigw-sync/apigw-sync/internal/api"
	"github.com/apigw-sync/apigw-sync/internal/fetch"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// lister answers every list request with the body that page makes for the offset.
type lister struct {
	page  func(offset int) string
	calls atomic.Int64
}

func (l *lister) Call(_ context.Context, r api.Request, reply any) (int, error) {
	l.calls.Add(1)
	if r.OnAnswer != nil {
		r.OnAnswer("req-7")
	}
	offset, _ := strconv.Atoi(r.Query.Get("offset"))
	return 1, json.Unmarshal([]byte(l.page(offset)), reply)
}

// acls is a page of ACLs, numbered from one number to another.
func acls(from, to int) string {
	var items []string
	for i := from; i < to; i++ {
		items = append(items, fmt.Sprintf(`{"id":"i%d","acl_name":"n%d"}`, i, i))
	}
	return `"acls":[` + strings.Join(items, ",") + `]`
}

// holding is a list of n ACLs; head is what its pages have before the items, such as a total.
func holding(n int, head string) func(int) string {
	return func(offset int) string { return `{` + head + acls(min(offset, n), min(offset+500, n)) + `}` }
}

func TestListsThatSayOddThingsOfThemselves(t *testing.T) {
	emptyOnce := func() func(int) string {
		first := true
		return func(offset int) string {
			if first {
				first = false
				return `{"total":3,"acls":null}`
			}
			return holding(3, `"total":3,`)(offset)
		}
	}
	tests := []struct {
		name  string
		page  func(int) string
		want  int
		calls int
		err   string
	}{
		{name: "as documented", page: holding(700, `"size":500,"total":700,`), want: 700, calls: 2},
		{name: "total as text", page: holding(700, `"total":"700",`), want: 700, calls: 2},
		{name: "no total", page: holding(700, ``), want: 700, calls: 3},
		{name: "null total", page: holding(1200, `"total":null,`), want: 1200, calls: 4},
		{name: "no total, one short page", page: holding(3, ``), want: 3, calls: 2},
		{name: "no total, offset ignored", page: func(int) string { return `{` + acls(0, 3) + `}` }, want: 3, calls: 2},
		{name: "no total, empty", page: holding(0, ``), want: 0, calls: 1},
		{name: "total of the page alone", page: func(offset int) string { return holding(700, `"total":0,`)(offset) }, want: 700, calls: 3},
		{name: "negative total", page: holding(700, `"total":-1,`), want: 700, calls: 3},
		{name: "empty first page, then all", page: emptyOnce(), want: 3, calls: 2},
		{name: "null list though there are some", page: func(int) string { return `{"total":3,"acls":null}` }, calls: 2, err: "returns only 0 of the 3 items"},
		{name: "missing list though there are some", page: func(int) string { return `{"total":3}` }, calls: 2, err: "returns only 0 of the 3 items"},
		{name: "a thousand million", page: holding(700, `"total":1000000000,`), calls: 66, err: "returns only 700 of the 1000000000 items"},
		{name: "beyond int64", page: holding(700, `"total":99999999999999999999,`), calls: 66, err: "returns only 700 of the"},
		{name: "neither list nor total", page: func(int) string { return `{"message":"hello"}` }, calls: 3, err: "GET /acls (request req-7): the answer could not be read: the answer has neither acls nor a total"},
		{name: "an item that cannot be told from others", page: func(int) string { return `{"total":1,"acls":[{"id":"i","acl_name":null}]}` }, calls: 3, err: "ListAclStrategiesV2: GET /acls (request req-7): the answer could not be read: acls/0 has no id or no name"},
		{name: "an item that is not a mapping", page: func(int) string { return `{"total":1,"acls":["x"]}` }, calls: 3, err: "acls/0: the answer is a text; expected a mapping"},
		{name: "garbled once", page: func() func(int) string {
			asked := 0
			return func(offset int) string {
				if asked++; asked == 1 {
					return `{"total":"many","acls":{"unexpected":true}}`
				}
				return holding(3, `"total":3,`)(offset)
			}
		}(), want: 3, calls: 2},
		{name: "a mapping in place of the list", page: func(int) string { return `{"total":"many","acls":{"id":"i","acl_name":"n"}}` }, calls: 3, err: "acls is no list"},
		{name: "null among items", page: func(int) string { return `{"total":1,"acls":[null,{"id":1,"acl_name":2}]}` }, want: 1, calls: 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := &lister{page: tt.page}
			r := &fetch.Reader{Caller: l}
			got, err := r.Objects(t.Context(), []fetch.Want{{Kind: kind.Of("acl"), All: true}})
			if tt.err != "" {
				if err == nil || !strings.Contains(err.Error(), tt.err) {
					t.Errorf("error %v, want %q", err, tt.err)
				}
			} else if err != nil || len(got) != tt.want {
				t.Errorf("%d items, %v; want %d", len(got), err, tt.want)
			}
			if n := int(l.calls.Load()); n > tt.calls {
				t.Errorf("%d requests, want %d at most", n, tt.calls)
			}
		})
	}
}

// However a gateway pages and counts a list, all of it is read, or there is an error.
func FuzzPaging(f *testing.F) {
	f.Add(uint16(700), uint16(500), int64(700), false)
	f.Add(uint16(3), uint16(0), int64(3), true)
	f.Add(uint16(40), uint16(7), int64(-1), true)
	f.Add(uint16(40), uint16(41), int64(39), false)
	f.Fuzz(func(t *testing.T, n, size uint16, total int64, told bool) {
		length, cut := int(n%1500), int(size%600)
		head := ""
		if told {
			head = fmt.Sprintf(`"total":%d,`, total)
		}
		l := &lister{page: func(offset int) string {
			return `{` + head + acls(min(offset, length), min(offset+cut, length)) + `}`
		}}
		got, err := (&fetch.Reader{Caller: l}).Objects(context.Background(), []fetch.Want{{Kind: kind.Of("acl"), All: true}})
		seen := cut > 0 && (!told || total < 0 || total >= int64(length) || total < int64(min(cut, length)))
		if err == nil && seen && len(got) != length {
			t.Errorf("%d of %d read without an error", len(got), length)
		}
		if l.calls.Load() > int64(length+70) {
			t.Errorf("%d requests for %d items", l.calls.Load(), length)
		}
	})
}
