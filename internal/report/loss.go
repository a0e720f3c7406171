package report

import "strconv"

// Undo tells of the plan that takes a run back.
type Undo struct {
	File          string `json:"file"`
	Changes       int    `json:"changes"`
	NotRestorable []Loss `json:"not_restorable"`
}

// Loss is something that an undo cannot bring back.
type Loss struct {
	Address string `json:"address"`
	Path    string `json:"path,omitempty"` // JSON pointer inside the object; "" when it is about the whole
	Reason  string `json:"reason"`
}

// undone writes what can be taken back, and what cannot.
func (p *page) undone(u *Undo) {
	if u == nil {
		return
	}
	changes := "1 change"
	if u.Changes != 1 {
		changes = strconv.Itoa(u.Changes) + " changes"
	}
	p.linef("Undo: apply --plan %s takes this back with %s.", Clean(u.File), changes)
	if len(u.NotRestorable) > 0 {
		p.linef("It cannot bring back:")
	}
	for _, l := range u.NotRestorable {
		what := l.Address
		if l.Path != "" {
			what += " " + l.Path
		}
		p.linef("%s%s: %s", indent, Clean(what), Clean(l.Reason))
	}
	p.linef("")
}
