package manual

// least takes out of a valid document what can be done without, but for the keys that steps name.
func least(document map[string]any, steps []step) map[string]any {
	p := pruner{document}
	if !valid(document) { // what an invalid one seems to need, it may do without once it is valid
		p.mapping(document, steps)
	}
	p.mapping(document, steps)
	return document
}

// pruner edits a document that nobody else holds.
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
		p.inside(m[key], below)
	}
}

// shorten takes entries off the end of a list.
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

func (p *pruner) inside(v any, steps []step) {
	switch v := v.(type) {
	case map[string]any:
		p.mapping(v, steps)
	case []any:
		for _, item := range v {
			p.inside(item, steps)
		}
	}
}
