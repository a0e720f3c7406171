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
		"http_status": items(whole(100, 599), math.Inf(1)).atLeast(1).required(),
		"ttl":         whole(1, mostCalls).required(),
	}), math.Inf(1)),
	"client_cache_control": fields(map[string]shape{
		"mode":  word("off", "all", "apps").or("off"),
		"datas": items(text(), math.Inf(1)),
	}),
	"cacheable_headers": items(chars(1, 64), 20).or([]any{"Content-Type", "Content-Encoding", "Content-Language"}),
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
	"host":                        chars(1, 255).required(),
	"path":                        chars(0, 512).or(""),
	"path_concat_mode":            word("replace", "prefix").or("replace"),
	"sample_ratio":                {kind: isReal, most: 1, absent: 1.0},
	"timeout":                     whole(1, 60000).or(5000.0),
	"mirror_request_body_enabled": flag(true),
})
