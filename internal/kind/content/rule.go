package content

import (
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
)

const maxWhole = 2147483647 // the largest number that the API accepts, 2³¹−1

// emptyMeans warns that an empty text does not switch a default off.
func emptyMeans(def string) shape.Rule {
	return shape.AsWarning(shape.Test(func(s string) string {
		if s == "" {
			return fmt.Sprintf("is empty, which means %q", def)
		}
		return ""
	}, "")).Described("not empty")
}

// commaList warns of items in a comma list that cannot be right. of says what the items are, such as "header names";
// broken returns what is wrong with an item, or "".
func commaList(of string, broken func(item string) string, hint string) shape.Rule {
	return shape.AsWarning(shape.Test(func(s string) string {
		if s == "" {
			return ""
		}
		for item := range strings.SplitSeq(s, ",") {
			item = strings.TrimSpace(item)
			if item == "" {
				return "has an empty entry between its commas"
			}
			if b := broken(item); b != "" {
				return b
			}
		}
		return ""
	}, hint).Described("a comma list of " + of))
}

// brokenToken returns what is wrong with the name of a header or query parameter in a comma list, or "".
func brokenToken(item string) string {
	for _, r := range item {
		if r <= ' ' || r > '~' || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r) {
			return fmt.Sprintf("%q is no name", item)
		}
	}
	return ""
}

// methods are the HTTP methods that a content may name.
var methods = []string{"GET", "POST", "PUT", "DELETE", "HEAD", "PATCH", "OPTIONS"}

// address demands host:port. If portNeeded is false, it also accepts a host without a port.
func address(portNeeded bool) shape.Rule {
	says, hint := "host:port", "write host:port, such as 10.0.0.1:9092"
	if !portNeeded {
		says, hint = "a host, or host:port, without protocol and path", "write a host, or host:port, without protocol and path"
	}
	return shape.Test(func(s string) string {
		host, port, err := net.SplitHostPort(s)
		if err != nil && !portNeeded && !strings.Contains(s, ":") {
			host, port, err = s, "80", nil
		}
		n, notNumber := strconv.Atoi(port)
		switch {
		case s == "":
			return "is empty"
		case err != nil, host == "", strings.ContainsAny(host, " \t/@,"):
			return fmt.Sprintf("%q is no address", s)
		case notNumber != nil, n < 1, n > 65535:
			return fmt.Sprintf("%q has no port from 1 to 65535", s)
		}
		return ""
	}, hint).Described(says)
}

// reservedHeader returns what is wrong with the name of a header that only the gateway may set, or "".
func reservedHeader(name string) string {
	lower := strings.ToLower(name)
	if lower == "x-request-id" || strings.HasPrefix(lower, "x-apig-") {
		return fmt.Sprintf("%q belongs to the gateway", name)
	}
	return ""
}

// atLeast warns of numbers below low. It is for numbers for which the vendor names no bounds.
func atLeast(low int64) shape.Rule { return shape.AsWarning(shape.Range(low, maxWhole)) }

// rooted demands a path that begins with a slash.
var rooted = shape.Test(func(s string) string {
	if s == "" || s[0] != '/' {
		return fmt.Sprintf("%q does not begin with /", s)
	}
	return ""
}, "write a path such as /check").Described("begins with /").WithKeyword("pattern", "^/")

// webURL demands a URL that begins with http:// or https://.
var webURL = shape.Test(func(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return fmt.Sprintf("%q is no web address", s)
	}
	return ""
}, "begin with https://").Described("a web address, with http:// or https://").WithKeyword("pattern", "^[Hh][Tt][Tt][Pp][Ss]?://")

// pemBlock demands a text that looks like a key or certificate in PEM.
var pemBlock = shape.Test(func(s string) string {
	if !strings.HasPrefix(strings.TrimSpace(s), "-----BEGIN ") {
		return "does not look like PEM"
	}
	return ""
}, "begin with a line such as -----BEGIN PUBLIC KEY----- or -----BEGIN CERTIFICATE-----").Described("PEM")

// emptyOr returns a rule that also accepts an empty text, which means the same as leaving it out.
func emptyOr(r shape.Rule) shape.Rule {
	broken := r.Check
	r.Text = "empty, or " + r.Text
	r.Keywords = nil
	r.Check = func(v any) string {
		if v == "" {
			return ""
		}
		return broken(v)
	}
	return r
}
