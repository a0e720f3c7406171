package reconcile_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/apigw-sync/apigw-sync/internal/api"
	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/emulator"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
	"github.com/apigw-sync/apigw-sync/internal/reconcile"
	"github.com/apigw-sync/apigw-sync/internal/reconcile/compared"
	"github.com/apigw-sync/apigw-sync/internal/world"
)

// watched is a caller that records the contents of plugins that are sent.
type watched struct {
	api.Caller
	mu   sync.Mutex
	sent map[string]map[string]any // by address
}

func (w *watched) Call(ctx context.Context, r api.Request, reply any) (int, error) {
	raw, err := json.Marshal(r.Body)
	var body struct {
		Content string `json:"plugin_content"`
	}
	if err == nil && json.Unmarshal(raw, &body) == nil && body.Content != "" && len(r.About) == 1 {
		var c map[string]any
		if json.Unmarshal([]byte(body.Content), &c) == nil {
			w.mu.Lock()
			w.sent[r.About[0]] = c
			w.mu.Unlock()
		}
	}
	return w.Caller.Call(ctx, r, reply)
}

// TestShownIsSent: the content that is sent is that of the file, with the undocumented members on the gateway that the file does not
// mention. The plan of a create shows exactly this, and the plan of an update shows the differences in it.
func TestShownIsSent(t *testing.T) {
	for seed := range world.Fewer(60, 10) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			o := small
			o.Newer = true
			w := world.New(rand.New(rand.NewPCG(seed, 10)), o)
			g := gateway(t, w.Gateway(w.Draw()), emulator.Behaviour{PluginContents: "newer"})
			caller := &watched{Caller: client(t, g), sent: map[string]map[string]any{}}
			run := &reconcile.Run{Caller: caller, Options: diff.Options{MaxDeletes: -1}, Parallel: 8}
			state := load(t, w.File(wanted(w, seed)))
			c := compare(t.Context(), t, run, state)
			run.Apply(t.Context(), c)
			for i := range c.Plan.Changes {
				ch := &c.Plan.Changes[i]
				sent := caller.sent[ch.Address]
				if ch.Kind != "plugin" || ch.Action == diff.Delete || ch.Action == diff.Replace {
					continue
				}
				want, have := contentLeaves(t, declared(c, ch.Address)), map[string]any{}
				if ch.Have != nil {
					have = contentLeaves(t, ch.Have.Value)
				}
				explained(t, ch, sent, want, have)
			}
		})
	}
}

// explained compares the content that was sent for a change with the file, the gateway and the fields of the plan.
func explained(t *testing.T, ch *diff.Change, content, want, have map[string]any) {
	t.Helper()
	sent := leavesOf("", content)
	for path, v := range want {
		if got, ok := sent[path]; (!ok || !reflect.DeepEqual(got, v)) && !strings.Contains(path, "/new_") {
			t.Errorf("%s: the file has %s: %v, sent was %v", ch.Address, path, v, got)
		}
	}
	for path, v := range sent {
		_, written := want[path]
		if !written && (!strings.Contains(path, "/new_") && !strings.HasPrefix(path, "/edition") || !values(have)[fmt.Sprint(v)]) {
			t.Errorf("%s: sent was %s: %v, which nobody wrote", ch.Address, path, v)
		}
	}
	for path, v := range have {
		_, held := sent[path]
		unheard := strings.HasPrefix(path, "/new_") || path == "/edition"
		if mentioned := slices.ContainsFunc(slices.Collect(maps.Keys(want)), func(p string) bool {
			return strings.HasPrefix(path+"/", p+"/") || strings.HasPrefix(p+"/", path+"/")
		}); unheard && !held && !mentioned && !strings.ContainsAny(path, "0123456789") {
			t.Errorf("%s: the gateway holds %s: %v, which was not sent and is lost", ch.Address, path, v)
		}
	}
	sent = arranged(t, ch, content, false)
	meant := arranged(t, ch, content, true) // such as an empty list that stands for the vendor's default
	shown, whole := map[string]any{}, map[string]map[string]bool{}
	for _, f := range ch.Fields {
		path, inside := strings.CutPrefix(f.Path, "/content")
		if !inside || f.Sensitive {
			continue
		}
		if _, twice := shown[path]; twice {
			t.Errorf("%s: two fields at %s", ch.Address, f.Path)
		}
		if f.IsSet() {
			for _, v := range f.Added {
				shown[path+"/"+fmt.Sprint(v)] = v
			}
			continue
		}
		maps.Copy(shown, leavesOf(path, plainly(t, f.After)))
		if _, element := f.After.(map[string]any); element { // lists inside it are shown as they are written
			whole[path] = values(leavesOf(path, plainly(t, f.After)))
		}
	}
	for path, v := range shown {
		switch got := sent[path]; {
		case strings.ContainsAny(path, "0123456789"): // lists are shown in the order in which they are compared
		case !reflect.DeepEqual(got, v) && !reflect.DeepEqual(meant[path], v):
			t.Errorf("%s %s: shown is %s: %v, sent was %v", ch.Action, ch.Address, path, v, got)
		}
	}
	if ch.Action == diff.Create {
		for path, v := range sent {
			_, ok := shown[path]
			for element, holds := range whole {
				ok = ok || strings.HasPrefix(path, element+"/") && holds[fmt.Sprint(v)]
			}
			if !ok && v != nil && !strings.HasSuffix(path, "password") && !strings.HasSuffix(path, "secret") {
				t.Errorf("create %s: sent was %s: %v, which is not shown", ch.Address, path, v)
			}
		}
	}
}

// arranged are the leaves of a content that was sent. Elements of lists are addressed by their keys, members of sets by their value.
func arranged(t *testing.T, ch *diff.Change, sent map[string]any, normal bool) map[string]any {
	t.Helper()
	p := ch.Want.Value.(kind.Plugin)
	p.Content = sent
	k := kind.Of(ch.Kind)
	var v any = p
	if normal {
		v = k.Compared(p)
	}
	tree, _ := k.Shape.Arranged(k.Pack(v)).(map[string]any)
	return setLeaves("", tree["content"])
}

func setLeaves(path string, v any) map[string]any {
	out := map[string]any{}
	switch v := v.(type) {
	case shape.Elements:
		return setLeaves(path, map[string]any(v))
	case shape.Set:
		for _, x := range v {
			out[path+"/"+fmt.Sprint(x)] = x
		}
		return out
	case map[string]any:
		for name, inner := range v {
			maps.Copy(out, setLeaves(path+"/"+name, inner))
		}
	case []any:
		for i, inner := range v {
			maps.Copy(out, setLeaves(fmt.Sprintf("%s/%d", path, i), inner))
		}
	}
	if len(out) == 0 {
		out[path] = v
	}
	return out
}

func declared(c *compared.Result, address string) any {
	for i := range c.Desired.Objects {
		if d := &c.Desired.Objects[i]; d.Address() == address {
			return d.Value
		}
	}
	return nil
}

func contentLeaves(t *testing.T, value any) map[string]any {
	t.Helper()
	return leavesOf("", plainly(t, value.(kind.Plugin).Content))
}

// plainly converts v to plain values, via JSON.
func plainly(t *testing.T, v any) (out any) {
	t.Helper()
	raw, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(raw, &out)
	}
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func leavesOf(path string, v any) map[string]any {
	out := map[string]any{}
	switch v := v.(type) {
	case map[string]any:
		for name, inner := range v {
			maps.Copy(out, leavesOf(path+"/"+name, inner))
		}
	case []any:
		for i, inner := range v {
			maps.Copy(out, leavesOf(fmt.Sprintf("%s/%d", path, i), inner))
		}
	}
	if len(out) == 0 {
		out[path] = v
	}
	return out
}

func values(leaves map[string]any) map[string]bool {
	out := map[string]bool{}
	for _, v := range leaves {
		out[fmt.Sprint(v)] = true
	}
	return out
}
