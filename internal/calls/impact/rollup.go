package impact

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/diff"
)

// Row is what similar entries have in common.
type Row struct {
	Level   Level
	Aspects []Aspect
	Where   string   // the API and environment of a single entry; for several, how many there are, and of which group
	Names   []string // of several entries: each of them, as short as Where allows
	Because []string // of all
	Calls   *int64   // of all in the last hour; nil if those of one were not read
}

// Rollup joins similar entries, and keeps their order.
func Rollup(entries []Entry) (out []Row) {
	for _, similar := range diff.GroupBy(entries, func(e *Entry) string {
		if strings.HasSuffix(e.API, AllOf) {
			return e.Where() // which differs for each group
		}
		return fmt.Sprint(e.Aspects, e.API == "")
	}) {
		out = append(out, rowOf(similar))
	}
	return out
}

func rowOf(entries []Entry) Row {
	first := &entries[0]
	row := Row{Level: first.Level(), Aspects: first.Aspects, Where: first.Where(), Because: first.Because, Calls: first.Calls}
	if len(entries) == 1 {
		return row
	}
	row.Where = where(entries)
	group, _, _ := strings.Cut(first.API, "/")
	var sum int64
	for i := range entries {
		e := &entries[i]
		name := e.Where()
		if oneGroup(entries) {
			name = strings.TrimPrefix(e.API, group+"/")
		}
		row.Names = append(row.Names, name)
		row.Because = append(slices.Clip(row.Because), e.Because...)
		if e.Calls == nil {
			row.Calls = nil
		} else {
			sum += *e.Calls
		}
	}
	if row.Calls != nil {
		row.Calls = &sum
	}
	slices.Sort(row.Because)
	row.Because = slices.Compact(row.Because)
	return row
}

// oneGroup reports whether all entries are in one group and environment.
func oneGroup(entries []Entry) bool {
	group := func(e Entry) string { g, _, _ := strings.Cut(e.API, "/"); return g + "@" + e.Environment }
	return !slices.ContainsFunc(entries, func(e Entry) bool { return group(e) != group(entries[0]) })
}

func where(entries []Entry) string {
	first := &entries[0]
	if first.API == "" {
		return first.Where()
	}
	if group, _, _ := strings.Cut(first.API, "/"); oneGroup(entries) {
		return fmt.Sprintf("%d APIs of %s@%s", len(entries), group, first.Environment)
	}
	return fmt.Sprintf("%d APIs", len(entries))
}

// Where returns the API and environment as in an address; for a policy whose bindings were not read, a text about what
// it is bound to.
func (e *Entry) Where() string {
	if e.API == "" {
		return "what is bound to " + strings.Join(e.Because, ", ")
	}
	where, all := strings.CutSuffix(e.API, AllOf)
	if e.API == EveryAPI {
		where = "all APIs"
	} else if all {
		where = "APIs of " + where
	}
	if e.Environment != "" {
		where += "@" + e.Environment
	}
	return where
}

// Lines returns the aspects of a row, each with its level if that is not the level of the row.
func (r *Row) Lines() (out []string) {
	for _, a := range r.Aspects {
		var notes []string
		if a.Level != r.Level {
			notes = append(notes, string(a.Level))
		}
		if !a.Sure {
			notes = append(notes, "not sure")
		}
		text := a.Name + " " + a.Before + " → " + a.After
		if len(notes) > 0 {
			text += " (" + strings.Join(notes, ", ") + ")"
		}
		out = append(out, text)
	}
	return out
}

// Headline counts the entries of each level, such as "2 exposures, 1 outage"; "none" without any.
func (c Counts) Headline() string {
	var parts []string
	for level, n := range c.All() {
		if n > 0 {
			parts = append(parts, plural(n, string(level)))
		}
	}
	return cmp.Or(strings.Join(parts, ", "), "none")
}
