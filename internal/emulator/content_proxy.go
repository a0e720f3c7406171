package emulator

import (
	"errors"
	"math"
)

var cacheShape = fields(map[string]shape{
	"cache_key": fields(map[string]shape{
		"system_params": items(text().like(`^\$context\.(sourceIp|stage|apiId|appId|requestId|serverAddr|serverName|handleTime|apiName|appName)$`), math.Inf(1)),
		"parameters":    items(text(), math.Inf(1)),
		"headers":       items(text(), math.Inf(1)),
	}),
	"cache_http_status_and_ttl": items(fields(map[string]shape{
		"http_status": items(wholeNumber(100, 599), math.Inf(1)).atLeast(1).required(),
		"ttl":         wholeNumber(1, maxCalls).required(),
	}), math.Inf(1)),
	"client_cache_control": fields(map[string]shape{
		"mode":  oneOfWords("off", "all", "apps").or("off"),
		"datas": items(text(), math.Inf(1)),
	}),
	"cacheable_headers": items(textOfLength(1, 64), 20).or([]any{"Content-Type", "Content-Encoding", "Content-Language"}),
})

func checkCache(c content) error {
	key, n := c.object("cache_key"), 0
	for _, member := range []string{"system_params", "parameters", "headers"} {
		items, _ := key[member].([]any)
		n += len(items)
	}
	if n == 0 {
		return errors.New("cache_key has no member")
	}
	return nil
}

var mirrorShape = fields(map[string]shape{
	"protocol":                    text().required(),
	"host":                        textOfLength(1, 255).required(),
	"path":                        textOfLength(0, 512).or(""),
	"path_concat_mode":            oneOfWords("replace", "prefix").or("replace"),
	"sample_ratio":                {kind: isReal, max: 1, defaultValue: 1.0},
	"timeout":                     wholeNumber(1, 60000).or(5000.0),
	"mirror_request_body_enabled": flag(true),
})
