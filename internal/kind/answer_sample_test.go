package kind

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestOneByOneAfterList checks that a field which the list reports, and the answer about one object leaves out, keeps
// its value.
func TestOneByOneAfterList(t *testing.T) {
	decode := func(raw string) Object {
		t.Helper()
		o, _, err := certificate.decodeOne("", json.RawMessage(raw))
		if err != nil {
			t.Fatal(err)
		}
		return o
	}
	listed := decode(`{"id": "a27b", "name": "shop_2026", "type": "instance", "common_name": "shop.example.com", "not_after": "2031-04-26T09:03:30Z"}`)
	got, err := certificate.Completed(listed, json.RawMessage(
		`{"id": "a27b", "name": "shop_2026", "common_name": "shop.example.com", "serial_number": "13010", "not_after": "2031-08-16T06:36:13Z"}`))
	if err != nil {
		t.Fatal(err)
	}
	if c := got.Value.(Certificate); c.Type != inOne || c.X509.Serial != "13010" {
		t.Errorf("type %q, serial number %q; want those of the list and of the answer", c.Type, c.X509.Serial)
	}
	if diff := cmp.Diff([]string{"/algorithm_type"}, certificate.Unclear(got.Value).Unreported()); diff != "" {
		t.Errorf("untold (-want +got):\n%s", diff)
	}
}

// TestResetTimeWithZones checks that a time with a zone, as in the vendor's example of the list of quotas, equals the
// time in files.
func TestResetTimeWithZones(t *testing.T) {
	for told, want := range map[string]string{
		"2020-09-20 00:00:00":             "2020-09-20 00:00:00",
		"2020-09-20 00:00:00 +0000 +0000": "2020-09-20 00:00:00",
		"2020-09-20 00:00:00 +0000 UTC":   "2020-09-20 00:00:00",
		"2020-09-20 00:00:00 +0800 CST":   "2020-09-20 00:00:00 +0800 CST",
		"2020-09-20T00:00:00Z":            "2020-09-20T00:00:00Z",
		"":                                "",
	} {
		if got := withoutZone(told); got != want {
			t.Errorf("%q is read as %q, want %q", told, got, want)
		}
	}
}
