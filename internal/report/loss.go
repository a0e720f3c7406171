package report

// Loss is something that an undo cannot bring back.
type Loss struct {
	Address string `json:"address"`
	Path    string `json:"path,omitempty"` // JSON pointer inside the object; "" when it is about the whole
	Reason  string `json:"reason"`
}
