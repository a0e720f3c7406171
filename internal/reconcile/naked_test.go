package reconcile_test

import (
	"sort"
	"strings"

	"sigs.k8s.io/yaml"
)

// byName sorts the objects of a section, and what they list, so that the order in which things were made does
// not count.
func byName(section any) []any {
	items, _ := section.([]any)
	for _, item := range items {
		m, _ := item.(map[string]any)
		for _, list := range []string{"apis", "specials", "app_codes"} {
			if l, ok := m[list].([]any); ok {
				sortByText(l)
			}
		}
	}
	sortByText(items)
	return items
}

func sortByText(items []any) {
	sort.SliceStable(items, func(i, j int) bool { return textOf(items[i]) < textOf(items[j]) })
}

func textOf(v any) string {
	raw, _ := yaml.Marshal(v)
	return string(raw)
}

// changedLines lists the lines that only one of two texts has.
func changedLines(a, b string) string {
	if a == b {
		return ""
	}
	var out []string
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	for _, pair := range []struct {
		mark         string
		lines, other []string
	}{{"- ", x, y}, {"+ ", y, x}} {
		has := map[string]int{}
		for _, l := range pair.other {
			has[l]++
		}
		for _, l := range pair.lines {
			if has[l]--; has[l] < 0 {
				out = append(out, pair.mark+l)
			}
		}
	}
	return strings.Join(append(out, "(or in another order)"), "\n")
}
