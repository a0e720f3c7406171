package apply

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/apigw-sync/apigw-sync/internal/api"
	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// answers is a gateway that follows a script. Each line is its answer to the next request of an operation:
//
//	OPERATION: {"id": "…"}                        success with that body
//	OPERATION: 400 APIG.3206 the name is taken    a refusal
//	OPERATION: lost                               no answer
//	OPERATION: unsent                             the request never left
//	OPERATION: lost, 400 APIG.3206 taken          no answer to the first attempt, a refusal of the second
type answers struct {
	t  *testing.T
	mu sync.Mutex

	script []string
	asked  []string // operations in order; a ! after it marks one that counts against the budget of repeats
}

func script(t *testing.T, text string) *answers {
	t.Helper()
	a := &answers{t: t}
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			a.script = append(a.script, line)
		}
	}
	return a
}

// Call implements api.Caller.
func (a *answers) Call(_ context.Context, q api.Request, reply any) (int, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	mark := ""
	if q.IsRetry {
		mark = "!"
	}
	a.asked = append(a.asked, q.Operation+mark)
	for i, line := range a.script {
		op, says, _ := strings.Cut(line, ": ")
		if hit, _ := path.Match(op, q.Operation); hit {
			a.script = append(a.script[:i], a.script[i+1:]...)
			return say(q, says, reply)
		}
	}
	a.t.Errorf("unexpected %s", q.Operation)
	return 1, errors.New("unexpected")
}

func say(q api.Request, says string, reply any) (int, error) {
	var status int
	var code, message string
	says, again := strings.CutPrefix(says, "lost, ")
	attempts := map[bool]int{false: 1, true: 2}[again]
	switch {
	case says == "lost":
		return 1, errors.New("connection reset")
	case says == "unsent":
		return 0, fmt.Errorf("%w: the run has used up its repeats", api.ErrNotSent)
	case strings.HasPrefix(says, "{"):
		if reply == nil {
			return 1, nil
		}
		return 1, json.Unmarshal([]byte(says), reply)
	}
	if _, err := fmt.Sscan(says, &status, &code); err != nil {
		panic(says)
	}
	_, message, _ = strings.Cut(says, code+" ")
	return attempts, &api.Error{Method: q.Method, Path: "/v2", Status: status, Code: code, Message: message}
}

// told describes a result in a few words.
func told(r *Result) string {
	out := string(r.Status)
	if r.Note != "" {
		out += ", " + r.Note
	}
	if r.Error != nil {
		out += ": " + strings.TrimSpace(r.Error.ErrorCode+" "+r.Error.ErrorMsg)
	}
	return out
}

func throttleChange(limit int64) diff.Change {
	v := kind.Throttle{Name: "basic", Type: "basic", TimeInterval: 1, TimeUnit: "SECOND", APILimit: limit}
	return diff.Change{
		Address: "throttle/basic", Kind: "throttle", Name: "basic", Action: diff.Create,
		Want: &kind.Declared{Object: kind.Object{Kind: "throttle", Key: "basic", Value: v}},
	}
}

func codeChange(n int) diff.Change {
	key := fmt.Sprintf("shop/#generated-%d", n)
	return diff.Change{
		Address: "app_code/" + key, Kind: "app_code", Name: "shop", Action: diff.Create,
		Want: &kind.Declared{Object: kind.Object{Kind: "app_code", Key: key, Owner: "shop", Value: kind.AppCode{Generated: n}}},
	}
}

func certificateChange(t *testing.T) diff.Change {
	t.Helper()
	text, err := os.ReadFile("../kind/samples/first.pem")
	if err != nil {
		t.Fatal(err)
	}
	v := kind.Certificate{Name: "shop_2026", Type: "instance", Content: string(text), Key: "its key"}
	return diff.Change{
		Address: "certificate/shop_2026", Kind: "certificate", Name: "shop_2026", Action: diff.Create,
		Want: &kind.Declared{Object: kind.Object{Kind: "certificate", Key: "shop_2026", Value: v}},
	}
}

const (
	madeThrottle = `{"id": "t1", "name": "basic", "type": 1, "time_interval": 1, "time_unit": "SECOND", "api_call_limits": 100}`
	hasThrottle  = `{"total": 1, "size": 1, "throttles": [` + madeThrottle + `]}`
	hasNone      = `{"total": 0, "size": 0}`
	hasCode      = `{"total": 1, "size": 1, "app_codes": [{"id": "c1", "app_code": "abc", "app_id": "a1"}]}`
)

// TestLater: a change that the gateway refuses since the last one was a moment ago is sent again later. If an attempt before
// that had no answer, it may be the one that the gateway means: a refusal that follows is not the last word.
func TestLater(t *testing.T) {
	feature := func(config any) *kind.Object {
		return &kind.Object{Kind: "feature", Key: "gzip", ID: "gzip", Value: kind.Feature{Name: "gzip", Config: config}}
	}
	const later, denied = "409 APIG.3711 a moment ago", "403 APIG.1005 Forbidden"
	listed := func(config string) string {
		return "\nList*: {\"total\": 1, \"size\": 1, \"features\": [{\"name\": \"gzip\", \"enable\": true, \"config\": \"" + config + "\"}]}"
	}
	for _, tc := range []struct{ name, script, want, asked string }{
		{"later", "Create*: " + later + "\nCreate*: {}", "succeeded", "Create Create"},
		{"later, and refused then", "Create*: " + later + "\nCreate*: " + denied, "failed: APIG.1005 Forbidden", "Create Create"},
		{
			"an attempt before that was carried out", "Create*: lost, " + later + "\nCreate*: " + denied + listed("on"),
			"succeeded, the answer was lost; the object was read and is as wanted", "Create Create List",
		},
		{
			"an attempt before that was not carried out", "Create*: lost, " + later + "\nCreate*: " + denied + listed("off"),
			"failed: APIG.1005 Forbidden", "Create Create List",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				gateway := script(t, tc.script)
				have, want := feature("off"), kind.Declared{Object: *feature("on")}
				plan := &diff.Plan{
					Changes: []diff.Change{{Address: "feature/gzip", Kind: "feature", Name: "gzip", Action: diff.Update, Have: have, Want: &want}},
					Steps:   []diff.Step{{Op: diff.OpUpdate, Kind: "feature", Operation: "CreateFeatureV2", Items: []diff.Item{{}}}},
				}
				results, _ := Run(t.Context(), gateway, plan, kind.Actual{Objects: []kind.Object{*have}}, Options{Parallel: 1})
				if got := told(&results[0]); got != tc.want {
					t.Errorf("%s, want %s", got, tc.want)
				}
				asked := strings.NewReplacer("FeaturesV2", "", "FeatureV2", "").Replace(strings.Join(gateway.asked, " "))
				if asked != tc.asked {
					t.Errorf("asked %s, want %s", asked, tc.asked)
				}
			})
		})
	}
}

// TestCreate: a create is never sent again before the gateway was read.
func TestCreate(t *testing.T) {
	for _, tc := range []struct {
		name   string
		change diff.Change
		script string
		want   string
		asked  string
	}{
		{"at once", throttleChange(100), "Create*: " + madeThrottle, "succeeded", "Create"},
		{"refused", throttleChange(100), "Create*: 400 APIG.2011 no", "failed: APIG.2011 no", "Create"},
		{"answer lost, object there", throttleChange(100), "Create*: lost\nList*: " + hasThrottle, "succeeded, the answer was lost; the object was found", "Create List"},
		{"answer lost, object not there", throttleChange(100), "Create*: lost\nList*: " + hasNone + "\nCreate*: " + madeThrottle, "succeeded", "Create List Create!"},
		{
			"answer lost, and the gateway takes a second one of that name", certificateChange(t), "Create*: lost\nList*: " + hasNone,
			"unknown: connection reset; the gateway may still create it, and a repeated request could create a second one", "Create List",
		},
		{"an answer without an id", throttleChange(100), "Create*: {}\nList*: " + hasThrottle, "succeeded, the answer was lost; the object was found", "Create List"},
		{
			"answer lost, nothing can be read", throttleChange(100), "Create*: lost\nList*: 503 APIG.9998 busy",
			"unknown: connection reset; its state could not be read afterwards (ListRequestThrottlingPolicyV2: GET /v2: 503 APIG.9998: busy)", "Create List",
		},
		{"fails three times", throttleChange(100), strings.Repeat("Create*: 500 APIG.9999 oops\nList*: "+hasNone+"\n", 3), "failed: APIG.9999 oops", "Create List Create! List Create! List"},
		{"no repeats left", throttleChange(100), "Create*: 500 APIG.9999 oops\nList*: " + hasNone + "\nCreate*: unsent", "failed: APIG.9999 oops", "Create List Create!"},
		{"taken by the same", throttleChange(100), "Create*: 400 APIG.3204 taken\nList*: " + hasThrottle, "succeeded, was already there as wanted", "Create List"},
		{
			"taken by something else", throttleChange(999), "Create*: 400 APIG.3204 taken\nList*: " + hasThrottle,
			"failed: APIG.3204 taken; somebody else created it after the gateway was read", "Create List",
		},
		{"taken by our own", throttleChange(100), "Create*: lost\nList*: " + hasNone + "\nCreate*: 400 APIG.3204 taken\nList*: " + hasThrottle, "succeeded, the answer was lost; the object was found", "Create List Create! List"},
		{"code, answered and not made", codeChange(1), "Create*: 500 APIG.9999 oops\nList*: " + hasNone + "\nCreate*: {\"id\": \"c1\"}", "succeeded", "Create List Create!"},
		{
			"code, not answered and not there", codeChange(1), "Create*: lost\nList*: " + hasNone,
			"unknown: connection reset; the gateway may still create it, and a repeated request could create a second one", "Create List",
		},
		{"code, not answered and there", codeChange(1), "Create*: lost\nList*: " + hasCode, "succeeded, the answer was lost; the object was found", "Create List"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a := script(t, tc.script)
				plan := &diff.Plan{Changes: []diff.Change{tc.change}, Steps: []diff.Step{{Op: diff.OpCreate, Kind: tc.change.Kind, Items: []diff.Item{{}}}}}
				have := kind.Actual{Objects: []kind.Object{{Kind: "app", Key: "shop", ID: "a1", Value: kind.App{Name: "shop"}}}}
				results, _ := Run(t.Context(), a, plan, have, Options{})
				if got := told(&results[0]); got != tc.want {
					t.Errorf("\ngot  %s\nwant %s", got, tc.want)
				}
				if got := shortened(a.asked); got != tc.asked {
					t.Errorf("asked %s, want %s", got, tc.asked)
				}
			})
		})
	}
}

// shortened reduces operations to their verbs.
func shortened(operations []string) string {
	out := make([]string, len(operations))
	for i, op := range operations {
		for _, verb := range []string{"Create", "List", "Update", "Associate", "BatchDisassociate"} {
			if strings.HasPrefix(op, verb) {
				out[i] = verb
			}
		}
		if strings.HasSuffix(op, "!") {
			out[i] += "!"
		}
	}
	return strings.Join(out, " ")
}

// TestTwoCodes: two changes never claim the same code.
func TestTwoCodes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := script(t, "Create*: {\"id\": \"c1\", \"app_code\": \"abc\"}\nCreate*: lost\nList*: "+hasCode)
		plan := &diff.Plan{Changes: []diff.Change{codeChange(1), codeChange(2)}, Steps: []diff.Step{
			{Op: diff.OpCreate, Kind: "app_code", Items: []diff.Item{{Change: 0}}},
			{Op: diff.OpCreate, Kind: "app_code", Items: []diff.Item{{Change: 1}}},
		}}
		have := kind.Actual{Objects: []kind.Object{{Kind: "app", Key: "shop", ID: "a1", Value: kind.App{Name: "shop"}}}}
		results, _ := Run(t.Context(), a, plan, have, Options{})
		if results[0].Status != Succeeded || results[1].Status != Unknown {
			t.Errorf("%s; %s", told(&results[0]), told(&results[1]))
		}
	})
}
