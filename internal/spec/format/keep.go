package format

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/apigw-sync/apigw-sync/internal/spec/edit"
	"github.com/apigw-sync/apigw-sync/internal/spec/yamlnode"
)

// sameMeaning reports whether a formatted text has the same meaning and the same comments as before.
func sameMeaning(before, after []byte, comments []comment) bool {
	file, err := edit.Parse(after)
	if err != nil {
		return false
	}
	var were, are []string
	for _, c := range comments {
		were = append(were, c.text)
	}
	for _, c := range commentsIn(after, file.Documents()) {
		are = append(are, c.text)
	}
	slices.Sort(were)
	slices.Sort(are)
	meant, err1 := meaning(before)
	means, err2 := meaning(after)
	return err1 == nil && err2 == nil && meant == means && slices.Equal(were, are)
}

// meaning is a text that is equal for files that differ only in layout, such as the order of keys or quotes.
func meaning(data []byte) (string, error) {
	documents, err := yamlnode.Documents(data)
	var b strings.Builder
	for _, y := range documents {
		if len(y.Content) == 0 || y.Content[0].ShortTag() == "!!null" {
			continue // an empty document
		}
		for _, root := range y.Content {
			b.WriteString(canonical(root) + "\n")
		}
	}
	return b.String(), err
}

func canonical(y *yaml.Node) string {
	parts := make([]string, 0, len(y.Content))
	switch y.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(y.Content); i += 2 {
			parts = append(parts, canonical(y.Content[i])+":"+canonical(y.Content[i+1]))
		}
		slices.SortStableFunc(parts, strings.Compare)
		return y.Anchor + "{" + strings.Join(parts, ",") + "}"
	case yaml.SequenceNode:
		for _, item := range y.Content {
			parts = append(parts, canonical(item))
		}
		return y.Anchor + "[" + strings.Join(parts, ",") + "]"
	case yaml.AliasNode:
		return fmt.Sprintf("*%s@%q", y.Value, target(y))
	default:
		return fmt.Sprintf("%s %s %q", y.Anchor, y.ShortTag(), y.Value)
	}
}

// target identifies the value of an alias by its text one level deep, since several anchors may have the same name.
func target(y *yaml.Node) string {
	if y.Alias == nil {
		return ""
	}
	values := []string{y.Alias.Value}
	for _, c := range y.Alias.Content {
		values = append(values, c.Value)
	}
	slices.Sort(values)
	return strings.Join(values, " ")
}
