package kind

import (
	"slices"

	"github.com/apigw-sync/apigw-sync/internal/api"
)

// Definition is what a published version of an API defines about its calls. The lists of APIs cannot replace it, since
// they describe only the draft.
type Definition struct {
	AuthType     string `json:"auth_type"`     // NONE, APP, IAM or AUTHORIZER
	CORS         bool   `json:"cors"`          // the switch of the API itself, not a plugin
	AuthorizerID string `json:"authorizer_id"` // "" means none
	ResponseID   string `json:"response_id"`   // "" means the default response of the group
	BackendType  string `json:"backend_type"`  // HTTP, GRPC, FUNCTION or MOCK

	HTTP             *Backend  `json:"backend_api"` // may be a stub if BackendType is another type; so may Function and Mock
	Function         *Backend  `json:"func_info"`
	Mock             *Backend  `json:"mock_info"`
	HTTPPolicies     []Backend `json:"policy_https"`
	FunctionPolicies []Backend `json:"policy_functions"`
	MockPolicies     []Backend `json:"policy_mocks"`
}

// Backend is where an API sends calls. Fields that its type does not have are empty.
type Backend struct {
	Policy       string      `json:"name"` // "" for the backend of calls that no backend policy matches
	Protocol     string      `json:"req_protocol"`
	Method       string      `json:"req_method"`
	Path         string      `json:"req_uri"`
	Host         string      `json:"url_domain"`         // of a backend with a channel: the id of the channel
	Through      int64       `json:"vpc_channel_status"` // 1 and 4: with a channel; 2: without
	Channel      ChannelUsed `json:"vpc_channel_info"`
	Timeout      int64       `json:"timeout"` // milliseconds
	Function     string      `json:"function_urn"`
	Version      string      `json:"version"`   // of the function
	Alias        string      `json:"alias_urn"` // of the function; takes precedence over Version
	AuthorizerID string      `json:"authorizer_id"`
}

// ChannelUsed is the channel of a backend.
type ChannelUsed struct {
	ID   string `json:"vpc_channel_id"`
	Host string `json:"vpc_channel_proxy_host"` // the host name that calls to the backend carry; "" means the backend's own
}

// ChannelID returns the id of the channel that the backend uses; "" if it uses none.
func (b *Backend) ChannelID() string {
	const none = 2
	if b.Through == none {
		return ""
	}
	return b.Channel.ID
}

// Referral is a reference of an API to an object by its id. Field is the key under which files name the object.
type Referral struct{ Field, Kind, ID string }

// ChannelOfBackend is the Field of a Referral to the channel of a backend.
const ChannelOfBackend = "channel"

// UsedByBackends reports whether backends of APIs refer to objects of the kind. The list of APIs includes backends only on
// request (see WithBackends).
func (k *Kind) UsedByBackends() bool { return k.Name == aChannel || k.Name == authorizer.Name }

// Refers returns the objects that the draft of an API refers to, as far as the list of APIs reports them.
func (a *API) Refers() (out []Referral) {
	channel := ""
	if a.Backend != nil {
		channel = a.Backend.ChannelID()
	}
	for _, r := range []Referral{{"authorizer", authorizer.Name, a.AuthorizerID}, {"response", gatewayResponse.Name, a.ResponseID}, {ChannelOfBackend, aChannel, channel}} {
		if r.ID != "" {
			out = append(out, r)
		}
	}
	return out
}

// Backends returns the backends of the definition. The first takes the calls that no backend policy matches.
func (d *Definition) Backends() []Backend {
	usual, policies := d.HTTP, d.HTTPPolicies
	switch d.BackendType {
	case "FUNCTION":
		usual, policies = d.Function, d.FunctionPolicies
	case "MOCK":
		usual, policies = d.Mock, d.MockPolicies
	case "":
		return nil
	}
	if usual == nil {
		usual = &Backend{}
	}
	first := *usual
	first.Policy = ""
	return append([]Backend{first}, slices.Clone(policies)...)
}

// Version is a version of an API that was published in an environment at some time.
type Version struct {
	ID     string `json:"version_id"`
	Status int64  `json:"status"` // 1: live; 2: not live
}

// Live reports whether calls reach this version.
func (v *Version) Live() bool { return v.Status == 1 }

// ListVersions asks for one page of the versions of an API in an environment. API reference: "Querying Historical
// Versions of an API".
func ListVersions(apiID, envID string, offset int) api.Request {
	q := pageQuery(offset)
	q.Set("env_id", envID)
	return api.Request{Operation: "ListApiVersionsV2", Method: "GET", Path: []string{"apis", "publish", apiID}, Query: q}
}

// Versions reads the answer of ListVersions.
func Versions(page Page) (out []*Version, err error) {
	out, _, err = entries[Version](&page, "api_versions")
	return out, err
}

// ShowVersion asks for the Definition that an API had when a version was published. API reference: "Querying the
// Details of an API Version".
func ShowVersion(id string) api.Request {
	return api.Request{Operation: "ListApiVersionDetailV2", Method: "GET", Path: []string{"apis", "versions", id}}
}
