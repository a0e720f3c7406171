package drift

import (
	"bytes"
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const apis = `
gateway:
  groups:
    - name: orders
      apis:
        - {name: buy, method: POST, path: /buy, auth_type: APP, published: [RELEASE]}
        - {name: look, method: GET, path: /look, auth_type: APP, published: [RELEASE]}
`

// The files and the gateway of the tests, which use the same format.
const (
	throttles = "throttles: [{name: basic, time_interval: 1, time_unit: MINUTE, api_call_limits: %s%s}]\n"
	acls      = "acls: [{name: office, type: PERMIT, entity_type: IP, values: [%s]}]\n"
)

func throttleOf(limit, more string) string {
	if more != "" {
		more = ", " + more
	}
	return fmt.Sprintf(throttles, limit, more)
}

func aclOf(values string) string { return fmt.Sprintf(acls, values) }

const owns = "owns: {acls: [\"*\"], throttles: [\"*\"]}\n"

// TestMoved checks which side is said to have made a change since the baseline.
func TestMoved(t *testing.T) {
	for name, c := range map[string]struct {
		files, gateway string // files and gateway when the baseline was written
		now, then      string // files and gateway afterwards; "" means unchanged
		want           map[string]Side
	}{
		"a field on the gateway": {
			throttleOf("5", ""), throttleOf("5", ""), "", throttleOf("6", ""),
			map[string]Side{"throttle/basic": Gateway},
		},
		"a field in the files": {
			throttleOf("5", ""), throttleOf("5", ""), throttleOf("6", ""), "",
			map[string]Side{"throttle/basic": Files},
		},
		"one field on each side": {
			throttleOf("5", "user_call_limits: 3"), throttleOf("5", "user_call_limits: 3"),
			throttleOf("6", "user_call_limits: 3"), throttleOf("5", "user_call_limits: 4"),
			map[string]Side{"throttle/basic": Both},
		},
		"a field on the gateway that the files do not set, while another is set": {
			throttleOf("5", "apis: []"), throttleOf("5", ""), throttleOf("6", "apis: []"), "",
			map[string]Side{"throttle/basic": Files},
		},
		"an item of a list": {
			aclOf("10.0.0.1, 10.0.0.3"), aclOf("10.0.0.1, 10.0.0.3"), aclOf("10.0.0.1, 10.0.0.2, 10.0.0.3"), "",
			map[string]Side{"acl/office": Files},
		},
		"an item of a list that went on the gateway": {
			aclOf("10.0.0.1, 10.0.0.3"), aclOf("10.0.0.1, 10.0.0.3"), "", aclOf("10.0.0.1"),
			map[string]Side{"acl/office": Gateway},
		},
		"deleted by hand": {
			aclOf("10.0.0.1"), aclOf("10.0.0.1"), "", "{}",
			map[string]Side{"acl/office": Gateway},
		},
		"made by hand": {
			owns, "{}", "", aclOf("10.0.0.1"),
			map[string]Side{"acl/office": Gateway},
		},
		"new in the files": {
			owns, "{}", owns + aclOf("10.0.0.1"), "",
			map[string]Side{"acl/office": Files},
		},
		"no longer in the files": {
			owns + aclOf("10.0.0.1"), aclOf("10.0.0.1"), owns, "",
			map[string]Side{"acl/office": Files},
		},
		"no longer in the files, and changed by hand": {
			owns + aclOf("10.0.0.1"), aclOf("10.0.0.1"), owns, aclOf("10.0.0.2"),
			map[string]Side{"acl/office": Both},
		},
		"owned since": {
			"{}", aclOf("10.0.0.1"), owns, "",
			map[string]Side{"acl/office": Files},
		},
		"declared since, as the gateway had it otherwise": {
			"{}", aclOf("10.0.0.1"), aclOf("10.0.0.2"), "",
			map[string]Side{"acl/office": Files},
		},
		"bound and unbound by hand": {
			throttleOf("5", "apis: [orders/buy]"), throttleOf("5", "apis: [orders/buy]"), "", throttleOf("5", "apis: [orders/look]"),
			map[string]Side{"throttle_binding/basic/orders/buy@RELEASE": Gateway, "throttle_binding/basic/orders/look@RELEASE": Gateway},
		},
		"bound and unbound in the files": {
			throttleOf("5", "apis: [orders/buy]"), throttleOf("5", "apis: [orders/buy]"), throttleOf("5", "apis: [orders/look]"), "",
			map[string]Side{"throttle_binding/basic/orders/buy@RELEASE": Files, "throttle_binding/basic/orders/look@RELEASE": Files},
		},
		"bindings managed since": {
			throttleOf("5", ""), throttleOf("5", "apis: [orders/buy]"), throttleOf("5", "apis: []"), "",
			map[string]Side{"throttle_binding/basic/orders/buy@RELEASE": Files},
		},
		"renamed in the files": {
			throttleOf("5", ""), throttleOf("5", ""),
			strings.Replace(throttleOf("5", "moved_from: basic"), "name: basic", "name: fresh", 1), "",
			map[string]Side{"throttle/fresh": Files},
		},
		"it differed before": {
			throttleOf("5", ""), throttleOf("6", ""), "", "",
			map[string]Side{},
		},
	} {
		t.Run(name, func(t *testing.T) {
			before := newWorld(t, strings.TrimPrefix(c.gateway, "{}")+apis, "version: apigw-sync/v1\n"+strings.TrimPrefix(c.files, "{}"))
			b, err := NewBaseline("gw", before.compare(t), nil, now)
			if err != nil {
				t.Fatal(err)
			}
			files, gateway := c.files, c.gateway
			if c.now != "" {
				files = c.now
			}
			if c.then != "" {
				gateway = c.then
			}
			after := newWorld(t, strings.TrimPrefix(gateway, "{}")+apis, "version: apigw-sync/v1\n"+strings.TrimPrefix(files, "{}"))
			got := again(t, b).Moved(after.compare(t))
			if d := cmp.Diff(c.want, got); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
		})
	}
}

// again writes a baseline and reads it back.
func again(t *testing.T, b *Baseline) *Baseline {
	t.Helper()
	var out bytes.Buffer
	if err := b.Write(&out); err != nil {
		t.Fatal(err)
	}
	read, err := ReadBaseline(out.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	return read
}

// TestBaselinesShowNothing checks that a baseline shows neither a secret nor that two secrets are equal.
func TestBaselinesShowNothing(t *testing.T) {
	state := "apps: [{name: one, app_secret: the-same-secret}, {name: two, app_secret: the-same-secret}]\n"
	w := newWorld(t, state+apis, "version: apigw-sync/v1\n"+state)
	first, err := NewBaseline("gw", w.compare(t), nil, now)
	if err != nil {
		t.Fatal(err)
	}
	second, err := NewBaseline("gw", w.compare(t), nil, now)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := first.Write(&out); err != nil || strings.Contains(out.String(), "the-same") {
		t.Errorf("error %v, or the secret shows:\n%s", err, out.String())
	}
	one, two := first.Entries["app/one"].files()["/app_secret"], first.Entries["app/two"].files()["/app_secret"]
	if one == "" || one == two {
		t.Errorf("that two secrets are equal shows: %q, %q", one, two)
	}
	if maps.Equal(first.Entries["app/one"].files(), second.Entries["app/one"].files()) {
		t.Error("two baselines have one key")
	}
}

// TestReadBaselineRefuses checks that files which are no baseline of a known version are refused, with the reason.
func TestReadBaselineRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"":                         "it is not a baseline of apigw-sync",
		"[]":                       "it is not a baseline of apigw-sync",
		"{}":                       "it is not a baseline of apigw-sync",
		`{"format_version":"2.0"}`: `its format version is "2.0"; this program reads 1.0`,
		`{"format_version":"1.3"}`: "its key is incomplete",
	} {
		if _, err := ReadBaseline([]byte(text)); err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}
