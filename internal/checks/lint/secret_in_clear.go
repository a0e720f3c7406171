package lint

import (
	"slices"
	"strings"
)

var secretInClear = &Rule{
	ID: "AGS006", Name: "secret-in-clear", Severity: Error,
	Title: "A secret is written in plain text",
	Reason: "Anyone who can read the repository, a fork, its history or a backup can use the secret. The rule covers secrets " +
		"and codes of apps, keys and secrets of signatures, and secrets in plugins. Use a variable instead: `${NAME}` " +
		"takes the value from the environment. A default, as in `${NAME:-secret}`, is also plain text in the file, and so " +
		"is a value under the `vars` of a target in `.apigw-sync.yaml`. Up to seven characters next to a variable, such " +
		"as a prefix, do not count as a secret.",
	check: func(s *subject) {
		for i := range s.State.Objects {
			d := &s.State.Objects[i]
			for _, o := range d.Secrets {
				at := s.Places.Of(d, o.Path)
				at.Source = o.Source
				field := o.Path[strings.LastIndexByte(o.Path, '/')+1:]
				if i := slices.IndexFunc(o.AllVariables, s.readable); i >= 0 && !o.PlainText {
					s.add(at, d, field+" is in plain text in the vars of the target, as "+o.AllVariables[i],
						"remove it there, and set the variable in the environment to a new secret, because the old one is exposed")
				}
				if o.PlainText {
					s.add(at, d, field+" is in plain text in the file",
						"use a variable such as ${NAME} instead, with a new secret, because the old one is exposed")
				}
			}
		}
	},
}

func (s *subject) readable(variable string) bool { return s.Readable != nil && s.Readable(variable) }
