package remote

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/apigw-sync/apigw-sync/internal/api"
)

// maxSignedBody is the largest body that the gateway checks a signature for.
const maxSignedBody = 12 << 20

// prepared is an api.Request that is ready to send: everything that is the same in each attempt.
type prepared struct {
	api.Request
	url  url.URL // with Path, RawPath and RawQuery as they are sent
	body []byte  // nil means none
}

func prepare(base *url.URL, segments []string, r api.Request) (*prepared, error) {
	q := &prepared{Request: r, url: *base}
	var decoded, escaped strings.Builder
	for _, s := range segments {
		if s == "" || s == "." || s == ".." {
			return nil, fmt.Errorf("%q cannot be a segment of the path", s)
		}
		decoded.WriteString("/" + s)
		escaped.WriteString("/" + url.PathEscape(s))
	}
	q.url.RawPath = base.EscapedPath() + escaped.String()
	q.url.Path = base.Path + decoded.String()
	q.url.RawQuery = canonicalQuery(r.Query)
	if r.Body == nil {
		return q, nil
	}
	body, err := encode(r.Body)
	if err != nil {
		return nil, err
	}
	q.body = body
	return q, nil
}

// encode writes JSON without escaping <, > and &, and without a line feed at the end. The encoder's error is not passed on,
// because it may quote values.
func encode(body any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if e.Encode(body) != nil {
		return nil, fmt.Errorf("the body (%T) cannot be written as JSON", body)
	}
	if b.Len() > maxSignedBody {
		return nil, fmt.Errorf("the body has %d bytes; the gateway takes %d at most", b.Len(), maxSignedBody)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// forInstance replaces api.ThisInstance in the query and the body of a request by the id of a gateway.
func forInstance(r api.Request, id string) api.Request {
	query := url.Values{}
	for name, values := range r.Query {
		for _, v := range values {
			if v == api.ThisInstance {
				v = id
			}
			query.Add(name, v)
		}
	}
	r.Query = query
	if r.Body != nil {
		r.Body = located{r.Body, id}
	}
	return r
}

// located is a body in which the text api.ThisInstance is replaced by an id when it is encoded.
type located struct {
	body any
	id   string
}

func (l located) MarshalJSON() ([]byte, error) {
	raw, err := encode(l.body)
	if err != nil {
		return nil, err
	}
	id, err := json.Marshal(l.id)
	return bytes.ReplaceAll(raw, []byte(`"`+api.ThisInstance+`"`), id), err
}

// name identifies the request in errors and logs, without host and query.
func (q *prepared) name() string { return q.Method + " " + q.url.EscapedPath() }

// request makes the HTTP request of one attempt, signed with the current time.
func (q *prepared) request(ctx context.Context, c *Client, keys Credentials) *http.Request {
	u := q.url
	req := &http.Request{
		Method: q.Method, URL: &u, Host: u.Host,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{
			"Accept":     {"application/json"},
			"User-Agent": {c.userAgent},
			"X-Language": {"en-us"},
		},
	}
	if q.body != nil {
		req.Header.Set("Content-Type", "application/json")
		req.ContentLength = int64(len(q.body))
		req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(q.body)), nil }
		req.Body, _ = req.GetBody()
	}
	if token := keys.Token.Reveal(); token != "" {
		req.Header.Set("X-Auth-Token", token)
		return req.WithContext(ctx)
	}
	q.sign(req, c.projectID, keys, time.Now())
	return req.WithContext(ctx)
}

// sign sets the headers that the signature covers, and the signature.
func (q *prepared) sign(req *http.Request, projectID string, keys Credentials, now time.Time) {
	date := signingDate(now)
	s := signable{
		method: req.Method, path: req.URL.Path, query: req.URL.Query(), body: q.body,
		headers: map[string]string{"host": req.Host, "x-sdk-date": date},
	}
	req.Header.Set("X-Sdk-Date", date)
	for name, value := range map[string]string{
		"X-Project-Id":     projectID,
		"X-Security-Token": keys.SecurityToken.Reveal(),
	} {
		if value != "" {
			req.Header.Set(name, value)
			s.headers[strings.ToLower(name)] = value
		}
	}
	req.Header.Set("Authorization",
		authorization(keys.AccessKey, keys.SecretKey.Reveal(), date, s.signedHeaders(), s.canonical()))
}

// redirected is the request to the address to which an answer redirects. It must be on the same host, since the credentials
// must not go elsewhere, and the method must stay the same.
func (q *prepared) redirected(status int, location string) (*prepared, error) {
	to, err := q.url.Parse(location)
	if err != nil || location == "" {
		return nil, errors.New("the gateway redirects to an unreadable address")
	}
	if to.Scheme != q.url.Scheme || !strings.EqualFold(to.Host, q.url.Host) || to.User != nil {
		return nil, fmt.Errorf("the gateway redirects to %s://%s, which is not followed; check --endpoint", to.Scheme, to.Host)
	}
	keepsMethod := status == http.StatusTemporaryRedirect || status == http.StatusPermanentRedirect
	if q.Method != http.MethodGet && !keepsMethod {
		return nil, fmt.Errorf("the gateway redirects a %s with status %d, which is not followed", q.Method, status)
	}
	next := *q
	next.url = *to
	next.url.Fragment, next.url.RawFragment = "", ""
	return &next, nil
}
