package kind

import (
	"slices"

	"github.com/apigw-sync/apigw-sync/internal/api"
)

// Definition is what an API itself says about the calls that it takes: as it was published in an environment, for which the
// lists of APIs, which tell of drafts alone, are no witness.
type Definition struct {
	AuthType     string `json:"auth_type"`     // NONE, APP, IAM or AUTHORIZER
	CORS         bool   `json:"cors"`          // its own simple setting
	AuthorizerID string `json:"authorizer_id"` // "" means none
	ResponseID   string `json:"response_id"`   // "" means the default response of the group
	BackendType  string `json:"backend_type"`  // HTTP, GRPC, FUNCTION or MOCK

	HTTP             *Backend  `json:"backend_api"` // as the other two perhaps a stub where the type is another one
	Function         *Backend  `json:"func_info"`
	Mock             *Backend  `json:"mock_info"`
	HTTPPolicies     []Backend `json:"policy_https"`
	FunctionPolicies []Backend `json:"policy_functions"`
	MockPolicies     []Backend `json:"policy_mocks"`
}

// Backend is where an API sends calls. What its type does not have is empty.
type Backend struct {
	Policy       string      `json:"name"` // "" for the one that takes what no policy takes
	Protocol     string      `json:"req_protocol"`
	Method       string      `json:"req_method"`
	Path         string      `json:"req_uri"`
	Host         string      `json:"url_domain"`         // with a channel its id
	Through      int64       `json:"vpc_channel_status"` // 1 and 4 are a channel, 2 is none
	Channel      ChannelUsed `json:"vpc_channel_info"`
	Timeout      int64       `json:"timeout"` // milliseconds
	Function     string      `json:"function_urn"`
	Version      string      `json:"version"`   // of the function
	Alias        string      `json:"alias_urn"` // of the function, before Version
	AuthorizerID string      `json:"authorizer_id"`
}

// ChannelUsed is the channel of a backend.
type ChannelUsed struct {
	ID   string `json:"vpc_channel_id"`
	Host string `json:"vpc_channel_proxy_host"` // what the backend is told to have been called; "" means its own
}

// ChannelID is that of the channel through which calls go; "" where they go through none.
func (b *Backend) ChannelID() string {
	const none = 2
	if b.Through == none {
		return ""
	}
	return b.Channel.ID
}

// Referral is what an API refers to by an id, with the key under which files name it.
type Referral struct{ Field, Kind, ID string }

// ChannelOfBackend is the key of the channel in a backend.
const ChannelOfBackend = "channel"

// BehindAPIs reports whether backends of APIs refer to objects of the kind, which the list of APIs tells only when asked.
func (k *Kind) BehindAPIs() bool { return k.Name == aChannel || k.Name == authorizer.Name }

// Refers are the objects to which the draft of an API refers, as far as the list tells.
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

// Backends are those that the definition has, the one first that takes what no policy takes.
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

// Version is one time that an API was published in an environment.
type Version struct {
	ID     string `json:"version_id"`
	Status int64  `json:"status"` // 1 live, 2 not
}

// Live reports whether it is what calls meet.
func (v *Version) Live() bool { return v.Status == 1 }

// ListVersions asks for one page of the versions of an API in an environment. API reference: "Querying Historical Versions
// of an API".
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

// ShowVersion asks for what an API said when it was published. API reference: "Querying the Details of an API Version".
func ShowVersion(id string) api.Request {
	return api.Request{Operation: "ListApiVersionDetailV2", Method: "GET", Path: []string{"apis", "versions", id}}
}
