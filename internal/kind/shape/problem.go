package shape

// Problem is something wrong with a value that no single rule sees, such as one limit above another.
type Problem struct {
	Path string // JSON pointer inside the value checked; "" is the value itself
	Text string // what is wrong
	Hint string // what to do about it; may be empty
	Soft bool   // a warning, not an error
}
