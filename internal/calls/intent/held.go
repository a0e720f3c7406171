package intent

import (
	"fmt"
	"slices"

	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
	"github.com/apigw-sync/apigw-sync/internal/spec"
)

// Held is what an export says that a gateway holds.
type Held struct {
	State *spec.State
	APIs  []API // nil when the export does not tell them
	Prune bool  // what the files own and do not declare goes
}

// heldAPI is an API as exports have it: what they leave out is the default.
var heldAPI = shape.OfMap("An API.",
	shape.Need("name", nameText), shape.Need("method", shape.OfText("HTTP method.")), shape.Need("path", shape.OfText("Path.")),
	shape.May("match_mode", modeText), shape.May("auth_type", authText),
	shape.May("published", shape.OfList("Environments.", envText)), shape.May("tags", shape.OfList("Tags.", shape.OfText("A tag."))),
).AndOthers()

// heldShape is the part of an export that tells of APIs. All else is for spec.Load.
var heldShape = shape.OfMap("An export.",
	shape.May("gateway", shape.OfMap("What policies only refer to.",
		shape.May("groups", shape.OfList("Groups of APIs.", shape.OfMap("A group.",
			shape.Need("name", nameText),
			shape.May("apis", shape.OfList("Its APIs.", heldAPI)),
		).AndOthers())),
	).AndOthers()),
).AndOthers()

type heldGateway struct {
	Gateway *struct {
		Groups []struct {
			Name string `json:"name"`
			APIs []API  `json:"apis"`
		} `json:"groups"`
	} `json:"gateway"`
}

// ReadHeld reads an export, also one that the emulator keeps its state in. It is fit for use only when no
// finding is an error.
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

// complete is an API of which an export tells all that is not as by default.
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
