package document

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
