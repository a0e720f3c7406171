package remote

import (
	"fmt"
	"net/url"
	"sort"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	testAK      = "AKEXAMPLE0000000001"
	testSK      = "skExample0000000000000000000000000000001"
	testDate    = "20250102T030405Z"
	testHost    = "apig.cn-north-4.myhuaweicloud.com"
	testProject = "00000000000000000000000000000001"
	testPath    = "/v2/" + testProject + "/apigw/instances/11111111111111111111111111111111"
)

// The vectors were produced with the vendor's own signer.
func TestSignatureVectors(t *testing.T) {
	tests := []struct {
		name      string
		in        signable
		canonical string
		want      string
	}{
		{
			name: "get with query",
			in: signable{
				method: "GET", path: testPath + "/throttles",
				query:   url.Values{"limit": {"500"}, "offset": {"0"}, "name": {"Gold plan/50%"}},
				headers: map[string]string{"host": testHost, "x-project-id": testProject, "x-sdk-date": testDate},
			},
			canonical: "GET\n" + testPath + "/throttles/\n" +
				"limit=500&name=Gold%20plan%2F50%25&offset=0\n" +
				"host:" + testHost + "\nx-project-id:" + testProject + "\nx-sdk-date:" + testDate + "\n\n" +
				"host;x-project-id;x-sdk-date\n" +
				"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
			want: "SDK-HMAC-SHA256 Access=AKEXAMPLE0000000001, SignedHeaders=host;x-project-id;x-sdk-date, " +
				"Signature=4cff7567660ffe3e52562003498bcc52f0b54b085f2c2b2e55969aa8a1ba1d8b",
		},
		{
			name: "post with temporary keys",
			in: signable{
				method: "POST", path: testPath + "/throttle-bindings",
				headers: map[string]string{
					"host": testHost, "x-project-id": testProject, "x-sdk-date": testDate,
					"x-security-token": "STSTOKENEXAMPLE",
				},
				body: []byte(`{"strategy_id":"0123456789abcdef0123456789abcdef",` +
					`"publish_ids":["fedcba9876543210fedcba9876543210"]}` + "\n"),
			},
			canonical: "POST\n" + testPath + "/throttle-bindings/\n\n" +
				"host:" + testHost + "\nx-project-id:" + testProject + "\nx-sdk-date:" + testDate +
				"\nx-security-token:STSTOKENEXAMPLE\n\n" +
				"host;x-project-id;x-sdk-date;x-security-token\n" +
				"88321e1ceaf933c2632b4893d853ddcec701cc227824563f34a9d1b1fcbaccc2",
			want: "SDK-HMAC-SHA256 Access=AKEXAMPLE0000000001, SignedHeaders=host;x-project-id;x-sdk-date;x-security-token, " +
				"Signature=1289dd3c63b2d8513e9658ff0862a37cec8a973ae46978f19b1c6a514291a1e8",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			canonical := tt.in.canonical()
			if diff := cmp.Diff(tt.canonical, canonical); diff != "" {
				t.Errorf("canonical request (-want +got):\n%s", diff)
			}
			got := authorization(testAK, testSK, testDate, tt.in.signedHeaders(), canonical)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("authorization (-want +got):\n%s", diff)
			}
		})
	}
}

func TestCanonicalParts(t *testing.T) {
	paths := map[string]string{
		"": "/", "/": "/", "/a": "/a/", "/a/": "/a/", "/a b/é": "/a%20b/%C3%A9/", "/支付": "/%E6%94%AF%E4%BB%98/",
		"/a:b@c+d": "/a%3Ab%40c%2Bd/",
	}
	for in, want := range paths {
		if got := canonicalPath(in); got != want {
			t.Errorf("canonicalPath(%q) = %q, want %q", in, got, want)
		}
	}
	query := url.Values{"tags": {"b", "a", ""}, "A": {"1"}, "a+b": {"~*"}}
	if got, want := canonicalQuery(query), "A=1&a%2Bb=~%2A&tags=&tags=a&tags=b"; got != want {
		t.Errorf("canonicalQuery = %q, want %q", got, want)
	}
}

func FuzzCanonical(f *testing.F) {
	f.Add("get", "/v2/p/throttles", "name=Gold+plan%2F50%25&limit=5&limit=1&x", " sts token\t", []byte("{}"))
	f.Add("POST", "", "", "", []byte(nil))
	f.Add("PUT", "/a//b/支付/", "%F0%9F%92%A9=%00&=&a=%2f&a=b+c", "ü", []byte{0xff, '\n'})
	f.Fuzz(func(t *testing.T, method, path, rawQuery, token string, body []byte) {
		query, _ := url.ParseQuery(rawQuery) // keeps the valid part
		s := signable{
			method: method, path: path, query: query, body: body,
			headers: map[string]string{"x-sdk-date": testDate, "host": testHost, "x-security-token": token},
		}
		got := s.canonical()
		if want := slowCanonical(s); got != want {
			t.Fatalf("canonical request:\n%s\nwant:\n%s", got, want)
		}
		if got != s.canonical() {
			t.Fatal("canonical request differs from one time to the next")
		}
		checkEscaped(t, canonicalPath(path), "/")
		checkEscaped(t, canonicalQuery(query), "=&")
		if p := canonicalPath(path); !strings.HasSuffix(p, "/") {
			t.Fatalf("path %q does not end with a slash", p)
		}
		again, err := url.ParseQuery(canonicalQuery(query))
		if err != nil {
			t.Fatalf("canonical query cannot be read: %v", err)
		}
		if canonicalQuery(again) != canonicalQuery(query) {
			t.Fatal("canonical query is not its own canonical form")
		}
		if p, err := url.PathUnescape(strings.TrimSuffix(canonicalPath(path), "/")); err != nil || p != strings.TrimSuffix(path, "/") {
			t.Fatalf("path %q reads back as %q (%v)", path, p, err)
		}
	})
}

func checkEscaped(t *testing.T, text, separators string) {
	t.Helper()
	for _, r := range text {
		plain := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
		if !plain && !strings.ContainsRune("-_.~%"+separators, r) {
			t.Fatalf("%q holds %q", text, r)
		}
	}
}

// slowCanonical is a second implementation of the rules, in another way: byte by byte, over a list of pairs.
func slowCanonical(s signable) string {
	enc := func(text string) (out string) {
		for _, c := range []byte(text) {
			if strings.IndexByte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~", c) >= 0 {
				out += string(rune(c))
			} else {
				out += fmt.Sprintf("%%%02X", c)
			}
		}
		return out
	}
	uri := ""
	for i, segment := range strings.Split(s.path, "/") {
		if i > 0 {
			uri += "/"
		}
		uri += enc(segment)
	}
	if uri == "" || uri[len(uri)-1] != '/' {
		uri += "/"
	}
	var pairs [][2]string
	for name, values := range s.query {
		for _, value := range values {
			pairs = append(pairs, [2]string{name, value})
		}
	}
	sort.Slice(pairs, func(i, j int) bool {
		if pairs[i][0] == pairs[j][0] {
			return pairs[i][1] < pairs[j][1]
		}
		return pairs[i][0] < pairs[j][0]
	})
	var query []string
	for _, p := range pairs {
		query = append(query, enc(p[0])+"="+enc(p[1]))
	}
	var names []string
	for name := range s.headers {
		names = append(names, name)
	}
	sort.Strings(names)
	var out strings.Builder
	out.WriteString(strings.ToUpper(s.method) + "\n" + uri + "\n" + strings.Join(query, "&") + "\n")
	for _, name := range names {
		out.WriteString(name + ":" + strings.TrimSpace(s.headers[name]) + "\n")
	}
	return out.String() + "\n" + strings.Join(names, ";") + "\n" + hexHash(s.body)
}
