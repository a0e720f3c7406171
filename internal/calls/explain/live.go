package explain

import (
	"context"
	"strings"
	"sync"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// referredObjects holds the objects to which the published definition of an API refers, by id.
type referredObjects struct {
	mu      sync.Mutex
	objects map[string]*kind.Object // by kind and id
}

func (r *referredObjects) add(found []kind.Object) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range found {
		r.objects[found[i].Kind+" "+found[i].ID] = &found[i]
	}
}

// readDefinition reads the published definition and the objects to which it refers. Authorizers and gateway responses are
// listed only if the definition names one; each channel takes a request.
func (l *report) readDefinition(ctx context.Context, envID string) {
	def, err := l.reader.Live(ctx, l.api.ID, envID)
	if err != nil {
		l.warn("the definition of the API", err)
		return
	}
	l.definition = *def
	channels, authorizers := map[string]bool{}, def.AuthorizerID != ""
	for _, b := range def.Backends() {
		channels[b.ChannelID()] = true
		authorizers = authorizers || b.AuthorizerID != ""
	}
	delete(channels, "")
	var wg sync.WaitGroup
	read := func(what string, of func() ([]kind.Object, error)) {
		wg.Go(func() {
			found, err := of()
			if err != nil {
				l.warn(what, err)
			}
			l.refs.add(found)
		})
	}
	if authorizers {
		read("the authorizers", func() ([]kind.Object, error) { return l.reader.Named(ctx, kind.Of("authorizer"), nil, "") })
	}
	for id := range channels {
		read("the channel of the API", func() ([]kind.Object, error) { return l.reader.Whole(ctx, kind.Of("channel"), id) })
	}
	if def.ResponseID != "" {
		group := &kind.Object{Kind: kind.AGroup, Key: l.api.Group, ID: l.api.GroupID}
		read("the gateway responses of the group", func() ([]kind.Object, error) { return l.reader.Named(ctx, kind.Of("gateway_response"), group, "") })
	}
	wg.Wait()
}

// refersTo makes items of the objects to which the definition refers.
func (l *report) refersTo() {
	l.Authorizer = l.referred("authorizer", l.definition.AuthorizerID)
	if l.Response = l.referred("gateway_response", l.definition.ResponseID); l.Response != nil {
		l.Response.Name = strings.TrimPrefix(l.Response.Name, l.api.Group+"/")
	}
	for _, b := range l.definition.Backends() {
		to := Backend{Policy: b.Policy, Type: l.definition.BackendType, Timeout: b.Timeout, Authorizer: l.referred("authorizer", b.AuthorizerID)}
		switch l.definition.BackendType {
		case "FUNCTION":
			if to.Function = b.Alias; b.Alias == "" {
				to.Function = strings.TrimSuffix(b.Function+":"+b.Version, ":")
			}
		case "MOCK":
		default:
			to.Protocol, to.Method, to.Path, to.Host = b.Protocol, b.Method, b.Path, b.Host
			if id := b.ChannelID(); id != "" {
				to.Host, to.Channel = b.Channel.Host, l.referred("channel", id)
			}
		}
		l.Backends = append(l.Backends, to)
	}
}

// referred returns an object to which the definition refers by id; nil if there is no id. If the object could not be
// read, the item has only its id.
func (l *report) referred(kindName, id string) *Item {
	if id == "" {
		return nil
	}
	o := l.refs.objects[kindName+" "+id]
	if o == nil {
		return &Item{Kind: kindName, Name: id, Settings: []Setting{}}
	}
	item := l.item(o)
	return &item
}
