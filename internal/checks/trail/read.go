package trail

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/apigw-sync/apigw-sync/internal/api"
	"github.com/apigw-sync/apigw-sync/internal/api/wire"
	"github.com/apigw-sync/apigw-sync/internal/fetch"
)

const (
	window        = 7 * 24 * time.Hour // older records cannot be queried
	skew          = 5 * time.Minute    // the largest difference of clocks that is expected
	pageSize      = 200                // the most records that a query returns
	maxPages      = 1000               // the most pages to read, so that the run ends even if the pages do not
	answerTimeout = 10 * time.Second   // for the first answer: a report should not wait long for additional information
	service       = "APIG"
)

// Trail holds the records of a project's audit trail about its gateways.
type Trail struct{ traces []trace }

// Read reads the records of the last seven days, once for all differences. What was read before an error is returned
// with it.
func Read(ctx context.Context, reader *fetch.Reader, now time.Time) (*Trail, error) {
	r := query{reader: reader, now: now, scope: api.Trail, path: "traces", seen: map[string]bool{}}
	err := r.readAll(ctx, service)
	if e, ok := errors.AsType[*api.Error](err); ok && e.Status == 404 { // some clouds have only the older query
		r.scope, r.path = api.OldTrail, "trace"
		if older := r.readAll(ctx, service); older == nil || len(r.seen) > 0 {
			err = older
		}
	}
	if err == nil && len(r.seen) == 0 {
		err = r.readAll(ctx, "") // the name of the service is not documented
	}
	slices.SortStableFunc(r.traces, func(a, b trace) int { return b.at.Compare(a.at) })
	return &Trail{r.traces}, withAdvice(err)
}

// query reads one trail.
type query struct {
	reader *fetch.Reader
	now    time.Time
	scope  api.Scope
	path   string
	seen   map[string]bool // records by id
	traces []trace
}

// readAll reads all pages, from the newest to the oldest.
func (q *query) readAll(ctx context.Context, only string) error {
	next := ""
	for range maxPages {
		var raw json.RawMessage
		if err := q.request(ctx, only, next, &raw); err != nil {
			return err
		}
		var page struct {
			Traces []json.RawMessage `json:"traces"`
			Meta   struct {
				Marker string `json:"marker"`
			} `json:"meta_data"`
		}
		if _, err := wire.Decode(raw, &page); err != nil {
			return fmt.Errorf("the response is not a list of records: %w", err)
		}
		if !q.add(page.Traces) || page.Meta.Marker == "" || page.Meta.Marker == next {
			return nil
		}
		next = page.Meta.Marker
	}
	return fmt.Errorf("it has more than %d pages", maxPages)
}

var errTimeout = fmt.Errorf("no answer within %s", answerTimeout)

// request requests a page, and repeats the request once after an internal error of the trail.
func (q *query) request(ctx context.Context, only, next string, raw *json.RawMessage) error {
	if next == "" {
		within, cancel := context.WithTimeoutCause(ctx, answerTimeout, errTimeout)
		defer cancel()
		ctx = within
	}
	values := url.Values{
		"limit": {strconv.Itoa(pageSize)},
		"from":  {strconv.FormatInt(q.now.Add(-window).UnixMilli(), 10)}, "to": {strconv.FormatInt(q.now.Add(skew).UnixMilli(), 10)},
	}
	if q.scope == api.Trail {
		values.Set("trace_type", "system")
	}
	if only != "" {
		values.Set("service_type", only)
	}
	if next != "" {
		values.Set("next", next)
	}
	request := api.Request{Operation: "ListTraces", Method: "GET", Scope: q.scope, Path: []string{q.path}, Query: values}
	err := q.reader.Read(ctx, request, raw)
	if e, ok := errors.AsType[*api.Error](err); ok && (e.Code == "CTS.0300" || e.Code == "CTS.0001") {
		err = q.reader.Read(ctx, request, raw)
	}
	return err
}

// add adds the records of a page, and reports whether any of them is new.
func (q *query) add(page []json.RawMessage) (fresh bool) {
	for _, raw := range page {
		var id struct {
			ID string `json:"trace_id"`
		}
		if _, err := wire.Decode(raw, &id); err != nil || id.ID != "" && q.seen[id.ID] {
			continue
		}
		fresh, q.seen[id.ID] = true, true
		t, ok := parse(raw)
		if ok && strings.Contains(t.service, "apig") && !t.at.Before(q.now.Add(-window)) && !t.at.After(q.now.Add(skew)) {
			q.traces = append(q.traces, t)
		}
	}
	return fresh
}

// withAdvice adds what the user can do about an error of the trail.
func withAdvice(err error) error {
	e, refused := errors.AsType[*api.Error](err)
	switch {
	case err == nil:
		return nil
	case refused && e.Status == 403:
		return fmt.Errorf("it needs the permission cts:trace:list (CTS ReadOnlyAccess): %w", e)
	case refused && e.Status == 404:
		return fmt.Errorf("CTS is not enabled here, or APIGW_SYNC_CTS_ENDPOINT names another service: %w", e)
	case refused:
		return e
	}
	return err
}
