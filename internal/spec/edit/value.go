package edit

import "go.yaml.in/yaml/v3"

// Value is one value of a file, and where its bytes are. Offsets are those of the file's data.
type Value struct {
	Node   *yaml.Node
	Start  int      // of its anchor or tag, where it has one
	Inner  int      // behind them
	End    int      // behind its last byte; a list or mapping ends where its last entry does, one in brackets behind them
	Keys   []*Value // of a mapping
	Items  []*Value
	Begins []int // where the dash or key of each item is; -1 inside brackets where there is neither
}

// Documents are the roots of the file's documents; nil stands for a document with nothing in it.
func (f *File) Documents() []*Value {
	out := make([]*Value, len(f.docs))
	for i, n := range f.docs {
		if n != nil {
			out[i] = n.value()
		}
	}
	return out
}

func (n *node) value() *Value {
	v := &Value{Node: n.y, Start: n.start, Inner: n.inner, End: n.end, Begins: n.begins}
	for _, k := range n.keys {
		v.Keys = append(v.Keys, k.value())
	}
	for _, item := range n.items {
		v.Items = append(v.Items, item.value())
	}
	return v
}
