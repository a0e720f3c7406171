package emulator

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/apigw-sync/apigw-sync/internal/spec/yamlnode"
)

// Load replaces the content of the gateway by that of a state file. If there is an error, it changes nothing. The file is
// YAML or JSON, possibly with several documents. It has the sections of a desired-state file, and the section gateway.
// Errors name the section and the item. Values are not checked, so a state that a gateway once had can always be loaded,
// even if the API would now refuse it.
func (g *Gateway) Load(yamlState []byte) error {
	l := &loader{state: newState(g.opts), now: g.opts.Now(), invent: g.opts.Invent}
	documents, err := parseDocuments(yamlState)
	if err != nil {
		return err
	}
	for i, f := range documents {
		if err := l.document(f); err != nil {
			return fmt.Errorf("state file, document %d: %w", i+1, err)
		}
	}
	for _, load := range l.deferred {
		if err := load(); err != nil {
			return fmt.Errorf("state file: %w", err)
		}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.state = l.state
	return nil
}

// parseDocuments reads the documents of a file in the same way as desired-state files. JSON without variables takes a faster way.
func parseDocuments(file []byte) (documents []stateFile, err error) {
	var f stateFile
	if bytes.HasPrefix(bytes.TrimSpace(file), []byte("{")) && !bytes.Contains(file, []byte("$$")) && !bytes.Contains(file, []byte("${")) && decodeStrict(file, &f) == nil {
		return []stateFile{f}, nil
	}
	roots, faults := yamlnode.Read("state file", file, nil)
	for _, f := range faults {
		text := fmt.Sprintf("state file:%d:%d: %s; %s", f.Line, f.Column, f.Problem, f.Hint)
		err = joinErrors(err, errors.New(strings.TrimSuffix(text, "; ")))
	}
	if err != nil {
		return nil, err
	}
	for i, root := range roots {
		var f stateFile
		raw, err := json.Marshal(root.Data(expandText))
		if err == nil {
			err = decodeStrict(raw, &f)
		}
		if err != nil {
			return nil, fmt.Errorf("state file, document %d: %w", i+1, err)
		}
		documents = append(documents, f)
	}
	return documents, nil
}

// loader fills a state from documents.
type loader struct {
	*state
	saved
	now time.Time
	env *environment // default of the document's bindings

	invent bool // create the environments, groups and APIs that references name and the file does not have

	deferred []func() error // loads references to names that are only known when everything else is loaded
}

// document adds one document. Sections come in the order of resources, so what others refer to is loaded first.
func (l *loader) document(f stateFile) error {
	if f.version != fileVersion && f.version != "" {
		return fmt.Errorf("version: %q is not supported; write %s", f.version, fileVersion)
	}
	l.saved, l.env = f.saved, nil
	l.state.serial = max(l.state.serial, f.serial)
	var err error
	for _, s := range l.sections() {
		if l.env == nil && !strings.HasPrefix(s.key, "gateway.") && s.key != "environments" { // environments are loaded now
			if l.env, err = l.environment(cmp.Or(f.environment, "RELEASE")); err != nil {
				return fmt.Errorf("environment: %w", err)
			}
		}
		raw, has := f.sections[s.key]
		delete(f.sections, s.key)
		if has && string(raw) != "null" {
			err = joinErrors(err, s.load(l, raw))
		}
	}
	for key := range f.sections {
		if !onlyForTool(key) {
			err = joinErrors(err, fmt.Errorf("unknown field %q", strings.TrimPrefix(key, "gateway.")))
		}
	}
	return err
}

// each adds the items of a section. Its error names the items that failed.
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
	return joinErrors(errs...)
}

// joinErrors joins errors with semicolons. The command prints an error as one line and would escape the line breaks of
// errors.Join.
func joinErrors(errs ...error) error {
	var texts []string
	for _, err := range errs {
		if err != nil {
			texts = append(texts, err.Error())
		}
	}
	if len(texts) == 0 {
		return nil
	}
	return errors.New(strings.Join(texts, "; "))
}

// identity returns the identity of a loaded object, with its id and times from the file.
func (l *loader) identity(kind, name, scope string) (identity, error) {
	address := kind + "/" + name
	i := identity{part: part{l.nextSeq(), l.id(address)}, name: name, scope: scope}
	var err error
	i.created, i.updated, err = l.timesAt(address)
	return i, err
}

// id returns the file's id for the address, or a new one.
func (l *loader) id(address string) string {
	if id := l.ids[address]; id != "" {
		return id
	}
	return l.newID()
}

// timesAt returns the times that the file has for the address, or the current time.
func (l *loader) timesAt(address string) (created, updated time.Time, err error) {
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
	if e := l.envs().byName(name); e != nil {
		return e, nil
	}
	if l.invent && l.addEnvironment(fileEnvironment{Name: name}) == nil {
		return l.envs().byName(name), nil
	}
	return nil, fmt.Errorf("environment %q does not exist; add it to gateway.environments", name)
}

// addNew adds a loaded object to its table, with its id and times from the file. The name must be new.
func addNew[T object](l *loader, t *table[T], x T, name string) error {
	return addNewIn(l, t, x, name, "", name)
}

// addNewIn is like fresh, for an object whose name is unique in a scope, and that has an address of its own.
func addNewIn[T object](l *loader, t *table[T], x T, name, scope, address string) error {
	i, err := l.identity(t.kind, address, scope)
	if err != nil {
		return err
	}
	i.name = name
	*x.ident() = i
	if t.nameTaken(i.scope, i.name, "") {
		return errors.New("defined twice")
	}
	if _, used := t.ids[i.id]; used {
		return fmt.Errorf("id %s is used twice", i.id)
	}
	t.add(x)
	return nil
}
