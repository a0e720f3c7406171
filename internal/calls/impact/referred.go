package impact

import (
	"slices"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// An API refers to its authorizer, its gateway response, and the channel of its backend. Changes of these objects take effect
// at once, without a publication. The list of APIs shows what their drafts refer to, except in policy backends and
// functions, which it leaves out.

// users holds the APIs that surely refer to the object of a change. others reports whether further APIs may refer to
// it.
type users struct {
	apis      []*kind.API
	mayBeMore bool
}

// noteReferring notes, for each API that refers to a changed object, what the change means to its callers. It returns entries
// for changes of objects to which further APIs may refer; which APIs these are is not known.
func (w *states) noteReferring() (unread []Entry) {
	for i := range w.in.Plan.Changes {
		ch := &w.in.Plan.Changes[i]
		if ch.Link != nil || ch.Have == nil {
			continue // nothing refers to a new object yet
		}
		aspects, users := w.ofReference(ch)
		if len(aspects) == 0 {
			continue
		}
		for _, a := range users.apis {
			for i := range a.Published {
				at := slotOf(&kind.Link{To: &a.Published[i]})
				w.apis[at], w.ofReferred[at] = a, append(w.ofReferred[at], aspects...)
				w.because[at] = append(w.because[at], ch.Address)
				slices.Sort(w.because[at])
			}
		}
		if users.mayBeMore {
			e := Entry{Because: []string{ch.Address}}
			for _, a := range aspects {
				a.Sure = false
				e.Aspects = append(e.Aspects, a)
			}
			worstFirst(e.Aspects)
			unread = append(unread, e)
		}
	}
	return unread
}

// ofReference returns what a change of an object means to callers of the APIs that refer to it, and which APIs these are.
func (w *states) ofReference(ch *diff.Change) ([]Aspect, users) {
	switch have := ch.Have.Value.(type) {
	case kind.Authorizer:
		return authorizer(ch, have), w.usingAuthorizer(ch.Have.ID, have.Type)
	case kind.Channel:
		return channel(ch, have), w.callingChannel(ch.Have)
	case kind.GatewayResponse:
		return response(ch, have), w.usingResponse(ch.Have)
	}
	return nil, users{}
}

// published returns the known APIs that are published; all reports whether the gateway has no others.
func (w *states) published() (apis []*kind.API, all bool) {
	if w.in.APIs == nil {
		return nil, false
	}
	for _, a := range w.in.APIs.APIs {
		if len(a.Published) > 0 {
			apis = append(apis, a)
		}
	}
	return apis, w.in.APIs.Complete
}

// usingAuthorizer returns the APIs that use an authorizer. A backend authorizer can be part of any backend, and lists
// leave out most backends, so other APIs may use it as well.
func (w *states) usingAuthorizer(id, authorizerType string) (u users) {
	apis, all := w.published()
	u.mayBeMore = !all
	for _, a := range apis {
		behind := a.Backend != nil && a.Backend.AuthorizerID == id
		switch {
		case a.AuthorizerID == id, behind:
			u.apis = append(u.apis, a)
		case authorizerType != "FRONTEND", a.AuthType == "AUTHORIZER" && a.AuthorizerID == "":
			u.mayBeMore = true
		}
	}
	return u
}

// callingChannel returns the APIs whose calls go to a channel, directly or through channels that refer to it. Other APIs may
// send some of their calls there through policy backends, which lists leave out.
func (w *states) callingChannel(o *kind.Object) (u users) {
	ids, names := map[string]bool{o.ID: true}, map[string]bool{o.Key: true}
	for found := true; found; {
		found = false
		for i := range w.in.Have.Objects {
			other := &w.in.Have.Objects[i]
			c, is := other.Value.(kind.Channel)
			if is && !ids[other.ID] && slices.ContainsFunc(c.Groups, func(g kind.ChannelGroup) bool { return names[g.Reference] }) {
				ids[other.ID], names[other.Key], found = true, true, true
			}
		}
	}
	apis, all := w.published()
	u.mayBeMore = !all
	for _, a := range apis {
		switch {
		case a.Backend != nil && ids[a.Backend.ChannelID()]:
			u.apis = append(u.apis, a)
		case kind.IsHTTP(a.BackendType) || a.BackendType == "":
			u.mayBeMore = true
		}
	}
	return u
}

// usingResponse returns the APIs of a group that use one of its gateway responses; APIs that name none use the built-in
// one. If no API on the gateway names a response, lists of this gateway may leave the responses out.
func (w *states) usingResponse(o *kind.Object) (u users) {
	apis, all := w.published()
	returned := false
	builtIn := kind.Of(o.Kind).IsBuiltIn(o)
	for _, a := range apis {
		returned = returned || a.ResponseID != ""
		if a.Group != o.Owner {
			continue
		}
		if a.ResponseID == o.ID || builtIn && a.ResponseID == "" {
			u.apis = append(u.apis, a)
		}
	}
	u.mayBeMore = !returned || !all && !w.in.APIs.CompleteGroups[o.Owner]
	return u
}
