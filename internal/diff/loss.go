package diff

// Loss is something that an undo cannot bring back.
type Loss struct {
	Address string
	Path    string // JSON pointer inside the object; "" when it is about the whole
	Reason  string
}
