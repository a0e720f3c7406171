package reference

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/apigw-sync/apigw-sync/internal/api"
)

// Codes writes the part of the troubleshooting page about error codes: each family of codes with what the tool does
// and what the user can do.
func Codes() string {
	var p page
	for _, t := range api.Troubles {
		p.printf("### %s\n", t.Title)
		rows := make([][]string, 0, len(t.Codes))
		for _, c := range t.Codes {
			rows = append(rows, []string{code(c.Code), strconv.Itoa(c.Status), prose(c.Meaning)})
		}
		p.table([]string{"Code", "HTTP", "Meaning"}, rows)
		p.text("**What the tool does:** " + prose(t.Tool))
		p.text("**You:** " + sentence(prose(t.You)))
		p.printf("\n")
	}
	return strings.TrimRight(p.String(), "\n") + "\n"
}

func sentence(clause string) string {
	r := []rune(clause)
	r[0] = unicode.ToUpper(r[0])
	return string(r) + "."
}

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
