package emulator

// beginWrite claims what the request writes for as long as it takes, latency included. It returns
// what it claimed (perhaps nothing, never nil), or nil when a request in flight holds a part of it.
func (g *Gateway) beginWrite(c *call, admitted bool) []string {
	if !admitted || !g.behaviour.SerialWrites || c.route == nil || c.route.serial == nil {
		return []string{}
	}
	keys := append([]string{}, c.route.serial(g, c)...)
	for _, k := range keys {
		if g.writing[k] {
			return nil
		}
	}
	for _, k := range keys {
		g.writing[k] = true
	}
	return keys
}

func (g *Gateway) endWrite(keys []string) {
	for _, k := range keys {
		delete(g.writing, k)
	}
}

// keysOf are the claims of a write to objects of a kind in an environment.
func keysOf(kind string, ids []string, env string) (keys []string) {
	for _, id := range ids {
		keys = append(keys, kind+" "+id+" "+env)
	}
	return keys
}
