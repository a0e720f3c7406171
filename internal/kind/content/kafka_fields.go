package content

import (
	"fmt"

	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
)

// logField is a standard field of log entries.
type logField struct {
	name, says string
	on         bool // in the entry unless it is switched off
}

var logFields = []logField{
	{"start_time", "when the call began", true},
	{"request_id", "the ID of the call", true},
	{"client_ip", "the address of the caller", true},
	{"api_id", "the ID of the API", false},
	{"user_name", "the project of the caller, with IAM authentication", false},
	{"app_id", "the ID of the calling app, with app authentication", false},
	{"access_model1", "how the caller was authenticated", false},
	{"request_time", "how long the call took", false},
	{"http_status", "the status of the response", false},
	{"server_protocol", "the protocol of the request", false},
	{"scheme", "whether HTTP or HTTPS was used", false},
	{"request_method", "the HTTP method", false},
	{"host", "the host that was called", false},
	{"api_uri_mode", "the path of the API, with its parameters as names", false},
	{"uri", "the path that was called", false},
	{"request_size", "the size of the request", false},
	{"response_size", "the size of the response", false},
	{"upstream_uri", "the path at the backend", false},
	{"upstream_addr", "the address of the backend", false},
	{"upstream_status", "the status of the backend's response", false},
	{"upstream_connect_time", "how long connecting to the backend took", false},
	{"upstream_header_time", "how long the first byte from the backend took", false},
	{"upstream_response_time", "how long the backend's response took", false},
	{"all_upstream_response_time", "how long all attempts at the backend took", false},
	{"region_id", "the ID of the region", false},
	{"auth_type", "the way of authentication of the API", false},
	{"http_x_forwarded_for", "the header X-Forwarded-For", false},
	{"http_user_agent", "the header User-Agent", false},
	{"error_type", "the kind of error, such as a limit that was reached", false},
	{"access_model2", "the custom authorizer, where a second authentication is on", false},
	{"inner_time", "how long the gateway itself took", false},
	{"proxy_protocol_vni", "the network of the endpoint that was called", false},
	{"proxy_protocol_vpce_id", "the ID of the endpoint that was called", false},
	{"proxy_protocol_addr", "the address of the caller behind an endpoint", false},
	{"body_bytes_sent", "the size of the response body", false},
	{"api_name", "the name of the API", false},
	{"app_name", "the name of the calling app, with app authentication", false},
	{"provider_app_id", "the ID of the app that owns the API", false},
	{"provider_app_name", "the name of the app that owns the API", false},
	{"response_source", "whether the gateway or the backend answered", false},
}

const customFields = 10 // custom_data_log01 to custom_data_log10

// systemFields returns the shape of meta_config.system, which has a flag for each standard field. Gateways return all
// of them.
func systemFields() *shape.Shape {
	s := shape.OfMap("Which standard fields the entry has.")
	for _, f := range logFields {
		s = s.And(shape.Optional(f.name, shape.OfBool("Whether the entry records "+f.says+".").WithDefault(f.on)))
	}
	for i := range customFields {
		s = s.And(shape.Optional(fmt.Sprintf("custom_data_log%02d", i+1), off("Whether the entry has this field of the gateway's custom log.")))
	}
	return s
}
