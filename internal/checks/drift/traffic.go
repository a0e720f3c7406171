package drift

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/apigw-sync/apigw-sync/internal/api"
	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/fetch"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/reconcile/compared"
)

// Mode is how much traffic is read.
type Mode string

// The modes. There is one request for each group, or API, that a plan affects.
const (
	Off    Mode = "off"
	Groups Mode = "groups" // whole API groups
	APIs   Mode = "apis"   // groups, and each affected API
)

// maxRequests limits the number of requests of each kind, so that a plan that affects everything stays quick.
const maxRequests = 200

// PlanTraffic is the traffic of the last hour of the APIs that a plan affects.
type PlanTraffic struct {
	Groups   []Traffic             // by group
	ByChange map[string]TrafficSum // by address of the change
	ByAPI    map[string]TrafficSum // by address of the API, where these were asked for
	Calls    int64                 // of all that the plan affects, each group or API counted once
	Unknown  []string              // groups, or APIs where these were asked for, of which nothing is known; sorted
	Warnings []diff.Note
}

// TrafficOf reads the traffic of the APIs that a plan affects. What cannot be read is a warning.
func TrafficOf(ctx context.Context, reader *fetch.Reader, c *compared.Result, mode Mode) *PlanTraffic {
	m := &PlanTraffic{ByChange: map[string]TrafficSum{}}
	if mode == Off || mode == "" || len(c.Plan.Changes) == 0 {
		return m
	}
	t, failed := findAffected(ctx, reader, c)
	m.Warnings = append(m.Warnings, failed...)
	apis, groups := t.all()
	ids, err := groupIDs(ctx, reader, apis, groups)
	if err != nil {
		m.Warnings = append(m.Warnings, diff.Note{Message: "the API groups could not be looked up: " + err.Error()})
	}
	byGroup := m.readAll("group", groups, func(name string) (figures, error) {
		if ids[name] == "" {
			return nil, errors.New("the gateway does not list it")
		}
		return readFigures(ctx, reader, kind.GroupStatistics(ids[name]))
	})
	var byAPI map[string]figures
	if mode == APIs {
		byAPI = m.readAll("API", slices.Sorted(maps.Keys(apis)), func(name string) (figures, error) {
			return readFigures(ctx, reader, kind.APIStatistics(apis[name].ID))
		})
		m.ByAPI = map[string]TrafficSum{}
		for name, f := range byAPI {
			m.ByAPI[name] = TrafficSum{Calls: f.calls(), Errors: f.errors(), Peak: f.peak().Calls, Exact: true}
		}
	}
	m.addTotals(c, t, byGroup, byAPI, mode)
	return m
}

// figures are minutes of traffic, oldest first; nil if they are not known.
type figures []Minute

func (f figures) calls() (n int64) {
	for _, m := range f {
		n += m.Calls
	}
	return n
}

func (f figures) errors() (n int64) {
	for _, m := range f {
		n += m.Errors
	}
	return n
}

// peak is the busiest minute; of several, the first.
func (f figures) peak() (busiest Minute) {
	for _, m := range f {
		if m.Calls > busiest.Calls {
			busiest = m
		}
	}
	return busiest
}

// addFigures adds up figures, minute by minute.
func addFigures(all ...figures) figures {
	at := map[int64]Minute{}
	for _, f := range all {
		for _, m := range f {
			sum := at[m.At.Unix()]
			at[m.At.Unix()] = Minute{At: m.At, Calls: sum.Calls + m.Calls, Errors: sum.Errors + m.Errors}
		}
	}
	out := make(figures, 0, len(at))
	for _, second := range slices.Sorted(maps.Keys(at)) {
		out = append(out, at[second])
	}
	return out
}

func readFigures(ctx context.Context, reader *fetch.Reader, q api.Request) (figures, error) {
	var s kind.Statistics
	if err := reader.Read(ctx, q, &s); err != nil {
		return nil, err
	}
	return append(figures{}, s.Minutes()...), nil
}

// readAll reads the figures of all names in parallel. Names whose figures could not be read become one warning.
func (m *PlanTraffic) readAll(what string, names []string, of func(name string) (figures, error)) map[string]figures {
	asked := names[:min(len(names), maxRequests)]
	found, errs := make([]figures, len(asked)), make([]error, len(asked))
	var wg sync.WaitGroup
	for i, name := range asked {
		wg.Go(func() { found[i], errs[i] = of(name) })
	}
	wg.Wait()
	out := map[string]figures{}
	var refused []string
	var first error
	for i, name := range asked {
		if errs[i] == nil {
			out[name] = found[i]
			continue
		}
		refused = append(refused, name)
		if first == nil {
			first = errs[i]
		}
	}
	if len(refused) > 0 {
		m.Warnings = append(m.Warnings, diff.Note{Message: fmt.Sprintf("the calls of %s could not be read: %v", nameList(refused, what), first)})
	}
	if left := names[len(asked):]; len(left) > 0 {
		m.Warnings = append(m.Warnings, diff.Note{Message: fmt.Sprintf("only the calls of %d %ss were read, not those of %s", maxRequests, what, nameList(left, what))})
	}
	return out
}

// nameList is "API a", or "3 APIs (a, b, c)".
func nameList(names []string, what string) string {
	const most = 5
	if len(names) == 1 {
		return what + " " + names[0]
	}
	list := strings.Join(names[:min(len(names), most)], ", ")
	if len(names) > most {
		list += ", …"
	}
	return fmt.Sprintf("%d %ss (%s)", len(names), what, list)
}

// groupIDs finds the ids of groups. The list of APIs has them, except for APIs that were found through their bindings.
func groupIDs(ctx context.Context, reader *fetch.Reader, apis map[string]*kind.API, groups []string) (map[string]string, error) {
	ids := map[string]string{}
	for _, a := range apis {
		if a.GroupID != "" {
			ids[a.Group] = a.GroupID
		}
	}
	lost := slices.DeleteFunc(slices.Clone(groups), func(name string) bool { return ids[name] != "" })
	found, err := reader.Groups(ctx, lost)
	for _, g := range found {
		ids[g.Key] = g.ID
	}
	return ids, err
}

// addTotals turns figures into what a report shows.
func (m *PlanTraffic) addTotals(c *compared.Result, t *affected, byGroup, byAPI map[string]figures, mode Mode) {
	apis, groups := t.all()
	of, known := groups, byGroup
	if mode == APIs {
		of, known = slices.Sorted(maps.Keys(apis)), byAPI
	}
	for _, name := range of {
		if f, ok := known[name]; ok {
			m.Calls += f.calls()
		} else {
			m.Unknown = append(m.Unknown, name)
		}
	}
	for _, name := range groups {
		f, ok := byGroup[name]
		if !ok {
			continue
		}
		busiest := f.peak()
		g := Traffic{Group: name, Calls: f.calls(), Errors: f.errors(), Peak: busiest.Calls, Minutes: append([]Minute{}, f...)}
		if g.Calls > 0 {
			g.PeakAt = &busiest.At
		}
		for _, address := range slices.Sorted(maps.Keys(apis)) {
			if f, ok := byAPI[address]; ok && apis[address].Group == name {
				g.APIs = append(g.APIs, APITraffic{API: address, Calls: f.calls(), Errors: f.errors(), Peak: f.peak().Calls})
			}
		}
		m.Groups = append(m.Groups, g)
	}
	for address, list := range t.byChange {
		m.ByChange[address] = sumOf(list, byGroup, byAPI, mode)
	}
	m.Warnings = append(m.Warnings, limitWarnings(c, t, byGroup, byAPI, mode)...)
}

func sumOf(apis []*kind.API, byGroup, byAPI map[string]figures, mode Mode) TrafficSum {
	h := TrafficSum{APIs: len(apis), Groups: groupsOf(apis), Exact: mode == APIs}
	var all []figures
	if mode == APIs {
		for _, a := range apis {
			all = append(all, byAPI[a.Address()])
		}
	} else {
		for _, g := range h.Groups {
			all = append(all, byGroup[g])
		}
	}
	f := addFigures(all...)
	h.Calls, h.Errors, h.Peak = f.calls(), f.errors(), f.peak().Calls
	return h
}

func groupsOf(apis []*kind.API) []string {
	out := []string{}
	for _, a := range apis {
		out = append(out, a.Group)
	}
	slices.Sort(out)
	return slices.Compact(out)
}
