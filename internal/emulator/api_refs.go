package emulator

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// fileRefs has the names of what an API refers to, under the keys of desired-state files. The definition has the ids.
type fileRefs struct {
	Authorizer string       `json:"authorizer,omitempty"`
	Response   string       `json:"response,omitempty"` // of the API's group
	Backend    *fileBackend `json:"backend,omitempty"`
}

// fileBackend is the backend of an API in the state file: either HTTP or GRPC.
type fileBackend struct {
	HTTP *fileHTTP `json:"http,omitempty"`
	GRPC *fileHTTP `json:"grpc,omitempty"`
}

type fileHTTP struct {
	Channel  string `json:"channel,omitempty"`
	Host     string `json:"host,omitempty"` // with a channel: the host name in requests to its servers
	Protocol string `json:"protocol,omitempty"`
	Method   string `json:"method,omitempty"`
	Path     string `json:"path,omitempty"`
	Timeout  int    `json:"timeout,omitempty"` // milliseconds
}

// backendAPI is an HTTP backend in the definition of an API.
type backendAPI struct {
	Host     string       `json:"url_domain"`
	Protocol string       `json:"req_protocol"`
	Method   string       `json:"req_method"`
	Path     string       `json:"req_uri"`
	Timeout  int          `json:"timeout"`
	Retries  string       `json:"retry_count"`
	Status   int          `json:"vpc_channel_status"` // 1 with a channel, 2 without
	Channel  *usedChannel `json:"vpc_channel_info,omitempty"`
}

type usedChannel struct {
	ID   string `json:"vpc_channel_id"`
	Host string `json:"vpc_channel_proxy_host,omitempty"`
}

// apiRefs sets what an API and its published versions refer to. It is called when the whole file is loaded and all ids are known.
func (l *loader) apiRefs(a *api, f fileRefs) error {
	b := &a.apiBody
	var errs []error
	if f.Authorizer != "" {
		x := l.authorizers().byName(f.Authorizer)
		if x == nil {
			errs = append(errs, fmt.Errorf("authorizer: %s does not exist", f.Authorizer))
		} else {
			b.AuthorizerID = x.id
		}
	}
	if f.Response != "" {
		at := slices.IndexFunc(a.group.responses, func(r *gatewayResponse) bool { return r.name == f.Response })
		if at < 0 {
			errs = append(errs, fmt.Errorf("response: the group has no response %s", f.Response))
		} else {
			b.ResponseID = a.group.responses[at].id
		}
	}
	if f.Backend != nil {
		errs = append(errs, l.backend(b, f.Backend))
	}
	for _, p := range a.publications {
		p.version.definition = a.apiBody
	}
	return joinErrors(errs...)
}

func (l *loader) backend(b *apiBody, f *fileBackend) error {
	h := f.HTTP
	switch b.BackendType = "HTTP"; {
	case f.HTTP != nil && f.GRPC != nil, f.HTTP == nil && f.GRPC == nil:
		return errors.New("backend: either http or grpc is needed, and not both")
	case f.GRPC != nil:
		b.BackendType, h = "GRPC", f.GRPC
	}
	to := backendAPI{Host: h.Host, Protocol: h.Protocol, Method: h.Method, Path: h.Path, Timeout: h.Timeout, Retries: "-1", Status: 2}
	if h.Channel != "" {
		x := l.channels().byName(h.Channel)
		if x == nil {
			return fmt.Errorf("backend: channel %s does not exist", h.Channel)
		}
		to.Status, to.Host, to.Channel = 1, x.id, &usedChannel{x.id, h.Host}
	}
	raw, err := json.Marshal(to)
	b.BackendAPI = raw
	return err
}

// usesChannel reports whether the default backend of the API, or one of its policy backends, sends calls to the channel.
func (b apiBody) usesChannel(channel string) bool {
	var to backendAPI
	var policies []backendAPI
	_ = json.Unmarshal(b.BackendAPI, &to) // if it is not an HTTP backend, it has no channel
	_ = json.Unmarshal(b.PolicyHTTPS, &policies)
	return slices.ContainsFunc(append(policies, to), func(x backendAPI) bool { return x.Channel != nil && x.Channel.ID == channel })
}

// usesChannel reports whether a backend of the API's draft, or of one of its published versions, sends calls to the
// channel.
func (a *api) usesChannel(channel string) bool {
	return a.apiBody.usesChannel(channel) || slices.ContainsFunc(a.publications, func(p *publication) bool { return p.version.definition.usesChannel(channel) })
}
