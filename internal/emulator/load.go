package emulator

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"sigs.k8s.io/yaml"
)

// Load replaces everything that the gateway holds by what the file says; on an error it changes
// nothing. The file is YAML or JSON, perhaps of several documents: the sections of a desired-state
// file plus gateway. An error names the section and the item. Values are taken as they are, even
// such that the API would refuse, so that what a gateway held can always be loaded.
func (g *Gateway) Load(yamlState []byte) error {
	l := &loader{state: newState(g.opts), now: g.opts.Now(), invent: g.opts.Invent}
	for i, document := range documents(yamlState) {
		var f stateFile
		if err := decodeDocument(document, &f); err != nil {
			return fmt.Errorf("state file, document %d: %w", i+1, err)
		}
		if err := l.document(f); err != nil {
			return fmt.Errorf("state file, document %d: %w", i+1, err)
		}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.state = l.state
	return nil
}

var documentEnd = regexp.MustCompile(`(?m)^---(?:[ \t].*)?$`)

// documents splits a file at its --- lines and drops empty parts.
func documents(file []byte) [][]byte {
	var parts [][]byte
	rest := file
	for rest != nil {
		at := documentEnd.FindIndex(rest)
		part := rest
		if at == nil {
			rest = nil
		} else {
			part, rest = rest[:at[0]], rest[at[1]:]
		}
		if len(bytes.TrimSpace(part)) > 0 {
			parts = append(parts, part)
		}
	}
	return parts
}

// decodeDocument reads YAML, or JSON at a fraction of the cost.
func decodeDocument(document []byte, f *stateFile) (err error) {
	if bytes.Contains(document, []byte("$$")) || bytes.Contains(document, []byte("${")) || bytes.Contains(document, []byte("x-")) {
		if document, err = resolved(document); err != nil {
			return err
		}
	}
	if bytes.HasPrefix(bytes.TrimSpace(document), []byte("{")) && strict(document, f) == nil {
		return nil
	}
	*f = stateFile{}
	return yaml.UnmarshalStrict(document, f)
}

// loader fills a state from documents.
type loader struct {
	*state
	saved
	now time.Time
	env *environment // default of the document's bindings

	invent bool // make up what is only referred to
}

// document adds one document: first what others refer to, then policies, then bindings.
func (l *loader) document(f stateFile) error {
	if f.version != fileVersion && f.version != "" {
		return fmt.Errorf("version: %q is not %s", f.version, fileVersion)
	}
	l.saved = f.saved
	l.state.serial = max(l.state.serial, f.serial)
	var err error
	for _, s := range l.sections() {
		if l.env == nil && !strings.HasPrefix(s.key, "gateway.") {
			if l.env, err = l.environment(cmp.Or(f.environment, "RELEASE")); err != nil {
				return fmt.Errorf("environment: %w", err)
			}
		}
		raw, has := f.sections[s.key]
		delete(f.sections, s.key)
		if has && string(raw) != "null" {
			err = errors.Join(err, s.load(l, raw))
		}
	}
	for key := range f.sections {
		if !forTheTool(key) {
			err = errors.Join(err, fmt.Errorf("unknown field %q", strings.TrimPrefix(key, "gateway.")))
		}
	}
	return err
}

// each adds the items of a section and says which ones failed.
func each[T any](section string, items []T, add func(T) (name string, err error)) error {
	var errs []error
	for i, item := range items {
		name, err := add(item)
		if err == nil && name == "" {
			err = errors.New("name is missing")
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: item %d (%s): %w", section, i+1, name, err))
		}
	}
	return errors.Join(errs...)
}

// identity makes the identity of a loaded object, with the id and times that the file has for it.
func (l *loader) identity(kind, name, scope string) (identity, error) {
	address := kind + "/" + name
	i := identity{seq: l.next(), id: l.id(address), name: name, scope: scope}
	var err error
	i.created, i.updated, err = l.when(address)
	return i, err
}

// id is the file's id for the address, or a new one.
func (l *loader) id(address string) string {
	if id := l.ids[address]; id != "" {
		return id
	}
	return l.newID()
}

// when are the times that the file has for the address, else now.
func (l *loader) when(address string) (created, updated time.Time, err error) {
	text := l.times[address]
	if text == "" {
		return l.now, l.now, nil
	}
	first, last, twice := strings.Cut(text, "/")
	created, err = time.Parse(time.RFC3339Nano, first)
	updated = created
	if err == nil && twice {
		updated, err = time.Parse(time.RFC3339Nano, last)
	}
	if err != nil {
		return created, updated, fmt.Errorf("gateway: times: %s: %w", address, err)
	}
	return created, updated, nil
}

func (l *loader) environment(name string) (*environment, error) {
	if e := l.envs().names[[2]string{"", name}]; e != nil {
		return e, nil
	}
	if l.invent && l.addEnvironment(fileEnvironment{Name: name}) == nil {
		return l.envs().names[[2]string{"", name}], nil
	}
	return nil, fmt.Errorf("environment %q is not in gateway.environments", name)
}

// fresh adds an object to its table unless the name is there already.
func fresh[T object](t *table[T], x T) error {
	i := x.ident()
	if t.taken(i.scope, i.name, "") {
		return errors.New("defined twice")
	}
	if _, used := t.ids[i.id]; used {
		return fmt.Errorf("id %s is used twice", i.id)
	}
	t.add(x)
	return nil
}
