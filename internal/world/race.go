//go:build race

package world

// Raced reports whether the race detector is on.
const Raced = true
