package emulator

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

const (
	signatureScheme = "SDK-HMAC-SHA256"
	signatureDate   = "20060102T150405Z"
	maxSkew         = 15 * time.Minute
	unsignedPayload = "UNSIGNED-PAYLOAD"
)

// verify checks the SDK-HMAC-SHA256 signature of a request. Like the real front door, it answers a wrong signature with
// the canonical request that the server computed, in which | replaces line feeds.
func (g *Gateway) verify(r *http.Request, c *call) error {
	header := r.Header.Get("Authorization")
	fields, isOurs := strings.CutPrefix(header, signatureScheme+" ")
	if !isOurs {
		return unauthenticated("authorization header is not %s", signatureScheme)
	}
	parts := map[string]string{}
	for field := range strings.SplitSeq(fields, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(field), "=")
		parts[name] = value
	}
	if g.opts.AccessKey == "" || !equalSecrets(parts["Access"], g.opts.AccessKey) {
		return unauthenticated("Get secretKey failed,ak:%s,err:ak not exist", parts["Access"])
	}
	signed := strings.Split(parts["SignedHeaders"], ";")
	if !slices.Contains(signed, "x-sdk-date") { // host is not required, because the vendor's SDK does not always sign it
		return unauthenticated("header x-sdk-date is not signed")
	}
	date := r.Header.Get("X-Sdk-Date")
	at, err := time.Parse(signatureDate, date)
	if err != nil || c.now.Sub(at).Abs() > maxSkew {
		return unauthenticated("signature expired,X-Sdk-Date:%s,now:%s", date, c.now.UTC().Format(signatureDate))
	}
	canonical := canonicalRequest(r, c, signed)
	sum := sha256.Sum256([]byte(canonical))
	mac := hmac.New(sha256.New, []byte(g.opts.SecretKey))
	mac.Write([]byte(signatureScheme + "\n" + date + "\n" + hex.EncodeToString(sum[:])))
	if !hmac.Equal([]byte(hex.EncodeToString(mac.Sum(nil))), []byte(parts["Signature"])) {
		return unauthenticated("verify aksk signature fail, canonicalRequest:%s", strings.ReplaceAll(canonical, "\n", "|"))
	}
	return nil
}

// canonicalRequest returns the canonical form of a request, which client and server hash.
func canonicalRequest(r *http.Request, c *call, signed []string) string {
	var path, headers strings.Builder
	for _, segment := range decodedSegments(r.URL.EscapedPath()) {
		path.WriteString("/" + escape(segment))
	}
	var pairs []string
	for _, name := range slices.Sorted(maps.Keys(c.query)) {
		for _, v := range slices.Sorted(slices.Values(c.query[name])) {
			pairs = append(pairs, escape(name)+"="+escape(v))
		}
	}
	for _, name := range signed {
		value := r.Header.Get(name)
		if name == "host" {
			value = r.Host
		}
		headers.WriteString(name + ":" + strings.TrimSpace(value) + "\n")
	}
	hash := r.Header.Get("X-Sdk-Content-Sha256")
	if hash != unsignedPayload || !slices.Contains(signed, "x-sdk-content-sha256") {
		sum := sha256.Sum256(c.raw)
		hash = hex.EncodeToString(sum[:])
	}
	return strings.Join([]string{
		r.Method, strings.TrimSuffix(path.String(), "/") + "/", strings.Join(pairs, "&"), headers.String(), strings.Join(signed, ";"), hash,
	}, "\n")
}

// escape percent-encodes all but the unreserved characters of RFC 3986.
func escape(s string) string {
	return strings.ReplaceAll(url.QueryEscape(s), "+", "%20")
}
