package report

import "io"

// Undo tells of the file that takes a run back.
type Undo struct {
	File          string `json:"file"`
	Changes       int    `json:"changes"` // of the run, as far as it came
	NotRestorable []Loss `json:"not_restorable"`

	Named bool `json:"-"` // somebody named the file: it is not where undo looks by itself
}

// TakesBack tells of the run that an undo takes back.
type TakesBack struct {
	File          string `json:"file"`
	Created       string `json:"created"` // when that run began to write, RFC 3339
	NotRestorable []Loss `json:"not_restorable"`

	Undo bool `json:"-"` // that run was an undo itself
}

// Loss is something that an undo cannot bring back.
type Loss struct {
	Address string `json:"address"`
	Path    string `json:"path,omitempty"` // JSON pointer inside the object; "" when it is about the whole
	Reason  string `json:"reason"`
}

// undone writes how a run is taken back, and what is lost all the same.
func (p *page) undone(u *Undo) {
	if u == nil {
		return
	}
	file := ""
	if u.Named {
		file = " " + Clean(u.File)
	}
	p.linef("Undo: apigw-sync undo%s takes this back.", file)
	p.losses(u.NotRestorable)
	p.linef("")
}

func (p *page) losses(list []Loss) {
	if len(list) > 0 {
		p.linef("It cannot bring back:")
	}
	for _, l := range list {
		what := l.Address
		if l.Path != "" {
			what += " " + l.Path
		}
		p.linef("%s%s: %s", indent, Clean(what), Clean(l.Reason))
	}
}

// TextOfTakesBack writes which run is taken back, nil for none, and whether anything of it is left.
func TextOfTakesBack(w io.Writer, t *TakesBack, left bool, s Style) error {
	if t == nil {
		return nil
	}
	p := newPage(w, s)
	of := "the run"
	if t.Undo {
		of = "the undo"
	}
	p.linef("Takes back %s of %s.", of, Clean(t.Created))
	p.losses(t.NotRestorable)
	if !left {
		p.linef("Nothing of it is left to take back.")
		return p.Flush()
	}
	p.linef("")
	return p.Flush()
}
