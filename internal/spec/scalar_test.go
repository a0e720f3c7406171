package spec

import (
	"testing"
)

// TestOtherThanText checks which unquoted scalars some version of YAML does not read as text.
func TestOtherThanText(t *testing.T) {
	for _, s := range []string{
		"~", "null", "NULL", "y", "No", "off", "true", "0", "-0", "+1", "0123", "0o17", "0x1F", "0b1", "1_000", "1.10", "1.", ".5",
		"1e3", "1E-3", "1.5e+3", ".inf", "-.Inf", ".NaN", "12:30", "12:30:45", "1:2.5", "2001-01-01", "2001-1-1", "2001-12-14T21:59:43.10-05:00",
		"2001-12-14 21:59:43.10 -5", "123456789012345678901234567890", "0e1234",
	} {
		if otherThanText(s) == "" {
			t.Errorf("%s passes as text", s)
		}
	}
	for _, s := range []string{
		"yesterday", "1.2.3", "10.1.2.3", "10.0.0.0/8", "10.1.2.3-10.1.2.9", "::1", "1a", "0x", "-", ".", "..", "_1", "1-2", "e3", "1e", "12:70", "支付",
		"5f1c2c0b8c6e4d5f8a7b6c5d4e3f2a1b", "nulls", "<<", "=", "86400s", "2027-03", "infinity", "nan",
	} {
		if other := otherThanText(s); other != "" {
			t.Errorf("%s passes as %s", s, other)
		}
	}
}
