package drift

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/emulator"
	"github.com/apigw-sync/apigw-sync/internal/fetch"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/reconcile"
	"github.com/apigw-sync/apigw-sync/internal/reconcile/compared"
	"github.com/apigw-sync/apigw-sync/internal/remote"
	"github.com/apigw-sync/apigw-sync/internal/spec"
)

var now = time.Date(2026, 3, 10, 12, 0, 30, 0, time.UTC)

// world is a gateway and the files to compare it with.
type world struct {
	client *remote.Client
	run    reconcile.Run
	files  string
}

func newWorld(t *testing.T, state, files string, faults ...string) *world {
	t.Helper()
	o := emulator.Options{Now: func() time.Time { return now }}
	for _, rule := range faults {
		f, err := emulator.ParseFault(rule)
		if err != nil {
			t.Fatal(err)
		}
		o.Faults = append(o.Faults, f)
	}
	g := emulator.New(o)
	if err := g.Load([]byte(state)); err != nil {
		t.Fatal(err)
	}
	client, err := remote.New(remote.Config{
		Endpoint: "http://localhost", ProjectID: emulator.DefaultProjectID, InstanceID: emulator.DefaultInstanceID,
		Credentials: remote.Credentials{Token: remote.NewSecret(emulator.DefaultToken)}, Transport: emulator.Transport(g),
	})
	if err != nil {
		t.Fatal(err)
	}
	return &world{client: client, files: files, run: reconcile.Run{
		Caller: client, CheckInstance: true, AllowUnhealthy: true, Parallel: 4,
		Options: diff.Options{MaxDeletes: -1, Today: now.Format(time.DateOnly)},
	}}
}

func (w *world) compare(t *testing.T) *compared.Result {
	t.Helper()
	state, findings := spec.Load([]spec.Input{{Name: "gateway.yaml", Data: []byte(w.files)}}, spec.Options{})
	for _, f := range findings {
		if !f.Warning {
			t.Fatal(f)
		}
	}
	c, err := w.run.Compare(t.Context(), state)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range c.Findings {
		if !f.Warning {
			t.Fatal(f)
		}
	}
	return c
}

func (w *world) look(t *testing.T, o Options) *Report {
	t.Helper()
	o.Now = now
	r, err := Inspect(t.Context(), &fetch.Reader{Caller: w.client}, w.compare(t), o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

const domains = `
gateway:
  instance: {name: prod, status: Frozen, features: [app_acl], locks: [{lock_scene: PEC_CHG_LOCK, lock_source_id: order}]}
  certificates:
    - {name: later, not_after: "2026-04-09T12:00:31Z"}
    - {name: soon, not_after: "2026-03-20T12:00:30Z"}
    - {name: today, not_after: "2026-03-10T23:00:00Z"}
    - {name: gone, not_after: "2026-03-10T12:00:00Z"}
    - {name: elsewhere, not_after: "2026-03-10T12:00:00Z"}
  groups:
    - name: orders
      domains:
        - {domain: a.example.com, certificate: later}
        - {domain: b.example.com, certificate: soon}
        - {domain: c.example.com, certificate: soon}
        - {domain: d.example.com, certificate: today}
        - {domain: e.example.com}
      apis: [{name: buy, method: POST, path: /buy, published: [RELEASE]}]
    - name: shop
      domains: [{domain: f.example.com, certificate: gone}]
      apis: [{name: buy, method: POST, path: /buy, published: [RELEASE]}]
    - name: other
      domains: [{domain: g.example.com, certificate: elsewhere}]
      apis: [{name: buy, method: POST, path: /buy, published: [RELEASE]}]
`

const bound = `
version: apigw-sync/v1
throttles:
  - {name: basic, time_interval: 1, time_unit: MINUTE, api_call_limits: 10, apis: [orders/buy, shop/buy]}
plugins:
  - {name: wide, type: cors, content: {allow_origin: "*"}}
  - {name: open, type: breaker, content: {scope: share, breaker_condition: {breaker_type: timeout, breaker_mode: counter, unhealthy_threshold: 30, time_window: 15, open_breaker_time: 15}}}
apps:
  - {name: one, access_control: {type: PERMIT, values: [10.0.0.1]}}
ignore:
  - {kind: acl, name: "a*", until: 2026-03-10}
  - {kind: acl, name: "b*", until: 2026-03-09}
  - {kind: acl, name: "c*", until: 2026-01-09}
  - {kind: acl, name: "d*"}
`

// TestLook checks what drift finds besides differences: certificates that expire, the state of the gateway, and
// lapsed ignore rules.
func TestLook(t *testing.T) {
	r := newWorld(t, domains, bound).look(t, Options{CertDays: 30, Traffic: Groups})
	at := func(text string) time.Time {
		x, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	want := []Certificate{
		{Group: "shop", Domain: "f.example.com", Name: "gone", NotAfter: at("2026-03-10T12:00:00Z"), Days: -1},
		{Group: "orders", Domain: "d.example.com", Name: "today", NotAfter: at("2026-03-10T23:00:00Z"), Days: 0},
		{Group: "orders", Domain: "b.example.com", Name: "soon", NotAfter: at("2026-03-20T12:00:30Z"), Days: 10},
		{Group: "orders", Domain: "c.example.com", Name: "soon", NotAfter: at("2026-03-20T12:00:30Z"), Days: 10},
		{Group: "orders", Domain: "a.example.com", Name: "later", NotAfter: at("2026-04-09T12:00:31Z"), Days: 30},
	}
	if d := cmp.Diff(want, r.Certificates); d != "" {
		t.Errorf("certificates (-want +got):\n%s", d)
	}
	instance := Instance{Name: "prod", Status: "Frozen", Locks: []kind.Lock{{Scene: "PEC_CHG_LOCK", Source: "order"}}, Missing: []string{"breaker or breakerv2", "cors"}}
	if d := cmp.Diff(instance, r.Instance); d != "" {
		t.Errorf("instance (-want +got):\n%s", d)
	}
	var lapsed []string
	for _, l := range r.Lapsed {
		lapsed = append(lapsed, l.Name)
	}
	if d := cmp.Diff([]string{"c*", "b*"}, lapsed); d != "" {
		t.Errorf("lapsed (-want +got):\n%s", d)
	}
	if len(r.Warnings) > 0 || !r.Drifted() {
		t.Errorf("warnings %v, drifted %t", r.Warnings, r.Drifted())
	}
	if len(newWorld(t, domains, bound).look(t, Options{CertDays: 9, Traffic: Off}).Certificates) != 2 {
		t.Error("--cert-days does not count")
	}
}

// TestRefusals checks that what cannot be read becomes a warning, and that everything else is still reported.
func TestRefusals(t *testing.T) {
	for name, c := range map[string]struct {
		fault, warning string
		certificates   int
	}{
		"certificates": {"op=ShowDetailsOfDomainNameCertificateV2 status=403 code=APIG.1005", "the certificate later of a.example.com (group orders) could not be read", 0},
		"groups":       {"op=ListApiGroupsV2 status=403 code=APIG.1005", "the certificates of domains could not be looked up", 0},
		"statistics":   {"op=ListLatelyGroupStatisticsV2 status=403 code=APIG.1005", "the calls of 2 groups (orders, shop) could not be read", 5},
	} {
		t.Run(name, func(t *testing.T) {
			r := newWorld(t, domains, bound, c.fault).look(t, Options{CertDays: 30, Traffic: Groups})
			has := slices.ContainsFunc(r.Warnings, func(n diff.Note) bool { return strings.HasPrefix(n.Message, c.warning) })
			if !has || len(r.Certificates) != c.certificates || len(r.Plan.Changes) == 0 {
				t.Errorf("warnings %v, %d certificates, %d changes", r.Warnings, len(r.Certificates), len(r.Plan.Changes))
			}
		})
	}
}

// TestInspectEndsWithItsContext checks that an inspection that was stopped returns an error, not a report.
func TestInspectEndsWithItsContext(t *testing.T) {
	w := newWorld(t, domains, bound)
	c := w.compare(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Inspect(ctx, &fetch.Reader{Caller: w.client}, c, Options{Now: now, Traffic: Off}); err == nil {
		t.Error("a look that was stopped counts as one")
	}
}

// TestCertificateEnds checks the forms of time in which gateways return when a certificate expires.
func TestCertificateEnds(t *testing.T) {
	want := time.Date(2026, 5, 6, 7, 8, 9, 0, time.UTC)
	for _, text := range []string{"2026-05-06T07:08:09Z", "2026-05-06T09:08:09+02:00", "2026-05-06T07:08:09+0000", "2026-05-06 07:08:09"} {
		if got, ok := (&kind.DomainCertificate{NotAfter: text}).Ends(); !ok || !got.Equal(want) {
			t.Errorf("%s: %s, %t", text, got, ok)
		}
	}
	for _, text := range []string{"", "tomorrow"} {
		if _, ok := (&kind.DomainCertificate{NotAfter: text}).Ends(); ok {
			t.Errorf("%q can be read", text)
		}
	}
}
