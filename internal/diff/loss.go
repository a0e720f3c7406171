package diff

// Loss is something that an undo cannot bring back.
type Loss struct {
	Address string
	Path    string // JSON pointer inside the object; "" when the whole object is lost
	Reason  string
}
