package emulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
)

// content is the content of a plugin as JSON values. Members that the caller left out have their default, or null.
type content map[string]any

// contents defines the content of each plugin type.
var contents = map[string]*contentType{
	"cors":             {corsShape, checkCORS},
	"set_resp_headers": {headersShape, checkHeaders},
	"rate_limit":       {rateLimitShape, checkRateLimit},
	"breaker":          {breakerShape, checkBreaker},
	"kafka_log":        {kafkaShape, checkKafka},
	"third_auth":       {thirdAuthShape, checkThirdAuth},
	"oidc_auth":        {oidcShape, nil},
	"jwt_auth":         {jwtShape, checkJWT},
	"proxy_cache":      {cacheShape, checkCache},
	"proxy_mirror":     {mirrorShape, nil},
}

// contentType defines the content of a plugin type: its members, and rules for members that depend on each other.
type contentType struct {
	shape shape
	rules func(content) error // nil if there are none
}

// contentsOf returns the definition of a plugin type's content. Undocumented types can have any content.
func contentsOf(kind string) *contentType {
	if t := contents[kind]; t != nil {
		return t
	}
	return &contentType{shape: fields(nil)}
}

// parseContent parses the content that a caller sent, which must be a JSON object that fits the type. With newer, undocumented
// members are kept.
func parseContent(kind, text string, newer bool) (content, error) {
	d := json.NewDecoder(bytes.NewReader([]byte(text)))
	var c content
	if err := d.Decode(&c); err != nil || c == nil {
		return nil, errors.New("it is not a JSON object")
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows the JSON object")
	}
	t := contentsOf(kind)
	if newer && c["edition"] == nil {
		c["edition"] = "standard" // newer gateways have defaults for undocumented members, too
	}
	whole, err := t.shape.check("", map[string]any(c), newer)
	if err != nil {
		return nil, err
	}
	c = content(whole.(map[string]any)) //nolint:forcetypeassert // the shape of every type is an object
	if t.rules != nil {
		err = t.rules(c)
	}
	return c, err
}

// withDefaults returns the content with its defaults. Content that does not fit its type is not changed, because a state file may
// have what the API would refuse.
func (c content) withDefaults(kind string) content {
	whole, err := contentsOf(kind).shape.check("", map[string]any(c), true)
	if err != nil {
		return c
	}
	return content(whole.(map[string]any)) //nolint:forcetypeassert // the shape of every type is an object
}

// view returns the content as reads show it, with secrets left out or masked.
func (c content) view(kind string, masked bool) string {
	b, _ := json.Marshal(contentsOf(kind).shape.withoutSecrets(map[string]any(c), masked)) // plain JSON values
	return string(b)
}

// object returns the member as an object, nil if it is not an object.
func (c content) object(member string) content {
	o, _ := c[member].(map[string]any)
	return o
}

// objects returns the objects in a list member.
func (c content) objects(member string) []content {
	items, _ := c[member].([]any)
	out := make([]content, 0, len(items))
	for _, x := range items {
		o, _ := x.(map[string]any)
		out = append(out, o)
	}
	return out
}

// text returns the member as a string, "" if it is not a string.
func (c content) text(member string) string {
	s, _ := c[member].(string)
	return s
}

// number returns the member as a number, 0 if it is not a number.
func (c content) number(member string) float64 {
	n, _ := c[member].(float64)
	return n
}
