package rotate

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
)

// A code that is made here is random, but for its last quarter, which is a MAC over the code that it
// replaces. So whoever sees both in the list of an app's codes knows that a rotation from one to the other
// is under way, and needs no file to remember it. The MAC tells nothing of the old code to those who do
// not have it already, as long as that cannot be guessed.
const (
	randomBytes = 24 // 192 bits that nobody guesses
	markBytes   = 8  // two codes look like a pair by chance once in 2^64
)

// successor makes a code that replaces old: 64 hexadecimal characters, the fewest that a code may have.
func successor(old string) string {
	value := random(randomBytes)
	return value + mark(value, old)
}

// random makes so many random bytes, in hexadecimal.
func random(n int) string {
	raw := make([]byte, n)
	_, _ = rand.Read(raw) // it never fails, it would rather end the program
	return hex.EncodeToString(raw)
}

// succeeds reports whether value was made to replace old.
func succeeds(value, old string) bool {
	const random = 2 * randomBytes
	return old != "" && len(value) == random+2*markBytes &&
		hmac.Equal([]byte(value[random:]), []byte(mark(value[:random], old)))
}

func mark(random, old string) string {
	m := hmac.New(sha256.New, []byte(random))
	m.Write([]byte("replaces "))
	m.Write([]byte(old))
	return hex.EncodeToString(m.Sum(nil)[:markBytes])
}
