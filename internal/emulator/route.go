package emulator

import (
	"net/url"
	"strings"
)

// route is one operation of the API.
type route struct {
	op     string // its name in the vendor's documents
	method string
	path   string // segments in braces are parameters; {I} stands for the path of the instance
	do     handler

	// writeKeys returns the keys that the request claims with Behaviour.SerialWrites; nil if it claims none.
	writeKeys func(*Gateway, *call) []string
}

// ofInstances reports whether the operation is about instances, not about objects of one. Such operations have other error codes.
func (r *route) ofInstances() bool {
	return r.path == "{I}" || strings.HasSuffix(r.path, "/apigw/instances")
}

// instancePath replaces {I} in the paths of routes.
const instancePath = "/v2/{project_id}/apigw/instances/{instance_id}"

// routesOf returns the operations of all resources.
func routesOf(resources []resource) (all []route) {
	for _, r := range resources {
		all = append(all, r.routes...)
	}
	return all
}

// router finds the operation of a request. A literal segment wins over a parameter.
type router struct {
	literal map[string]*router
	any     *router
	methods map[string]*route
}

func newRouter(routes []route) *router {
	root := &router{}
	for i := range routes {
		r := &routes[i]
		at := root
		for _, segment := range segments(strings.Replace(r.path, "{I}", instancePath, 1)) {
			at = at.child(segment)
		}
		if at.methods == nil {
			at.methods = map[string]*route{}
		}
		at.methods[r.method] = r
	}
	return root
}

func (r *router) child(segment string) *router {
	if strings.HasPrefix(segment, "{") {
		if r.any == nil {
			r.any = &router{}
		}
		return r.any
	}
	if r.literal == nil {
		r.literal = map[string]*router{}
	}
	if r.literal[segment] == nil {
		r.literal[segment] = &router{}
	}
	return r.literal[segment]
}

// find returns the route and its parameters by name, or nil.
func (r *router) find(method string, path []string) (*route, map[string]string) {
	found := r.walk(method, path)
	if found == nil {
		return nil, nil
	}
	params := map[string]string{}
	for i, segment := range segments(strings.Replace(found.path, "{I}", instancePath, 1)) {
		if name, isParam := strings.CutPrefix(segment, "{"); isParam {
			params[strings.TrimSuffix(name, "}")] = path[i]
		}
	}
	return found, params
}

func (r *router) walk(method string, path []string) *route {
	if len(path) == 0 {
		return r.methods[method]
	}
	if next := r.literal[path[0]]; next != nil {
		if found := next.walk(method, path[1:]); found != nil {
			return found
		}
	}
	if r.any != nil {
		return r.any.walk(method, path[1:])
	}
	return nil
}

func segments(path string) []string { return strings.Split(strings.Trim(path, "/"), "/") }

// decodedSegments splits a path before it unescapes the segments, because these may contain escaped slashes.
func decodedSegments(escaped string) []string {
	parts := segments(escaped)
	for i, p := range parts {
		if plain, err := url.PathUnescape(p); err == nil {
			parts[i] = plain
		}
	}
	return parts
}
