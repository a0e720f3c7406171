package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/world"
)

// request sends a request, such as POST /throttles, to a gateway and returns the answer. The path is relative to the
// instance.
type request func(method, path string, body any) (map[string]any, error)

// mostAtOnce is the maximum number of APIs or publish ids in one request.
const mostAtOnce = 100

// fill creates the estate on an empty gateway through the gateway's API: groups, APIs and their publications, then
// policies, plugins and apps with their parts and bindings.
func fill(e *world.Estate, send request) error {
	f := filler{e: e, send: send}
	f.environments()
	f.apis()
	for _, kindName := range []string{"app", "throttle", "plugin", "acl"} {
		for _, o := range e.Of(kindName) {
			f.object(kindName, &o)
		}
	}
	return f.err
}

// filler is one run of fill. After the first error it sends nothing more.
type filler struct {
	e         *world.Estate
	send      request
	envs      []string // ids, by index
	ids       []string // of APIs, by index
	published [][]string
	err       error
}

type fields = map[string]any

func (f *filler) do(method, path string, body any) (answer fields) {
	if f.err != nil {
		return nil
	}
	answer, f.err = f.send(method, path, body)
	return answer
}

// id creates an object and returns its id.
func (f *filler) id(path string, body any) string {
	answer := f.do("POST", path, body)
	for _, field := range []string{"id", "plugin_id"} {
		if id, ok := answer[field].(string); ok {
			return id
		}
	}
	return ""
}

// environments looks up RELEASE, which every gateway has, and creates the other environments.
func (f *filler) environments() {
	have := map[string]string{}
	list, _ := f.do("GET", "/envs", nil)["envs"].([]any)
	for _, x := range list {
		env, _ := x.(fields)
		have[fmt.Sprint(env["name"])] = fmt.Sprint(env["id"])
	}
	for _, name := range world.Environments {
		id := have[name]
		if id == "" {
			id = f.id("/envs", fields{"name": name})
		}
		f.envs = append(f.envs, id)
	}
}

func (f *filler) apis() {
	groups := make([]string, f.e.Groups)
	for i := range groups {
		groups[i] = f.id("/api-groups", fields{"name": f.e.Group(i)})
	}
	for i := range f.e.APIs {
		f.ids = append(f.ids, f.id("/apis", fields{
			"name": f.e.API(i), "group_id": groups[i%f.e.Groups], "type": 1, "req_protocol": "HTTPS", "req_method": "GET",
			"req_uri": fmt.Sprintf("/v1/%d", i), "auth_type": "APP", "backend_type": "MOCK", "mock_info": fields{"result_content": "ok"},
		}))
	}
	f.published = make([][]string, len(f.envs))
	for env, id := range f.envs {
		ids := map[string]string{}
		for chunk := range slices.Chunk(f.ids, mostAtOnce) {
			done, _ := f.do("POST", "/apis/publish?action=online", fields{"apis": chunk, "env_id": id})["success"].([]any)
			for _, x := range done {
				p, _ := x.(fields)
				ids[fmt.Sprint(p["api_id"])] = fmt.Sprint(p["publish_id"])
			}
		}
		for _, api := range f.ids {
			f.published[env] = append(f.published[env], ids[api])
		}
	}
}

// object creates one object with its parts and bindings.
func (f *filler) object(kindName string, o *world.Object) {
	own := maps.Clone(o.Item)
	switch kindName {
	case "throttle":
		own["type"] = map[any]int{nil: 1, "basic": 1, "shared": 2}[own["type"]]
		delete(own, "specials")
		id := f.id("/throttles", own)
		f.specials(id, o)
		f.publications(o, func(ids []string) { f.do("POST", "/throttle-bindings", fields{"strategy_id": id, "publish_ids": ids}) })
	case "acl":
		id := f.id("/acls", fields{"acl_name": o.Name, "acl_type": own["type"], "entity_type": own["entity_type"], "acl_value": joined(own["values"])})
		f.publications(o, func(ids []string) { f.do("POST", "/acl-bindings", fields{"acl_id": id, "publish_ids": ids}) })
	case "plugin":
		content, _ := json.Marshal(own["content"])
		id := f.id("/plugins", fields{"plugin_name": o.Name, "plugin_type": own["type"], "plugin_scope": "global", "plugin_content": string(content)})
		f.members(o, func(env int, ids []string) {
			f.do("POST", "/plugins/"+id+"/attach", fields{"env_id": f.envs[env], "api_ids": ids})
		})
	case "app":
		f.app(own, o)
	}
}

func joined(list any) string {
	var texts []string
	for _, x := range list.([]any) {
		texts = append(texts, x.(string))
	}
	return strings.Join(texts, ",")
}

func (f *filler) app(own fields, o *world.Object) {
	codes, _ := own["app_codes"].([]any)
	access, _ := own["access_control"].(map[string]any)
	delete(own, "app_codes")
	delete(own, "access_control")
	id := f.id("/apps", own)
	for _, code := range codes {
		f.do("POST", "/apps/"+id+"/app-codes", fields{"app_code": code})
	}
	if len(access) > 0 {
		f.do("PUT", "/apps/"+id+"/app-acl", fields{"app_acl_type": access["type"], "app_acl_values": access["values"]})
	}
	f.members(o, func(env int, ids []string) {
		f.do("POST", "/app-auths", fields{"env_id": f.envs[env], "app_ids": []string{id}, "api_ids": ids})
	})
}

func (f *filler) specials(throttle string, o *world.Object) {
	list, _ := o.Item["specials"].([]any)
	for _, x := range list {
		special := x.(map[string]any)
		f.do("POST", "/throttles/"+throttle+"/throttle-specials", fields{"call_limits": special["call_limits"], "object_id": special["user"], "object_type": "USER"})
	}
}

// publications calls bind with the publish ids that an object is bound to, in chunks.
func (f *filler) publications(o *world.Object, bind func(ids []string)) {
	for chunk := range slices.Chunk(o.Links, mostAtOnce) {
		ids := make([]string, len(chunk))
		for i, at := range chunk {
			if f.err == nil {
				ids[i] = f.published[at.Env][at.API]
			}
		}
		bind(ids)
	}
}

// members calls bind with the ids of the APIs that an object is bound to, in chunks for each environment.
func (f *filler) members(o *world.Object, bind func(env int, ids []string)) {
	for env := range f.envs {
		var ids []string
		for _, at := range o.Links {
			if at.Env == env && f.err == nil {
				ids = append(ids, f.ids[at.API])
			}
		}
		for chunk := range slices.Chunk(ids, mostAtOnce) {
			bind(env, chunk)
		}
	}
}
