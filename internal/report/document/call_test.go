package document

import "testing"

// TestCall: half of a call is none. Lists of signature bindings tell the method of an API and no path.
func TestCall(t *testing.T) {
	for want, b := range map[string]Binding{"GET /v1/orders": {Method: "GET", Path: "/v1/orders"}, "": {Method: "POST"}} {
		if got := b.Call(); got != want {
			t.Errorf("the call of %+v is %q, want %q", b, got, want)
		}
	}
}
