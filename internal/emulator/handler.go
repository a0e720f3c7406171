package emulator

// handler answers a call.
type handler = func(*Gateway, *call) (reply, error)

// finder finds what a call is about, or says that it is missing.
type finder[T any] = func(*Gateway, *call) (T, error)

// inPath finds the object whose id the path names.
func inPath[T object](parameter string, objects func(*state) *table[T], missing func(string) *refusal) finder[T] {
	return func(g *Gateway, c *call) (T, error) { return objects(g.state).get(c.path[parameter], missing) }
}

// needed finds a parameter that must be in the query.
func needed(parameter string) finder[string] {
	return func(_ *Gateway, c *call) (string, error) { return c.need(parameter) }
}

// inQuery finds the object whose id a parameter of the query is.
func inQuery[T object](parameter string, objects func(*state) *table[T], missing func(string) *refusal) finder[T] {
	return func(g *Gateway, c *call) (none T, err error) {
		id, err := c.need(parameter)
		if err != nil {
			return none, err
		}
		return objects(g.state).get(id, missing)
	}
}

// taking is the handler of calls with a body.
func taking[B any](do func(*Gateway, *call, B) (reply, error)) handler {
	return func(g *Gateway, c *call) (reply, error) {
		b, err := body[B](c)
		if err != nil {
			return reply{}, err
		}
		return do(g, c, b)
	}
}

// of is the handler of calls about something that must be there.
func of[T any](find finder[T], do func(*Gateway, *call, T) (reply, error)) handler {
	return func(g *Gateway, c *call) (reply, error) {
		x, err := find(g, c)
		if err != nil {
			return reply{}, err
		}
		return do(g, c, x)
	}
}

// ofTaking is the handler of calls about something, with a body, at which it looks last.
func ofTaking[T, B any](find finder[T], do func(*Gateway, *call, T, B) (reply, error)) handler {
	return of(find, func(g *Gateway, c *call, x T) (reply, error) {
		return taking(func(g *Gateway, c *call, b B) (reply, error) { return do(g, c, x, b) })(g, c)
	})
}
