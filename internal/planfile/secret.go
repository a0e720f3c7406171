package planfile

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// sealer makes digests with the key of a plan.
type sealer []byte

// digest is the same for the same text at the same place, and says nothing of it to those without the text.
func (s sealer) digest(address, path, text string) string {
	h := hmac.New(sha256.New, s)
	for _, part := range []string{address, path, text} {
		_, _ = fmt.Fprintf(h, "%d:%s", len(part), part) // hashes do not fail
	}
	return hex.EncodeToString(h.Sum(nil))
}

// leaf is one secret of a value.
type leaf struct{ path, text string }

// bare is a value as JSON without its secrets, and the secrets.
func bare(k *kind.Kind, value any) (json.RawMessage, []leaf, error) {
	tree, err := k.Pack(value)
	if err != nil {
		return nil, nil, err
	}
	pointers, err := k.SecretsIn(value)
	if err != nil {
		return nil, nil, err
	}
	var secrets []leaf
	for _, p := range pointers {
		text, _ := kind.At(tree, p).(string)
		secrets = append(secrets, leaf{p, text})
		tree = kind.Put(tree, p, nil)
	}
	raw, err := marshal(tree)
	return raw, secrets, err
}

// longEnough is the length from which a secret in a text is no coincidence.
const longEnough = 8

// tells reports whether one of some secrets stands in a file, which is the last thing that is looked at.
func tells(file []byte, secrets []leaf) (path string, told bool) {
	for _, s := range secrets {
		quoted, err := marshal(s.text)
		if err == nil && len(s.text) >= longEnough && bytes.Contains(file, bytes.Trim(quoted, `"`)) {
			return s.path, true
		}
	}
	return "", false
}

// Needed is a secret that a saved plan asks for.
type Needed struct {
	Kind, Address, Path string
	Variables           []string     // whose values, one behind the other, are the secret; none when a file has it
	Source              *kind.Source // where the file has it; nil when it stands in none
}

// ChangedSecret is a secret whose value is not the one that the plan was made with.
type ChangedSecret struct{ Needed }

func (c *ChangedSecret) Error() string {
	return fmt.Sprintf("%s: %s is not the secret that the plan was made with", c.Address, c.Path)
}

// Needs lists the secrets that the plan asks for.
func (f *File) Needs() (out []Needed) {
	for i := range f.Saved.Objects {
		o := &f.Saved.Objects[i]
		for _, s := range o.Secrets {
			out = append(out, Needed{Kind: o.Kind, Address: o.address(), Path: s.Path, Variables: s.Variables, Source: s.Source})
		}
	}
	return out
}

func (o *Object) address() string { return o.Kind + "/" + o.Key }
func (h *Held) address() string   { return h.Kind + "/" + h.Key }

func (l *Link) address() string {
	return l.Kind + "/" + l.Owner + "/" + l.Group + "/" + l.API + "@" + l.Environment
}

// Reveal finds the value of a secret.
type Reveal func(Needed) (string, error)

// revealed is the value of a wanted object with its secrets.
func (o *Object) revealed(seal sealer, reveal Reveal) (any, error) {
	tree, err := treeOf(o.Value)
	if err != nil {
		return nil, err
	}
	for _, s := range o.Secrets {
		n := Needed{Kind: o.Kind, Address: o.address(), Path: s.Path, Variables: s.Variables, Source: s.Source}
		text, err := reveal(n)
		if err != nil {
			return nil, err
		}
		if !hmac.Equal([]byte(seal.digest(n.Address, s.Path, text)), []byte(s.Digest)) {
			return nil, &ChangedSecret{n}
		}
		tree = kind.Put(tree, s.Path, text)
	}
	v, err := kind.Of(o.Kind).Unpack(tree)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", o.address(), err)
	}
	return v, nil
}

// InFiles finds a secret among declared objects.
func InFiles(n Needed, objects []kind.Declared) (string, error) {
	for i := range objects {
		d := &objects[i]
		if d.Address() != n.Address {
			continue
		}
		tree, err := kind.Of(d.Kind).Pack(d.Value)
		if err != nil {
			return "", fmt.Errorf("%s: %w", n.Address, err)
		}
		if text, ok := kind.At(tree, n.Path).(string); ok {
			return text, nil
		}
	}
	return "", fmt.Errorf("%s: the files do not hold %s, which the plan needs", n.Address, n.Path)
}
