package document

import "strings"

// Gateway is the gateway that a run is about. What is not known is "".
type Gateway struct {
	Name        string `json:"name"`
	InstanceID  string `json:"instance_id"`
	Region      string `json:"region"`
	Target      string `json:"target"`            // section of the config file
	Environment string `json:"environment"`       // of bindings that name none
	Against     string `json:"against,omitempty"` // the export that stands in for the gateway

	Production bool `json:"-"` // writing is confirmed by the target's name
}

// Named sets the name of the gateway, if it is known.
func (h *Head) Named(name string) {
	if h.Gateway != nil && name != "" {
		g := *h.Gateway
		g.Name, h.Gateway = name, &g
	}
}

// Where returns a line that identifies the gateway of a run; "" if the run contacts none.
func (h *Head) Where() string {
	const few = 8 // characters are enough for a person to recognise an id
	g := h.Gateway
	if g == nil {
		return ""
	}
	parts := []string{strings.TrimSpace("Gateway " + g.Name)}
	if g.Against != "" {
		parts = []string{"Compared with " + g.Against}
	}
	if g.Target != "" {
		parts = append(parts, "target "+g.Target)
	}
	if g.Region != "" {
		parts = append(parts, g.Region)
	}
	if id := g.InstanceID; len(id) > few && g.Against == "" {
		parts = append(parts, id[:few]+"…")
	} else if id != "" && g.Against == "" {
		parts = append(parts, id)
	}
	return Clean(strings.Join(append(parts, g.Environment), " · "))
}

// Header returns the head of a document.
func (h *Head) Header() *Head { return h }
