package remote

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
)

// Credentials identify the caller to the gateway. Either Token is set, or AccessKey and SecretKey are, or they are fetched and
// renewed automatically (instance metadata). However they are printed, logged or encoded, they show only their source.
//
//	Token   AccessKey   SecretKey   SecurityToken
//	set     -           -           -               a token of IAM, valid for 24 hours
//	-       set         set         -               permanent keys
//	-       set         set         set             temporary keys
type Credentials struct {
	Token         Secret
	AccessKey     string
	SecretKey     Secret
	SecurityToken Secret

	From        string // their source, for messages
	ProjectID   string // the project that the profile file names; "" when it names none
	IAMEndpoint string // the IAM endpoint that the profile file names; "" when it names none

	renew *metadata // nil for credentials that are not renewed
}

// Format makes every verb print the source of the credentials, and nothing else.
func (c Credentials) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(c.String())) }

func (c Credentials) String() string {
	from := c.From
	if from == "" {
		from = "unknown source"
	}
	return "credentials from " + from
}

// LogValue keeps the keys out of structured logs.
func (c Credentials) LogValue() slog.Value { return slog.StringValue(c.String()) }

// MarshalText keeps the keys out of JSON, YAML and the like.
func (c Credentials) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// errNoKeys marks a request that could not be signed for lack of valid keys.
var errNoKeys = errors.New("no valid credentials")

// now returns the credentials to sign with now, renewed if they are about to expire.
func (c Credentials) now(ctx context.Context) (Credentials, error) {
	if c.renew == nil {
		return c, nil
	}
	return c.renew.credentials(ctx)
}

// secrets are the values that must not appear in any text.
func (c Credentials) secrets() []string {
	return []string{c.Token.Reveal(), c.SecretKey.Reveal(), c.SecurityToken.Reveal()}
}

// check refuses credentials that could never work, without showing them.
func (c Credentials) check() error {
	if c.renew != nil {
		return nil
	}
	token, ak, sk := c.Token.Reveal(), c.AccessKey, c.SecretKey.Reveal()
	switch {
	case token == "" && (ak == "" || sk == ""):
		return errors.New("no credentials: neither a token nor an access key with its secret key")
	case !headerSafe(token), !headerSafe(ak), !headerSafe(c.SecurityToken.Reveal()):
		return fmt.Errorf("the %s contain characters that are not allowed in an HTTP header", c)
	}
	return nil
}

// headerSafe reports whether s can be the value of a header.
func headerSafe(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' })
}

// Lookup reads an environment variable, like os.LookupEnv. A variable that is set but blank counts as not set.
type Lookup = func(name string) (value string, ok bool)

func read(lookup Lookup, name string) string {
	value, _ := lookup(name)
	return strings.TrimSpace(value)
}

// The variables that hold credentials, in order of precedence.
var (
	tokenNames = []string{"APIGW_SYNC_TOKEN", "HW_AUTH_TOKEN"}
	allKeys    = []keyNames{
		{"HUAWEICLOUD_SDK_AK", "HUAWEICLOUD_SDK_SK", "HUAWEICLOUD_SDK_SECURITY_TOKEN"},
		{"HW_ACCESS_KEY", "HW_SECRET_KEY", "HW_SECURITY_TOKEN"},
	}
)

// profileName is the variable that names the SDK's profile file.
const profileName = "HUAWEICLOUD_SDK_CREDENTIALS_FILE"

// FindCredentials searches the usual sources of credentials and takes the first that has any: token variables, key variables
// of the SDK, key variables of the Terraform provider, the SDK's profile file below home (or where
// HUAWEICLOUD_SDK_CREDENTIALS_FILE points), instance metadata through hc (nil means a client of its own, which uses no proxy).
// A source with only half of a pair of keys is an error and never skipped. If there are no credentials, the error lists all
// sources.
//
// If any of the variables is set with the name of target appended, such as APIGW_SYNC_TOKEN_PROD for prod, only variables with
// that suffix are read, so that halves of two gateways' credentials are never combined. A target of "" has no such variables.
func FindCredentials(ctx context.Context, lookup Lookup, target, home string, hc *http.Client) (Credentials, error) {
	own := suffix(lookup, target)
	var looked []string
	for _, name := range tokenNames {
		name += own
		if token := read(lookup, name); token != "" {
			c := Credentials{Token: NewSecret(token), From: name}
			return c, c.check()
		}
		looked = append(looked, name+" (not set)")
	}
	for _, v := range allKeys {
		v = keyNames{v.ak + own, v.sk + own, v.token + own}
		c, found, err := v.find(lookup)
		if found || err != nil {
			return c, err
		}
		looked = append(looked, v.ak+" and "+v.sk+" (not set)")
	}
	c, found, note, err := findProfile(lookup, own, home)
	if found || err != nil {
		return c, err
	}
	m := newMetadata(hc)
	c, err = m.credentials(ctx)
	switch {
	case err == nil:
		c.renew = m
		return c, nil
	case ctx.Err() != nil:
		return Credentials{}, stopCause(ctx)
	}
	looked = append(looked, note, fmt.Sprintf("instance metadata (%v)", err))
	return Credentials{}, fmt.Errorf("no credentials found; looked at %s; "+
		"set HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK, or APIGW_SYNC_TOKEN", strings.Join(looked, ", "))
}

// suffix is what is appended to the names of a target's own variables; "" if none of them is set.
func suffix(lookup Lookup, target string) string {
	if target == "" {
		return ""
	}
	own := "_" + strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' {
			return r
		}
		return '_'
	}, strings.ToUpper(target))
	names := append([]string{profileName}, tokenNames...)
	for _, v := range allKeys {
		names = append(names, v.ak, v.sk)
	}
	if slices.ContainsFunc(names, func(name string) bool { return read(lookup, name+own) != "" }) {
		return own
	}
	return ""
}

// keyNames are the variables that hold one set of keys.
type keyNames struct{ ak, sk, token string }

// HoldsCredentials reports whether FindCredentials reads an environment variable, for whichever target.
func HoldsCredentials(name string) bool {
	is := func(variable string) bool { return name == variable || strings.HasPrefix(name, variable+"_") }
	return slices.ContainsFunc(tokenNames, is) || slices.ContainsFunc(allKeys, func(n keyNames) bool {
		return is(n.ak) || is(n.sk) || is(n.token)
	})
}

func (n keyNames) find(lookup Lookup) (c Credentials, found bool, err error) {
	ak, sk := read(lookup, n.ak), read(lookup, n.sk)
	switch {
	case ak == "" && sk == "":
		return Credentials{}, false, nil
	case sk == "":
		return Credentials{}, false, fmt.Errorf("%s is set but %s is not; set both or neither", n.ak, n.sk)
	case ak == "":
		return Credentials{}, false, fmt.Errorf("%s is set but %s is not; set both or neither", n.sk, n.ak)
	}
	c = Credentials{
		AccessKey: ak, SecretKey: NewSecret(sk), SecurityToken: NewSecret(read(lookup, n.token)),
		From: n.ak + " and " + n.sk,
	}
	return c, true, c.check()
}

// profilePath is the path of the SDK's profile file; named reports whether the user has set it, in the variable whose name ends
// in own.
func profilePath(lookup Lookup, own, home string) (path string, named bool) {
	if path := read(lookup, profileName+own); path != "" {
		return path, true
	}
	if home == "" {
		return "", false
	}
	return filepath.Join(home, ".huaweicloud", "credentials"), false
}
