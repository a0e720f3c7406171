package planfile

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/kind/jsonptr"
)

// digestKey makes digests with the key of a plan.
type digestKey []byte

// digest returns a digest that is equal for the same text at the same path, and does not reveal the text.
func (s digestKey) digest(address, path, text string) string {
	h := hmac.New(sha256.New, s)
	for _, part := range []string{address, path, text} {
		_, _ = fmt.Fprintf(h, "%d:%s", len(part), part) // writing to a hash never fails
	}
	return hex.EncodeToString(h.Sum(nil))
}

// secretText is one secret of a value.
type secretText struct{ path, text string }

// withoutSecrets returns a value as JSON without its secrets, and the secrets.
func withoutSecrets(k *kind.Kind, value any) (json.RawMessage, []secretText, error) {
	tree := k.Pack(value)
	var secrets []secretText
	for _, p := range k.SecretsIn(value) {
		text, _ := jsonptr.At(tree, p).(string)
		secrets = append(secrets, secretText{p, text})
		tree = jsonptr.Put(tree, p, nil)
	}
	raw, err := marshal(tree)
	return raw, secrets, err
}

// longEnough is the length from which it cannot be a coincidence that a text contains a secret.
const longEnough = 8

// containsSecret reports whether a file contains one of these secrets, as a last check before the file is written.
func containsSecret(file []byte, secrets []secretText) (path string, found bool) {
	for _, s := range secrets {
		quoted, err := marshal(s.text)
		if err == nil && len(s.text) >= longEnough && bytes.Contains(file, bytes.Trim(quoted, `"`)) {
			return s.path, true
		}
	}
	return "", false
}

// NeededSecret is a secret that a saved plan asks for.
type NeededSecret struct {
	Kind, Address, Path string
	Variables           []string     // the secret is the concatenation of their values; none if it is in a file
	Source              *kind.Source // where it is in a file; nil if it is in none
}

// ChangedSecret is the error for a secret whose value differs from the one that the plan was made with.
type ChangedSecret struct{ NeededSecret }

func (c *ChangedSecret) Error() string {
	return fmt.Sprintf("%s: %s is not the secret that the plan was made with", c.Address, c.Path)
}

// NeededSecrets lists the secrets that the plan needs.
func (f *File) NeededSecrets() (out []NeededSecret) {
	for i := range f.Saved.Objects {
		o := &f.Saved.Objects[i]
		for j := range o.Secrets {
			out = append(out, o.needed(&o.Secrets[j]))
		}
	}
	return out
}

func (o *Object) needed(s *Secret) NeededSecret {
	return NeededSecret{Kind: o.Kind, Address: o.Address(), Path: s.Path, Variables: s.Variables, Source: s.Source}
}

// Address returns the address of the link, as in its change.
func (l *Link) Address() string {
	link := catalog{}.link(l)
	return link.Address()
}

// Reveal finds the value of a secret.
type Reveal func(NeededSecret) (string, error)

// revealed returns the value of a wanted object with its secrets.
func (o *Object) revealed(key digestKey, reveal Reveal) (any, error) {
	tree, err := decodeTree(o.Value)
	if err != nil {
		return nil, err
	}
	for i := range o.Secrets {
		text, err := o.reveal(&o.Secrets[i], key, reveal)
		if err != nil {
			return nil, err
		}
		tree = jsonptr.Put(tree, o.Secrets[i].Path, text)
	}
	v, err := kind.Of(o.Kind).Unpack(tree)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", o.Address(), err)
	}
	return v, nil
}

func (o *Object) reveal(s *Secret, key digestKey, reveal Reveal) (string, error) {
	n := o.needed(s)
	text, err := reveal(n)
	if err != nil {
		return "", err
	}
	if !hmac.Equal([]byte(key.digest(n.Address, s.Path, text)), []byte(s.Digest)) {
		return "", &ChangedSecret{n}
	}
	return text, nil
}

// HasSecret reports whether the object had a secret at the pointer.
func (h *Held) HasSecret(path string) bool {
	return slices.ContainsFunc(h.Secrets, func(s Secret) bool { return s.Path == path })
}

// HidSecret reports whether the gateway hid the secret at the pointer.
func (h *Held) HidSecret(path string) bool {
	return !slices.ContainsFunc(h.Secrets, func(s Secret) bool { return s.Path == path && !s.Masked })
}

// Origins returns where the secret at the pointer comes from: at most one origin.
func (o *Object) Origins(path string) (out []kind.Origin) {
	for _, s := range o.Secrets {
		if s.Path != path {
			continue
		}
		from := kind.Origin{Path: s.Path, Variables: s.Variables}
		if s.Source != nil {
			from.Source = *s.Source
		}
		out = append(out, from)
	}
	return out
}

// Secret finds the value of one secret of a wanted object; "" if the object has no such secret.
func (f *File) Secret(o *Object, path string, reveal Reveal) (text string, err error) {
	for i := range o.Secrets {
		if o.Secrets[i].Path == path {
			return o.reveal(&o.Secrets[i], f.digestKey(), reveal)
		}
	}
	return "", nil
}

// SecretInFiles finds a secret among declared objects.
func SecretInFiles(n NeededSecret, objects []kind.Declared) (string, error) {
	for i := range objects {
		d := &objects[i]
		if d.Address() != n.Address {
			continue
		}
		if text, ok := jsonptr.At(kind.Of(d.Kind).Pack(d.Value), n.Path).(string); ok {
			return text, nil
		}
	}
	return "", fmt.Errorf("%s: the files do not hold %s, which the plan needs", n.Address, n.Path)
}
