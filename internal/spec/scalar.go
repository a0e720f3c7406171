package spec

import (
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/spec/yamlnode"
)

// YAML 1.1 and 1.2 disagree about the type of unquoted scalars, and people expect yet other rules. So a scalar is
// never converted silently: text that either version reads as something else must be quoted, and numbers have
// exactly one spelling, that of JSON.

var (
	// Numbers of YAML 1.1 (with _, octal 0123, base 60 as in 12:30:45) and of YAML 1.2.
	numberForm = regexp.MustCompile(`^[-+]?(?:` +
		`0b[01_]+|0o?[0-7_]+|0x[0-9a-fA-F_]+|[0-9][0-9_]*|` +
		`[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?|` +
		`(?:[0-9][0-9_]*\.[0-9_]*|\.[0-9][0-9_]*)(?:[eE][-+]?[0-9]+)?|[0-9][0-9_]*[eE][-+]?[0-9]+|` +
		`\.(?:inf|Inf|INF))$|^\.(?:nan|NaN|NAN)$`)
	dateForm = regexp.MustCompile(`^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]*)?[ \t]*(?:Z|[-+][0-9]{1,2}(?::[0-9]{2})?)?)?$`)
)

// boolOf reads a scalar that some version of YAML takes for true or false.
func boolOf(s string) (value, ok bool) {
	switch s {
	case "y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON":
		return true, true
	case "n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF":
		return false, true
	}
	return false, false
}

// otherThanText says as what other than text some version of YAML reads an unquoted scalar; "" means that all read text.
func otherThanText(s string) string {
	if yamlnode.IsNull(s) {
		return "null"
	}
	if len(s) > 5 && (s[0] < '+' || s[0] > '9') { // longer than any word below and no number
		return ""
	}
	if _, ok := boolOf(s); ok {
		return "true or false"
	}
	switch {
	case numberForm.MatchString(s):
		return "a number"
	case dateForm.MatchString(s):
		return "a date"
	}
	return ""
}

// wholeNumberHint suggests how to write s where a whole number is expected.
func wholeNumberHint(s string, quoted bool) string {
	if _, ok := yamlnode.WholeNumber(s); ok && quoted {
		return "write " + s + " without quotes"
	}
	plain := strings.ReplaceAll(strings.TrimPrefix(s, "+"), "_", "")
	if digits := strings.TrimLeft(plain, "0"); len(digits) < len(plain) && digits != "" && strings.Trim(plain, "0123456789") == "" {
		if octal, err := strconv.ParseInt(plain, 8, 64); err == nil {
			return "write " + digits + ", or " + strconv.FormatInt(octal, 10) + " if an octal number is meant"
		}
		return "write " + digits
	}
	if n, err := strconv.ParseInt(plain, 0, 64); err == nil {
		return "write " + strconv.FormatInt(n, 10)
	}
	if f, err := strconv.ParseFloat(plain, 64); err == nil && f == math.Trunc(f) && math.Abs(f) < 1<<53 {
		return "write " + strconv.FormatInt(int64(f), 10)
	}
	return "write it in digits, such as 800"
}

// IsText reports whether every version of YAML reads s as text when it is not quoted.
func IsText(s string) bool { return otherThanText(s) == "" }
