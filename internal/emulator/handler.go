package emulator

// handler answers a call.
type handler = func(*Gateway, *call) (reply, error)

// finder finds the object of a call, or returns the error that it does not exist.
type finder[T any] = func(*Gateway, *call) (T, error)

// inPath finds the object whose id is in the path.
func inPath[T object](parameter string, objects func(*state) *table[T], missing func(string) *refusal) finder[T] {
	return func(g *Gateway, c *call) (T, error) { return objects(g.state).get(c.path[parameter], missing) }
}

// partInPath finds the part of an object, such as a code of an app, whose id is in the path.
func partInPath[T any, P interface{ key() string }](owner finder[T], parts func(T) []P, parameter string, missing func(string) *refusal) finder[P] {
	return func(g *Gateway, c *call) (none P, err error) {
		x, err := owner(g, c)
		if err != nil {
			return none, err
		}
		for _, p := range parts(x) {
			if p.key() == c.path[parameter] {
				return p, nil
			}
		}
		return none, missing(c.path[parameter])
	}
}

// requiredQuery finds the value of a required query parameter, which the operation uses instead of an object.
func requiredQuery(parameter string) finder[string] {
	return func(_ *Gateway, c *call) (string, error) { return c.requiredArg(parameter) }
}

// inQuery finds the object whose id is in a required query parameter.
func inQuery[T object](parameter string, objects func(*state) *table[T], missing func(string) *refusal) finder[T] {
	return func(g *Gateway, c *call) (none T, err error) {
		id, err := c.requiredArg(parameter)
		if err != nil {
			return none, err
		}
		return objects(g.state).get(id, missing)
	}
}

// withBody handles calls with a body.
func withBody[B any](do func(*Gateway, *call, B) (reply, error)) handler {
	return func(g *Gateway, c *call) (reply, error) {
		b, err := body[B](c)
		if err != nil {
			return reply{}, err
		}
		return do(g, c, b)
	}
}

// forObject handles calls about an object that must exist.
func forObject[T any](find finder[T], do func(*Gateway, *call, T) (reply, error)) handler {
	return func(g *Gateway, c *call) (reply, error) {
		x, err := find(g, c)
		if err != nil {
			return reply{}, err
		}
		return do(g, c, x)
	}
}

// showObject handles calls that read an object.
func showObject[T, V any](find finder[T], view func(*Gateway, T) V) handler {
	return forObject(find, func(g *Gateway, _ *call, x T) (reply, error) { return ok(view(g, x)) })
}

// deleteObject handles calls that delete an object of a kind whose objects can always be deleted.
func deleteObject[T object](find finder[T], objects func(*state) *table[T]) handler {
	return forObject(find, func(g *Gateway, c *call, x T) (reply, error) { return objects(g.state).delete(c, x) })
}

// forObjectWithBody handles calls with a body about an object that must exist. A missing object is reported before errors in the body.
func forObjectWithBody[T, B any](find finder[T], do func(*Gateway, *call, T, B) (reply, error)) handler {
	return forObject(find, func(g *Gateway, c *call, x T) (reply, error) {
		return withBody(func(g *Gateway, c *call, b B) (reply, error) { return do(g, c, x, b) })(g, c)
	})
}
