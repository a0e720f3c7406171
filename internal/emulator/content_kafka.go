package emulator

import (
	"errors"
	"math"
	"strconv"
	"strings"
)

var kafkaShape = fields(map[string]shape{
	"broker_list":     items(text().like(`^.+:[0-9]{1,5}$`), math.Inf(1)).atLeast(1).required(),
	"topic":           textOfLength(1, 249).required(),
	"key":             text().or(""),
	"max_retry_count": wholeNumber(0, 5).or(0.0),
	"retry_backoff":   wholeNumber(1, 10).or(1.0),
	"sasl_config": fields(map[string]shape{
		"security_protocol": oneOfWords("PLAINTEXT", "SASL_PLAINTEXT", "SASL_SSL").or("PLAINTEXT"),
		"sasl_mechanisms":   text().or("PLAIN"),
		"sasl_username":     text().or(""),
		"sasl_password":     text().or("").hidden(),
		"ssl_ca_content":    text().or(""),
	}),
	"meta_config": fields(map[string]shape{
		"system": kafkaSystem(),
		"call_data": fields(map[string]shape{
			"log_request_header":          flag(false),
			"log_request_query_string":    flag(false),
			"log_request_body":            flag(false),
			"log_response_header":         flag(false),
			"log_response_body":           flag(false),
			"request_header_filter":       text().or(""),
			"request_query_string_filter": text().or(""),
			"response_header_filter":      text().or(""),
			"custom_authorizer": fields(map[string]shape{
				"frontend": items(text(), math.Inf(1)),
				"backend":  items(text(), math.Inf(1)),
			}),
		}),
	}),
})

// kafkaFields are the fields of a log entry. The first three are logged by default.
const kafkaFields = `start_time request_id client_ip api_id user_name app_id access_model1 request_time http_status
server_protocol scheme request_method host api_uri_mode uri request_size response_size upstream_uri upstream_addr
upstream_status upstream_connect_time upstream_header_time upstream_response_time all_upstream_response_time region_id
auth_type http_x_forwarded_for http_user_agent error_type access_model2 inner_time proxy_protocol_vni
proxy_protocol_vpce_id proxy_protocol_addr body_bytes_sent api_name app_name provider_app_id provider_app_name
response_source`

func kafkaSystem() shape {
	members := map[string]shape{}
	for i, name := range strings.Fields(kafkaFields) {
		members[name] = flag(i < 3)
	}
	for i := 1; i <= 10; i++ {
		n := strconv.Itoa(i)
		members["custom_data_log"+strings.Repeat("0", 2-len(n))+n] = flag(false)
	}
	return fields(members)
}

func checkKafka(c content) error {
	sasl := c.object("sasl_config")
	if sasl.text("security_protocol") == "PLAINTEXT" {
		return nil
	}
	if sasl.text("sasl_username") == "" || sasl.text("sasl_password") == "" {
		return errors.New("sasl_config: sasl_username and sasl_password are needed")
	}
	return nil
}
