package spec

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// desired writes a file with n objects, alternately throttles, apps, plugins and ACLs, with two references each.
func desired(n int) []byte {
	var b bytes.Buffer
	b.WriteString("version: apigw-sync/v1\nthrottles:\n")
	for i := 0; i < n; i += 4 {
		fmt.Fprintf(&b, "  - name: throttle_%d\n    time_interval: 1\n    time_unit: SECOND\n    api_call_limits: 800\n    user_call_limits: 500\n    remark: 支付 %d\n    apis:\n      - group%d/api%d\n      - {group: group%d, name: \"api%d?\"}\n", i, i, i%80, i%100, (i+1)%80, i%90)
	}
	b.WriteString("apps:\n")
	for i := 1; i < n; i += 4 {
		fmt.Fprintf(&b, "  - name: app_%d\n    remark: ${TEAM}\n    apis: [{group: group%d, name: api%d}, group%d/api%d]\n", i, i%80, i%100, (i+3)%80, i%100)
	}
	b.WriteString("plugins:\n")
	for i := 2; i < n; i += 4 {
		fmt.Fprintf(&b, "  - name: plugin_%d\n    type: cors\n    content: {allow_origin: \"*\", max_age: %d}\n    apis: [group%d/api%d]\n", i, i%86400, i%80, i%100)
	}
	b.WriteString("acls:\n")
	for i := 3; i < n; i += 4 {
		fmt.Fprintf(&b, "  - {name: acl_%d, type: PERMIT, entity_type: IP, values: [10.1.2.3, 10.0.0.0/8], apis: [group%d/api%d]}\n", i, i%80, i%100)
	}
	return b.Bytes()
}

var sizes = []int{10, 1_000, 50_000}

// BenchmarkLoad measures loading files of several sizes.
func BenchmarkLoad(b *testing.B) {
	for _, n := range sizes {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			data := desired(n)
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				state, findings := Load([]Input{{Name: "f.yaml", Data: data}}, Options{Lookup: lookup})
				if len(findings) > 0 || len(state.Objects) < n {
					b.Fatal(len(state.Objects), findings[:min(len(findings), 3)])
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*n), "µs/object")
		})
	}
}

// BenchmarkResolve measures how references are resolved in a large catalog.
func BenchmarkResolve(b *testing.B) {
	apis := make([]*kind.API, 0, 8_000)
	for g := range 80 {
		for i := range 100 {
			apis = append(apis, api(fmt.Sprintf("%d-%d", g, i), fmt.Sprintf("group%d", g), fmt.Sprintf("api%d", i), "GET", fmt.Sprintf("/%d/%d", g, i), nil, "RELEASE"))
		}
	}
	catalog := kind.NewCatalog(apis)
	for _, n := range []int{10, 1_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			s := &State{}
			for i := range n {
				r := Reference{Kind: "app_authorization", Owner: fmt.Sprintf("app%d", i/10), Environment: "RELEASE"}
				switch i % 4 {
				case 0:
					r.Text = fmt.Sprintf("group%d/api%d", i%80, i%100)
				case 1:
					r.Group, r.Name = fmt.Sprintf("group%d", i%80), fmt.Sprintf("api%d*", i%100)
				case 2:
					r.Path = fmt.Sprintf("/%d/%d", i%80, i%100)
				default:
					r.Group, r.Name = "group?", fmt.Sprintf("api%d", i%100)
				}
				s.References = append(s.References, r)
			}
			b.ReportAllocs()
			for b.Loop() {
				if d, findings := s.Resolve(catalog); len(findings) > 0 || len(d.Links) < n {
					b.Fatal(len(d.Links), findings[:min(len(findings), 3)])
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*n), "µs/reference")
		})
	}
}
