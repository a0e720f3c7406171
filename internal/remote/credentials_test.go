package remote

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func variables(pairs ...string) Lookup {
	return func(name string) (string, bool) {
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1], true
			}
		}
		return "", false
	}
}

// noMetadata is a machine without the metadata service.
var noMetadata = &http.Client{Transport: breaks(io.ErrUnexpectedEOF)}

// homeWith makes a home folder whose profile file has the given text.
func homeWith(t *testing.T, text string) string {
	t.Helper()
	home := t.TempDir()
	if err := os.Mkdir(filepath.Join(home, ".huaweicloud"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(home, ".huaweicloud", "credentials"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return home
}

// TestCredentialsOfTarget: variables with the name of the target take precedence over all others, and are never mixed with them.
func TestCredentialsOfTarget(t *testing.T) {
	for _, tt := range []struct {
		name, target string
		vars         []string
		from, err    string
	}{
		{"own token", "prod", []string{"APIGW_SYNC_TOKEN", "common", "APIGW_SYNC_TOKEN_PROD", "own"}, "APIGW_SYNC_TOKEN_PROD", ""},
		{"of another target", "prod", []string{"APIGW_SYNC_TOKEN", "common", "APIGW_SYNC_TOKEN_STAGING", "own"}, "APIGW_SYNC_TOKEN", ""},
		{"no target", "", []string{"APIGW_SYNC_TOKEN", "common", "APIGW_SYNC_TOKEN_", "own"}, "APIGW_SYNC_TOKEN", ""},
		{"own keys before a common token", "prod", []string{"APIGW_SYNC_TOKEN", "common", "HW_ACCESS_KEY_PROD", "a", "HW_SECRET_KEY_PROD", "s"}, "HW_ACCESS_KEY_PROD and HW_SECRET_KEY_PROD", ""},
		{"half", "prod", []string{"HW_ACCESS_KEY_PROD", "a", "HW_SECRET_KEY", "s", "HW_ACCESS_KEY", "a"}, "", "HW_ACCESS_KEY_PROD is set but HW_SECRET_KEY_PROD is not; set both or neither"},
		{"letters that no variable has", "eu-west.1", []string{"HW_AUTH_TOKEN_EU_WEST_1", "own"}, "HW_AUTH_TOKEN_EU_WEST_1", ""},
		{"own profile", "prod", []string{"HUAWEICLOUD_SDK_CREDENTIALS_FILE_PROD", "/nowhere/at/all"}, "", "profile file: open /nowhere/at/all: no such file or directory"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, err := FindCredentials(t.Context(), variables(tt.vars...), tt.target, "", noMetadata)
			if got := fmt.Sprint(err); tt.err != "" && got != tt.err || tt.err == "" && err != nil {
				t.Fatalf("got the error %s, want %q", got, tt.err)
			}
			if c.From != tt.from {
				t.Errorf("from %q, want %q", c.From, tt.from)
			}
		})
	}
	for name, want := range map[string]bool{
		"APIGW_SYNC_TOKEN": true, "APIGW_SYNC_TOKEN_PROD": true, "HW_SECRET_KEY_EU_WEST_1": true, "HUAWEICLOUD_SDK_SECURITY_TOKEN_PROD": true,
		"APIGW_SYNC_TOKENS": false, "ORDERS_SECRET": false,
	} {
		if got := HoldsCredentials(name); got != want {
			t.Errorf("HoldsCredentials(%s) = %t", name, got)
		}
	}
}

func TestFindCredentials(t *testing.T) {
	const profile = "[basic]\r\nak = pak\r\nsk = p;s#k\r\nsecurity_token=pst==\r\nproject_id = pp\r\niam_endpoint = iam.example.com\r\n"
	type found struct{ Token, AK, SK, ST, From, Project, IAM string }
	tests := []struct {
		name string
		vars []string
		home string
		want found
	}{
		{
			"own token first", []string{
				"APIGW_SYNC_TOKEN", " t1\n", "HW_AUTH_TOKEN", "t2", "HUAWEICLOUD_SDK_AK", "a", "HUAWEICLOUD_SDK_SK", "s",
			}, profile, found{Token: "t1", From: "APIGW_SYNC_TOKEN"},
		},
		{"provider's token", []string{"APIGW_SYNC_TOKEN", " ", "HW_AUTH_TOKEN", "t2"}, profile, found{Token: "t2", From: "HW_AUTH_TOKEN"}},
		{
			"keys of the SDK", []string{
				"HUAWEICLOUD_SDK_AK", "a", "HUAWEICLOUD_SDK_SK", "s", "HUAWEICLOUD_SDK_SECURITY_TOKEN", "st",
				"HW_ACCESS_KEY", "a2", "HW_SECRET_KEY", "s2",
			}, profile, found{AK: "a", SK: "s", ST: "st", From: "HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK"},
		},
		{
			"keys of the provider",
			[]string{"HW_ACCESS_KEY", "a2", "HW_SECRET_KEY", "s2", "HUAWEICLOUD_SDK_SECURITY_TOKEN", "st"},
			profile,
			found{AK: "a2", SK: "s2", From: "HW_ACCESS_KEY and HW_SECRET_KEY"},
		},
		{"profile", nil, profile, found{AK: "pak", SK: "p;s#k", ST: "pst==", From: "file", Project: "pp", IAM: "iam.example.com"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			home := homeWith(t, tt.home)
			c, err := FindCredentials(t.Context(), variables(tt.vars...), "", home, noMetadata)
			if err != nil {
				t.Fatal(err)
			}
			got := found{
				c.Token.Reveal(), c.AccessKey, c.SecretKey.Reveal(), c.SecurityToken.Reveal(),
				strings.Replace(c.From, filepath.Join(home, ".huaweicloud", "credentials"), "file", 1), c.ProjectID, c.IAMEndpoint,
			}
			if got != tt.want {
				t.Errorf("found %+v, want %+v", got, tt.want)
			}
		})
	}
}

func TestCredentialsNotFound(t *testing.T) {
	tests := []struct {
		name string
		vars []string
		home string
		want []string
	}{
		{"nothing", nil, "", []string{
			"APIGW_SYNC_TOKEN (not set)", "HW_AUTH_TOKEN (not set)", "HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK (not set)",
			"HW_ACCESS_KEY and HW_SECRET_KEY (not set)", "the profile file (no home folder)",
			"instance metadata (no answer from 169.254.169.254)", "; set HUAWEICLOUD_SDK_AK",
		}},
		{"half the SDK's", []string{"HUAWEICLOUD_SDK_AK", "a"}, "", []string{"HUAWEICLOUD_SDK_AK is set but HUAWEICLOUD_SDK_SK is not"}},
		{"half the provider's", []string{"HW_SECRET_KEY", "tops3cret"}, "", []string{"HW_SECRET_KEY is set but HW_ACCESS_KEY is not"}},
		{"half a profile", nil, "[basic]\nsk=tops3cret\n", []string{"needs both ak and sk"}},
		{"no section", nil, "ak=1\nsk=tops3cret\n", []string{"(no section [basic])"}},
		{"empty section", nil, "[basic]\n", []string{"(no ak and sk in section [basic])"}},
		{"identity provider", nil, "[basic]\nidp_id=x\n", []string{"not supported"}},
		{"no INI", nil, "[basic]\ntops3cret\n", []string{"not in INI format"}},
		{"odd token", []string{"HW_AUTH_TOKEN", "tops3cret\nx"}, "", []string{"HW_AUTH_TOKEN contain characters"}},
		{"named file", []string{"HUAWEICLOUD_SDK_CREDENTIALS_FILE", "/nonexistent/file"}, "", []string{"/nonexistent/file", "no such file"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			home := tt.home
			if home != "" {
				home = homeWith(t, home)
			}
			_, err := FindCredentials(t.Context(), variables(tt.vars...), "", home, noMetadata)
			for _, want := range tt.want {
				if !strings.Contains(fmt.Sprint(err), want) {
					t.Errorf("error is %v, want it to hold %q", err, want)
				}
			}
			if strings.Contains(fmt.Sprint(err), "tops3cret") {
				t.Errorf("error is %v", err)
			}
		})
	}
}

// agency is the metadata service of a machine with an agency. Keys are valid for six hours.
func agency(t *testing.T, fetched *int, broken *bool) *http.Client {
	return &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		if *broken {
			return nil, io.ErrUnexpectedEOF
		}
		switch r.Method + " " + r.URL.String() {
		case "PUT http://169.254.169.254/meta-data/latest/api/token":
			if r.Header.Get("X-Metadata-Token-Ttl-Seconds") != "21600" {
				t.Errorf("headers are %v", r.Header)
			}
			return reply(200, "mt"), nil
		case "GET http://169.254.169.254/openstack/latest/securitykey":
			if r.Header.Get("X-Metadata-Token") != "mt" {
				t.Errorf("headers are %v", r.Header)
			}
			*fetched++
			return reply(200, fmt.Sprintf(`{"credential":{"access":"ak%d","secret":"sk","securitytoken":"st","expires_at":%q}}`,
				*fetched, time.Now().Add(6*time.Hour).UTC().Format("2006-01-02T15:04:05.000000Z"))), nil
		}
		t.Errorf("unexpected %s %s", r.Method, r.URL)
		return reply(404, ""), nil
	})}
}

func TestMetadata(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fetched, broken := 0, false
		c, err := FindCredentials(t.Context(), variables(), "", "", agency(t, &fetched, &broken))
		if err != nil {
			t.Fatal(err)
		}
		want := func(ak string) {
			t.Helper()
			now, err := c.now(t.Context())
			if err != nil || now.AccessKey != ak || now.SecretKey.Reveal() != "sk" || now.SecurityToken.Reveal() != "st" {
				t.Errorf("key is %q (%v), want %q", now.AccessKey, err, ak)
			}
		}
		want("ak1")
		time.Sleep(5 * time.Hour)
		want("ak1")
		time.Sleep(21 * time.Minute) // the keys are valid for another 39 minutes
		broken = true
		want("ak1")
		broken = false
		want("ak1") // the last attempt to renew was a moment ago
		time.Sleep(renewPause)
		want("ak2")
		broken = true
		time.Sleep(6 * time.Hour)
		if _, err := c.now(t.Context()); err == nil {
			t.Error("expired keys are given out")
		}
		if _, err := New(Config{Endpoint: "https://example.com", Credentials: c}); err != nil {
			t.Error(err)
		}
	})
}

func TestMetadataTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		if _, err := FindCredentials(t.Context(), variables(), "", "", &http.Client{Transport: hangs()}); err == nil {
			t.Error("no error")
		}
		if took := time.Since(began); took != metadataTimeout {
			t.Errorf("took %v", took)
		}
	})
}

// No way of printing shows a secret, not even inside other values.
func TestNothingPrintsSecrets(t *testing.T) {
	const secret = "s3cr3t-value"
	creds := Credentials{
		Token: NewSecret(secret), AccessKey: secret, SecretKey: NewSecret(secret), SecurityToken: NewSecret(secret), From: "a test",
	}
	config := Config{Endpoint: "https://example.com", Credentials: creds}
	client, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	type private struct{ s Secret }
	var out strings.Builder
	for _, v := range []any{creds, &creds, creds.Token, &creds.Token, config, &config, private{creds.Token}, []any{creds}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			fmt.Fprintf(&out, verb+"\n", v)
		}
	}
	fmt.Fprintf(&out, "%+v %#v", private{creds.Token}, client.creds)
	for _, v := range []any{creds, creds.Token, map[string]any{"c": creds, "s": creds.SecretKey}} {
		text, err := json.Marshal(v)
		if err != nil {
			t.Error(err)
		}
		out.Write(text)
	}
	for _, h := range []slog.Handler{slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil)} {
		slog.New(h).Info("x", "creds", creds, "token", creds.Token, "config", struct{ C Credentials }{creds})
	}
	if strings.Contains(out.String(), secret) || strings.Contains(out.String(), fmt.Sprintf("%x", secret)) {
		t.Errorf("a secret shows in\n%s", out.String())
	}
	if !strings.Contains(out.String(), "credentials from a test") {
		t.Error("the source does not show")
	}
}

func TestCleaner(t *testing.T) {
	tests := []struct {
		secrets []string
		text    string
		want    string
	}{
		{[]string{"longer-secret", "longer-secret-still"}, "x longer-secret-still y", "x (sensitive) y"},
		{[]string{"geheimnis"}, "geheimnisgeheimnis", "(sensitive)(sensitive)"},
		{[]string{"short"}, "short", "short"},
		{[]string{"支付支付支付支付"}, "a支付支付支付支付b", "a(sensitive)b"},
		{[]string{"two words!"}, "two\nwords! and two%20words%21", "(sensitive) and (sensitive)"},
		{nil, "a\r\n\tb\x00\x1b", "a b"},
	}
	for _, tt := range tests {
		if got := newCleaner(tt.secrets...).line(tt.text, 100); got != tt.want {
			t.Errorf("line(%q) = %q, want %q", tt.text, got, tt.want)
		}
	}
}

// FuzzProfile: no profile file makes the reader panic, half of the keys is an error, and no message quotes the file.
func FuzzProfile(f *testing.F) {
	for _, s := range []string{
		"", "[basic]\nak = a\nsk = s\n", "[basic]\nak=a\n", "[basic]\r\nak: a\r\nsk: \"s;#\"\r\niam_endpoint=iam.r1.example\r\n", "[basic]\nidp_id=x\n",
		"[basic]\nak=%(sk)s\nsk=%(ak)s\n", "ak=a\nsk=s\n", "[basic", "[basic]\nak=\"\"\"a\n", "[basic]\nak=a\\\nb\nsk=\x00", "\xef\xbb\xbf[basic]\nak=a\nsk=s",
	} {
		f.Add(s)
	}
	const secret = "tops3cret-0123456789"
	f.Fuzz(func(t *testing.T, text string) {
		for _, text := range []string{text, strings.ReplaceAll(text, "s", secret)} {
			c, found, note, err := readProfile("file", []byte(text))
			if said := fmt.Sprint(c, note, err); strings.Contains(said, secret) {
				t.Fatalf("%q: %s", text, said)
			}
			if found && err == nil && (c.AccessKey == "" || c.SecretKey.Reveal() == "" || c.check() != nil || c.From != "file") {
				t.Fatalf("%q: found half of the keys", text)
			}
			if !found && err == nil && note == "" {
				t.Fatalf("%q: nothing is said", text)
			}
		}
	})
}
