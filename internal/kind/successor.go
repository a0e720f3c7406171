package kind

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind/jsonptr"
)

const (
	mark   = "_next_" // before the digits that end the name of a successor
	digits = 8

	nameMost = 64 // characters of a name at most, also where a kind takes more
)

// Stem is what a name and those of its successors begin with.
func (k *Kind) Stem(key string) string {
	if len(k.Replace) == 0 {
		return key
	}
	name, most := []rune(key), nameMost
	if own, _ := k.Shape.Field("name").Keyword("maxLength").(int); own > 0 {
		most = min(most, own)
	}
	return string(name[:min(len(name), most-len(mark)-digits)])
}

// Successor returns the temporary name of the object that replaces the object key. It only depends on that name and on the
// fields that cannot change, so a later run recognises what an interrupted replace left, and never needs a name that such a
// leftover has.
func (k *Kind) Successor(key string, value any) string {
	tree, sum := k.Pack(value), sha256.New()
	_, _ = fmt.Fprintf(sum, "%s/%s", k.Name, key) // a hash takes everything
	for _, p := range k.Replace {
		_, _ = fmt.Fprintf(sum, "\n%v", jsonptr.At(tree, p))
	}
	return k.Stem(key) + mark + hex.EncodeToString(sum.Sum(nil))[:digits]
}

// Succeeds reports whether an object was created to replace the object key.
func (k *Kind) Succeeds(o *Object, key string) bool {
	stem, ok := k.SucceedsAny(o)
	return ok && stem == k.Stem(key) && o.Key == k.Successor(key, o.Value)
}

// SucceedsAny reports whether an object has the name of a successor, and what that begins with: the name of the
// object in whose place it was to come, which may go on where the stem is as long as stems can be.
func (k *Kind) SucceedsAny(o *Object) (stem string, ok bool) {
	at := strings.LastIndex(o.Key, mark)
	if len(k.Replace) == 0 || at <= 0 || len(o.Key)-at != len(mark)+digits || strings.Trim(o.Key[at+len(mark):], "0123456789abcdef") != "" {
		return "", false
	}
	return o.Key[:at], true
}
