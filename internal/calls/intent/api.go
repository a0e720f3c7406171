package intent

import (
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/spec"
)

// API is what is known about an API. "" and nil mean not known; a list without entries is known to be empty.
type API struct {
	Group     string      `json:"group"`
	Name      string      `json:"name"`
	Method    string      `json:"method"`
	Path      string      `json:"path"`
	MatchMode string      `json:"match_mode"`
	AuthType  string      `json:"auth_type"`
	Tags      []string    `json:"tags"`
	Published []string    `json:"published"` // environments
	Source    kind.Source `json:"-"`         // the zero value if only the call names it
}

// Address names an API as references do: group/api.
func (a *API) Address() string { return a.Group + "/" + a.Name }

func (a *API) publishedIn(env string) truth {
	if a.Published == nil {
		return open
	}
	return sure(slices.Contains(a.Published, env))
}

// takes returns whether the API takes calls of a method and path. An API with the method ANY takes a method unless one
// of the others, the APIs with the same path, has exactly this method.
func (a *API) takes(method, path string, others []API) truth {
	out := takes(a.Path, path, a.MatchMode == "SWA")
	if a.Method == method {
		return out
	}
	if a.Method != "ANY" {
		return no
	}
	for i := range others {
		if o := &others[i]; o.Group == a.Group && o.Path == a.Path && o.Method == method {
			return no
		}
	}
	return out
}

// matches returns whether a reference matches the API in an environment.
func matches(r *spec.Reference, a *API, env string) truth {
	if r.Environment != env {
		return no
	}
	if r.Text != "" {
		return sure(r.Text == a.Address())
	}
	out := all(globMatches(r.Group, a.Group), globMatches(r.Name, a.Name), equalOrUnknown(r.Method, a.Method), equalOrUnknown(r.Path, a.Path))
	for _, t := range r.Tags {
		if a.Tags == nil {
			out = min(out, open)
		} else {
			out = min(out, sure(slices.Contains(a.Tags, t)))
		}
	}
	return out
}

func globMatches(glob, name string) truth { return sure(glob == "" || kind.Glob(glob, name)) }

// equalOrUnknown returns whether a value is the wanted one. A wanted "" matches every value; a value "" is not known.
func equalOrUnknown(asked, value string) truth {
	switch {
	case asked == "":
		return yes
	case value == "":
		return open
	}
	return sure(asked == value)
}

// parseAddress returns the API that the text group/name names, for an API of which nothing else is known; ok is false if
// the text is ambiguous.
func parseAddress(text string) (a API, ok bool) {
	group, name, found := strings.Cut(text, "/")
	return API{Group: group, Name: name}, found && !strings.Contains(name, "/")
}
