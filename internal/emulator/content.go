package emulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
)

// content is a plugin's content as JSON values, completed: what a caller left out is there, as its
// default or as null.
type content map[string]any

// contents say what each plugin type holds.
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

// contentType is what a plugin's content may hold: member by member, and where members depend on
// each other.
type contentType struct {
	shape shape
	rules func(content) error // nil when there are none
}

// contentsOf says what a plugin type holds; of one that only a newer gateway has nothing is known.
func contentsOf(kind string) *contentType {
	if t := contents[kind]; t != nil {
		return t
	}
	return &contentType{shape: fields(nil)}
}

// parseContent reads what a caller sent: it must be a JSON object that fits the type. A newer gateway keeps
// members that are not known here.
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
		c["edition"] = "standard" // newer gateways also fill in what the reference does not list
	}
	whole, err := t.shape.complete("", map[string]any(c), newer)
	if err != nil {
		return nil, err
	}
	c = content(whole.(map[string]any)) //nolint:forcetypeassert // the shape of every type is an object
	if t.rules != nil {
		err = t.rules(c)
	}
	return c, err
}

// completed is the content with defaults filled in, or the content as it is when it does not fit its
// type: a state file may hold what the API would refuse.
func (c content) completed(kind string) content {
	whole, err := contentsOf(kind).shape.complete("", map[string]any(c), true)
	if err != nil {
		return c
	}
	return content(whole.(map[string]any)) //nolint:forcetypeassert // the shape of every type is an object
}

// shown is the content as reads of the plugin have it: secrets absent, or masked.
func (c content) shown(kind string, masked bool) string {
	b, _ := json.Marshal(contentsOf(kind).shape.hide(map[string]any(c), masked)) // plain JSON values
	return string(b)
}

// object is the member as an object; nil when it is none.
func (c content) object(member string) content {
	o, _ := c[member].(map[string]any)
	return o
}

// objects are the objects of a list member.
func (c content) objects(member string) []content {
	items, _ := c[member].([]any)
	out := make([]content, 0, len(items))
	for _, x := range items {
		o, _ := x.(map[string]any)
		out = append(out, o)
	}
	return out
}

// text is the member as a string; "" when it is none.
func (c content) text(member string) string {
	s, _ := c[member].(string)
	return s
}

// number is the member as a number; 0 when it is none.
func (c content) number(member string) float64 {
	n, _ := c[member].(float64)
	return n
}
