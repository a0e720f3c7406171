//go:build race

package world

// Raced tells whether the race detector is on.
const Raced = true
