package manual

// minimize removes from a document everything that is not needed to make it valid, apart from the keys that steps name.
func minimize(document map[string]any, steps []step) map[string]any {
	p := pruner{document}
	if !valid(document) { // more can be removed once the document is valid
		p.mapping(document, steps)
	}
	p.mapping(document, steps)
	return document
}

// pruner edits a document in place, so nobody else may use it.
type pruner struct{ document map[string]any }

func (p *pruner) mapping(m map[string]any, steps []step) {
	for _, key := range sortedNames(m) {
		v := m[key]
		var below []step
		if len(steps) > 0 && steps[0].name == key {
			below = steps[1:]
		} else if delete(m, key); valid(p.document) {
			continue
		}
		m[key] = v
		p.shorten(m, key, below)
		p.value(m[key], below)
	}
}

// shorten removes entries from the end of a list.
func (p *pruner) shorten(m map[string]any, key string, steps []step) {
	list, _ := m[key].([]any)
	for len(list) > 1 && has(list[:len(list)-1], steps) {
		m[key] = list[:len(list)-1]
		if !valid(p.document) {
			m[key] = list
			return
		}
		list = list[:len(list)-1]
	}
}

func (p *pruner) value(v any, steps []step) {
	switch v := v.(type) {
	case map[string]any:
		p.mapping(v, steps)
	case []any:
		for _, item := range v {
			p.value(item, steps)
		}
	}
}
