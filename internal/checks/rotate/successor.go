package rotate

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
)

// A code that is generated here is random, except for its last quarter, which is a MAC over the code that it replaces.
// A run that finds both in the list of an app's codes knows that a rotation from one to the other is in progress, and
// needs no file to remember it. The MAC reveals nothing about the old code to anyone who does not have it, unless that
// code can be guessed.
const (
	randomBytes = 24 // 192 bits, which cannot be guessed
	macBytes    = 8  // two codes look like a pair by chance once in 2^64
)

// successor makes a code that replaces old: 64 hexadecimal characters, the fewest that a code may have.
func successor(old string) string {
	value := random(randomBytes)
	return value + mac(value, old)
}

// random returns n random bytes, in hexadecimal.
func random(n int) string {
	raw := make([]byte, n)
	_, _ = rand.Read(raw) // it never returns an error; it ends the program instead
	return hex.EncodeToString(raw)
}

// replaces reports whether value was made to replace old.
func replaces(value, old string) bool {
	const random = 2 * randomBytes
	return old != "" && len(value) == random+2*macBytes &&
		hmac.Equal([]byte(value[random:]), []byte(mac(value[:random], old)))
}

func mac(random, old string) string {
	m := hmac.New(sha256.New, []byte(random))
	m.Write([]byte("replaces "))
	m.Write([]byte(old))
	return hex.EncodeToString(m.Sum(nil)[:macBytes])
}
