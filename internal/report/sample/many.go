package sample

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/report/document"
)

// Many returns a plan of n changes, of which some delete.
func Many(n, deletes int) *document.Plan {
	d := document.EmptyPlan(Head)
	for i := range deletes {
		name := fmt.Sprintf("orders_gone_%d", i)
		d.Changes = append(d.Changes, document.Change{Address: "throttle/" + name, Kind: "throttle", Name: name, Action: diff.Delete})
	}
	for i := range (n - deletes) / 5 {
		name := fmt.Sprintf("orders_limit_%d", i)
		d.Changes = append(d.Changes, document.Change{
			Address: "throttle/" + name, Kind: "throttle", Name: name, Action: diff.Update, Source: at("throttles", 10*i+2),
			Fields: []document.Field{{Path: "/api_call_limits", Before: 800 + i, After: 900 + i}, {Path: "/remark", Before: "", After: "Orders, all calls"}},
		})
	}
	for i := 0; len(d.Changes) < n; i++ {
		name, env := fmt.Sprintf("orders_limit_%d", i/4), []string{"RELEASE", "STAGING"}[i%2]
		api := binding("orders", fmt.Sprintf("api_%d", i), env, "GET", fmt.Sprintf("/v1/orders/%d", i))
		d.Changes = append(d.Changes, document.Change{
			Address: fmt.Sprintf("throttle_binding/%s/orders/%s@%s", name, api.API, env), Kind: "throttle_binding", Name: name, Action: diff.Bind,
			Source: at("throttles", 10*i+7), Binding: api,
		})
	}
	d.Summary.Summary = summary(d.Changes)
	return d
}

// Hostile are texts that break formats which do not escape them.
var Hostile = []string{
	`<script>alert(1)</script>`,
	`"><img src=x onerror=alert(1)>`,
	`'";|--><!--`,
	"`````" + ` $` + "`x`$ ```diff\n```",
	"]]>&amp;<![CDATA[",
	"\x00\x01\x1b[31m\x7f\u0085\xff\xfe",
	"\u202egnp.exe\u202c \u200f\u2066x\u2069\u200b",
	"a | b | c\n|---|---|\n# head\n- item\r\n::error::x\n##[error]y",
	"@octocat #1 GH-1 https://evil.example.com www.evil.example.com me@evil.example.com :smile: $x$ [a](javascript:alert(1)) ![b](http://evil.example.com/p)",
	"{{.}} {0} %0A %25 ${HOME} {%x%}",
	"end\nend_\nEOF\nresult=1\n<<end",
	"</style></script></title></textarea><svg/onload=alert(1)>",
	"javascript:alert(1)", "data:text/html,<script>alert(1)</script>",
	"", " ", "`", "\\", "...", "🎉 支付 ﷽ é́́",
	strings.Repeat("long <b>text</b> `tick` ", 450),
}

// Poison puts hostile texts into every text of a document, beginning with the one at the given index. Our own words, such
// as actions, are kept.
func Poison[D any](d D, first int) D {
	n := first
	poison(reflect.ValueOf(d), &n)
	return d
}

func poison(v reflect.Value, n *int) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			poison(v.Elem(), n)
		}
	case reflect.Interface:
		if _, ok := reflect.TypeAssert[string](v); ok {
			v.Set(reflect.ValueOf(next(n)))
		}
	case reflect.Struct:
		if sensitive := v.FieldByName("Sensitive"); sensitive.IsValid() && sensitive.Bool() {
			return
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				poison(v.Field(i), n)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			poison(v.Index(i), n)
		}
	case reflect.String:
		if v.Type() == reflect.TypeFor[string]() && v.CanSet() {
			v.SetString(next(n))
		}
	}
}

func next(n *int) string {
	*n++
	return Hostile[*n%len(Hostile)]
}
