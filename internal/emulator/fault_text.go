package emulator

// String is the rule as ParseFault reads it.
func (f Fault) String() string { return f.Op }
