package intent

import (
	"slices"

	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/spec"
)

// References reports, as warnings, references that would stop the files from being applied: those that match no API, or
// contradict each other. It reports nothing unless all APIs are known.
func (w *Model) References(files *spec.State) []spec.Finding {
	if !w.complete {
		return nil
	}
	everywhere := map[string]bool{}
	for i := range files.References {
		if r := &files.References[i]; r.Target() == kind.APublication {
			everywhere[r.Environment] = true
		}
	}
	apis := make([]*kind.API, len(w.apis))
	for i := range w.apis {
		a := &w.apis[i]
		apis[i] = &kind.API{ID: a.Address() + " " + a.Method + a.Path, Group: a.Group, Name: a.Name, Method: a.Method, Path: a.Path, MatchMode: a.MatchMode, AuthType: a.AuthType, Tags: a.Tags}
		published := a.Published
		if published == nil { // not known: nothing to complain about
			for env := range everywhere {
				published = append(published, env)
			}
		}
		for _, env := range published {
			apis[i].Publish(env, "", "")
		}
	}
	catalog := kind.NewCatalog(apis)
	catalog.Complete = true
	_, findings := files.Resolve(catalog)
	findings = slices.DeleteFunc(findings, func(f spec.Finding) bool { return f.Warning })
	for i := range findings {
		findings[i].Warning = true
	}
	return findings
}
