package document

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// Operation is how often one operation of the API is called, and what each call covers.
type Operation struct {
	Operation string `json:"operation"` // the vendor's name
	Access    string `json:"access"`    // read or write
	Count     int    `json:"count"`
	Grouping  string `json:"grouping"` // such as "by policy"
}

// Operations lists the reads of a comparison and the writes of its plan, each by operation.
func Operations(reads []Operation, p *diff.Plan) []Operation {
	writes := map[Operation]int{}
	for i := range p.Steps {
		s := &p.Steps[i]
		writes[Operation{Operation: s.Operation, Access: "write", Grouping: groupingOf(s)}]++
	}
	out := slices.Clone(reads)
	for o, n := range writes {
		o.Count = n
		out = append(out, o)
	}
	slices.SortFunc(out, func(a, b Operation) int {
		return cmp.Or(strings.Compare(a.Access, b.Access), strings.Compare(a.Operation, b.Operation), strings.Compare(a.Grouping, b.Grouping))
	})
	return out
}

// groupingOf returns words that say what one request of a step covers.
func groupingOf(s *diff.Step) string {
	switch k := kind.LinkOf(s.Kind); {
	case k != nil && s.Op == diff.OpBind:
		return upTo(k.Bind[s.Write])
	case k != nil:
		return upTo(k.Unbind[s.Write])
	case s.Op == diff.OpBatchDelete:
		return upTo(kind.Write{By: kind.Together, Max: kind.Of(s.Kind).BatchMax})
	}
	return kind.Alone.String()
}

func upTo(w kind.Write) string {
	if w.By == kind.Alone {
		return w.By.String()
	}
	return w.By.String() + ", up to " + strconv.Itoa(w.Max)
}
