package emulator

import (
	"cmp"
	"net/http"
)

// orchestration is a rule that computes a parameter for the backend from the parameters of a call.
type orchestration struct {
	identity
	orchestrationBody
}

type orchestrationBody struct {
	Name          string             `json:"orchestration_name"`
	Strategy      string             `json:"orchestration_strategy"`
	Mapped        *mappedParam       `json:"orchestration_mapped_param"`
	Preprocessing bool               `json:"is_preprocessing"`
	Map           []orchestrationMap `json:"orchestration_map"`
}

type mappedParam struct {
	Name     string `json:"mapped_param_name"`
	Type     string `json:"mapped_param_type"`
	Location string `json:"mapped_param_location"`
}

type orchestrationMap struct {
	Values []string            `json:"map_param_list,omitzero"`
	Range  *orchestrationRange `json:"map_param_range,omitempty"`
	Mapped string              `json:"mapped_param_value,omitempty"`
	Length int                 `json:"intercept_length,omitempty"`
}

type orchestrationRange struct {
	Start string `json:"range_start"`
	End   string `json:"range_end"`
}

type orchestrationView struct {
	ID string `json:"orchestration_id"`
	orchestrationBody
	Map        *[]orchestrationMap `json:"orchestration_map,omitempty"` // not in lists
	CreateTime string              `json:"orchestration_create_time"`
	UpdateTime string              `json:"orchestration_update_time"`
}

const (
	orchestrationsPath     = "{I}/orchestrations"
	oneOrchestrationPath   = orchestrationsPath + "/{orchestration_id}"
	maxOrchestrationValues = 3000 // total number of values in the map of a rule
)

var mappedName = expression(`^[A-Za-z0-9-]{1,128}$`)

var orchestrationInPath = inPath("orchestration_id", (*state).orchestrations, notFound("APIG.3095", "Orchestration rule %s does not exist"))

var orchestrationResource = resource{
	routes: []route{
		{op: "ListOrchestrations", method: http.MethodGet, path: orchestrationsPath, do: listOrchestrations},
		{op: "CreateOrchestration", method: http.MethodPost, path: orchestrationsPath, do: withBody(createOrchestration)},
		{op: "ShowDetailsOfOrchestration", method: http.MethodGet, path: oneOrchestrationPath, do: showObject(orchestrationInPath, (*Gateway).orchestrationView)},
		{op: "UpdateOrchestration", method: http.MethodPut, path: oneOrchestrationPath, do: forObjectWithBody(orchestrationInPath, updateOrchestration)},
		{op: "DeleteOrchestration", method: http.MethodDelete, path: oneOrchestrationPath, do: deleteObject(orchestrationInPath, (*state).orchestrations)},
		{op: "ListOrchestrationAttachedApis", method: http.MethodGet, path: oneOrchestrationPath + "/attached-apis", do: forObject(orchestrationInPath, listOrchestrationAPIs)},
	},
	quotas: []quota{quotaOrchestrations},
	sections: []section{
		listSection("orchestrations", func(f fileOrchestration) string { return f.Name }, (*loader).orchestration, dumpAll((*state).orchestrations, (*dumper).dumpOrchestration)),
	},
}

var quotaOrchestrations = quota{name: "ORCHESTRATION_NUM_LIMIT", code: "APIG.3150", description: "orchestration rules", defaultLimit: 100, hidden: true, used: count((*state).orchestrations)}

func (s *state) orchestrations() *table[*orchestration] {
	return tableOf[*orchestration](s, "orchestration")
}

func (g *Gateway) orchestrationView(o *orchestration) orchestrationView {
	return orchestrationView{o.id, o.orchestrationBody, &o.Map, formatTime(o.created), formatTime(o.updated)}
}

func (o *orchestration) effect(action string) Effect {
	return Effect{Kind: "orchestration", Action: action, ID: o.id, Name: o.name, Type: o.Strategy}
}

func listOrchestrations(g *Gateway, c *call) (reply, error) {
	f := idAndNameFilter[*orchestration](c, "orchestration_id", "orchestration_name")
	return page(g, c, "orchestrations", g.orchestrations().rows, f.condition(), func(o *orchestration) orchestrationView {
		v := g.orchestrationView(o)
		v.Map = nil
		return v
	})
}

func listOrchestrationAPIs(g *Gateway, c *call, _ *orchestration) (reply, error) {
	return page(g, c, "apis", []*api{}, nil, func(*api) any { return nil })
}

func (g *Gateway) checkOrchestration(b orchestrationBody, ownID string) error {
	var v checks
	v.text("orchestration_name", b.Name, 3, 64, envName)
	v.oneOf("orchestration_strategy", b.Strategy, "list", "hash", "range", "hash_range", "none_value", "default", "head_n", "tail_n")
	v.require(b.Mapped != nil || b.Preprocessing, "orchestration_mapped_param")
	if b.Mapped != nil {
		v.require(mappedName().MatchString(b.Mapped.Name), "mapped_param_name")
		v.oneOf("mapped_param_type", b.Mapped.Type, "string", "number")
		v.oneOf("mapped_param_location", b.Mapped.Location, "query", "header")
	}
	one := b.Strategy == "none_value" || b.Strategy == "default"
	v.require(!one || !b.Preprocessing, "is_preprocessing")
	v.require(len(b.Map) <= 300 && (b.Strategy == "hash") == (len(b.Map) == 0) && (!one || len(b.Map) == 1), "orchestration_map")
	values := 0
	for _, m := range b.Map {
		values += len(m.Values)
		cut, ranged := b.Strategy == "head_n" || b.Strategy == "tail_n", b.Strategy == "range" || b.Strategy == "hash_range"
		v.require(cut == (m.Length > 0) && m.Length <= 100, "intercept_length")
		v.require(ranged == (m.Range != nil), "map_param_range")
		v.require(b.Strategy == "list" || m.Values == nil, "map_param_list")
		v.require(cut == (m.Mapped == ""), "mapped_param_value")
	}
	v.require(values <= maxOrchestrationValues, "orchestration_map")
	v.unique(g.orchestrations().nameTaken("", b.Name, ownID), "APIG.3331", "orchestration rule", b.Name)
	return v.err
}

func createOrchestration(g *Gateway, c *call, b orchestrationBody) (reply, error) {
	if err := cmp.Or(g.checkOrchestration(b, ""), g.withinQuota(quotaOrchestrations, len(g.orchestrations().rows))); err != nil {
		return reply{}, err
	}
	o := &orchestration{orchestrationBody: b}
	g.orchestrations().create(g, c, o, b.Name, "")
	return created(g.orchestrationView(o))
}

func updateOrchestration(g *Gateway, c *call, o *orchestration, b orchestrationBody) (reply, error) {
	if err := g.checkOrchestration(b, o.id); err != nil {
		return reply{}, err
	}
	if valueOr(b.Mapped, mappedParam{}) != valueOr(o.Mapped, mappedParam{}) {
		return reply{}, refuse(http.StatusPreconditionFailed, "APIG.3713", "The mapped parameter of an orchestration rule cannot be modified")
	}
	if b.Preprocessing != o.Preprocessing {
		return reply{}, invalid("is_preprocessing")
	}
	o.orchestrationBody = b
	g.orchestrations().update(c, o, b.Name)
	return ok(g.orchestrationView(o))
}

type fileOrchestration struct {
	fileObject
	Strategy      string           `json:"strategy"`
	Mapped        *fileMappedParam `json:"mapped_param,omitempty"`
	Preprocessing bool             `json:"preprocessing,omitempty"`
	Map           []fileMapping    `json:"map,omitempty"`
}

type fileMappedParam struct {
	Name     string `json:"name"`
	Type     string `json:"type"`
	Location string `json:"location"`
}

type fileMapping struct {
	Values []string   `json:"values,omitzero"`
	Range  *fileRange `json:"range,omitempty"`
	Mapped string     `json:"mapped,omitempty"`
	Length int        `json:"length,omitempty"`
}

type fileRange struct {
	Start string `json:"start"`
	End   string `json:"end"`
}

func (l *loader) orchestration(f fileOrchestration) error {
	b := orchestrationBody{Name: f.Name, Strategy: f.Strategy, Mapped: (*mappedParam)(f.Mapped), Preprocessing: f.Preprocessing}
	for _, m := range f.Map {
		b.Map = append(b.Map, orchestrationMap{Values: m.Values, Range: (*orchestrationRange)(m.Range), Mapped: m.Mapped, Length: m.Length})
	}
	return addNew(l, l.orchestrations(), &orchestration{orchestrationBody: b}, f.Name)
}

func (d *dumper) dumpOrchestration(o *orchestration) fileOrchestration {
	f := fileOrchestration{
		fileObject: fileObject{Name: o.name}, Strategy: o.Strategy, Mapped: (*fileMappedParam)(o.Mapped), Preprocessing: o.Preprocessing,
	}
	for _, m := range o.Map {
		f.Map = append(f.Map, fileMapping{Values: m.Values, Range: (*fileRange)(m.Range), Mapped: m.Mapped, Length: m.Length})
	}
	return f
}
