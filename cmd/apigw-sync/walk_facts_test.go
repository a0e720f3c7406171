package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/apigw-sync/apigw-sync/internal/emulator"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/kind/jsonptr"
	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
	"github.com/apigw-sync/apigw-sync/internal/spec"
	"github.com/apigw-sync/apigw-sync/internal/world"
)

// Some facts the emulator cannot tell from others, each for its reason.
var (
	noSecret = map[string]string{
		"app/app_key": "callers send it in clear, and gateways show it",
	}
	noTrail = map[string]string{
		"orchestration": "the vendor's guide to the audit trail lists no operation of it",
	}
	unnoticed = map[string]string{
		"feature Trail":           "made-up features are always set alike, so that nobody changes one",
		"signature Replace /type": "no document says that a type cannot change in place, and the emulator changes it",
	}
)

// masking is a gateway that shows as little of secrets as any does.
var masking = emulator.Behaviour{AppSecret: "masked", PluginSecret: "masked", SignSecret: "masked", ChannelSecret: "masked", FeatureChanges: "any-time"}

// TestEveryFactIsNoticed: what a kind says about fixed fields, about what gateways make, about secrets and about the audit
// trail is not only written down: an emulator, which shares nothing with kinds, knows it, too. Each fact is taken away in
// turn, and the emulator must object.
func TestEveryFactIsNoticed(t *testing.T) {
	if testing.Short() {
		t.Skip("it asks some hundred times")
	}
	w := newWalker(t)
	for _, k := range kind.All {
		facts := w.facts(k)
		if complaints := slices.Collect(w.objections(k)); len(complaints) > 0 {
			t.Errorf("%s says of itself what the emulator does not find:\n%s", k.Name, strings.Join(complaints, "\n"))
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(facts)) {
			restore := facts[name]()
			noticed := false
			for range w.objections(k) {
				noticed = true
				break
			}
			restore()
			if reason := unnoticed[k.Name+" "+name]; noticed == (reason != "") {
				t.Errorf("%s without %s: noticed %t, reason why not: %q", k.Name, name, noticed, reason)
			}
		}
	}
}

// facts are what can be taken away from a kind; each gives back what puts it there again.
func (w *walker) facts(k *kind.Kind) map[string]func() func() {
	out := map[string]func() func(){}
	for name, list := range map[string]*[]string{"Replace": &k.Replace, "Makes": &k.Makes} {
		for _, pointer := range *list {
			out[name+" "+pointer] = func() func() {
				all := *list
				*list = slices.DeleteFunc(slices.Clone(all), func(p string) bool { return p == pointer })
				return func() { *list = all }
			}
		}
	}
	if trail := k.Trail; trail != "" {
		out["Trail"] = func() func() { k.Trail = ""; return func() { k.Trail = trail } }
	}
	for _, t := range w.turns(k) {
		for _, pointer := range w.secretsIn(k, t.after) {
			out["Secrets "+pointer] = func() func() {
				all := k.Secrets
				k.Secrets = func(v any) []string {
					return slices.DeleteFunc(slices.Clone(all(v)), func(p string) bool { return p == pointer })
				}
				return func() { k.Secrets = all }
			}
		}
	}
	return out
}

// secretsIn are the secrets of an object, or of what lives inside it.
func (w *walker) secretsIn(k *kind.Kind, item map[string]any) (pointers []string) {
	w.Helper()
	if k.Owner == "" {
		o, err := k.Declare(item)
		if err != nil {
			w.Fatal(err)
		}
		return k.SecretsIn(o.Value)
	}
	list, _ := item[k.Field].([]any)
	for _, element := range list {
		for _, o := range k.Items("owner", element) {
			pointers = append(pointers, k.SecretsIn(o.Value)...)
		}
	}
	return pointers
}

// root is the kind that stands alone in which a kind lives, or itself.
func root(k *kind.Kind) *kind.Kind {
	for k.Owner != "" {
		k = kind.Of(k.Owner)
	}
	return k
}

// turn is an object, and the same as it is to become.
type turn struct{ before, after map[string]any }

// turns are those of a kind, or of that in which it lives: objects of all words that it draws, each after the one that is
// most like it, and one with other texts and words, one at a time.
func (w *walker) turns(k *kind.Kind) (out []turn) {
	w.Helper()
	k = root(k)
	if known := w.drawnOnce[k.Name]; known != nil {
		return known
	}
	const most = 12
	r, seen := rand.New(rand.NewPCG(3, 3)), map[string]bool{}
	var drawn []map[string]any
	for range 60 {
		item := world.Example(k, r, "one_"+k.Name)
		if words := fmt.Sprint(wordsOf(k, item)); (!seen[words] || len(drawn) < 2) && len(drawn) < most {
			seen[words], drawn = true, append(drawn, item)
		}
	}
	for i, item := range drawn[1:] {
		others := slices.SortedStableFunc(slices.Values(drawn[:i+1]), func(a, b map[string]any) int {
			return unlike(wordsOf(k, a), wordsOf(k, item)) - unlike(wordsOf(k, b), wordsOf(k, item))
		})
		out = append(out, turn{others[0], item})
	}
	for _, other := range w.varied(k, drawn[0]) {
		out = append(out, turn{drawn[0], other})
	}
	w.drawnOnce[k.Name] = out
	return out
}

// wordsOf are the leaves of an object that are one of some words.
func wordsOf(k *kind.Kind, item map[string]any) map[string]any {
	out := leavesOf("", item)
	maps.DeleteFunc(out, func(pointer string, _ any) bool { return wordsAt(k, item, pointer) == nil })
	return out
}

// unlike is how many leaves only one of two objects has.
func unlike(a, b map[string]any) (n int) {
	for pointer, v := range a {
		if b[pointer] == v {
			n--
		}
	}
	return n*2 + len(a) + len(b)
}

// wordsAt are the words that a leaf of an object may be; nil where it may be any.
func wordsAt(k *kind.Kind, item map[string]any, pointer string) []string {
	s := k.Shape
	for key := range jsonptr.Keys(pointer) {
		if s.Type != shape.Map {
			return nil
		}
		if s = cmp.Or(s.FieldIn(item, key), s.Each); s == nil {
			return nil
		}
	}
	return s.Words()
}

// accepts reports whether files may have an object; there is nothing to say against it, not even a warning.
func (w *walker) accepts(k *kind.Kind, item map[string]any) bool {
	w.Helper()
	raw, err := json.Marshal(w.only(k, item)) // which is YAML, too
	if err != nil {
		w.Fatal(err)
	}
	_, findings := spec.Load([]spec.Input{{Data: raw}}, spec.Options{Lookup: func(string) (string, bool) { return "correct-horse", true }})
	return len(findings) == 0
}

// varied are an object with another text or word, one at a time, as gateways take it.
func (w *walker) varied(k *kind.Kind, item map[string]any) (out []map[string]any) {
	for pointer, v := range leavesOf("", item) {
		text, ok := v.(string)
		if !ok || pointer == "/name" || k.Given {
			continue
		}
		words := wordsAt(k, item, pointer)
		if words == nil {
			words = []string{text + "2"}
		}
		for _, word := range words {
			other := jsonptr.Put(item, pointer, word)
			if word == text || !w.accepts(k, other) {
				continue
			}
			_, url := w.loaded(masking, map[string]any{"version": spec.Version})
			if _, code := w.run(url, "apply", "-f", w.keep("varied.yaml", w.only(k, other)), "--yes", "--allow-interruption"); code == 0 { // where documents contradict each other, it may not
				out = append(out, other)
			}
		}
	}
	return out
}

// leavesOf are the scalars of a tree of mappings by JSON pointer.
func leavesOf(at string, v any) map[string]any {
	m, ok := v.(map[string]any)
	if !ok {
		return map[string]any{at: v}
	}
	out := map[string]any{}
	for key, inner := range m {
		maps.Copy(out, leavesOf(at+jsonptr.Join(key), inner))
	}
	return out
}

// only is a file with one object, and with what it is bound to.
func (w *walker) only(k *kind.Kind, item map[string]any) map[string]any {
	items := map[string]map[string]any{k.Name: item}
	for _, link := range kind.LinksFrom(k.Name) {
		if link.Target != kind.APublication {
			items[link.Target] = w.items[link.Target]
		}
	}
	return w.file(items)
}

// objections are what an emulator has against what a kind says of itself.
func (w *walker) objections(k *kind.Kind) iter.Seq[string] {
	return func(yield func(string) bool) {
		asks := []func() []string{func() []string { return w.made(k) }, func() []string { return w.unrecorded(k) }}
		for _, t := range w.turns(k) {
			asks = append(asks, func() []string { return w.turned(root(k), t.before, t.after) })
		}
		for _, ask := range asks {
			for _, objection := range ask() {
				if !yield(objection) {
					return
				}
			}
		}
	}
}

// turned lets one object become another: no request may be refused, nothing may be left to do, and what is called a secret
// must not be shown.
func (w *walker) turned(k *kind.Kind, before, after map[string]any) (out []string) {
	w.Helper()
	_, url := w.loaded(masking, w.only(k, before))
	_, none := w.loaded(masking, map[string]any{"version": spec.Version})
	file := w.keep("turned.yaml", w.only(k, after))
	plan, _ := w.run(none, "diff", "-f", file, "-o", "json")
	for pointer, v := range leavesOf("", after) {
		text := strings.Fields(fmt.Sprint(v))
		slices.SortFunc(text, func(a, b string) int { return len(b) - len(a) })
		if _, is := v.(string); is && shape.SecretName(pointer[strings.LastIndexByte(pointer, '/'):]) && !strings.Contains(fmt.Sprint(v), "${") && strings.Contains(plan, text[0]) {
			out = append(out, "the plan shows "+pointer)
		}
	}
	if _, code := w.run(url, "apply", "-f", file, "--yes", "--allow-interruption"); code != 0 {
		out = append(out, fmt.Sprintf("apply ends with %d where %v becomes %v", code, before, after))
	}
	if left, code := w.run(url, "diff", "-f", file, "--detailed-exitcode"); code != 0 {
		out = append(out, "left after apply is\n"+left)
	}
	return out
}

// made looks at what a gateway makes of an object of which files say as little as they can: that is left alone, and nobody is
// shown it.
func (w *walker) made(k *kind.Kind) (out []string) {
	w.Helper()
	top, item := root(k), w.bare(root(k))
	for _, part := range kind.Parts(top.Name) {
		if part.Ops.Generate != "" {
			item[part.Field] = map[string]any{"generate": 2}
		}
	}
	g, url := w.loaded(emulator.Behaviour{}, map[string]any{"version": spec.Version})
	file := w.keep("bare.yaml", w.only(top, item))
	if _, code := w.run(url, "apply", "-f", file, "--yes", "--allow-interruption"); code != 0 {
		return []string{fmt.Sprintf("apply ends with %d for %v", code, item)}
	}
	if left, code := w.run(url, "diff", "-f", file, "--detailed-exitcode"); code != 0 {
		out = append(out, "left after apply is\n"+left)
	}
	dump, err := g.Dump()
	if err != nil {
		w.Fatal(err)
	}
	doc, _ := w.parsed(dump).(map[string]any)
	list, _ := doc[top.Section].([]any)
	for _, held := range list {
		shown, _ := w.run(url, "export", "--all-kinds")
		goes, _ := w.run(url, "diff", "-f", w.keep("owned.yaml", map[string]any{"version": "apigw-sync/v1", "owns": map[string]any{top.Section: []any{"one_*"}}}), "--prune", "--allow-empty", "-o", "json")
		for pointer, v := range leavesOf("", held) {
			out = append(out, unsaid(top, pointer, v, item, shown+goes)...)
		}
		if top != k && k.Ops.Generate != "" {
			item[k.Field] = []any{}
			goes, _ = w.run(url, "diff", "-f", w.keep("fewer.yaml", w.only(top, item)), "-o", "json")
			made, _ := jsonptr.At(held, "/"+k.Field).([]any)
			for _, text := range made {
				if strings.Contains(shown+goes, fmt.Sprint(text)) {
					out = append(out, "what the gateway made for "+k.Field+" is shown")
				}
			}
		}
	}
	return out
}

// unsaid is what a kind does not say of a text that the gateway made.
func unsaid(k *kind.Kind, pointer string, v any, item map[string]any, shown string) (out []string) {
	text, _ := v.(string)
	s := k.Shape.Field(strings.TrimPrefix(pointer, "/"))
	if s == nil || text == "" || jsonptr.At(item, pointer) != nil || s.Default != nil || s.Words() != nil {
		return nil
	}
	if !slices.Contains(k.Makes, pointer) {
		out = append(out, "the gateway made "+pointer)
	}
	if noSecret[k.Name+pointer] == "" && strings.Contains(shown, text) {
		out = append(out, "what the gateway made for "+pointer+" is shown")
	}
	return out
}

// bare is an object with as little as files must say.
func (w *walker) bare(k *kind.Kind) map[string]any {
	w.Helper()
	item := maps.Clone(w.turns(k)[0].before)
	if k.Given {
		return item
	}
	for _, key := range slices.Sorted(maps.Keys(item)) {
		less := maps.Clone(item)
		delete(less, key)
		if w.accepts(k, less) {
			item = less
		}
	}
	return item
}

// unrecorded looks for the changes that somebody made in the audit trail.
func (w *walker) unrecorded(k *kind.Kind) (out []string) {
	w.Helper()
	top, turns := root(k), w.turns(k)
	changes, known := 0, 0
	for _, t := range []turn{turns[0], turns[len(turns)-1]} {
		_, url := w.loaded(emulator.Behaviour{}, w.only(top, t.before))
		if _, code := w.run(url, "apply", "-f", w.keep("other.yaml", w.only(top, t.after)), "--yes", "--allow-interruption"); code != 0 {
			return []string{"apply fails"}
		}
		told, _ := w.run(url, "drift", "-f", w.keep("first.yaml", w.only(top, t.before)), "--who", "-o", "json")
		var drift struct {
			Changes []struct {
				Kind      string
				ChangedBy any `json:"changed_by"`
			}
		}
		if err := json.Unmarshal([]byte(told), &drift); err != nil {
			w.Fatal(err)
		}
		for _, c := range drift.Changes {
			if c.Kind == k.Name {
				changes++
			}
			if c.Kind == k.Name && c.ChangedBy != nil {
				known++
			}
		}
	}
	if changes > 0 && known == 0 && noTrail[k.Name] == "" {
		out = append(out, fmt.Sprintf("the audit trail tells of none of %d changes", changes))
	}
	return out
}
