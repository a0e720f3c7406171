package lint

import (
	"slices"
	"strings"
)

var secretInClear = &Rule{
	ID: "AGS006", Name: "secret-in-clear", Severity: Error,
	Title: "A secret can be read in the file",
	Reason: "Whoever sees the repository, a fork of it, its history or a backup can use the secret: that of an app, a code, key and secret of a signature, what plugins hold. A variable keeps it out: " +
		"`${NAME}` reads it from the environment. A default, as in `${NAME:-secret}`, stands in the file, too, and so does one of the `vars` of a target in `.apigw-sync.yaml`. Up to seven characters " +
		"beside variables, such as a prefix, are taken for no secret.",
	look: func(s *subject) {
		for i := range s.State.Objects {
			d := &s.State.Objects[i]
			for _, o := range d.Secrets {
				at := s.Places.Of(d, o.Path)
				at.Source = o.Source
				field := o.Path[strings.LastIndexByte(o.Path, '/')+1:]
				if i := slices.IndexFunc(o.Asks, s.readable); i >= 0 && !o.Clear {
					s.add(at, d, field+" can be read among the vars of the target, as "+o.Asks[i], "take it out of there, and set the variable in the environment, to a new secret: the old one is known")
				}
				if o.Clear {
					s.add(at, d, field+" can be read in the file", "write a variable such as ${NAME} instead, and a new secret into that: the old one is known")
				}
			}
		}
	},
}

func (s *subject) readable(variable string) bool { return s.Readable != nil && s.Readable(variable) }
