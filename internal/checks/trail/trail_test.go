package trail

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/apigw-sync/apigw-sync/internal/api"
	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/fetch"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// TestEveryKindIsRecorded checks that every kind has the name of its resources in the audit trail, which is easily
// forgotten for a new kind.
func TestEveryKindIsRecorded(t *testing.T) {
	unrecorded := map[string]bool{"orchestration": true} // the vendor's guide to the trail lists no operation of this kind
	for _, k := range kind.All {
		if (k.Trail == "") != unrecorded[k.Name] {
			t.Errorf("the kind %s has the type %q in the audit trail", k.Name, k.Trail)
		}
	}
	for _, k := range kind.Links {
		if k.Trail == "" {
			t.Errorf("the bindings %s have no type in the audit trail", k.Name)
		}
	}
}

// TestParse checks what is read from a record, and that records which prove no change are skipped.
func TestParse(t *testing.T) {
	for _, tc := range []struct{ name, record, want string }{
		{"as documented", `{"trace_id":"a","trace_name":"UpdateApp","trace_rating":"normal","time":1764267125480,"user":{"name":"li.wei"}}`, "li.wei UpdateApp 2 18:12:05"},
		{"numbers as texts, a user as text", `{"trace_name":"UpdateApp","code":200,"time":"1764267125480","user":"{\"name\":\"li.wei\"}"}`, "li.wei UpdateApp 2 18:12:05"},
		{"nobody", `{"trace_name":"DeleteApp","trace_rating":"normal","time":1764267125480,"user":null}`, "the system DeleteApp 4 18:12:05"},
		{"an agency", `{"trace_name":"createThrottle","time":1764267125480,"user":{"name":"shop/ops","type":"AssumedAgency","principal_id":"b:maria"}}`, "shop/ops (maria) createThrottle 1 18:12:05"},
		{"rights that were lifted", `{"trace_name":"createThrottle","time":1764267125480,"user":{"name":"li.wei/op_service"}}`, "li.wei createThrottle 1 18:12:05"},
		{"an account", `{"trace_name":"createThrottle","time":1764267125480,"user":{"account_id":"d1"}}`, "d1 createThrottle 1 18:12:05"},
		{"a word that stands in another", `{"trace_name":"DisassociateSignatureKeyV2","time":1764267125480}`, "the system DisassociateSignatureKeyV2 4 18:12:05"},
		{"failed", `{"trace_name":"UpdateApp","trace_rating":"warning","time":1764267125480}`, ""},
		{"failed, and unrated", `{"trace_name":"UpdateApp","code":"404","time":1764267125480}`, ""},
		{"read", `{"trace_name":"UpdateApp","read_only":true,"time":1764267125480}`, ""},
		{"read by its name", `{"trace_name":"checkApiGroups","time":1764267125480}`, ""},
		{"no time", `{"trace_name":"UpdateApp","time":null}`, ""},
		{"no record", `[]`, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r, ok := parse(json.RawMessage(tc.record))
			got := ""
			if ok {
				got = fmt.Sprintf("%s %s %d %s", r.user, r.operation, r.verb(), r.at.Format(time.TimeOnly))
			}
			if got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

// pages answers with one page after another, and records the requests.
type pages struct {
	answers []any // JSON, or an error
	asked   []string
}

func (p *pages) Call(_ context.Context, r api.Request, reply any) (int, error) {
	p.asked = append(p.asked, strings.Join(r.Path, "/")+"?"+r.Query.Get("service_type")+","+r.Query.Get("trace_type")+","+r.Query.Get("next"))
	answer := p.answers[min(len(p.asked), len(p.answers))-1]
	if err, ok := answer.(error); ok {
		return 1, err
	}
	return 1, json.Unmarshal([]byte(answer.(string)), reply)
}

// TestRead checks which requests read the trail, over all pages, and how errors are handled.
func TestRead(t *testing.T) {
	now := time.Date(2025, 11, 28, 0, 0, 0, 0, time.UTC)
	page := func(marker string, ids ...string) string {
		var all []string
		for _, id := range ids {
			all = append(all, fmt.Sprintf(`{"trace_id":%q,"trace_name":"UpdateApp","service_type":"apig","time":%d}`, id, now.UnixMilli()-1000))
		}
		return `{"traces":[` + strings.Join(all, ",") + `],"meta_data":{"count":1,"marker":` + marker + `}}`
	}
	refused := func(status int, code string) error { return &api.Error{Status: status, Code: code} }
	for _, tc := range []struct {
		name    string
		answers []any
		records int
		asked   []string
		err     string
	}{
		{"one page", []any{page("null", "a", "b")}, 2, []string{"traces?APIG,system,"}, ""},
		{"more", []any{page(`"b"`, "a", "b"), page(`"c"`, "b", "c"), page("null")}, 3, []string{"traces?APIG,system,", "traces?APIG,system,b", "traces?APIG,system,c"}, ""},
		{"a marker that stays", []any{page(`"b"`, "a", "b")}, 2, []string{"traces?APIG,system,", "traces?APIG,system,b"}, ""},
		{"another name of the service", []any{page("null"), page("null", "a")}, 1, []string{"traces?APIG,system,", "traces?,system,"}, ""},
		{"nothing", []any{`{"traces":null}`}, 0, []string{"traces?APIG,system,", "traces?,system,"}, ""},
		{"the older address", []any{refused(404, "APIGW.0101"), page("null", "a")}, 1, []string{"traces?APIG,system,", "trace?APIG,,"}, ""},
		{"not enabled", []any{refused(404, "CTS.0214")}, 0, []string{"traces?APIG,system,", "trace?APIG,,"}, "CTS is not enabled here"},
		{"no permission", []any{refused(403, "CTS.0002")}, 0, []string{"traces?APIG,system,"}, "cts:trace:list"},
		{"trouble once", []any{refused(400, "CTS.0300"), page("null", "a")}, 1, []string{"traces?APIG,system,", "traces?APIG,system,"}, ""},
		{"trouble half way", []any{page(`"a"`, "a"), refused(503, "CTS.0005")}, 1, []string{"traces?APIG,system,", "traces?APIG,system,a"}, "503"},
		{"no address", []any{fmt.Errorf("%w: the endpoint does not tell where the audit trail is", api.ErrNotSent)}, 0, []string{"traces?APIG,system,"}, "the endpoint does not tell where the audit trail is"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p := &pages{answers: tc.answers}
			got, err := Read(t.Context(), &fetch.Reader{Caller: p}, now)
			if d := cmp.Diff(tc.asked, p.asked); d != "" {
				t.Error(d)
			}
			if len(got.traces) != tc.records || (err == nil) != (tc.err == "") || err != nil && !strings.Contains(err.Error(), tc.err) {
				t.Errorf("%d records, %v; want %d, %q", len(got.traces), err, tc.records, tc.err)
			}
		})
	}
}

// TestEndless checks that reading a trail without a last page ends with an error.
func TestEndless(t *testing.T) {
	n := 0
	endless := caller(func(reply any) error {
		n++
		return json.Unmarshal(fmt.Appendf(nil, `{"traces":[{"trace_id":"%d"}],"meta_data":{"marker":"%d"}}`, n, n), reply)
	})
	if _, err := Read(t.Context(), &fetch.Reader{Caller: endless}, time.Now()); err == nil || n != maxPages {
		t.Errorf("%d pages, %v", n, err)
	}
}

type caller func(reply any) error

func (c caller) Call(_ context.Context, _ api.Request, reply any) (int, error) { return 1, c(reply) }

// TestBy checks who is named for a change, depending on what the records prove.
func TestBy(t *testing.T) {
	at := time.Date(2025, 11, 27, 0, 0, 0, 0, time.UTC)
	throttle := &kind.Object{Kind: "throttle", Key: "t_one", ID: "id-of-t-one", Bound: 1}
	one := &kind.API{ID: "id-of-api-one", Name: "one", Group: "orders"}
	other := kind.Link{Kind: "throttle_binding", Owner: "t_one", OwnerID: "id-of-t-one", To: (&kind.API{ID: "id-of-api-two"}).Publication("RELEASE", "", "publish-two")}
	have := kind.Actual{Objects: []kind.Object{*throttle}, Links: []kind.Link{other}}
	update := diff.Change{Address: "x", Kind: "throttle", Name: "t_one", Action: diff.Update, Have: throttle, Want: &kind.Declared{Object: *throttle}}
	create := diff.Change{Address: "x", Kind: "throttle", Name: "t_two", Action: diff.Create, Want: &kind.Declared{Object: kind.Object{Kind: "throttle", Key: "t_two"}}}
	bind := diff.Change{Address: "x", Kind: "throttle_binding", Name: "t_one", Action: diff.Bind, Link: &kind.Link{Kind: "throttle_binding", Owner: "t_one", To: one.Publication("RELEASE", "", "publish-one")}}
	record := func(operation, resource, name, id string, more ...string) trace {
		r := trace{operation: operation, resource: strings.ToLower(resource), name: name, id: id, at: at, user: operation, texts: map[string]bool{}}
		for _, m := range more {
			r.texts[m] = true
		}
		return r
	}
	for _, tc := range []struct {
		name    string
		change  diff.Change
		records []trace
		want    string
	}{
		{"by its id", update, []trace{record("UpdateX", "Throttle", "", "id-of-t-one")}, "certain UpdateX"},
		{"by its id in a body", update, []trace{record("UpdateX", "Throttle", "", "", "id-of-t-one")}, "certain UpdateX"},
		{"by its name", update, []trace{record("UpdateX", "Throttle", "t_one", "")}, "probable UpdateX"},
		{"by its name, with the gateway's id", update, []trace{record("UpdateX", "Throttle", "t_one", "gateway")}, "probable UpdateX"},
		{"of the same name and another id", update, []trace{record("UpdateX", "Throttle", "t_one", "another")}, ""},
		{"certain before probable", update, []trace{record("UpdateX", "Throttle", "t_one", ""), record("UpdateY", "Throttle", "", "id-of-t-one")}, "certain UpdateY"},
		{"the newest", update, []trace{record("UpdateX", "Throttle", "", "id-of-t-one"), record("UpdateY", "Throttle", "", "id-of-t-one")}, "certain UpdateX"},
		{"of another kind", update, []trace{record("UpdateX", "ThrottleSpecial", "", "id-of-t-one")}, ""},
		{"a removal changes nothing that is there", update, []trace{record("DeleteX", "Throttle", "", "id-of-t-one")}, ""},
		{"what is missing was removed", create, []trace{record("UpdateX", "Throttle", "t_two", ""), record("DeleteY", "Throttle", "t_two", "gone")}, "probable DeleteY"},
		{"unbound by owner and API", bind, []trace{record("DisassociateX", "ThrottleBinding", "", "", "id-of-t-one", "id-of-api-one")}, "certain DisassociateX"},
		{"unbound by owner and publication", bind, []trace{record("relieveX", "ThrottleBinding", "", "id-of-t-one", "publish-one")}, "certain relieveX"},
		{"unbound from another API", bind, []trace{record("DisassociateX", "ThrottleBinding", "t_one", "id-of-t-one", "publish-two")}, ""},
		{"unbound, nobody says where", bind, []trace{record("DisassociateX", "ThrottleBinding", "", "", "id-of-t-one")}, "probable DisassociateX"},
		{"another took its place", bind, []trace{record("AssociateX", "ThrottleBinding", "", "", "another", "publish-one")}, "probable AssociateX"},
		{"bound itself is no reason", bind, []trace{record("AssociateX", "ThrottleBinding", "", "", "id-of-t-one", "publish-one")}, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			by := (&Trail{tc.records}).Authors(&diff.Plan{Changes: []diff.Change{tc.change}}, have, Run{InstanceID: "gateway"})
			got := ""
			if b, ok := by["x"]; ok {
				got = map[bool]string{true: "certain ", false: "probable "}[b.Certain] + b.Operation
			}
			if got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

// TestOwn checks that changes by this tool are recognized by the request or by the access key.
func TestOwn(t *testing.T) {
	r := trace{requestID: "r1", keyID: "k1"}
	for _, tc := range []struct {
		run  Run
		want bool
	}{
		{Run{}, false},
		{Run{Requests: map[string]bool{"r1": true}}, true},
		{Run{Requests: map[string]bool{"r2": true}, KeyID: "k2"}, false},
		{Run{KeyID: "k1"}, true},
	} {
		if got := r.author(true, tc.run).Own; got != tc.want {
			t.Errorf("%+v: %v", tc.run, got)
		}
	}
	if (&trace{}).author(true, Run{Requests: map[string]bool{"": true}}).Own {
		t.Error("a record without a request is nobody's")
	}
}

// FuzzAnswer checks that reading ends whatever the trail answers, and that nobody is named without a time.
func FuzzAnswer(f *testing.F) {
	f.Add([]byte(`{"traces":[{"trace_id":"a","trace_name":"UpdateApp","time":1764267125480,"user":{"name":"x"},"request":"{\"a\":[1]}"}],"meta_data":{"marker":"a"}}`))
	f.Add([]byte(`{"traces":null}`))
	f.Add([]byte(`{"traces":[null,1,"x",[]],"meta_data":null}`))
	f.Fuzz(func(t *testing.T, answer []byte) {
		c := caller(func(reply any) error { return errors.Join(json.Unmarshal(answer, reply)) })
		got, _ := Read(t.Context(), &fetch.Reader{Caller: c}, time.UnixMilli(1764267130000))
		for _, r := range got.traces {
			if r.at.IsZero() || r.user == "" || r.operation == "" {
				t.Errorf("%+v", r)
			}
		}
	})
}
