package emulator

// beginWrite claims what a request writes until the request ends, including its latency. It returns the claimed keys (possibly
// none, but never nil), or nil if a request in flight has already claimed one of them.
func (g *Gateway) beginWrite(c *call, admitted bool) []string {
	if !admitted || !g.behaviour.SerialWrites || c.route == nil || c.route.writeKeys == nil {
		return []string{}
	}
	keys := append([]string{}, c.route.writeKeys(g, c)...)
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

// writeKeysOf returns the keys that a write to objects of a kind in an environment claims.
func writeKeysOf(kind string, ids []string, env string) (keys []string) {
	for _, id := range ids {
		keys = append(keys, kind+" "+id+" "+env)
	}
	return keys
}
