package intent

import (
	"fmt"
	"strings"
	"testing"

	"github.com/apigw-sync/apigw-sync/internal/spec"
)

// BenchmarkAsk asks one question of files with 4,000 throttles and as many apps, each bound by name and by
// pattern.
func BenchmarkAsk(b *testing.B) {
	var file strings.Builder
	suite := &Suite{}
	file.WriteString("version: apigw-sync/v1\nthrottles:\n")
	for i := range 4000 {
		fmt.Fprintf(&file, "  - {name: thr_%d, time_interval: 1, time_unit: SECOND, api_call_limits: 100, specials: [{app: app_%d, call_limits: 5}], apis: [g%d/api_%d, {group: g%d, name: \"x%d*\"}]}\n", i, i, i/100, i, i/100, i)
		suite.APIs = append(suite.APIs, API{Group: fmt.Sprintf("g%d", i/100), Name: fmt.Sprintf("api_%d", i), Method: "GET", Path: fmt.Sprintf("/g/%d", i), AuthType: "APP", Published: []string{"RELEASE"}})
	}
	file.WriteString("apps:\n")
	for i := range 4000 {
		fmt.Fprintf(&file, "  - {name: app_%d, access_control: {}, apis: [g%d/api_%d]}\n", i, i/100, i)
	}
	files, findings := spec.Load([]spec.Input{{Name: "gateway.yaml", Data: []byte(file.String())}}, spec.Options{})
	if len(findings) > 0 {
		b.Fatal(findings[0])
	}
	w := New(files, nil, suite, "")
	for i := 0; b.Loop(); i++ {
		n := i % 4000
		if a := w.Ask(&Call{Method: "GET", Path: fmt.Sprintf("/g/%d", n), Environment: "RELEASE", App: fmt.Sprintf("app_%d", n)}); a.Access != Allowed {
			b.Fatal(a)
		}
	}
}
