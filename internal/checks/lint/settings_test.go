package lint

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// TestChannels checks that a health check on the gateway counts if the file declares none, and that weights of groups
// count.
func TestChannels(t *testing.T) {
	in := input(t, `version: apigw-sync/v1
channels:
  - {name: checked, port: 80, balance_strategy: uri_hash}
  - {name: bare, port: 80, balance_strategy: uri_hash}
  - name: grouped
    port: 80
    balance_strategy: weighted_least_connections
    member_groups: [{name: blue}, {name: green, weight: 1}]
    members: [{host: 192.0.2.10, group: blue}, {host: 192.0.2.11, group: green}, {host: 192.0.2.12}]
    health_check: {protocol: TCP, threshold_normal: 2, threshold_abnormal: 5, time_interval: 10, timeout: 5}
  - name: nothing
    port: 80
    balance_strategy: weighted_least_connections
    member_groups: [{name: blue}, {name: green, weight: 1}]
    members: [{host: 192.0.2.10, group: blue}, {host: 192.0.2.11}, {host: 192.0.2.12, weight: 4, enabled: false}]
    health_check: {protocol: TCP, threshold_normal: 2, threshold_abnormal: 5, time_interval: 10, timeout: 5}
  - name: pods
    type: microservice
    port: 80
    balance_strategy: weighted_round_robin
    member_groups: [{name: one}]
    microservice: {service_type: CSE, cse_info: {engine_id: engine-1, service_id: service-1}}
  - {name: canary, type: reference, port: 80, balance_strategy: weighted_round_robin, member_groups: [{name: old, reference_channel: pods}, {name: new, reference_channel: bare}]}
`)
	channel := func(name string, health *kind.HealthCheck) kind.Object {
		return kind.Object{Kind: "channel", Key: name, Value: kind.Channel{Name: name, Type: "builtin", Health: health}}
	}
	in.Gateway = &Gateway{Catalog: kind.NewCatalog(nil), Actual: kind.Actual{Objects: []kind.Object{channel("checked", &kind.HealthCheck{}), channel("bare", nil)}}}
	want := []string{
		"4:12 channel/bare: has no health check: members that do not respond keep receiving calls",
		"15:14 channel/nothing: no member has a share of the calls: the weight of 2 members is 0",
		"23:102 channel/canary: no group has a share of the calls: the weight of 2 groups is 0",
	}
	if d := cmp.Diff(want, told(only(in, "AGS018", "AGS019"))); d != "" {
		t.Errorf("findings (-want +got):\n%s", d)
	}
}

// TestVariables checks that a variable is called useless only if its group on the gateway has no API that is
// published in the environment.
func TestVariables(t *testing.T) {
	in := input(t, `version: apigw-sync/v1
environments: [{name: STAGING}]
groups:
  - {name: orders, variables: [{name: used, value: a}, {name: unused, value: a, environment: STAGING}]}
  - {name: empty, variables: [{name: idle, value: a}]}
  - {name: made_now, variables: [{name: next, value: a}]}
`)
	group := func(name string) kind.Object {
		return kind.Object{Kind: kind.AGroup, Key: name, Value: kind.APIGroup{Name: name}}
	}
	in.Gateway = &Gateway{
		Catalog: kind.NewCatalog([]*kind.API{api("orders", "a", "RELEASE")}),
		Actual:  kind.Actual{Objects: []kind.Object{group("orders"), group("empty")}},
	}
	in.Gateway.Catalog.Complete = true
	want := []string{
		"4:63 variable/orders/unused@STAGING: has no effect: no API of orders is published in STAGING",
		"5:38 variable/empty/idle@RELEASE: has no effect: empty has no APIs",
	}
	if d := cmp.Diff(want, told(only(in, "AGS020"))); d != "" {
		t.Errorf("findings (-want +got):\n%s", d)
	}
}

// selfSigned returns a PEM certificate that expires on the given day, and its key, as YAML blocks.
func selfSigned(t *testing.T, last string) (certificate, key string) {
	t.Helper()
	end, err := time.Parse(time.DateOnly, last)
	if err != nil {
		t.Fatal(err)
	}
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: end.AddDate(-1, 0, 0), NotAfter: end, DNSNames: []string{"api.example.com"}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	block := func(name string, bytes []byte) string {
		text := strings.TrimSpace(string(pem.EncodeToMemory(&pem.Block{Type: name, Bytes: bytes})))
		return "|\n      " + strings.ReplaceAll(text, "\n", "\n      ") + "\n"
	}
	return block("CERTIFICATE", der), block("PRIVATE KEY", raw)
}

// TestCertificates checks that the certificate in the file is examined, and the gateway's only if the file has none.
func TestCertificates(t *testing.T) {
	file := "version: apigw-sync/v1\ncertificates:\n"
	for _, last := range []string{"2026-11-26", "2026-11-27", "2026-12-27", "2026-12-28"} { // the test's today is 2026-11-27
		certificate, key := selfSigned(t, last)
		file += "  - name: until_" + strings.ReplaceAll(last, "-", "_") + "\n    type: instance\n    cert_content: " + certificate + "    private_key: " + key
	}
	in := input(t, file+"  - {name: held, type: instance}\n  - {name: unknown, type: instance}\n")
	in.Gateway = &Gateway{Catalog: kind.NewCatalog(nil), Actual: kind.Actual{Objects: []kind.Object{
		{Kind: "certificate", Key: "held", Value: kind.Certificate{Name: "held", X509: kind.X509{NotAfter: "2026-12-01T00:00:00Z"}}},
		{Kind: "certificate", Key: "until_2026_12_28", Value: kind.Certificate{X509: kind.X509{NotAfter: "2026-12-01T00:00:00Z"}}},
	}}}
	var got []string
	for _, f := range Run(only(in, "AGS021")).Findings {
		got = append(got, f.Address+" "+f.Place.Path+" "+f.Message)
	}
	want := []string{
		"certificate/until_2026_11_26 /certificates/0/cert_content expired on 2026-11-26",
		"certificate/until_2026_11_27 /certificates/1/cert_content expires on 2026-11-27",
		"certificate/until_2026_12_27 /certificates/2/cert_content expires on 2026-12-27",
		"certificate/held /certificates/4/name expires on 2026-12-01",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("findings (-want +got):\n%s", d)
	}
}

// TestOldTLS checks that the gateway's TLS version counts if the file leaves it out.
func TestOldTLS(t *testing.T) {
	in := input(t, `version: apigw-sync/v1
groups:
  - name: orders
    domains: [{domain: a.example.com, min_ssl_version: TLSv1.1}, {domain: b.example.com, min_ssl_version: TLSv1.2}, {domain: c.example.com}, {domain: d.example.com}]
`)
	domain := func(name, version string) kind.Object {
		return kind.Object{Kind: "domain", Key: "orders/" + name, Owner: "orders", Value: kind.OwnDomain{Domain: name, MinTLS: version}}
	}
	in.Gateway = &Gateway{Catalog: kind.NewCatalog(nil), Actual: kind.Actual{Objects: []kind.Object{domain("b.example.com", "TLSv1.1"), domain("c.example.com", "TLSv1"), domain("d.example.com", "TLSv1.3")}}}
	want := []string{"4:56 domain/orders/a.example.com: accepts TLSv1.1", "4:126 domain/orders/c.example.com: accepts TLSv1"}
	if d := cmp.Diff(want, told(only(in, "AGS022"))); d != "" {
		t.Errorf("findings (-want +got):\n%s", d)
	}
}
