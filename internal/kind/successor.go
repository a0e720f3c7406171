package kind

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind/jsonptr"
)

const (
	mark   = "_next_" // separates the stem of a successor's name from its final digits
	digits = 8

	nameMost = 64 // most characters of a successor's name, even if the kind allows longer names
)

// Stem returns the beginning that a name has in common with the names of its successors.
func (k *Kind) Stem(key string) string {
	if len(k.Immutable) == 0 {
		return key
	}
	name, most := []rune(key), nameMost
	if own, _ := k.Shape.Field("name").Keyword("maxLength").(int); own > 0 {
		most = min(most, own)
	}
	return string(name[:min(len(name), most-len(mark)-digits)])
}

// Successor returns the temporary name of the object that replaces the object key. The name depends only on the key and
// on the fields that cannot change in place. So a later run recognises the successor that an interrupted replace has
// left, and a replace with other values never needs a name that such a leftover has.
func (k *Kind) Successor(key string, value any) string {
	tree, sum := k.Pack(value), sha256.New()
	_, _ = fmt.Fprintf(sum, "%s/%s", k.Name, key) // writing to a hash cannot fail
	for _, p := range k.Immutable {
		_, _ = fmt.Fprintf(sum, "\n%v", jsonptr.At(tree, p))
	}
	return k.Stem(key) + mark + hex.EncodeToString(sum.Sum(nil))[:digits]
}

// Succeeds reports whether an object was created to replace the object key.
func (k *Kind) Succeeds(o *Object, key string) bool {
	stem, ok := k.SucceedsAny(o)
	return ok && stem == k.Stem(key) && o.Key == k.Successor(key, o.Value)
}

// SucceedsAny reports whether an object has the name of a successor, and returns its stem: the name of the object that
// it was created to replace. If the stem has the maximum length, it may be only the beginning of that name.
func (k *Kind) SucceedsAny(o *Object) (stem string, ok bool) {
	at := strings.LastIndex(o.Key, mark)
	if len(k.Immutable) == 0 || at <= 0 || len(o.Key)-at != len(mark)+digits || strings.Trim(o.Key[at+len(mark):], "0123456789abcdef") != "" {
		return "", false
	}
	return o.Key[:at], true
}
