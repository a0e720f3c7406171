package drift

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"strings"
	"time"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/kind/jsonptr"
	"github.com/apigw-sync/apigw-sync/internal/reconcile/compared"
)

// Baseline records the state of gateway and files at a time. With it, drift can show whether a later difference was
// made on the gateway, in the files, or in both. It contains no values, only digests of them, with a key of its own.
type Baseline struct {
	FormatVersion string              `json:"format_version"`
	InstanceID    string              `json:"instance_id"`
	At            time.Time           `json:"at"`
	Key           []byte              `json:"key"`
	Owns          map[string][]string `json:"owns"`    // kind to globs, as in the files
	Entries       map[string]Entry    `json:"entries"` // by address; anything missing existed on neither side
}

// Entry is one object or link: digests of its leaves by JSON pointer. A side is nil if it did not have the object or
// link.
type Entry struct {
	Same    map[string]string `json:"same,omitzero"`    // of both sides, where they agree
	Gateway map[string]string `json:"gateway,omitzero"` // else
	Files   map[string]string `json:"files,omitzero"`
	Manages []string          `json:"manages,omitzero"` // as in kind.Declared
}

func (e Entry) gateway() map[string]string {
	if e.Same != nil {
		return e.Same
	}
	return e.Gateway
}

func (e Entry) files() map[string]string {
	if e.Same != nil {
		return e.Same
	}
	return e.Files
}

const (
	baselineVersion = "1.0"
	baselineMajor   = "1."
	keyLength       = 32
	digestLength    = 16
)

// NewBaseline records what a comparison saw. For what differs, it keeps the entries of the earlier baseline before
// (which may be nil), so that drift can still show which side changed.
func NewBaseline(instanceID string, c *compared.Result, before *Baseline, now time.Time) (*Baseline, error) {
	b := &Baseline{
		FormatVersion: baselineVersion, InstanceID: instanceID, At: now.UTC().Truncate(time.Second),
		Owns: c.Desired.Owns, Entries: map[string]Entry{},
	}
	if before != nil {
		b.Key = before.Key
	} else {
		b.Key = make([]byte, keyLength)
		if _, err := rand.Read(b.Key); err != nil {
			return nil, err
		}
	}
	b.record(c)
	for address, e := range b.Entries {
		if e.Gateway != nil && maps.Equal(e.Gateway, e.Files) {
			b.Entries[address] = Entry{Same: e.Files, Manages: e.Manages}
		}
	}
	if before != nil {
		b.keep(before, c.Plan)
	}
	return b, nil
}

// record records both sides.
func (b *Baseline) record(c *compared.Result) {
	for i := range c.Actual.Objects {
		o := &c.Actual.Objects[i]
		b.Entries[o.Address()] = Entry{Gateway: b.digests(o)}
	}
	for i := range c.Actual.Links {
		l := &c.Actual.Links[i]
		b.Entries[l.Address()] = Entry{Gateway: b.linkDigest(l.Address())}
	}
	for i := range c.Desired.Objects {
		d := &c.Desired.Objects[i]
		e := b.Entries[d.Address()]
		e.Files, e.Manages = b.digests(&d.Object), d.Manages
		b.Entries[d.Address()] = e
	}
	for i := range c.Desired.Links {
		l := &c.Desired.Links[i]
		e := b.Entries[l.Address()]
		e.Files = b.linkDigest(l.Address())
		b.Entries[l.Address()] = e
	}
}

// keep copies the entries of an earlier baseline for what differs.
func (b *Baseline) keep(before *Baseline, plan *diff.Plan) {
	differ := make([]string, 0, len(plan.Changes)+len(plan.Extra))
	for i := range plan.Changes {
		differ = append(differ, plan.Changes[i].Address)
	}
	for _, e := range plan.Extra {
		differ = append(differ, e.Address)
	}
	for _, address := range differ {
		if e, ok := before.Entries[address]; ok {
			b.Entries[address] = e
		} else {
			delete(b.Entries, address)
		}
	}
}

// ReadBaseline reads what Write has written.
func ReadBaseline(data []byte) (*Baseline, error) {
	var b Baseline
	if err := json.Unmarshal(data, &b); err != nil || b.FormatVersion == "" {
		return nil, errors.New("it is not a baseline of apigw-sync")
	}
	if !strings.HasPrefix(b.FormatVersion, baselineMajor) {
		return nil, fmt.Errorf("its format version is %.20q; this program reads %s", b.FormatVersion, baselineVersion)
	}
	if len(b.Key) != keyLength {
		return nil, errors.New("its key is incomplete")
	}
	return &b, nil
}

// Write writes the baseline as JSON.
func (b *Baseline) Write(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", " ")
	return e.Encode(b)
}

// digests digests the leaves of an object. A list counts as one leaf, since its items have no names.
func (b *Baseline) digests(o *kind.Object) map[string]string {
	out := map[string]string{}
	raw, err := json.Marshal(o.Value)
	if err != nil {
		return out
	}
	var tree any
	if json.Unmarshal(raw, &tree) == nil { // numbers lose only precision that Marshal would lose anyway
		b.walk(out, o.Address(), "", tree)
	}
	return out
}

func (b *Baseline) walk(out map[string]string, address, path string, v any) {
	m, ok := v.(map[string]any)
	if !ok {
		raw, _ := json.Marshal(v) // it was decoded from JSON
		out[path] = b.digest(address, path, raw)
		return
	}
	for key, inner := range m {
		b.walk(out, address, path+"/"+jsonptr.Escape(key), inner)
	}
}

// linkDigest is what a link has for leaves.
func (b *Baseline) linkDigest(address string) map[string]string {
	return map[string]string{"": b.digest(address, "", nil)}
}

// digest depends on address and path, so that it does not show which objects have equal values.
func (b *Baseline) digest(address, path string, value []byte) string {
	h := hmac.New(sha256.New, b.Key)
	for _, part := range []string{address, path, string(value)} {
		_, _ = fmt.Fprintf(h, "%d:%s", len(part), part) // a hash takes all
	}
	return base64.RawStdEncoding.EncodeToString(h.Sum(nil)[:digestLength])
}
