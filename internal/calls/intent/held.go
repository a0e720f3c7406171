package intent

import (
	"fmt"
	"slices"

	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
	"github.com/apigw-sync/apigw-sync/internal/spec"
)

// Held is the state of a gateway according to an export.
type Held struct {
	State *spec.State
	APIs  []API // nil if the export does not list them
	Prune bool  // what the files own and do not declare counts as removed
}

// heldAPI is an API in an export. Keys that are left out have their default.
var heldAPI = shape.OfMap("An API.",
	shape.Required("name", nameText), shape.Required("method", shape.OfText("HTTP method.")), shape.Required("path", shape.OfText("Path.")),
	shape.Optional("match_mode", modeText), shape.Optional("auth_type", authText),
	shape.Optional("published", shape.OfList("Environments.", envText)), shape.Optional("tags", shape.OfList("Tags.", shape.OfText("A tag."))),
).AllowingUnknown()

// heldShape is the part of an export that lists APIs. spec.Load reads everything else.
var heldShape = shape.OfMap("An export.",
	shape.Optional("gateway", shape.OfMap("What policies only refer to.",
		shape.Optional("groups", shape.OfList("Groups of APIs.", shape.OfMap("A group.",
			shape.Required("name", nameText),
			shape.Optional("apis", shape.OfList("Its APIs.", heldAPI)),
		).AllowingUnknown())),
	).AllowingUnknown()),
).AllowingUnknown()

type heldGateway struct {
	Gateway *struct {
		Groups []struct {
			Name string `json:"name"`
			APIs []API  `json:"apis"`
		} `json:"groups"`
	} `json:"gateway"`
}

// ReadHeld reads an export, or a state file of the emulator. The result is usable only if no finding is an error.
func ReadHeld(in spec.Input, lookup func(string) (string, bool)) (*Held, []spec.Finding) {
	state, findings := spec.Load([]spec.Input{in}, spec.Options{Lookup: lookup})
	h := &Held{State: state}
	if slices.ContainsFunc(findings, func(f spec.Finding) bool { return !f.Warning }) {
		return h, findings
	}
	documents, more := spec.ReadChecked(in, heldShape, lookup)
	findings = append(findings, more...)
	for i := range documents {
		var g heldGateway
		if err := kind.Fill(documents[i].Value, &g); err != nil {
			findings = append(findings, documents[i].Finding("/gateway", "cannot be read: "+err.Error(), ""))
			continue
		}
		if g.Gateway == nil {
			continue
		}
		if h.APIs == nil {
			h.APIs = []API{}
		}
		for j, group := range g.Gateway.Groups {
			for k, a := range group.APIs {
				a.Group, a.Source = group.Name, documents[i].At(fmt.Sprintf("/gateway/groups/%d/apis/%d", j, k))
				h.APIs = append(h.APIs, a.complete())
			}
		}
	}
	return h, findings
}

// complete returns the API with its defaults, which an export leaves out.
func (a API) complete() API {
	if a.AuthType == "" {
		a.AuthType = "NONE"
	}
	if a.Published == nil {
		a.Published = []string{}
	}
	if a.Tags == nil {
		a.Tags = []string{}
	}
	return a
}
