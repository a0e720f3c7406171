package lint

import "strings"

var secretInClear = &Rule{
	ID: "AGS006", Name: "secret-in-clear", Severity: Error,
	Title: "A secret can be read in the file",
	Reason: "Whoever sees the repository, a fork of it, its history or a backup can use the secret. A variable keeps it out: " +
		"`${NAME}` reads it from the environment. A default, as in `${NAME:-secret}`, stands in the file, too. Up to seven characters " +
		"beside variables, such as a prefix, are taken for no secret.",
	look: func(s *subject) {
		for i := range s.State.Objects {
			d := &s.State.Objects[i]
			for _, o := range d.Secrets {
				if !o.Clear {
					continue
				}
				at := s.Places.Of(d, o.Path)
				at.Source = o.Source
				s.add(at, d, o.Path[strings.LastIndexByte(o.Path, '/')+1:]+" can be read in the file",
					"write a variable such as ${NAME} instead, and a new secret into that: the old one is known")
			}
		}
	},
	Bad: Example{File: `version: apigw-sync/v1
apps:
  - name: orders_mobile
    app_secret: Xn4uQ8vLz2TqR7mC
`},
	Good: Example{
		File: `version: apigw-sync/v1
apps:
  - name: orders_mobile
    app_secret: ${ORDERS_SECRET}
`, Environ: []string{"ORDERS_SECRET=Xn4uQ8vLz2TqR7mC"},
	},
}
