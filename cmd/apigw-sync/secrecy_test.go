package main

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// runSecrets are the secrets of a run, with characters that encodings change.
var runSecrets = map[string]string{
	"OLD_SECRET": "Old-secret!@#$%-0123456789", "NEW_SECRET": "New-secret!@#$%-0123456789",
	"OLD_CODE": "OldCode+/=" + strings.Repeat("a1", 30), "NEW_CODE": "NewCode+/=" + strings.Repeat("b2", 30),
	"GONE_CODE": "GoneCode+/=" + strings.Repeat("d4", 30),
	"KEPT_CODE": "KeptCode+/=" + strings.Repeat("c3", 30),
	"OLD_LOGIN": "Old login \"quoted\" & <escaped>", "NEW_LOGIN": "New login \"quoted\" & <escaped>",
	"OLD_KAFKA": "Old kafka ü 支付 password", "NEW_KAFKA": "New kafka ü 支付 password",
}

// TestNoSecretLeaves checks that no output of a run contains a secret in any encoding, whether the run succeeds or
// fails: plan, text, JSON, journal, undo files and log.
func TestNoSecretLeaves(t *testing.T) {
	for _, shows := range [][2]string{{"clear", "absent"}, {"masked", "masked"}} {
		t.Run(shows[0], func(t *testing.T) {
			dir := t.TempDir()
			gw, file := filepath.Join(dir, "state.yaml"), filepath.Join(dir, "gateway.yaml")
			keep(t, gw, os.Expand(secretGateway, func(name string) string { return yamlText(runSecrets[name]) }))
			keep(t, file, secretFile)
			environ := []string{"APIGW_SYNC_ENDPOINT=emulator:" + gw, "XDG_STATE_HOME=" + dir}
			for name, value := range runSecrets {
				environ = append(environ, name+"="+value)
			}
			var told strings.Builder
			do := func(want int, args ...string) {
				t.Helper()
				args = append(args, "--emulator-behaviour", "app-secret="+shows[0], "--emulator-behaviour", "plugin-secret="+shows[1], "--verbose")
				var out, log bytes.Buffer
				p := &program{Stdin: &bytes.Buffer{}, Stdout: &out, Stderr: &log, Environ: environ}
				if code := p.Main(args); code != want {
					t.Fatalf("%v: exit code %d, want %d\n%s%s", args, code, want, &out, &log)
				}
				told.WriteString(out.String() + log.String())
			}
			path := func(name string) string { return filepath.Join(dir, name) }
			do(0, "diff", "-f", file, "--prune")
			do(0, "diff", "-f", file, "--prune", "--resend-secrets", "--out", path("p.plan"), "-o", "json")
			do(3, "apply", "-f", file, "--prune", "--resend-secrets", "--yes", "--undo-file", path("half.plan"), "--journal", path("journal"), "-o", "json",
				"--emulator-fault", "op=UpdatePlugin status=400", "--emulator-fault", "op=UpdateAppV2 status=400 message=\"no New-secret!@#$%-0123456789 please\"", "--emulator-fault", "op=CreateAppCodeV2 status=500 count=1")
			do(0, "apply", "--plan", path("half.plan"), "--yes", "--journal", path("journal"))
			do(4, "apply", "--plan", path("p.plan"), "--yes")
			do(0, "undo", "--yes", "-o", "json") // takes back the half-finished run
			do(0, "undo", "--yes")
			do(0, "diff", "-f", file, "--prune", "--resend-secrets", "--out", path("p.plan"))
			do(0, "apply", "--plan", path("p.plan"), "--yes", "--undo-file", path("undo.plan"), "--journal", path("journal"))
			do(0, "apply", "--plan", path("undo.plan"), "--yes", "--undo-file", path("again.plan"), "-o", "json")
			texts := map[string]string{"the output": told.String()}
			for _, name := range []string{"p.plan", "half.plan", "undo.plan", "again.plan", "journal"} {
				texts[name] = content(t, path(name))
			}
			kept, err := filepath.Glob(path("apigw-sync/undo/*/*/*.undo"))
			if err != nil || len(kept) < 3 {
				t.Errorf("undo files kept: %v, error %v", kept, err)
			}
			for _, file := range kept {
				texts[file] = content(t, file)
			}
			for name, text := range texts {
				search(t, name, text)
			}
		})
	}
}

// TestNoSecretOfTargets checks that promote reports differences in secrets, between gateways and from their files,
// without showing a secret.
func TestNoSecretOfTargets(t *testing.T) {
	dir := t.TempDir()
	path := func(name string) string { return filepath.Join(dir, name) }
	expand := func(text string) string {
		return os.Expand(text, func(name string) string { return yamlText(runSecrets[name]) })
	}
	keep(t, path("one.yaml"), expand(secretGateway))
	keep(t, path("two.yaml"), expand(strings.NewReplacer("OLD_", "NEW_", "GONE_", "KEPT_").Replace(strings.ReplaceAll(secretGateway, ", ${KEPT_CODE}", ""))))
	keep(t, path("gateway.yaml"), secretFile)
	keep(t, path("config.yaml"), `targets:
  one: {endpoint: "emulator:one.yaml", file: [gateway.yaml], vars: {NEW_SECRET: "`+runSecrets["OLD_SECRET"]+`"}}
  two: {endpoint: "emulator:two.yaml", file: [gateway.yaml], vars: {NEW_SECRET: "`+runSecrets["NEW_SECRET"]+`"}}
`)
	var environ []string
	for _, name := range []string{"NEW_CODE", "KEPT_CODE", "NEW_LOGIN", "NEW_KAFKA"} {
		environ = append(environ, name+"="+runSecrets[name])
	}
	for _, shows := range [][2]string{{"clear", "absent"}, {"masked", "masked"}} {
		for _, more := range [][]string{{"-o", "text"}, {"-o", "json"}, {"-o", "markdown"}, {"-o", "github"}, {"--files-only"}} {
			var out, log bytes.Buffer
			p := &program{Stdin: &bytes.Buffer{}, Stdout: &out, Stderr: &log, Environ: environ}
			args := append([]string{
				"promote", "--from", "one", "--to", "two", "--config", path("config.yaml"), "--verbose",
				"--emulator-behaviour", "app-secret=" + shows[0], "--emulator-behaviour", "plugin-secret=" + shows[1],
			}, more...)
			if code := p.Main(args); code != 0 {
				t.Fatalf("%v: exit code %d\n%s%s", args, code, &out, &log)
			}
			if !strings.Contains(out.String(), "/app_secret") && shows[0] == "clear" && more[len(more)-1] != "github" { // github leaves out differences that are intended
				t.Errorf("%v: that the secret differs is not told:\n%s", more, &out)
			}
			search(t, strings.Join(more, " "), out.String()+log.String())
		}
	}
}

// TestNoSecretComesIntoFiles checks that neither an export nor an update of files writes a secret, even if all
// secrets differ between gateway and files.
func TestNoSecretComesIntoFiles(t *testing.T) {
	for _, shows := range [][2]string{{"clear", "absent"}, {"masked", "masked"}} {
		dir := t.TempDir()
		path := func(name string) string { return filepath.Join(dir, name) }
		keep(t, path("state.yaml"), os.Expand(secretGateway, func(name string) string { return yamlText(runSecrets[name]) }))
		keep(t, path("gateway.yaml"), secretFile)
		keep(t, path("new.yaml"), "version: apigw-sync/v1\nowns: {apps: [\"*\"], plugins: [\"*\"]}\n")
		environ := []string{"APIGW_SYNC_ENDPOINT=emulator:" + path("state.yaml")}
		for name, value := range runSecrets {
			environ = append(environ, name+"="+value)
		}
		for want, args := range map[int][]string{
			exitDone:       {"export", "--split", "object", "--output-file", path("objects")},
			exitIncomplete: {"export", "--update", path("gateway.yaml")},
		} {
			args = append(args, "--emulator-behaviour", "app-secret="+shows[0], "--emulator-behaviour", "plugin-secret="+shows[1], "--verbose")
			var out, log bytes.Buffer
			p := &program{Stdin: &bytes.Buffer{}, Stdout: &out, Stderr: &log, Environ: environ}
			if code := p.Main(args); code != want {
				t.Errorf("%v: exit code %d, want %d\n%s%s", args, code, want, &out, &log)
			}
			search(t, strings.Join(args, " "), out.String()+log.String())
		}
		p := &program{Stdin: &bytes.Buffer{}, Stdout: &bytes.Buffer{}, Stderr: &bytes.Buffer{}, Environ: environ}
		if code := p.Main([]string{"export", "--update", path("new.yaml")}); code != exitDone {
			t.Errorf("new objects: exit code %d", code)
		}
		for _, name := range []string{"gateway.yaml", "new.yaml", "objects"} {
			files, err := filesAt(path(name))
			if err != nil {
				t.Fatal(err)
			}
			for _, file := range files {
				search(t, file, content(t, file))
			}
		}
	}
}

func keep(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func content(t *testing.T, path string) string {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func yamlText(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// search looks for the secrets in plain text and in the encodings that they may have inside other texts.
func search(t *testing.T, name, text string) {
	t.Helper()
	for variable, secret := range runSecrets {
		quoted := strings.NewReplacer(`"`, `\"`)
		for encoding, form := range map[string]string{
			"as it is": secret, "quoted": quoted.Replace(secret), "twice quoted": quoted.Replace(strings.ReplaceAll(quoted.Replace(secret), `\`, `\\`)),
			"in base64": base64.StdEncoding.EncodeToString([]byte(secret)), "in base64 for URLs": base64.URLEncoding.EncodeToString([]byte(secret)),
			"in base64 without its end": base64.RawStdEncoding.EncodeToString([]byte(secret))[:len(secret)],
			"as a query":                url.QueryEscape(secret), "as a path": url.PathEscape(secret), "in hex": hex.EncodeToString([]byte(secret)),
		} {
			if at := strings.Index(text, form); at >= 0 {
				t.Errorf("%s holds %s %s: …%s…", name, variable, encoding, text[max(0, at-100):min(len(text), at+len(form)+20)])
			}
		}
	}
}

const secretGateway = `
throttles: [{name: daily, time_interval: 1, time_unit: DAY, api_call_limits: 1}]
apps:
  - {name: mobile, app_key: mobile-key-1, app_secret: ${OLD_SECRET}, app_codes: [${OLD_CODE}, ${KEPT_CODE}]}
  - {name: gone, app_key: gone-key-1, app_secret: ${OLD_SECRET}, app_codes: [${GONE_CODE}]}
plugins:
  - name: login
    type: oidc_auth
    content: {client_id: me, client_secret: ${OLD_LOGIN}, discovery: "https://id.example.com", redirect_api_id: an-api}
  - name: log
    type: kafka_log
    content: {broker_list: ["10.0.0.1:9092"], topic: calls, sasl_config: {security_protocol: SASL_PLAINTEXT, sasl_username: me, sasl_password: ${OLD_KAFKA}}}
  - name: replaced
    type: kafka_log
    content: {broker_list: ["10.0.0.1:9092"], topic: calls, sasl_config: {security_protocol: SASL_PLAINTEXT, sasl_username: me, sasl_password: ${OLD_KAFKA}}}
`

const secretFile = `version: apigw-sync/v1
owns: {apps: ["*"], plugins: ["*"]}
throttles: [{name: daily, time_interval: 1, time_unit: DAY, api_call_limits: 2}]
apps:
  - {name: mobile, app_key: mobile-key-1, app_secret: "${NEW_SECRET}", remark: new, app_codes: ["${NEW_CODE}", "${KEPT_CODE}"]}
plugins:
  - name: login
    type: oidc_auth
    remark: new
    content: {client_id: me, client_secret: "${NEW_LOGIN}", discovery: "https://id.example.com", redirect_api_id: an-api}
  - name: log
    type: kafka_log
    remark: new
    content: {broker_list: ["10.0.0.1:9092"], topic: calls, sasl_config: {security_protocol: SASL_PLAINTEXT, sasl_username: me, sasl_password: "${NEW_KAFKA}"}}
  - name: replaced
    type: cors
    content: {allow_origin: "*"}
`
