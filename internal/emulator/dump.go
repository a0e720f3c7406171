package emulator

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"time"

	"sigs.k8s.io/yaml"
)

// maxIDsAsYAML is the number of ids above which a dump is written as JSON: writing and reading JSON takes a tenth of the
// time.
const maxIDsAsYAML = 5000

// Dump writes everything that the gateway holds, including secrets, as a file that Load can read. The file has all ids
// and times, but only the current publications, not earlier ones. A large state is written as JSON, which is also YAML.
func (g *Gateway) Dump() ([]byte, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	d := &dumper{state: g.state, saved: saved{map[string]string{}, map[string]string{}, g.serial}}
	gateway := map[string]any{}
	file := map[string]any{"version": fileVersion, "environment": "RELEASE", "gateway": gateway}
	for _, s := range g.sections() {
		if s.dump == nil {
			continue
		}
		value := s.dump(d)
		switch v := reflect.ValueOf(value); v.Kind() {
		case reflect.Slice, reflect.Map:
			if v.Len() == 0 {
				continue
			}
		}
		if key, below := strings.CutPrefix(s.key, "gateway."); below {
			gateway[key] = value
		} else {
			file[key] = value
		}
	}
	gateway["ids"], gateway["times"], gateway["serial"] = d.ids, d.times, d.saved.serial
	marshal := yaml.Marshal
	if len(d.ids) > maxIDsAsYAML {
		marshal = json.Marshal
	}
	out, err := marshal(file)
	if err != nil {
		return nil, fmt.Errorf("dump the state: %w", err)
	}
	return escapeVariables(out), nil
}

// dumper collects the ids and times of a state while its objects are written to a file.
type dumper struct {
	*state
	saved
}

func (d *dumper) saveIdentity(address, id string, created, updated time.Time) {
	d.ids[address] = id
	d.times[address] = formatTimes(created, updated)
}
