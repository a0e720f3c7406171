package content

import (
	"fmt"

	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
)

// kafkaLog writes a log entry for each call to a Kafka topic. A gateway can have at most five plugins of this type.
// Vendor's page: "KafkaLogContent".
var kafkaLog = Type{
	Name:     "kafka_log",
	Features: []string{"kafka_log"},
	Shape: shape.OfMap("Where the log of calls goes, and what is in it. It costs about 30 % of the throughput.",
		shape.Required("broker_list", shape.OfList("The brokers.", shape.OfText("A broker.", address(true)).WithExample("10.0.0.1:9092"), shape.Count(1, 0)).AsSet()),
		shape.Required("topic", shape.OfText("The topic that takes the entries.", shape.Length(1, 0)).WithExample("calls")),
		shape.Optional("key", shape.OfText("The key that selects a partition; without it entries go to any.").WithExample("orders")),
		shape.Optional("max_retry_count", shape.OfInteger("How often sending is tried again.", shape.Range(0, 5)).WithUnit("times").WithDefault(int64(0))),
		shape.Optional("retry_backoff", shape.OfInteger("How long to wait before trying again.", shape.Range(1, 10)).WithUnit("seconds").WithExample(int64(1))),
		shape.Optional("sasl_config", saslConfig),
		shape.Optional("meta_config", shape.OfMap("What an entry holds.",
			shape.Optional("system", systemFields()),
			shape.Optional("call_data", callData),
		)),
	),
	Check: checkKafkaLog,
	fill:  map[string]any{"/retry_backoff": int64(1)}, // no page names a default; the smallest value is assumed
	forms: map[string]form{
		"/retry_backoff":              zeroIsAbsent,
		"/sasl_config/ssl_ca_content": pem,
	},
}

var saslConfig = shape.OfMap("How to log in to the brokers.",
	shape.Optional("security_protocol", shape.OfText("Whether to log in (SASL), and whether the connection is encrypted (SSL).",
		shape.OneOf("PLAINTEXT", "SASL_PLAINTEXT", "SASL_SSL")).WithDefault("PLAINTEXT")),
	shape.Optional("sasl_mechanisms", shape.OfText("How to log in.", emptyMeans("PLAIN")).WithDefault("PLAIN")),
	shape.Optional("sasl_username", shape.OfText("The user; needed unless security_protocol is PLAINTEXT.").WithExample("apig")),
	shape.Optional("sasl_password", shape.OfText("The user's password; needed unless security_protocol is PLAINTEXT.").WithExample("${KAFKA_PASSWORD}").AsSecret()),
	shape.Optional("ssl_ca_content", shape.OfText("The certificate of the authority that signed those of the brokers, in PEM; needed when security_protocol is SASL_SSL.",
		shape.AsWarning(emptyOr(pemBlock))).WithExample("-----BEGIN CERTIFICATE-----\n...\n-----END CERTIFICATE-----\n")),
)

var callData = shape.OfMap("What an entry holds of the request and the response.",
	shape.Optional("log_request_header", off("Whether request headers are in the entry.")),
	shape.Optional("log_request_query_string", off("Whether query parameters are in the entry.")),
	shape.Optional("log_request_body", off("Whether the request body is in the entry.")),
	shape.Optional("log_response_header", off("Whether response headers are in the entry.")),
	shape.Optional("log_response_body", off("Whether the response body is in the entry.")),
	shape.Optional("request_header_filter", filter("Which request headers")),
	shape.Optional("request_query_string_filter", filter("Which query parameters")),
	shape.Optional("response_header_filter", filter("Which response headers")),
	shape.Optional("custom_authorizer", shape.OfMap("Which values from custom authorizers are in the entry.",
		shape.Optional("frontend", shape.OfList("Values from the authorizer of the API.", authorizerValue).AsSet().OrNull()),
		shape.Optional("backend", shape.OfList("Values from the authorizer of the backend.", authorizerValue).AsSet().OrNull()),
	)),
)

var authorizerValue = shape.OfText("The name of a value.").WithExample("user_id")

func off(doc string) *shape.Shape { return shape.OfBool(doc).WithDefault(false) }

func filter(which string) *shape.Shape {
	return shape.OfText(which+" are in the entry: names separated by commas, where * matches anything.",
		commaList("names", brokenToken, "write names such as X-Request-*,Host")).WithExample("X-Request-*,Host").AsSet()
}

func checkKafkaLog(c map[string]any) []shape.Problem {
	sasl := objectOf(c, "sasl_config")
	protocol := textOf(sasl, "security_protocol")
	if protocol != "SASL_PLAINTEXT" && protocol != "SASL_SSL" {
		return nil
	}
	needed := []string{"sasl_username", "sasl_password"}
	if protocol == "SASL_SSL" {
		needed = append(needed, "ssl_ca_content")
	}
	var found []shape.Problem
	for _, member := range needed {
		if textOf(sasl, member) == "" {
			found = append(found, missing("/sasl_config/"+member, fmt.Sprintf("when security_protocol is %s", protocol), ""))
		}
	}
	return found
}
