package remote

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"
)

const (
	algorithm  = "SDK-HMAC-SHA256"
	dateLayout = "20060102T150405Z" // of X-Sdk-Date, in UTC
)

// signable is the part of a request that its signature covers. headers are keyed by lower-case name. They are not all headers
// that are sent, since proxies may change some.
type signable struct {
	method  string
	path    string // decoded, as split on "/" by the gateway
	query   url.Values
	headers map[string]string
	body    []byte
}

// signedHeaders lists the covered headers in the form that is signed and sent.
func (s signable) signedHeaders() string {
	return strings.Join(slices.Sorted(maps.Keys(s.headers)), ";")
}

// canonical is the canonical form of the request, which both sides compute. The path ends with a slash here, even though the
// request is sent without one.
func (s signable) canonical() string {
	var headers strings.Builder
	for _, name := range slices.Sorted(maps.Keys(s.headers)) {
		headers.WriteString(name + ":" + strings.TrimSpace(s.headers[name]) + "\n")
	}
	return strings.Join([]string{
		strings.ToUpper(s.method),
		canonicalPath(s.path),
		canonicalQuery(s.query),
		headers.String(),
		s.signedHeaders(),
		hexHash(s.body),
	}, "\n")
}

// authorization is the value of the Authorization header for a canonical request.
func authorization(accessKey, secretKey, date, signedHeaders, canonical string) string {
	text := algorithm + "\n" + date + "\n" + hexHash([]byte(canonical))
	mac := hmac.New(sha256.New, []byte(secretKey))
	mac.Write([]byte(text))
	return algorithm + " Access=" + accessKey + ", SignedHeaders=" + signedHeaders +
		", Signature=" + hex.EncodeToString(mac.Sum(nil))
}

func signingDate(t time.Time) string { return t.UTC().Format(dateLayout) }

func canonicalPath(decoded string) string {
	segments := strings.Split(decoded, "/")
	for i, s := range segments {
		segments[i] = escape(s)
	}
	path := strings.Join(segments, "/")
	if !strings.HasSuffix(path, "/") {
		path += "/"
	}
	return path
}

// canonicalQuery sorts by name, then by value, both as raw bytes. The query is sent in this form, too.
func canonicalQuery(query url.Values) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(query)) {
		for _, value := range slices.Sorted(slices.Values(query[name])) {
			if b.Len() > 0 {
				b.WriteByte('&')
			}
			b.WriteString(escape(name) + "=" + escape(value))
		}
	}
	return b.String()
}

// escape escapes all but the unreserved characters of RFC 3986. So does url.QueryEscape, except that it writes a space as "+".
func escape(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

func hexHash(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
