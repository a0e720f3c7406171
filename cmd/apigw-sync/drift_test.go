package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestDriftInEveryFormat checks that every format names each problem of a gateway, and that none shows a secret.
func TestDriftInEveryFormat(t *testing.T) {
	dir := t.TempDir()
	script, err := os.ReadFile("../../testdata/script/drift.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"gateway.yaml", "state.yaml"} {
		_, text, _ := strings.Cut(string(script), "-- "+name+" --\n")
		text, _, _ = strings.Cut(text, "\n-- ")
		soon := time.Now().Add(10*24*time.Hour + time.Hour).UTC().Format(time.RFC3339)
		text = strings.Replace(text, "2096-05-06T07:08:09Z", soon, 1)
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	named := []string{
		"acl/orders_office", "acl_binding/orders_office/orders/create_order@RELEASE", "acl_binding/orders_office/orders/get_order@RELEASE",
		"app/orders_mobile", "app_access_control/orders_mobile", "app_authorization/orders_mobile/orders/create_order@RELEASE",
		"app_code/orders_mobile/#011f071e", "app_code/orders_mobile/#95bde5e5",
		"plugin/orders_cors", "plugin_binding/orders_cors/orders/create_order@RELEASE",
		"throttle/orders_basic", "throttle_binding/orders_basic/orders/create_order@RELEASE", "throttle_special/orders_basic/app:orders_mobile",
		"acl/orders_extra", "throttle/orders_byhand",
		"Frozen", "shop.example.com", "api.example.com", "legacy_",
	}
	// Metrics only count what the other formats name.
	counted := []string{
		`kind="acl",action="update"} 1`, `kind="acl_binding",action="bind"} 1`, `kind="acl_binding",action="unbind"} 1`, `kind="app",action="update"} 1`,
		`kind="app_access_control",action="create"} 1`, `kind="app_authorization",action="bind"} 1`, `kind="app_code",action="create"} 1`,
		`kind="app_code",action="delete"} 1`, `kind="plugin",action="update"} 1`, `kind="plugin_binding",action="bind"} 1`,
		`kind="throttle",action="update"} 1`, `kind="throttle_binding",action="bind"} 1`, `kind="throttle_special",action="update"} 1`,
		"apigw_sync_extra_objects{", "apigw_sync_instance_well{", "apigw_sync_lapsed_ignore_rules{", "shop.example.com", "api.example.com",
	}
	secrets := []string{"correct-horse", "another-secret", "AbCdEfGhIjKl", "ZyXwVuTsRqPo"}
	environ := []string{
		"APIGW_SYNC_ENDPOINT=emulator:" + filepath.Join(dir, "state.yaml"), "ORDERS_SECRET=correct-horse-battery",
		"ORDERS_CODE=AbCdEfGhIjKlMnOpQrStUvWxYz0123456789AbCdEfGhIjKlMnOpQrStUvWxYz0123456789",
	}
	for _, format := range formatsOf("drift") {
		t.Run(format, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			p := &program{Stdin: &bytes.Buffer{}, Stdout: &stdout, Stderr: &stderr, Environ: environ}
			if code := p.Main([]string{"drift", "-f", filepath.Join(dir, "gateway.yaml"), "-o", format, "--traffic", "apis"}); code != exitDiffers || stderr.Len() > 0 {
				t.Errorf("exit code %d, stderr %q", code, stderr.String())
			}
			text, names := plain(stdout.String()), named
			if format == "prometheus" {
				names = counted
			}
			if format == "github" { // it only counts the rest, which the job summary shows
				names = []string{"more of this severity are in the job summary"}
			}
			for _, name := range names {
				if !strings.Contains(text, name) {
					t.Errorf("%s is missing", name)
				}
			}
			for _, secret := range secrets {
				if strings.Contains(text, secret) {
					t.Errorf("%s shows", secret)
				}
			}
			if t.Failed() {
				t.Log(stdout.String())
			}
		})
	}
}

// plain removes the escapes that formats add to names.
func plain(s string) string {
	return strings.NewReplacer(`\_`, "_", `\#`, "#", `\@`, "@", `\.`, ".", "&#43;", "+", "%3A", ":", `\/`, "/", "&#64;", "@").Replace(s)
}
