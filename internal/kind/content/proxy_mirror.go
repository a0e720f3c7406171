package content

import (
	"fmt"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
)

// proxyMirror sends a copy of each request to another server and ignores its answers. It is not for APIs with a mock
// backend.
// Vendor's page: "ProxyMirrorContent".
var proxyMirror = Type{
	Name: "proxy_mirror",
	Shape: shape.OfMap("Where copies of requests go.",
		// No page lists the protocols, so other ones only give a warning.
		shape.Required("protocol", shape.OfText("The protocol that the server speaks.", shape.Length(1, 0),
			shape.AsWarning(shape.OneOf("HTTP", "HTTPS", "GRPC", "GRPCS"))).WithExample("HTTPS")),
		shape.Required("host", shape.OfText("The server, as host:port; without a port, the default port of the protocol.", shape.Length(1, 255), address(false)).
			WithExample("mirror.example.com:7443")),
		shape.Optional("path", shape.OfText("The path on the server; without it, the path of the request. Not for protocol GRPC and GRPCS.", shape.Length(0, 512),
			shape.AsWarning(emptyOr(rooted))).WithExample("/copies")),
		shape.Optional("path_concat_mode", shape.OfText("Whether path replaces the path of the request or is put before it.",
			shape.OneOf("replace", "prefix")).WithDefault("replace")),
		shape.Optional("sample_ratio", shape.OfNumber("Share of the requests that is copied; 1 means all of them.", shape.Range(0, 1)).WithDefault(float64(1))),
		shape.Optional("timeout", shape.OfInteger("How long the server may take.", atLeast(1)).WithUnit("milliseconds").WithExample(int64(5000))),
		shape.Optional("mirror_request_body_enabled", shape.OfBool("Whether the copies have the body of the request.").WithDefault(true)),
	),
	Check:  checkProxyMirror,
	Unsure: []string{"timeout"},
}

func checkProxyMirror(c map[string]any) []shape.Problem {
	protocol := textOf(c, "protocol")
	switch path := textOf(c, "path"); {
	case path != "" && strings.HasPrefix(strings.ToUpper(protocol), "GRPC"):
		return []shape.Problem{useless("/path", fmt.Sprintf("when protocol is %s", protocol))}
	case path == "" && textOf(c, "path_concat_mode") == "prefix":
		return []shape.Problem{useless("/path_concat_mode", "without a path")}
	}
	return nil
}
