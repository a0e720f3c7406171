package planfile

import (
	"bytes"
	"cmp"
	"crypto/hmac"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/kind/jsonptr"
	"github.com/apigw-sync/apigw-sync/internal/report/document"
)

// Incompatible is the error for a plan in the format of another version of the program.
type Incompatible struct{ FormatVersion, ToolVersion string }

func (i *Incompatible) Error() string {
	by := ""
	if i.ToolVersion != "" {
		by = " by apigw-sync " + i.ToolVersion
	}
	return fmt.Sprintf("the plan has the format %q, made%s; this version reads the format %s", i.FormatVersion, by, document.FormatVersion)
}

var (
	errNoPlan  = errors.New("this is not a saved plan; make one with diff --out")
	errAltered = errors.New("the plan was changed after it was made; make a new one")
)

// Decode reads a file. It accepts only what Encode writes, apart from white space: unknown keys, repeated keys, and
// changes made by hand are errors.
func Decode(data []byte) (*File, error) {
	var head struct {
		document.Head
		Saved json.RawMessage `json:"saved"`
	}
	if err := json.Unmarshal(data, &head); err != nil {
		return nil, broken(err)
	}
	if head.FormatVersion == "" {
		return nil, errNoPlan
	}
	if major(head.FormatVersion) != major(document.FormatVersion) {
		return nil, &Incompatible{head.FormatVersion, head.ToolVersion}
	}
	if len(head.Saved) == 0 {
		return nil, errNoPlan
	}
	f, err := strict(data)
	if err != nil {
		if head.FormatVersion != document.FormatVersion {
			return nil, &Incompatible{head.FormatVersion, head.ToolVersion}
		}
		return nil, err
	}
	err = f.validate()
	return f, err
}

func broken(err error) error {
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("the file is not JSON, or it is cut off: %w", err)
	}
	return errNoPlan
}

func major(version string) string {
	m, _, _ := strings.Cut(version, ".")
	return m
}

// strict reads a file and compares it with what Encode would write.
func strict(data []byte) (*File, error) {
	var f File
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	d.DisallowUnknownFields()
	if err := d.Decode(&f); err != nil {
		return nil, fmt.Errorf("%w (%v)", errAltered, err) //nolint:errorlint // callers handle only the first
	}
	var given bytes.Buffer
	if err := json.Compact(&given, data); err != nil {
		return nil, broken(err)
	}
	raw, err := marshal(&f)
	if err != nil || !bytes.Equal(raw, given.Bytes()) {
		return nil, errAltered
	}
	check, err := f.check()
	if err != nil || !hmac.Equal([]byte(check), []byte(f.Saved.Check)) {
		return nil, errAltered
	}
	return &f, nil
}

// validate checks what the rest of the program relies on.
func (f *File) validate() error {
	s := &f.Saved
	if key, err := hex.DecodeString(s.Key); err != nil || len(key) < keyLength {
		return errAltered
	}
	for i := range s.Objects {
		if err := s.Objects[i].check(); err != nil {
			return err
		}
	}
	for i := range s.Held {
		if err := s.Held[i].check(); err != nil {
			return err
		}
	}
	for _, list := range [][]Link{s.Links, s.Bound} {
		for i := range list {
			if kind.LinkOf(list[i].Kind) == nil {
				return fmt.Errorf("%s: there is no kind %q", list[i].Address(), list[i].Kind)
			}
		}
	}
	for _, g := range s.Gone {
		if k := kind.Of(g.Kind); k == nil || k.Owner != "" {
			return fmt.Errorf("%q is not a kind of objects that stand alone", g.Kind)
		}
	}
	return nil
}

// check checks that an object can be read, both with digests instead of its secrets and without secrets.
func (o *stored) check() error {
	switch k := kind.Of(o.Kind); {
	case k == nil:
		return fmt.Errorf("%s: there is no kind %q", o.Address(), o.Kind)
	case (k.Owner != "") != (o.Owner != ""):
		return fmt.Errorf("%s: has an owner where none belongs, or none where one does", o.Address())
	}
	_, err := o.decode(nil)
	_, err2 := o.decode(o.Secrets)
	if err = cmp.Or(err, err2); err != nil {
		return fmt.Errorf("%s: %w", o.Address(), err)
	}
	return nil
}

// decode returns the value with the digests of these secrets; nil for an anchor.
func (o *stored) decode(secrets []Secret) (any, error) {
	if o.Anchor {
		return nil, nil
	}
	tree, err := decodeTree(o.Value)
	if err != nil {
		return nil, err
	}
	for _, s := range secrets {
		tree = jsonptr.Put(tree, s.Path, s.Digest)
	}
	return kind.Of(o.Kind).Unpack(tree)
}

// withDigests returns the value with digests instead of its secrets; nil for an anchor.
func (o *stored) withDigests() any { return decoded(o.decode(o.Secrets)) }

// WithoutSecrets returns the value without its secrets; nil for an anchor.
func (o *stored) WithoutSecrets() any { return decoded(o.decode(nil)) }

func decoded(v any, err error) any {
	if err != nil {
		panic(err) // Decode has read it
	}
	return v
}

// Address returns the address of the object, as in its change.
func (o *stored) Address() string { return o.Kind + "/" + o.Key }

func decodeTree(raw json.RawMessage) (tree map[string]any, err error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if err := d.Decode(&tree); err != nil {
		return nil, err
	}
	if tree == nil {
		return nil, errors.New("has no value")
	}
	return tree, nil
}
