// Package explain finds what is in force for one API in one environment, and which line of the files declares it.
package explain

import (
	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// Report holds what is in force for an API. It contains no secrets.
type Report struct {
	API         API    `json:"api"`
	Environment string `json:"environment"`
	Published   bool   `json:"published"` // in the environment

	Authorizer *Item `json:"authorizer"` // decides who may call; nil if there is none

	Throttle *Item  `json:"throttle"` // nil if none is bound; its parts are limits of single apps and users
	Plugins  []Item `json:"plugins"`  // by type; an API has at most one of each
	ACLs     []Item `json:"acls"`     // by entity type
	Apps     []Item `json:"apps"`     // that may call, by name; their parts are access control and quota
	Others   []Item `json:"others"`   // policies of every other kind, by kind

	Backends []Backend `json:"backends"` // where calls go: the first is for calls that match no policy backend; empty if the API is not published in the environment
	Response *Item     `json:"response"` // what refused callers are answered; nil means the group's default

	Absent []Absent `json:"absent"` // what the files bind and the gateway does not have
	Notes  []string `json:"notes"`  // what else decides about a call

	Unread []diff.Note `json:"-"` // what could not be read
	Reads  int         `json:"-"` // requests
}

// API is the API in question.
type API struct {
	ID        string   `json:"id"`
	Group     string   `json:"group"`
	Name      string   `json:"name"`
	Method    string   `json:"method"`
	Path      string   `json:"path"`
	AuthType  string   `json:"auth_type"`
	CORS      bool     `json:"cors"`      // the cors setting of the API itself
	Published []string `json:"published"` // environments
}

// Backend is where an API sends calls. Fields that its type does not have are left out.
type Backend struct {
	Policy     string `json:"policy,omitempty"` // the policy backend of the API that selects it; "" for the default backend
	Type       string `json:"type"`             // HTTP, GRPC, FUNCTION or MOCK
	Protocol   string `json:"protocol,omitempty"`
	Method     string `json:"method,omitempty"`
	Host       string `json:"host,omitempty"` // with a channel, the host header that the backend receives
	Path       string `json:"path,omitempty"`
	Function   string `json:"function,omitempty"` // URN, with its version or alias
	Timeout    int64  `json:"timeout,omitempty"`  // milliseconds
	Channel    *Item  `json:"channel"`            // nil if calls do not go through a channel
	Authorizer *Item  `json:"authorizer"`         // adds data for the backend; nil if there is none
}

// Item is something in force.
type Item struct {
	Kind       string       `json:"kind"`
	Name       string       `json:"name"`
	Type       string       `json:"type,omitempty"`        // of a plugin, ACL or signature key
	Settings   []Setting    `json:"settings"`              // those that are not the default, by path
	Source     *kind.Source `json:"source"`                // where the files declare it; nil: on the gateway only
	Binding    *kind.Source `json:"binding"`               // where the files bind it to the API; nil: on the gateway only
	Differs    bool         `json:"differs"`               // the files say something else about it
	ShadowedBy string       `json:"shadowed_by,omitempty"` // what makes it ineffective
	Parts      []Item       `json:"parts,omitempty"`
}

// Setting is one leaf of an item.
type Setting struct {
	Path      string `json:"path"` // JSON pointer
	Value     any    `json:"value"`
	Sensitive bool   `json:"sensitive,omitempty"` // Value is then diff.Hidden
}

// Absent is a link that the files declare and the gateway does not have.
type Absent struct {
	Address string       `json:"address"`
	Source  *kind.Source `json:"source"`
}
