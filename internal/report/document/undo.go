package document

// Undo describes the file that takes a run back.
type Undo struct {
	File          string `json:"file"`
	Changes       int    `json:"changes"` // of the run, as far as it got
	NotRestorable []Loss `json:"not_restorable"`

	UserNamed bool `json:"-"` // the user named the file: undo does not find it by itself
}

// TakesBack describes the run that an undo takes back.
type TakesBack struct {
	File          string `json:"file"`
	Created       string `json:"created"` // when that run began to write, RFC 3339
	NotRestorable []Loss `json:"not_restorable"`

	Undo bool `json:"-"` // that run was an undo itself
}

// Loss is something that an undo cannot bring back.
type Loss struct {
	Address string `json:"address"`
	Path    string `json:"path,omitempty"` // JSON pointer inside the object; "" for the whole object
	Reason  string `json:"reason"`
}
