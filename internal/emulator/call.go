package emulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"time"
)

// call is a request in progress.
type call struct {
	route   *route
	path    map[string]string // parameters in the path, by name
	query   url.Values
	raw     []byte                     // the body as received
	members map[string]json.RawMessage // of the body
	effects []Effect
	now     time.Time
}

// reply is the answer to a successful request. If body is nil, it has no body.
type reply struct {
	status int
	body   any
}

func ok(body any) (reply, error)      { return reply{http.StatusOK, body}, nil }
func created(body any) (reply, error) { return reply{http.StatusCreated, body}, nil }
func noContent() (reply, error)       { return reply{http.StatusNoContent, nil}, nil }

// effect records an effect of a write.
func (c *call) effect(e Effect) { c.effects = append(c.effects, e) }

// queryArg returns a query parameter, "" if it is absent.
func (c *call) queryArg(name string) string { return c.query.Get(name) }

// exactName returns the name filter if the request asks for exact matches of it, else "".
func (c *call) exactName() string {
	if c.isExact("name") {
		return c.queryArg("name")
	}
	return ""
}

// isExact reports whether the parameter precise_search, a comma-separated list, contains the word.
func (c *call) isExact(word string) bool {
	return slices.Contains(strings.Split(c.queryArg("precise_search"), ","), word)
}

// requireDeleteAction refuses a batch whose action is not "delete".
func (c *call) requireDeleteAction() error {
	if c.queryArg("action") != "delete" {
		return refuse(http.StatusBadRequest, "APIG.2011", `Invalid parameter value: parameter action should be \"delete\"`)
	}
	return nil
}

// requiredArg returns a required query parameter.
func (c *call) requiredArg(name string) (string, error) {
	if v := c.queryArg(name); v != "" {
		return v, nil
	}
	return "", invalidAs("APIG.2012", name)
}

// body decodes the body of a request, which must be one JSON object: anything else is refused with 400 APIG.2000.
// Unknown members, members in another case, and wrong types are refused with APIG.2011, which names the member.
func body[T any](c *call) (T, error) {
	var into T
	if err := json.Unmarshal(c.raw, &c.members); err != nil || c.members == nil {
		return into, refuse(http.StatusBadRequest, "APIG.2000", "Invalid parameter: the request body is not a JSON object")
	}
	known := memberNames(reflect.TypeFor[T]())
	for name := range c.members {
		if !slices.Contains(known, name) {
			return into, invalid(name)
		}
	}
	d := json.NewDecoder(bytes.NewReader(c.raw))
	d.DisallowUnknownFields()
	err := d.Decode(&into)
	var wrong *json.UnmarshalTypeError
	switch {
	case errors.As(err, &wrong):
		return into, invalid(wrong.Field)
	case err != nil:
		_, name, _ := strings.Cut(err.Error(), "unknown field ")
		return into, invalid(strings.Trim(name, `"`))
	}
	return into, nil
}

// sent reports whether the body has the member with another value than null. A body with the zero value of a member differs from
// one without it in what an update does.
func (c *call) sent(member string) bool {
	value, has := c.members[member]
	return has && string(value) != "null"
}

// mergeBody decodes the body over old values, so that members which were not sent keep them.
func (c *call) mergeBody(old any) { _ = json.Unmarshal(c.raw, old) } // it has been decoded before

// memberNames lists the JSON names of a struct's fields, including those of embedded structs.
func memberNames(t reflect.Type) []string {
	var names []string
	for _, f := range reflect.VisibleFields(t) {
		if tag, ok := f.Tag.Lookup("json"); ok {
			name, _, _ := strings.Cut(tag, ",")
			names = append(names, name)
		}
	}
	return names
}

// valueOr returns what p points to, or the default if p is nil.
func valueOr[T any](p *T, fallback T) T {
	if p == nil {
		return fallback
	}
	return *p
}

// formatTime formats a time as lists and reads show it: without fractions of a second.
func formatTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

// formatTimeInLists formats the time of a publication as lists of APIs and their details show it.
func formatTimeInLists(t time.Time) string { return t.UTC().Format(time.DateTime) }

// formatTimeExactly formats a time as the answer to a create shows it, with a fraction.
func formatTimeExactly(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }
