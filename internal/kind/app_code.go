package kind

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
)

// AppCode is a code with which a caller identifies itself as an app, without a signature (simple authentication). API
// reference: "App Code Management".
type AppCode struct {
	Value     string `json:"app_code"`
	Generated int    `json:"-"` // 1, 2, … for a code that the gateway is to generate; 0 for a given value
}

type appCodeWire struct {
	ID    string `json:"id,omitempty"`
	Value string `json:"app_code"`
}

// codesOfAnApp is the largest number of codes that an app may have (quota APP_CODE_NUM_LIMIT).
const codesOfAnApp = 5

var (
	generated = shape.OfMap("Codes that the gateway generates.",
		shape.Required("generate", shape.OfInteger("The gateway generates codes until there are at least this many besides the given ones.", shape.Range(1, codesOfAnApp)).WithUnit("codes").WithExample(int64(2))))

	codeShape = shape.OfEither("A given code, or {generate: N}: at least N codes that the gateway generates.",
		shape.OfText("A code.", shape.Length(64, 180),
			shape.Pattern(`[A-Za-z0-9+/][A-Za-z0-9+_!@#$%/=-]*`, "letters, digits and + _ ! @ # $ % - / =, starting with a letter, digit, + or /")).AsSecret().WithExample("${ORDERS_CODE}"),
		generated)

	codeList = shape.OfEither("Codes for simple authentication: given values, and how many the gateway generates. {generate: N} by itself is short for a list with this one entry.",
		shape.OfList("Given codes, and {generate: N}.", codeShape, shape.Test(checkCodes, "").
			Described(fmt.Sprintf("at most %d codes in all, no code twice, generate only once", codesOfAnApp)).WithKeyword("uniqueItems", true)),
		generated).WithAbsent("not managed; [] means none")
)

func checkCodes(items []any) string {
	total, seen, generated := 0, map[string]bool{}, false
	for _, item := range items {
		switch v := item.(type) {
		case string:
			if seen[v] {
				return "holds the same code twice"
			}
			seen[v] = true
			total++
		case map[string]any:
			if generated {
				return "holds generate twice"
			}
			generated = true
			n, _ := v["generate"].(int64)
			total += int(n)
		}
	}
	if total > codesOfAnApp {
		return fmt.Sprintf("asks for %d codes; an app may have %d", total, codesOfAnApp)
	}
	return ""
}

var appCode = of(Def[AppCode, appCodeWire]{
	Facts: Facts{
		Name: "app_code", Trail: "AppCode", Owner: "app", Field: "app_codes",
		Shape: codeShape,
		Path:  "apps/{app}/app-codes", ListField: "app_codes",
		MaxPerOwner: codesOfAnApp,
		Ops:         Operations{List: "ListAppCodesV2", Create: "CreateAppCodeV2", Generate: "CreateAppCodeAutoV2", Delete: "DeleteAppCodeV2"},
	}, Hooks: Hooks[AppCode]{
		Secrets:    func(AppCode) []string { return []string{"/app_code"} },
		InnerQuota: func(AppCode) InnerQuota { return InnerQuota{LimitName: "APP_CODE_NUM_LIMIT", What: "codes of an app"} },
		Match:      matchCodes,
	},
	Key: func(app string, c AppCode) string {
		if c.Generated > 0 {
			return fmt.Sprintf("%s/%s%d", app, namelessKey, c.Generated)
		}
		sum := sha256.Sum256([]byte(c.Value))
		return app + "/#" + hex.EncodeToString(sum[:4])
	},
	Items: func(element any) (out []AppCode) {
		switch v := element.(type) {
		case string:
			out = append(out, AppCode{Value: v})
		case map[string]any:
			n, _ := v["generate"].(int64)
			for i := range int(n) {
				out = append(out, AppCode{Generated: i + 1})
			}
		}
		return out
	},
	Encode: func(w Writing[AppCode]) (any, error) {
		if w.Want.Generated > 0 {
			return nil, nil
		}
		return appCodeWire{Value: w.Want.Value}, nil
	},
	Decode: func(w appCodeWire) Found[AppCode] {
		return Found[AppCode]{ID: w.ID, Bound: Unknown, Value: AppCode{Value: w.Value}}
	},
})

// namelessKey begins the keys of values that the gateway generates, after the key of the owner.
const namelessKey = "#generated-"

// Nameless reports whether a key stands for a value that the gateway has yet to generate. Repeating such a create may
// generate a second value, since no name prevents it.
func Nameless(key string) bool { return strings.Contains(key, "/"+namelessKey) }

// matchMasked pairs declared codes with masked or hidden codes of the gateway that may be the same. The remaining masked
// or hidden codes become foreign, since it cannot be known whether the files declare them.
func matchMasked(want []Declared, have []Object) Matched {
	shown := map[string]bool{}
	for i := range have {
		shown[have[i].Key] = InClear(have[i].Value.(AppCode).Value)
	}
	var out Matched
	taken := map[int]bool{}
	for _, w := range want {
		code := w.Value.(AppCode)
		at := slices.IndexFunc(have, func(h Object) bool { return h.Key == w.Key })
		for i := 0; at < 0 && code.Generated == 0 && i < len(have); i++ {
			if !taken[i] && !shown[have[i].Key] && shows(have[i].Value.(AppCode).Value, code.Value) {
				taken[i], at = true, len(have)
			}
		}
		if at < len(have) {
			out.Want = append(out.Want, w)
		}
	}
	for i, h := range have {
		if h.Foreign = !shown[h.Key]; !taken[i] {
			out.Have = append(out.Have, h)
		}
	}
	return out
}

// matchCodes lets undeclared codes of the gateway count as the codes that it is to generate. If the files ask for
// generated codes, undeclared codes stay as far as the quota allows; otherwise they are left for the comparison, which
// removes them.
func matchCodes(_ string, want []Declared, have []Object) Matched {
	known := matchMasked(want, have)
	want, have = known.Want, known.Have
	given, pending := map[string]bool{}, []Declared{}
	var out Matched
	for _, w := range want {
		if w.Value.(AppCode).Generated > 0 {
			pending = append(pending, w)
			continue
		}
		given[w.Key] = true
		out.Want = append(out.Want, w)
	}
	var others []Object
	for _, h := range have {
		if given[h.Key] {
			out.Have = append(out.Have, h)
		} else {
			others = append(others, h)
		}
	}
	if len(pending) == 0 {
		out.Have = append(out.Have, others...)
		return out
	}
	sort.Slice(others, func(i, j int) bool { return others[i].Key < others[j].Key })
	stay := min(len(others), codesOfAnApp-len(given))
	out.Have = append(out.Have, others[stay:]...)
	if stay < len(pending) {
		out.Want = append(out.Want, pending[stay:]...)
	}
	return out
}
