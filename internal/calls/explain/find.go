package explain

import (
	"context"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/fetch"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

var (
	route = regexp.MustCompile(`^([A-Za-z]+)\s+(/\S*)$`)
	id    = regexp.MustCompile(`^[0-9a-f]{32}$`)
)

// Unclear is the error for a text that matches no API, or more than one.
type Unclear struct {
	Text string
	APIs []*kind.API
}

func (u *Unclear) Error() string {
	if len(u.APIs) == 0 {
		return fmt.Sprintf("the gateway has no API %q", u.Text)
	}
	const most = 5
	var names []string
	for _, a := range u.APIs[:min(len(u.APIs), most)] {
		names = append(names, fmt.Sprintf("%s (%s %s, id %s)", a.Address(), a.Method, a.Path, a.ID))
	}
	if len(u.APIs) > most {
		names = append(names, "…")
	}
	return fmt.Sprintf("%q means %d APIs: %s", u.Text, len(u.APIs), strings.Join(names, ", "))
}

// Find finds the API that a text names: by id, METHOD /path, GROUP/NAME, or a name that only one API has. The error is an
// *Unclear if no API or several match.
func Find(ctx context.Context, reader *fetch.Reader, text string) (*kind.API, error) {
	found, err := candidates(ctx, reader, text)
	if err != nil {
		return nil, err
	}
	if len(found) != 1 {
		slices.SortFunc(found, func(a, b *kind.API) int { return strings.Compare(a.Address()+a.ID, b.Address()+b.ID) })
		return nil, &Unclear{Text: text, APIs: found}
	}
	return found[0], nil
}

func candidates(ctx context.Context, reader *fetch.Reader, text string) ([]*kind.API, error) {
	if m := route.FindStringSubmatch(text); m != nil {
		catalog, err := reader.Catalog(ctx, false, []kind.Lookup{{Path: m[2]}})
		method := strings.ToUpper(m[1])
		return first(catalog.APIs,
			func(a *kind.API) bool { return a.Path == m[2] && a.Method == method },
			func(a *kind.API) bool { return a.Path == m[2] && a.Method == "ANY" }), err
	}
	if id.MatchString(text) {
		found, err := reader.APIs(ctx, url.Values{"id": {text}})
		if found = first(found, func(a *kind.API) bool { return a.ID == text }); err != nil || len(found) > 0 {
			return found, err
		}
	}
	names := []kind.Lookup{{Name: text}}
	for i := range text {
		if text[i] == '/' && i > 0 && i < len(text)-1 {
			names = append(names, kind.Lookup{Name: text[i+1:]})
		}
	}
	catalog, err := reader.Catalog(ctx, false, names)
	return first(catalog.APIs,
		func(a *kind.API) bool { return a.Address() == text },
		func(a *kind.API) bool { return a.Name == text }), err
}

// first returns the APIs that meet the first of the conditions that any API meets.
func first(apis []*kind.API, conditions ...func(*kind.API) bool) (out []*kind.API) {
	for _, fits := range conditions {
		for _, a := range apis {
			if fits(a) {
				out = append(out, a)
			}
		}
		if len(out) > 0 {
			return out
		}
	}
	return nil
}
