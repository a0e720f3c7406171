package rotate

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/api"
	"github.com/apigw-sync/apigw-sync/internal/fetch"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// codeRotation is the rotation of a code in progress.
type codeRotation struct {
	*Rotation
	reader *fetch.Reader
	app    *kind.Object
	old    []kind.Object // codes to be removed, in this order
	fresh  kind.Object   // the code that replaces them
	out    *Outcome
}

// Code adds the new code, checks that the gateway has it, hands it over, and then removes the old one. The old code is
// never removed before the new one was seen. After an interruption, another call continues where the earlier one
// stopped.
func (r *Rotation) Code(ctx context.Context) (*Outcome, error) {
	x := &codeRotation{Rotation: r, reader: &fetch.Reader{Caller: r.Caller}, out: &Outcome{}}
	var err error
	if x.app, err = r.app(ctx, x.reader); err != nil {
		return x.out, err
	}
	have, err := x.codes(ctx)
	if err != nil {
		return x.out, err
	}
	if err := x.choose(have); err != nil {
		return x.out, err
	}
	if !contains(have, x.fresh) {
		if err := x.addNew(ctx, len(have)); err != nil {
			return x.out, err
		}
	}
	x.out.Left = hashes(x.old)
	if err := r.deliver(ctx, value(&x.fresh)); err != nil {
		return x.out, fmt.Errorf("hand the new code over: %w; the old code still works", err)
	}
	return x.out, x.removeOld(ctx)
}

// codes reads the codes that the app has.
func (x *codeRotation) codes(ctx context.Context) ([]kind.Object, error) {
	return x.reader.Named(ctx, codes, x.app, "")
}

// choose decides which code replaces which: it continues an interrupted rotation, or else does what the user asked.
func (x *codeRotation) choose(have []kind.Object) error {
	if x.Value != "" {
		x.fresh = codes.Items(x.App, x.Value)[0]
		return x.chooseOld(have)
	}
	if pair := x.pairs(have); len(pair) == 1 && len(x.Old) == 0 {
		x.old, x.fresh = []kind.Object{pair[0].old}, pair[0].fresh
		return x.keep(value(&x.fresh))
	}
	if err := x.chooseOld(have); err != nil {
		return err
	}
	last := ""
	if n := len(x.old); n > 0 {
		last = value(&x.old[n-1]) // it is removed last, and marks the rotation until then
	}
	x.fresh = codes.Items(x.App, successor(last))[0]
	for i := range have {
		if replaces(value(&have[i]), last) {
			x.fresh = have[i]
		}
	}
	return x.keep(value(&x.fresh))
}

// pair is a code and the code that was made to replace it.
type pair struct{ old, fresh kind.Object }

func (x *codeRotation) pairs(have []kind.Object) (out []pair) {
	for _, o := range have {
		for _, f := range have {
			if replaces(value(&f), value(&o)) {
				out = append(out, pair{o, f})
			}
		}
	}
	return out
}

// chooseOld finds the codes to remove.
func (x *codeRotation) chooseOld(have []kind.Object) error {
	var others []kind.Object
	for _, o := range have {
		if o.Key != x.fresh.Key {
			others = append(others, o)
		}
	}
	slices.SortFunc(others, func(a, b kind.Object) int { return strings.Compare(a.Key, b.Key) })
	if len(x.Old) == 0 {
		if len(others) > 1 {
			return fmt.Errorf("the app %s has %d other codes (%s); name the one to remove with --old", x.App, len(others), strings.Join(hashes(others), ", "))
		}
		x.old = others
		return nil
	}
	for _, name := range x.Old {
		i := slices.IndexFunc(others, func(o kind.Object) bool { return hash(&o) == name })
		switch {
		case i >= 0:
			x.old = append(x.old, others[i])
		case !contains(have, x.fresh):
			return fmt.Errorf("the app %s has no code %s; it has %s", x.App, name, cmp.Or(strings.Join(hashes(others), ", "), "none"))
		}
	}
	return nil
}

// addNew creates the new code. Its value is chosen here, so if the response is lost, listing the codes shows whether it
// was added.
func (x *codeRotation) addNew(ctx context.Context, held int) error {
	if held >= codes.MaxPerOwner {
		return fmt.Errorf("the app %s already has %d codes, the maximum; remove one that nobody uses", x.App, held)
	}
	q, err := codes.Create(x.fresh.Value, x.app, nil)
	if err != nil {
		return err
	}
	_, err = x.Caller.Call(ctx, q, nil)
	if err != nil && !api.Unclear(err) {
		return fmt.Errorf("add a code to the app %s: %w", x.App, err)
	}
	have, rerr := x.codes(ctx)
	switch {
	case rerr != nil:
		x.out.Unknown = true
		return fmt.Errorf("look for the new code of the app %s: %w; run the same command again", x.App, rerr)
	case contains(have, x.fresh):
		x.out.Added = true
		return nil
	case err == nil:
		x.out.Unknown = true
		err = errors.New("the gateway does not list it")
	}
	return fmt.Errorf("add a code to the app %s: %w; run the same command again", x.App, err)
}

// removeOld removes the old codes, unless they should stay until a later run.
func (x *codeRotation) removeOld(ctx context.Context) error {
	x.out.Complete = len(x.old) == 0
	if x.out.Complete || !x.Finish && x.Overlap == 0 {
		return nil
	}
	if !api.Pause(ctx, x.Overlap) {
		return fmt.Errorf("%w; old and new code both work: run the same command again", context.Cause(ctx))
	}
	have, err := x.codes(ctx)
	if err != nil {
		return fmt.Errorf("check the new code again: %w; the old code still works", err)
	}
	if !contains(have, x.fresh) {
		return fmt.Errorf("the new code of the app %s is gone, so the old one stays", x.App)
	}
	for i := range x.old {
		_, err := x.Caller.Call(ctx, codes.Delete(x.app, x.old[i].ID), nil)
		if err != nil && !api.NotFound(err) {
			x.out.Unknown = x.out.Unknown || api.Unclear(err)
			return fmt.Errorf("remove the code %s of the app %s: %w; run the same command again", hash(&x.old[i]), x.App, err)
		}
		x.out.Removed, x.out.Left = append(x.out.Removed, hash(&x.old[i])), x.out.Left[1:]
	}
	x.out.Complete = true
	return nil
}

func value(o *kind.Object) string { return o.Value.(kind.AppCode).Value }

func contains(objects []kind.Object, one kind.Object) bool {
	return slices.ContainsFunc(objects, func(o kind.Object) bool { return o.Key == one.Key && value(&o) == value(&one) })
}

// hash identifies a code without showing it.
func hash(o *kind.Object) string { return o.Key[strings.LastIndexByte(o.Key, '#'):] }

func hashes(objects []kind.Object) []string {
	out := make([]string, len(objects))
	for i := range objects {
		out[i] = hash(&objects[i])
	}
	return out
}
