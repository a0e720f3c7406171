package emulator

import (
	"encoding/json"
	"errors"
)

// content is a plugin's content as JSON values.
type content map[string]any

var contents = map[string]any{
	"cors": 1, "set_resp_headers": 1, "kafka_log": 1, "breaker": 1, "rate_limit": 1, "third_auth": 1, "proxy_cache": 1,
	"proxy_mirror": 1, "oidc_auth": 1, "jwt_auth": 1,
}

func parseContent(kind, text string) (content, error) {
	var c content
	if err := json.Unmarshal([]byte(text), &c); err != nil || c == nil {
		return nil, errors.New("it is not a JSON object")
	}
	return c, nil
}

func (c content) shown(kind string, masked bool) string {
	b, _ := json.Marshal(c)
	return string(b)
}

// completed is the content with what was left out.
func (c content) completed(kind string) content { return c }
