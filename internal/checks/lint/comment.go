package lint

import (
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/spec"
)

// Marker is the prefix of comments that suppress findings:
//
//	value # apigw-sync:ignore RULE reason        on this line
//	# apigw-sync:ignore RULE,RULE reason         on the next line; of the whole object that begins there
//	# apigw-sync:ignore-file RULE reason         in this file
//
// A RULE is an ID or a name.
const Marker = "apigw-sync:ignore"

var commentUnused = &Rule{
	ID: "AGS016", Name: "ignore-comment-unused", Severity: Warning, Gateway: MoreWithExport,
	Title: "An ignore comment suppresses nothing",
	Reason: "Either the finding is gone, or the comment is in the wrong place. If it stays, it hides the next finding of its " +
		"rule. If the rule finds more with an export, its comments are only checked when there is one.",
}

var commentBroken = &Rule{
	ID: "AGS017", Name: "ignore-comment-broken", Severity: Warning,
	Title: "An ignore comment names no rule or gives no reason",
	Reason: "Such a comment suppresses nothing. A reason is required so that later readers know why the finding does not " +
		"matter.",
}

// directive is one rule of a valid ignore comment.
type directive struct {
	*spec.Comment
	rule *Rule
	file bool // applies to the whole file
	used bool
}

// line is a line of a file; 0 is the whole file.
type line struct {
	file string
	line int
}

// applyComments removes the findings that comments suppress, and adds those about the comments themselves.
func (s *subject) applyComments(all []Finding) (kept []Finding, ignored int) {
	byLine := map[line][]*directive{}
	var directives []*directive
	s.findings = nil
	for i := range s.Places.Comments {
		for _, d := range s.directives(&s.Places.Comments[i]) {
			about := line{d.Source.File, d.Line}
			if d.file {
				about.line = 0
			}
			byLine[about] = append(byLine[about], d)
			directives = append(directives, d)
		}
	}
	for i := range all {
		if all[i].suppressed(byLine) {
			ignored++
		} else {
			kept = append(kept, all[i])
		}
	}
	s.rule = commentUnused
	for _, d := range directives {
		if !d.used && s.runs(d.rule) && (d.rule.Gateway == FilesOnly || s.Gateway != nil) && s.severity(commentUnused) != Off {
			s.add(spec.Place{Source: d.Source}, nil, d.rule.ID+" finds nothing here",
				"remove "+d.rule.ID+" from the comment, or move the comment to the line or object that it is about")
		}
	}
	return append(kept, s.findings...), ignored
}

// suppressed reports whether a comment suppresses the finding, and marks all comments that do as used.
func (f *Finding) suppressed(byLine map[line][]*directive) (left bool) {
	try := func(at kind.Source, number int, object bool) {
		for _, d := range byLine[line{at.File, number}] {
			if d.rule == f.Rule && (!object || d.Alone) {
				d.used, left = true, true
			}
		}
	}
	try(f.Place.Source, f.Place.Source.Line, false)
	try(f.Place.Source, 0, false)
	for _, b := range f.itemStarts {
		if b.File != f.Place.Source.File || b.Line != f.Place.Source.Line {
			try(b, b.Line, true)
		}
	}
	return left
}

// directives parses a comment, and reports what is wrong with it.
func (s *subject) directives(c *spec.Comment) (out []*directive) {
	s.rule = commentBroken
	wrong := func(message, hint string) {
		if s.severity(commentBroken) != Off {
			s.add(spec.Place{Source: c.Source}, nil, message, hint)
		}
	}
	text, file := strings.CutPrefix(c.Text, "-file")
	names, reason := split(text)
	if len(names) == 0 {
		wrong("the comment names no rule", "write "+Marker+" RULE reason")
		return nil
	}
	if reason == "" {
		wrong("the comment gives no reason, so it suppresses nothing", "after the rule, write why the finding does not matter")
		return nil
	}
	for _, name := range names {
		r, err := Find(name)
		if err != nil {
			wrong(err.What, err.Hint)
			continue
		}
		if r.check == nil {
			wrong(r.ID+" is about comments, so no comment can suppress it", "use --lint-severity "+r.ID+"=off")
			continue
		}
		out = append(out, &directive{Comment: c, rule: r, file: file})
	}
	return out
}

// split separates RULE,RULE from the reason that follows.
func split(text string) (names []string, reason string) {
	for more := true; more; {
		var word string
		text = strings.TrimSpace(text)
		if i := strings.IndexAny(text, " \t"); i >= 0 {
			word, text = text[:i], text[i:]
		} else {
			word, text = text, ""
		}
		more = strings.HasSuffix(word, ",")
		for name := range strings.SplitSeq(strings.TrimSuffix(word, ":"), ",") {
			if name != "" {
				names = append(names, name)
			}
		}
	}
	return names, strings.TrimSpace(strings.TrimLeft(text, " \t:-–—"))
}
