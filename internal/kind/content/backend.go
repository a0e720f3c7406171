package content

import "github.com/apigw-sync/apigw-sync/internal/kind/shape"

// backendInfo names, for each backend type, the member that describes it.
//
//	type        | member            | needed
//	http        | http_info         | yes
//	mock        | mock_info         | yes
//	http_vpc    | http_vpc_info     | a warning, since http_info may have a channel, too
//	function    | func_info         | a warning, since its members are not documented
//	passthrough | passthrough_infos | no
var backendInfo = []struct {
	kind, member   string
	needed, warned bool
}{
	{kind: "http", member: "http_info", needed: true},
	{kind: "http_vpc", member: "http_vpc_info", warned: true},
	{kind: "function", member: "func_info", warned: true},
	{kind: "mock", member: "mock_info", needed: true},
	{kind: "passthrough", member: "passthrough_infos"},
}

// backend returns the shape of a backend that takes calls instead of the API's own; doc says when it does.
func backend(doc string) *shape.Shape {
	return shape.OfMap(doc,
		shape.Required("type", shape.OfText("What answers: a server, one behind a channel, a function, a fixed answer, or the backend itself.",
			shape.OneOf("http", "http_vpc", "function", "mock", "passthrough"))),
		shape.Optional("http_info", httpInfo.OrNull().InContext("type", "http")),
		shape.Optional("http_vpc_info", shape.OfAny("The server behind a channel, when type is http_vpc; sent as it is.").InContext("type", "http_vpc").WithExample(map[string]any{"vpc_channel_id": "56a7d7358e1b42459c9d730d65b14e59"})),
		shape.Optional("func_info", shape.OfAny("The function, when type is function; sent as it is.").InContext("type", "function").WithExample(map[string]any{"function_urn": "urn:fss:cn-north-4:0123:function:default:fallback"})),
		shape.Optional("mock_info", mockInfo.OrNull().InContext("type", "mock")),
		shape.Optional("passthrough_infos", shape.OfAny("How calls are passed through, when type is passthrough; sent as it is.").InContext("type", "passthrough").WithExample(map[string]any{"timeout": int64(5000)})),
	).OrNull().WithExample(map[string]any{"type": "http", "http_info": map[string]any{"isVpc": false, "address": "10.0.0.1:8080"}})
}

var httpInfo = shape.OfMap("The server that answers when type is http.",
	shape.Optional("isVpc", shape.OfBool("Whether the server is behind a channel.").WithExample(false)),
	shape.Optional("vpc_channel_id", shape.OfText("The ID of the channel, when isVpc is true.").InContext("isVpc", true).WithExample("56a7d7358e1b42459c9d730d65b14e59")),
	shape.Optional("address", shape.OfText("The server, when isVpc is false.", emptyOr(address(false))).WithExample("10.0.0.1:8080")),
	shape.Optional("scheme", shape.OfText("The protocol the server speaks.", shape.AsWarning(shape.OneOf("HTTP", "HTTPS"))).WithExample("HTTPS")),
	shape.Optional("method", shape.OfText("The HTTP method of the call to the server.",
		shape.AsWarning(shape.OneOf(append([]string{"ANY"}, methods...)...))).WithExample("GET")),
	shape.Optional("path", shape.OfText("The path on the server.", emptyOr(rooted)).WithExample("/fallback")),
	shape.Optional("timeout", shape.OfInteger("How long the server may take.", shape.AsWarning(shape.Range(1, 600000))).
		WithUnit("milliseconds").WithExample(int64(5000))),
).WithExample(map[string]any{"isVpc": false, "address": "10.0.0.1:8080"})

var mockInfo = shape.OfMap("The fixed answer when type is mock.",
	shape.Optional("status_code", shape.OfInteger("The HTTP status of the answer.", shape.AsWarning(shape.Range(100, 599))).WithExample(int64(200))),
	shape.Optional("result_content", shape.OfText("The body of the answer.").WithExample(`{"status":"busy"}`)),
	shape.Optional("headers", shape.OfList("The headers of the answer; sent as they are.", shape.OfAny("A header of the answer.")).OrNull()),
)

// checkBackend finds mistakes in the backend b at path that no rule of a single field can find.
func checkBackend(path string, b map[string]any) []shape.Problem {
	var found []shape.Problem
	kind := textOf(b, "type")
	for _, info := range backendInfo {
		at := path + "/" + info.member
		set := !allBlank(b[info.member])
		switch {
		case kind == info.kind && !set && (info.needed || info.warned):
			p := missing(at, "when type is "+kind, "")
			p.Warning = info.warned
			found = append(found, p)
		case kind != info.kind && set && !(kind == "http_vpc" && info.member == "http_info"):
			found = append(found, useless(at, "when type is "+kind))
		}
	}
	if h := objectOf(b, "http_info"); len(h) > 0 {
		found = append(found, checkHTTPInfo(path+"/http_info", h)...)
	}
	return found
}

func checkHTTPInfo(path string, h map[string]any) []shape.Problem {
	channel, server := textOf(h, "vpc_channel_id"), textOf(h, "address")
	p := shape.Problem{Warning: channel != "" || server != ""} // only a warning if there is something to call
	switch behind := get[bool](h, "isVpc"); {
	case behind && channel == "":
		p.Path, p.Text = path+"/vpc_channel_id", "is needed when isVpc is true"
		p.Hint = "write the ID of the channel, or set isVpc to false"
	case !behind && server == "":
		p.Path, p.Text = path+"/address", "is needed when isVpc is false"
		p.Hint = "write a host, or host:port"
	case !behind && channel != "":
		p.Path, p.Text = path+"/vpc_channel_id", "has no effect when isVpc is false"
	default:
		return nil
	}
	return []shape.Problem{p}
}
