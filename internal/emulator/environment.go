package emulator

import (
	"cmp"
	"encoding/json"
	"net/http"
)

// environment is a stage in which APIs are published.
type environment struct {
	identity
	environmentBody
	publishedAPIs int // number of APIs that are published in it
}

type environmentBody struct {
	Name   string `json:"name"`
	Remark string `json:"remark"`
}

type environmentView struct {
	ID string `json:"id"`
	environmentBody
	CreateTime string `json:"create_time"`
}

var environmentNotFound = notFound("APIG.3003", "Environment %s does not exist")

var environmentInPath = inPath("env_id", (*state).envs, environmentNotFound)

var environmentResource = resource{
	routes: []route{
		{op: "ListEnvironmentsV2", method: http.MethodGet, path: "{I}/envs", do: listEnvironments},
		{op: "CreateEnvironmentV2", method: http.MethodPost, path: "{I}/envs", do: withBody(createEnvironment)},
		{op: "UpdateEnvironmentV2", method: http.MethodPut, path: "{I}/envs/{env_id}", do: forObjectWithBody(environmentInPath, updateEnvironment)},
		{op: "DeleteEnvironmentV2", method: http.MethodDelete, path: "{I}/envs/{env_id}", do: forObject(environmentInPath, deleteEnvironment)},
	},
	quotas: []quota{quotaEnvironments},
	sections: []section{
		listSection("gateway.environments", func(f fileEnvironment) string { return f.Name }, (*loader).addEnvironment, dumpAll((*state).envs, (*dumper).dumpEnvironment)),
		listSection("environments", func(f fileDeclared) string { return f.Name }, (*loader).declareEnvironment, dumpSome((*state).envs, (*environment).hasRemark, (*dumper).dumpDeclared)),
	},
}

var quotaEnvironments = quota{name: "ENVIRONMENT_NUM_LIMIT", code: "APIG.3104", description: "environments", defaultLimit: 10, used: count((*state).envs)}

func (s *state) envs() *table[*environment] { return tableOf[*environment](s, "environment") }

func (e *environment) view() environmentView {
	return environmentView{e.id, e.environmentBody, formatTime(e.created)}
}

func listEnvironments(g *Gateway, c *call) (reply, error) {
	var f filter[*environment]
	f.like(c, "name", false, func(e *environment) string { return e.name })
	return page(g, c, "envs", g.envs().rows, f.condition(), (*environment).view)
}

func (g *Gateway) checkEnvironment(b environmentBody, ownID string) error {
	var v checks
	v.text("name", b.Name, 3, 64, envName)
	v.remark(b.Remark)
	v.unique(g.envs().nameTaken("", b.Name, ownID), "APIG.3205", "environment", b.Name)
	return v.err
}

func createEnvironment(g *Gateway, c *call, b environmentBody) (reply, error) {
	if err := cmp.Or(g.checkEnvironment(b, ""), g.withinQuota(quotaEnvironments, len(g.envs().rows))); err != nil {
		return reply{}, err
	}
	e := &environment{environmentBody: b}
	g.envs().create(g, c, e, b.Name, "")
	shown := e.view()
	shown.CreateTime = formatTimeExactly(e.created)
	return created(shown)
}

func updateEnvironment(g *Gateway, c *call, e *environment, b environmentBody) (reply, error) {
	if err := g.checkEnvironment(b, e.id); err != nil {
		return reply{}, err
	}
	if e.id == releaseID && b.Name != e.name {
		return reply{}, refuse(http.StatusForbidden, "APIG.1103", "The environment RELEASE cannot be renamed")
	}
	b.Remark = g.remark(c, e.Remark, b.Remark)
	e.environmentBody = b
	g.envs().update(c, e, b.Name)
	return ok(e.view())
}

func deleteEnvironment(g *Gateway, c *call, e *environment) (reply, error) {
	if e.id == releaseID {
		return reply{}, refuse(http.StatusForbidden, "APIG.1103", "The environment RELEASE cannot be deleted")
	}
	if e.publishedAPIs > 0 {
		return reply{}, refuse(http.StatusForbidden, "APIG.3418", "APIs have been published in the environment,id:%s", e.id)
	}
	g.dropEnvVariables(c, nil, e)
	g.dropLinks(c, nil, e)
	return g.envs().delete(c, e)
}

// fileDeclared is an environment in the section environments of desired state.
type fileDeclared struct {
	environmentBody
	toolKeys
}

// fileEnvironment is an environment in gateway.environments: a name, or an object.
type fileEnvironment environmentBody

// UnmarshalJSON implements [json.Unmarshaler].
func (e *fileEnvironment) UnmarshalJSON(b []byte) error {
	return decodeTextOr(b, &e.Name, (*environmentBody)(e))
}

// MarshalJSON implements [json.Marshaler]: the remark is in the section of desired state.
func (e fileEnvironment) MarshalJSON() ([]byte, error) { return json.Marshal(e.Name) }

func (l *loader) addEnvironment(f fileEnvironment) error {
	if f.Name != "RELEASE" {
		return addNew(l, l.envs(), &environment{environmentBody: environmentBody(f)}, f.Name)
	}
	release := l.envs().ids[releaseID]
	release.Remark = f.Remark
	var err error
	release.created, _, err = l.timesAt("environment/RELEASE")
	return err
}

// declareEnvironment adds an environment, or completes one from gateway.environments.
func (l *loader) declareEnvironment(f fileDeclared) error {
	if e := l.envs().byName(f.Name); e != nil {
		e.Remark = f.Remark
		return nil
	}
	return l.addEnvironment(fileEnvironment(f.environmentBody))
}

func (d *dumper) dumpEnvironment(e *environment) fileEnvironment {
	return fileEnvironment{Name: e.name}
}

func (e *environment) hasRemark() bool { return e.Remark != "" }

func (d *dumper) dumpDeclared(e *environment) fileDeclared {
	return fileDeclared{environmentBody: e.environmentBody}
}
