package emulator

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// fileRefs are what an API refers to, by names, in the words of desired-state files. The
// definition has the same with ids.
type fileRefs struct {
	Authorizer string       `json:"authorizer,omitempty"`
	Response   string       `json:"response,omitempty"` // of the API's group
	Backend    *fileBackend `json:"backend,omitempty"`
}

// fileBackend is one of its members.
type fileBackend struct {
	HTTP *fileHTTP `json:"http,omitempty"`
	GRPC *fileHTTP `json:"grpc,omitempty"`
}

type fileHTTP struct {
	Channel  string `json:"channel,omitempty"`
	Host     string `json:"host,omitempty"` // with a channel: the host name that servers are told
	Protocol string `json:"protocol,omitempty"`
	Method   string `json:"method,omitempty"`
	Path     string `json:"path,omitempty"`
	Timeout  int    `json:"timeout,omitempty"` // milliseconds
}

// backendAPI is where calls go over HTTP, as a definition has it.
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

// apiRefs gives an API and what is live of it the ids of what the file names. That is known once the whole file is loaded.
func (l *loader) apiRefs(a *api, f fileRefs) error {
	b := &a.apiBody
	var errs []error
	if f.Authorizer != "" {
		x := l.authorizers().names[[2]string{"", f.Authorizer}]
		if x == nil {
			errs = append(errs, fmt.Errorf("authorizer: there is none called %s", f.Authorizer))
		} else {
			b.AuthorizerID = x.id
		}
	}
	if f.Response != "" {
		at := slices.IndexFunc(a.group.responses, func(r *gatewayResponse) bool { return r.name == f.Response })
		if at < 0 {
			errs = append(errs, fmt.Errorf("response: the group has none called %s", f.Response))
		} else {
			b.ResponseID = a.group.responses[at].id
		}
	}
	if f.Backend != nil {
		errs = append(errs, l.backend(b, f.Backend))
	}
	for _, p := range a.pubs {
		p.live.def = a.apiBody
	}
	return together(errs...)
}

func (l *loader) backend(b *apiBody, f *fileBackend) error {
	h := f.HTTP
	switch b.BackendType = "HTTP"; {
	case f.HTTP != nil && f.GRPC != nil, f.HTTP == nil && f.GRPC == nil:
		return errors.New("backend: exactly one of http and grpc is needed")
	case f.GRPC != nil:
		b.BackendType, h = "GRPC", f.GRPC
	}
	to := backendAPI{Host: h.Host, Protocol: h.Protocol, Method: h.Method, Path: h.Path, Timeout: h.Timeout, Retries: "-1", Status: 2}
	if h.Channel != "" {
		x := l.channels().names[[2]string{"", h.Channel}]
		if x == nil {
			return fmt.Errorf("backend: there is no channel called %s", h.Channel)
		}
		to.Status, to.Host, to.Channel = 1, x.id, &usedChannel{x.id, h.Host}
	}
	raw, err := json.Marshal(to)
	b.BackendAPI = raw
	return err
}

// leadsTo reports whether calls go to a channel: by the backend of an API, or by one of its policies.
func (b apiBody) leadsTo(channel string) bool {
	var to backendAPI
	var policies []backendAPI
	_ = json.Unmarshal(b.BackendAPI, &to) // what is no backend leads nowhere
	_ = json.Unmarshal(b.PolicyHTTPS, &policies)
	return slices.ContainsFunc(append(policies, to), func(x backendAPI) bool { return x.Channel != nil && x.Channel.ID == channel })
}

// leadsTo reports whether the draft of an API, or what is live of it, leads to a channel.
func (a *api) leadsTo(channel string) bool {
	return a.apiBody.leadsTo(channel) || slices.ContainsFunc(a.pubs, func(p *publication) bool { return p.live.def.leadsTo(channel) })
}
