package bench

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/world"
)

// Trip is a command with its round trips, the longest chain of requests that wait for each other. The first of two numbers is
// for a gateway on which each list has one page, the second for one on which some lists have several.
type Trip struct {
	Name   string
	Args   string // FILE stands for a file that matches the gateway, CHANGED for one that does not, API for one of its APIs
	Before [2]int // round trips when each stage of a run waited for all of the previous one, 2026-11-28
	Most   [2]int // round trips
	Waits  string // what each round trip is for
}

// Trips are the commands that contact a gateway.
var Trips = []Trip{
	{"`diff`, no change", "diff -f FILE", [2]int{2, 4}, [2]int{2, 2}, "lists; bindings and parts, while further APIs are listed"},
	{"`diff`, bindings move", "diff -f CHANGED", [2]int{2, 5}, [2]int{2, 3}, "the same; which policies have the slots of new bindings, if the files do not declare all policies"},
	{"`apply`", "apply -f CHANGED --yes --no-undo --take-over --max-deletes 1000", [2]int{6, 11}, [2]int{6, 8}, "`diff`; unbinds and binds that wait for each other; reading again what it wrote"},
	{"`drift`", "drift -f FILE --exit-zero", [2]int{3, 5}, [2]int{3, 3}, "`diff`; what else needs attention, all at once"},
	{"`export`", "export", [2]int{2, 4}, [2]int{2, 2}, "lists; bindings and parts, while further APIs are listed"},
	{"`list`", "list", [2]int{4, 5}, [2]int{3, 3}, "lists; bindings that the lists do not report, level by level"},
	{"`explain`", "explain API", [2]int{3, 4}, [2]int{3, 3}, "the API; its bindings, and which version is live; apps one by one, and that version, whose channel comes last"},
	{"`doctor`", "doctor -f FILE", [2]int{5, 7}, [2]int{3, 3}, "the gateway itself; `diff`, with quotas, features and permissions at the same time"},
}

// TripGateway has a gateway and files for trips.
type TripGateway struct {
	Large                bool
	state, file, changed string
	e                    *world.Estate
}

// NewTripGateway makes a gateway and its files in a folder. The files for a large gateway declare about twenty of its objects.
func NewTripGateway(dir string, large bool) (*TripGateway, error) {
	size := world.OfBindings(60)
	if large {
		size = world.OfBindings(9_000)
	}
	g := &TripGateway{Large: large, e: world.NewEstate(size, 1)}
	var names []string
	for _, s := range g.e.Sections {
		for i := range s.Objects {
			if large && i%(len(s.Objects)/5) == 0 {
				names = append(names, s.Objects[i].Name)
			}
		}
	}
	g.state, g.file, g.changed = filepath.Join(dir, "state.yaml"), filepath.Join(dir, "file.yaml"), filepath.Join(dir, "changed.yaml")
	if err := os.WriteFile(g.file, g.e.File(names...), 0o600); err != nil {
		return nil, err
	}
	return g, os.WriteFile(g.changed, g.e.Churn(10, 2).File(names...), 0o600)
}

// Args resets the gateway to its first state and returns the arguments of a command that contacts it.
func (g *TripGateway) Args(t *Trip) ([]string, error) {
	if err := os.WriteFile(g.state, g.e.GatewayState(), 0o600); err != nil {
		return nil, err
	}
	fill := map[string]string{"FILE": g.file, "CHANGED": g.changed, "API": g.e.Group(0) + "/" + g.e.API(0)}
	args := strings.Fields(t.Args)
	for i, a := range args {
		if value, ok := fill[a]; ok {
			args[i] = value
		}
	}
	return append(args, "--endpoint", "emulator:"+g.state, "--quiet"), nil
}
