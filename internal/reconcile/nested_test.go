package reconcile_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/apigw-sync/apigw-sync/internal/api"
	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
	"github.com/apigw-sync/apigw-sync/internal/reconcile"
	"github.com/apigw-sync/apigw-sync/internal/spec"
)

// box is an object of made-up kinds, each inside another: houses contain rooms, rooms contain lamps.
type box struct {
	Name string `json:"name"`
	Note string `json:"note"`
}

type boxWire struct {
	ID   string `json:"id,omitempty"`
	Name string `json:"title"` // not every kind calls its name "name"
	Note string `json:"note"`
}

func boxes(name, owner, field, path string) *kind.Kind {
	k := kind.Def[box, boxWire]{
		Facts: kind.Facts{
			Name: name, Owner: owner, Field: field, Path: path, ListField: "boxes", Shape: shape.OfMap("A " + name + "."),
			Ops: kind.Operations{List: "List " + name, Create: "Create " + name, Update: "Update " + name, Delete: "Delete " + name},
		},
		Key:    func(owner string, b box) string { return strings.TrimPrefix(owner+"/"+b.Name, "/") },
		Encode: func(w kind.Writing[box]) (any, error) { return boxWire{Name: w.Want.Name, Note: w.Want.Note}, nil },
		Decode: func(w boxWire) kind.Found[box] {
			return kind.Found[box]{ID: w.ID, Value: box{w.Name, w.Note}, Bound: kind.Unknown}
		},
	}
	if owner == "" {
		k.Section = field
	}
	return kind.Define(k)
}

// shelf is a gateway that keeps boxes by their paths.
type shelf struct {
	mu    sync.Mutex
	ids   int
	boxes map[string]boxWire // by path
	asked []string
}

func (s *shelf) Call(_ context.Context, q api.Request, reply any) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	path := strings.Join(q.Path, "/")
	if house := q.Query.Get("house"); house != "" {
		path += "?" + house
	}
	s.asked = append(s.asked, q.Operation+" "+path)
	var body boxWire
	raw, _ := json.Marshal(q.Body)
	_ = json.Unmarshal(raw, &body)
	answer := any(nil)
	switch q.Method {
	case "GET":
		var found []boxWire
		for _, at := range slices.Sorted(maps.Keys(s.boxes)) {
			if rest, ok := strings.CutPrefix(at, path+"/"); ok && !strings.Contains(rest, "/") {
				found = append(found, s.boxes[at])
			}
		}
		answer = map[string]any{"boxes": found, "total": len(found)}
	case "DELETE":
		maps.DeleteFunc(s.boxes, func(at string, _ boxWire) bool { return at == path || strings.HasPrefix(at, path+"/") })
	case "POST":
		s.ids++
		body.ID = fmt.Sprint("id", s.ids)
		s.boxes[path+"/"+body.ID], answer = body, body
	default:
		body.ID = q.Path[len(q.Path)-1]
		s.boxes[path], answer = body, body
	}
	if reply == nil {
		return 1, nil
	}
	raw, _ = json.Marshal(answer)
	return 1, json.Unmarshal(raw, reply)
}

// TestNested: objects two levels inside another object are created, changed, renamed and removed like all others.
func TestNested(t *testing.T) {
	t.Cleanup(kind.Add([]*kind.Kind{
		boxes("house", "", "houses", "houses"),
		boxes("room", "house", "rooms", "houses/{house}/rooms"),
		boxes("lamp", "room", "lamps", "houses/{house}/rooms/{room}/lamps"),
	}, nil))
	declare := func(kindName, key, note string, manages ...string) kind.Declared {
		at := strings.LastIndex(key, "/")
		owner, name := key[:max(at, 0)], key[at+1:]
		return kind.Declared{Object: kind.Object{Kind: kindName, Key: key, Owner: owner, Value: box{name, note}, Bound: kind.Unknown}, Manages: manages}
	}
	house := func(name string) kind.Declared { return declare("house", name, "", "room") }
	moved := house("hut")
	moved.MovedFrom = "villa"
	s := &shelf{boxes: map[string]boxWire{}}
	for _, tc := range []struct {
		name  string
		want  []kind.Declared
		plan  string
		asked string // the writes of the apply
	}{
		{
			"all come",
			[]kind.Declared{house("villa"), declare("room", "villa/hall", "", "lamp"), declare("lamp", "villa/hall/big", "")},
			"create house/villa, create lamp/villa/hall/big, create room/villa/hall", "Create house houses, Create room houses/id1/rooms, Create lamp houses/id1/rooms/id2/lamps",
		},
		{
			"one changes, one comes",
			[]kind.Declared{house("villa"), declare("room", "villa/hall", "", "lamp"), declare("lamp", "villa/hall/big", "new"), declare("lamp", "villa/hall/small", "")},
			"update lamp/villa/hall/big, create lamp/villa/hall/small", "Create lamp houses/id1/rooms/id2/lamps, Update lamp houses/id1/rooms/id2/lamps/id3",
		},
		{
			"the house is renamed, a lamp comes and one goes",
			[]kind.Declared{moved, declare("room", "hut/hall", "", "lamp"), declare("lamp", "hut/hall/big", "new"), declare("lamp", "hut/hall/red", "")},
			"update house/hut, create lamp/hut/hall/red, delete lamp/hut/hall/small",
			"Delete lamp houses/id1/rooms/id2/lamps/id4, Update house houses/id1, Create lamp houses/id1/rooms/id2/lamps",
		},
		{"a room goes with its lamps", []kind.Declared{house("hut")}, "delete room/hut/hall with lamp/hut/hall/big lamp/hut/hall/red", "Delete room houses/id1/rooms/id2"},
		{
			"rooms come again",
			[]kind.Declared{house("hut"), declare("room", "hut/attic", "", "lamp"), declare("lamp", "hut/attic/big", "")},
			"create lamp/hut/attic/big, create room/hut/attic", "Create room houses/id1/rooms, Create lamp houses/id1/rooms/id6/lamps",
		},
		{"all goes", nil, "delete house/hut with lamp/hut/attic/big room/hut/attic", "Delete house houses/id1"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			run := &reconcile.Run{Caller: s, Options: diff.Options{Prune: true, AllowEmpty: true, MaxDeletes: -1}, Parallel: 1}
			state := &spec.State{Objects: tc.want, Owns: map[string][]string{"house": {"*"}}}
			c, err := run.Compare(t.Context(), state)
			if err != nil {
				t.Fatal(err)
			}
			var plan []string
			for _, ch := range c.Plan.Changes {
				text := string(ch.Action) + " " + ch.Address
				if len(ch.AlsoRemoved) > 0 {
					text += " with " + strings.Join(ch.AlsoRemoved, " ")
				}
				plan = append(plan, text)
			}
			if got := strings.Join(plan, ", "); got != tc.plan {
				t.Errorf("the plan is\n%s\nwant\n%s", got, tc.plan)
			}
			if _, err := diff.NewExtract(c.Plan, c.Actual, c.Desired, run.Options); err != nil {
				t.Error(err)
			}
			s.asked = nil
			out := run.Apply(t.Context(), c)
			if !out.Converged || !out.Verified {
				t.Errorf("not converged; remaining: %s; %v", describe(out.Remaining), out.Warnings)
			}
			all, err := run.Everything(t.Context())
			if err != nil || len(all.Actual.Objects) != len(tc.want) {
				t.Errorf("an export has %d objects of %d: %v", len(all.Actual.Objects), len(tc.want), err)
			}
			writes := slices.DeleteFunc(s.asked, func(q string) bool { return strings.HasPrefix(q, "List") })
			if got := strings.Join(writes, ", "); got != tc.asked {
				t.Errorf("sent\n%s\nwant\n%s", got, tc.asked)
			}
		})
	}
}
