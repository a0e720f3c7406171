package emulator

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
)

// envVariable is the value of #name# in the backends of a group, in one environment.
type envVariable struct {
	identity // in the scope of its group and environment
	group    *group
	env      *environment
	value    string
}

type envVariableBody struct {
	GroupID string `json:"group_id"`
	EnvID   string `json:"env_id"`
	Name    string `json:"variable_name"`
	Value   string `json:"variable_value"`
}

type envVariableView struct {
	ID string `json:"id"`
	envVariableBody
}

const (
	envVariablesPath   = "{I}/env-variables"
	oneEnvVariablePath = envVariablesPath + "/{env_variable_id}"
)

var (
	envVariableName  = expression(`^[A-Za-z][A-Za-z0-9_-]{2,31}$`)
	envVariableValue = expression(`^[A-Za-z0-9_\-/.:]{1,255}$`)

	envVariableInPath = inPath("env_variable_id", (*state).envVariables, notFound("APIG.3011", "Environment variable %s does not exist"))
)

var envVariableResource = resource{
	routes: []route{
		{op: "ListEnvironmentVariablesV2", method: http.MethodGet, path: envVariablesPath, do: forObject(inQuery("group_id", (*state).groups, groupNotFound), listEnvVariables)},
		{op: "CreateEnvironmentVariableV2", method: http.MethodPost, path: envVariablesPath, do: withBody(createEnvVariable)},
		{op: "ShowDetailsOfEnvironmentVariableV2", method: http.MethodGet, path: oneEnvVariablePath, do: showObject(envVariableInPath, (*Gateway).envVariableView)},
		{op: "UpdateEnvironmentVariableV2", method: http.MethodPut, path: oneEnvVariablePath, do: forObjectWithBody(envVariableInPath, updateEnvVariable)},
		{op: "DeleteEnvironmentVariableV2", method: http.MethodDelete, path: oneEnvVariablePath, do: deleteObject(envVariableInPath, (*state).envVariables)},
	},
	quotas:   []quota{quotaEnvVariables},
	sections: []section{listSection("groups", func(f fileDeclaredGroup) string { return f.Name }, (*loader).declareGroup, (*dumper).dumpDeclaredGroups)},
}

// quotaEnvVariables limits the variables of a group in one environment.
var quotaEnvVariables = quota{name: "VARIABLE_NUM_LIMIT", code: "APIG.3106", description: "variables of a group in an environment", defaultLimit: 50}

func (s *state) envVariables() *table[*envVariable] { return tableOf[*envVariable](s, "variable") }

func (g *Gateway) envVariableView(v *envVariable) envVariableView {
	return envVariableView{v.id, envVariableBody{v.group.id, v.env.id, v.name, v.value}}
}

func (v *envVariable) effect(action string) Effect {
	return Effect{Kind: "variable", Action: action, ID: v.id, Name: v.name + "@" + v.env.name, Policy: v.group.id, PolicyName: v.group.name, Value: v.value}
}

func (s *state) variablesOf(x *group) (out []*envVariable) {
	for _, v := range s.envVariables().rows {
		if v.group == x {
			out = append(out, v)
		}
	}
	return out
}

// dropEnvVariables deletes the variables of a group or an environment that is deleted. The other argument is nil.
func (g *Gateway) dropEnvVariables(c *call, x *group, e *environment) {
	for _, v := range slices.Clone(g.envVariables().rows) {
		if (x == nil || v.group == x) && (e == nil || v.env == e) {
			_, _ = g.envVariables().delete(c, v)
		}
	}
}

func listEnvVariables(g *Gateway, c *call, x *group) (reply, error) {
	var f filter[*envVariable]
	f.where(c, "env_id", func(v *envVariable) string { return v.env.id })
	f.like(c, "variable_name", c.isExact("variable_name"), func(v *envVariable) string { return v.name })
	return page(g, c, "variables", g.variablesOf(x), f.condition(), g.envVariableView)
}

func createEnvVariable(g *Gateway, c *call, b envVariableBody) (reply, error) {
	var v checks
	x := find(&v, g.groups(), b.GroupID, groupNotFound)
	e := find(&v, g.envs(), b.EnvID, environmentNotFound)
	if v.err != nil {
		return reply{}, v.err
	}
	v.require(envVariableName().MatchString(b.Name), "variable_name")
	v.require(envVariableValue().MatchString(b.Value), "variable_value")
	scope, n := x.id+" "+e.id, 0
	v.unique(g.envVariables().nameTaken(scope, b.Name, ""), "APIG.3303", "environment variable", b.Name)
	for _, other := range g.variablesOf(x) {
		if other.env == e {
			n++
		}
	}
	if err := cmp.Or(v.err, g.withinQuota(quotaEnvVariables, n)); err != nil {
		return reply{}, err
	}
	y := &envVariable{group: x, env: e, value: b.Value}
	g.envVariables().create(g, c, y, b.Name, scope)
	return created(g.envVariableView(y))
}

type envVariableUpdate struct {
	Value string `json:"variable_value"`
}

func updateEnvVariable(g *Gateway, c *call, v *envVariable, b envVariableUpdate) (reply, error) {
	if !envVariableValue().MatchString(b.Value) {
		return reply{}, invalid("variable_value")
	}
	v.value = b.Value
	g.envVariables().update(c, v, v.name)
	return ok(g.envVariableView(v))
}

// fileDeclaredGroup is a group in the section groups of desired state. Its APIs are in gateway.groups.
type fileDeclaredGroup struct {
	fileObject
	Remark    string          `json:"remark,omitempty"`
	Variables []fileVariable  `json:"variables,omitempty"`
	Responses []fileResponse  `json:"responses,omitempty"`
	Debug     *bool           `json:"debug_domain,omitempty"`
	Domains   []fileOwnDomain `json:"domains,omitempty"`
}

type fileVariable struct {
	Name        string `json:"name"`
	Value       string `json:"value"`
	Environment string `json:"environment,omitempty"`
}

// fileOwnDomain is a domain in the section groups of desired state.
type fileOwnDomain struct {
	Domain string `json:"domain"`
	ownDomainSettings
	Certificate fileCertificate `json:"certificate,omitzero"`
}

// ownDomainSettings are domainSettings under the keys of desired state.
type ownDomainSettings struct {
	MinVersion string `json:"min_ssl_version"`
	Redirect   bool   `json:"http_redirect"`
	Verify     bool   `json:"client_certificate"`
	HTTPPort   int    `json:"http_port"`
	HTTPSPort  int    `json:"https_port"`
}

// declareGroup adds a group, or completes one from gateway.groups.
func (l *loader) declareGroup(f fileDeclaredGroup) error {
	x := l.groups().byName(f.Name)
	if x == nil {
		if err := l.group(fileGroup{Name: f.Name}); err != nil {
			return err
		}
		x = l.groups().byName(f.Name)
	}
	x.remark, x.slAccess = f.Remark, valueOr(f.Debug, x.slAccess)
	for _, o := range f.Domains {
		o.MinVersion = cmp.Or(o.MinVersion, "TLSv1.2")
		if err := l.domain(x, fileDomain{o.Domain, fileDomainSettings(o.ownDomainSettings), o.Certificate, nil}); err != nil {
			return fmt.Errorf("domain %s: %w", o.Domain, err)
		}
	}
	for _, r := range f.Responses {
		if err := l.response(x, r); err != nil {
			return fmt.Errorf("response %s: %w", r.Name, err)
		}
	}
	for _, v := range f.Variables {
		e, err := l.environment(cmp.Or(v.Environment, "RELEASE"))
		if err != nil {
			return err
		}
		scope, address := x.id+" "+e.id, x.name+"/"+v.Name+"@"+e.name
		if err := addNewIn(l, l.envVariables(), &envVariable{group: x, env: e, value: v.Value}, v.Name, scope, address); err != nil {
			return fmt.Errorf("variable %s: %w", v.Name, err)
		}
	}
	return nil
}

func (d *dumper) dumpDeclaredGroups() (out []fileDeclaredGroup) {
	for _, x := range d.groups().rows {
		f := fileDeclaredGroup{fileObject: fileObject{Name: x.name}, Remark: x.remark}
		for _, v := range d.variablesOf(x) {
			shown := fileVariable{Name: v.name, Value: v.value}
			if v.env.id != releaseID {
				shown.Environment = v.env.name
			}
			f.Variables = append(f.Variables, shown)
			d.saveIdentity("variable/"+x.name+"/"+v.name+"@"+v.env.name, v.id, v.created, v.updated)
		}
		f.Responses = d.dumpResponses(x)
		if f.Remark != "" || len(f.Variables)+len(f.Responses) > 0 {
			out = append(out, f)
		}
	}
	return out
}
