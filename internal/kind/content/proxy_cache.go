package content

import "github.com/apigw-sync/apigw-sync/internal/kind/shape"

// proxyCache caches responses to GET and HEAD requests. Bodies above 1 MB are not cached, and the cache of a gateway
// holds 128 MB in total.
// Vendor's page: "ProxyCacheContent".
var proxyCache = Type{
	Name: "proxy_cache",
	Shape: shape.OfMap("Which responses are cached, for how long, and for which requests.",
		shape.Required("cache_key", cacheKey),
		shape.Optional("cache_http_status_and_ttl", shape.OfList("How long responses are cached, by status.", statusAndTTL).OrNull()),
		shape.Optional("client_cache_control", shape.OfMap("Whose Cache-Control header is obeyed.",
			shape.Optional("mode", shape.OfText("The header of no caller (off), of all callers (all), or of the apps in datas (apps).",
				shape.OneOf("off", "all", "apps")).WithDefault("off")),
			shape.Optional("datas", shape.OfList("The IDs of the apps, when mode is apps.",
				shape.OfText("The ID of an app.", shape.Length(1, 0)).WithExample("e9230d70c749408eb3d1e838850cdd23")).AsSet().OrNull()),
		)),
		shape.Optional("cacheable_headers", shape.OfList("The response headers that are cached; without it, Content-Type, Content-Encoding and Content-Language.",
			shape.OfText("The name of a header.", shape.Length(1, 64), shape.Test(reservedHeader, "choose another header").Described("not X-Apig-* or X-Request-Id")).WithExample("X-Custom"),
			shape.Count(0, 20)).AsSet().OrNull()),
	),
	Check: checkProxyCache,
	fill: map[string]any{
		"/cacheable_headers": []any{"Content-Encoding", "Content-Language", "Content-Type"},
	},
}

var cacheKey = shape.OfMap("What identifies a request in the cache: requests that agree in all of it share a response. At least one member is required.",
	shape.Optional("system_params", shape.OfList("Variables of the gateway.", shape.OfText("A variable of the gateway.",
		shape.OneOf("$context.sourceIp", "$context.stage", "$context.apiId", "$context.appId", "$context.requestId",
			"$context.serverAddr", "$context.serverName", "$context.handleTime", "$context.apiName", "$context.appName"))).AsSet().OrNull()),
	shape.Optional("parameters", shape.OfList("Query parameters.", shape.OfText("The name of a query parameter.", shape.Length(1, 0)).WithExample("q")).AsSet().OrNull()),
	shape.Optional("headers", shape.OfList("Request headers.", shape.OfText("The name of a header.", shape.Length(1, 0)).WithExample("Accept-Language")).AsSet().OrNull()),
)

var statusAndTTL = shape.OfMap("How long responses with certain statuses are cached.",
	shape.Required("http_status", shape.OfList("The statuses.", shape.OfInteger("An HTTP status.", shape.Range(100, 599)).WithExample(int64(200))).AsSet()),
	shape.Required("ttl", shape.OfInteger("How long the responses are cached.", shape.Range(0, maxWhole)).WithUnit("seconds").WithExample(int64(60))),
)

func checkProxyCache(c map[string]any) []shape.Problem {
	var found []shape.Problem
	if key := objectOf(c, "cache_key"); key != nil && allBlank(key) {
		found = append(found, shape.Problem{
			Path: "/cache_key", Text: "is empty: all requests would share one response",
			Hint: "name at least one of system_params, parameters and headers",
		})
	}
	control := objectOf(c, "client_cache_control")
	switch mode, apps := textOf(control, "mode"), listOf(control, "datas"); {
	case mode == "apps" && len(apps) == 0:
		found = append(found, missing("/client_cache_control/datas", "when mode is apps", "write the IDs of the apps"))
	case mode != "apps" && len(apps) > 0:
		found = append(found, useless("/client_cache_control/datas", "unless mode is apps"))
	}
	return found
}
