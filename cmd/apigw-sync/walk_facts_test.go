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

// Facts that the emulator cannot check, with the reason for each.
var (
	noSecret = map[string]string{
		"app/app_key": "callers send it in clear, and gateways show it",
	}
	noTrail = map[string]string{
		"orchestration": "the vendor's guide to the audit trail lists no operation of it",
	}
	unnoticed = map[string]string{
		"feature Trail":             "made-up features are always set alike, so that nobody changes one",
		"signature Immutable /type": "no document says that a type cannot change in place, and the emulator changes it",
	}
)

// masking hides as many secrets as any gateway does.
var masking = emulator.Behaviour{AppSecret: "masked", PluginSecret: "masked", SignSecret: "masked", ChannelSecret: "masked", FeatureChanges: "any-time"}

// TestEveryFactIsNoticed removes one fact at a time from a kind: a field that cannot change, a generated value, a
// secret, or its name in the audit trail. The emulator, which shares no code with the kinds, must then object. So
// none of these facts is only written down.
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

// facts returns the facts that can be removed from a kind, by name. Each function removes one, and returns a function
// that restores it.
func (w *walker) facts(k *kind.Kind) map[string]func() func() {
	out := map[string]func() func(){}
	for name, list := range map[string]*[]string{"Immutable": &k.Immutable, "Generated": &k.Generated} {
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

// secretsIn returns the pointers to the secrets of an object, or of its parts of this kind.
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

// root returns the kind that stands alone and contains objects of this kind, which may be the kind itself.
func root(k *kind.Kind) *kind.Kind {
	for k.Owner != "" {
		k = kind.Of(k.Owner)
	}
	return k
}

// turn is an object before and after a change.
type turn struct{ before, after map[string]any }

// turns returns changes of objects of a kind's root. Some go from one drawn object to another that uses other words
// from the lists of allowed values, always from the most similar one. The others change one text or word at a time.
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

// wordsOf returns the leaves of an object whose values come from a list of allowed words.
func wordsOf(k *kind.Kind, item map[string]any) map[string]any {
	out := leavesOf("", item)
	maps.DeleteFunc(out, func(pointer string, _ any) bool { return wordsAt(k, item, pointer) == nil })
	return out
}

// unlike returns the number of leaves that only one of two objects has.
func unlike(a, b map[string]any) (n int) {
	for pointer, v := range a {
		if b[pointer] == v {
			n--
		}
	}
	return n*2 + len(a) + len(b)
}

// wordsAt returns the allowed words for a leaf of an object, or nil if it may have any value.
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

// accepts reports whether a file may contain an object without any error or warning.
func (w *walker) accepts(k *kind.Kind, item map[string]any) bool {
	w.Helper()
	raw, err := json.Marshal(w.only(k, item)) // JSON is YAML, too
	if err != nil {
		w.Fatal(err)
	}
	_, findings := spec.Load([]spec.Input{{Data: raw}}, spec.Options{Lookup: func(string) (string, bool) { return "correct-horse", true }})
	return len(findings) == 0
}

// varied returns copies of an object that differ in one text or word, if the gateway takes them.
func (w *walker) varied(k *kind.Kind, item map[string]any) (out []map[string]any) {
	for pointer, v := range leavesOf("", item) {
		text, ok := v.(string)
		if !ok || pointer == "/name" || k.AllExist {
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
			if _, code := w.run(url, "apply", "-f", w.keep("varied.yaml", w.only(k, other)), "--yes", "--allow-interruption"); code == 0 { // fails where the vendor's documents contradict each other
				out = append(out, other)
			}
		}
	}
	return out
}

// leavesOf returns the scalars of a tree of mappings, by JSON pointer.
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

// only returns a file with one object and what it is bound to.
func (w *walker) only(k *kind.Kind, item map[string]any) map[string]any {
	items := map[string]map[string]any{k.Name: item}
	for _, link := range kind.LinksFrom(k.Name) {
		if link.Target != kind.APublication {
			items[link.Target] = w.items[link.Target]
		}
	}
	return w.file(items)
}

// objections returns what the emulator reports against the facts of a kind.
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

// turned changes one object into another with the program. It returns an objection if the apply fails, if a
// difference is left, or if the plan shows a value whose name is that of a secret.
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

// made creates an object with as few fields as possible, and looks at the values that the gateway generates. They
// must be no difference, and no output may show them.
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

// unsaid returns objections to a text that the gateway generated: the kind must list it in Generated, and no output may
// show it.
func unsaid(k *kind.Kind, pointer string, v any, item map[string]any, shown string) (out []string) {
	text, _ := v.(string)
	s := k.Shape.Field(strings.TrimPrefix(pointer, "/"))
	if s == nil || text == "" || jsonptr.At(item, pointer) != nil || s.Default != nil || s.Words() != nil {
		return nil
	}
	if !slices.Contains(k.Generated, pointer) {
		out = append(out, "the gateway made "+pointer)
	}
	if noSecret[k.Name+pointer] == "" && strings.Contains(shown, text) {
		out = append(out, "what the gateway made for "+pointer+" is shown")
	}
	return out
}

// bare returns an object with as few fields as files must have.
func (w *walker) bare(k *kind.Kind) map[string]any {
	w.Helper()
	item := maps.Clone(w.turns(k)[0].before)
	if k.AllExist {
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

// unrecorded looks up changes by somebody else in the audit trail, and objects if none is found.
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
