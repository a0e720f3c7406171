package spec_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/apigw-sync/apigw-sync/internal/spec"
)

// TestReadOutline reads files that Load refuses.
func TestReadOutline(t *testing.T) {
	inputs := []spec.Input{
		{Name: "a.yaml", Data: []byte(`version: apigw-sync/v1
environment: STAGING
throttles:
  - {name: unset, api_call_limits: "${NOT_SET:?set it}", remark: "为${WHOM}", apis: [orders/create_order, nonsense, {group: orders, environment: TEST}]}
  - {name: "${NOT_SET:?no name}"}
  - {name: unset}
  - just a text
acls: {not: a list}
`)},
		{Name: "b.yaml", Data: []byte("plugins: [{name: broken")},
		{Name: "c.yaml", Data: []byte("apps: [{name: ok, remark: null}, {name: 移动商城}]")},
		{Name: "over.yaml", Overlay: true, Data: []byte("apps: [{name: ok, remark: over}, {name: added}]")},
	}
	o := spec.ReadOutline(inputs, spec.Options{Environment: "PROD"})
	var items, references []string
	for _, i := range o.Items {
		items = append(items, i.Kind.Name+" "+i.Name+" "+i.Remark)
	}
	for _, r := range o.References {
		references = append(references, r.Kind+" "+r.Owner+" "+r.Text+r.Group+"@"+r.Environment)
	}
	if d := cmp.Diff([]string{"throttle unset 为${WHOM}", "throttle unset ", "app ok over", "app 移动商城 ", "app added "}, items); d != "" {
		t.Errorf("items:\n%s", d)
	}
	if d := cmp.Diff([]string{"throttle_binding unset orders/create_order@STAGING", "throttle_binding unset orders@TEST"}, references); d != "" {
		t.Errorf("references:\n%s", d)
	}
	if d := cmp.Diff([]string{"PROD", "STAGING", "TEST"}, o.Environments); d != "" {
		t.Errorf("environments:\n%s", d)
	}
}
