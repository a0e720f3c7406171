package document

import "testing"

// TestCall checks that a method without a path is not shown as a call. Lists of signature bindings have the method of an API but
// not its path.
func TestCall(t *testing.T) {
	for want, b := range map[string]Binding{"GET /v1/orders": {Method: "GET", Path: "/v1/orders"}, "": {Method: "POST"}} {
		if got := b.Call(); got != want {
			t.Errorf("the call of %+v is %q, want %q", b, got, want)
		}
	}
}
