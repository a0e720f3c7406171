package shape

// Problem is a mistake in a value that no rule of a single field can find, such as one limit above another.
type Problem struct {
	Path    string // JSON pointer into the checked value; "" is the value itself
	Text    string // what is wrong
	Hint    string // what to do about it; may be empty
	Warning bool   // a warning, not an error
}
