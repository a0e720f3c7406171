package planfile

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/report/document"
)

const (
	oldSecret = "old-secret-of-orders"
	newSecret = "new-secret-of-orders"
)

// sample is a plan that changes about everything.
func sample(t testing.TB) *File {
	t.Helper()
	a := &kind.API{ID: "a1", Group: "orders", Name: "get", Method: "GET", Path: "/get"}
	have := kind.Actual{
		Objects: []kind.Object{
			{Kind: "app", Key: "orders", ID: "i1", Value: kind.App{Name: "orders", Key: "k", Secret: oldSecret}},
			{Kind: "throttle", Key: "gold", ID: "i2", Value: kind.Throttle{Name: "gold", Type: "basic", TimeInterval: 1, TimeUnit: "SECOND", APILimit: 1}},
		},
		Links: []kind.Link{{Kind: "throttle_binding", Owner: "gold", OwnerID: "i2", To: a.Publication("STAGING", "", ""), ID: "b1"}},
	}
	want := kind.Desired{Objects: []kind.Declared{
		{
			Object: kind.Object{Kind: "app", Key: "orders", Value: kind.App{Name: "orders", Key: "k", Secret: newSecret, Remark: "<new> & 支付"}},
			Source: kind.Source{File: "a.yaml", Line: 3}, Secrets: []kind.Origin{{Path: "/app_secret", Variables: []string{"SECRET"}, Source: kind.Source{File: "a.yaml", Line: 5}}},
		},
		{Object: kind.Object{Kind: "throttle", Key: "gold", Value: kind.Throttle{Name: "gold", Type: "basic", TimeInterval: 1, TimeUnit: "SECOND", APILimit: 1}}, Manages: []string{"throttle_binding"}},
	}}
	want.Links = []kind.DeclaredLink{{Link: kind.Link{Kind: "throttle_binding", Owner: "gold", To: a.Publication("RELEASE", "e", "publish-1")}}}
	plan := diff.Between(have, want, diff.Options{Prune: true, MaxDeletes: -1})
	e, err := diff.NewExtract(plan, have, want, diff.Options{})
	if err != nil {
		t.Fatal(err)
	}
	f, err := New(document.NewPlan(document.Head{FormatVersion: document.FormatVersion, ToolVersion: "1.2.3", InstanceID: "i"}, plan, 7), e,
		Options{Purpose: ForApply, Created: "2026-07-01T12:00:00Z", Key: []byte("0123456789abcdef")})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func encoded(t testing.TB) []byte {
	t.Helper()
	raw, err := sample(t).Encode()
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// TestRoundTrip: a saved plan contains no secret, and a plan that is read gives the same extract.
func TestRoundTrip(t *testing.T) {
	raw := encoded(t)
	for _, text := range []string{oldSecret, newSecret, "publish-1"} {
		if bytes.Contains(raw, []byte(text)) {
			t.Errorf("the plan contains %s", text)
		}
	}
	f, err := Decode(raw)
	if err != nil {
		t.Fatal(err)
	}
	again, err := f.Encode()
	if err != nil || !bytes.Equal(raw, again) {
		t.Errorf("encoded again it is another file, error %v", err)
	}
	var needed []NeededSecret
	e, err := f.Extract(func(n NeededSecret) (string, error) { needed = append(needed, n); return newSecret, nil })
	if err != nil {
		t.Fatal(err)
	}
	if len(needed) != 1 || needed[0].Variables[0] != "SECRET" || needed[0].Source.Line != 5 {
		t.Errorf("asked for %+v", needed)
	}
	for _, d := range e.Desired.Objects {
		if d.Kind == "app" && d.Value.(kind.App).Secret != newSecret {
			t.Errorf("the app is %+v", d.Value)
		}
	}
	_, err = f.Extract(func(NeededSecret) (string, error) { return oldSecret, nil })
	if changed := (*ChangedSecret)(nil); !errors.As(err, &changed) || strings.Contains(err.Error(), oldSecret) {
		t.Errorf("a changed secret is accepted: %v", err)
	}
}

// TestKeys checks that two plans do not reveal that they contain the same secret.
func TestKeys(t *testing.T) {
	a, b := digestKey("0123456789abcdef"), digestKey("fedcba9876543210")
	if a.digest("app/x", "/app_secret", "s") == b.digest("app/x", "/app_secret", "s") || a.digest("app/x", "/app_secret", "s") == a.digest("app/y", "/app_secret", "s") {
		t.Error("digests of one secret are the same with another key, or at another place")
	}
}

// TestDecodeRefuses: a file that is not a plan, or was changed by hand, is refused.
func TestDecodeRefuses(t *testing.T) {
	whole := string(encoded(t))
	change := func(old, now string) string {
		if !strings.Contains(whole, old) {
			t.Fatalf("the plan holds no %s", old)
		}
		return strings.Replace(whole, old, now, 1)
	}
	for name, text := range map[string]string{
		"nothing": "", "null": "null", "a list": "[]", "no plan": "{}", "a number": "1",
		"half": whole[:len(whole)/2], "more behind it": whole + "{}",
		"only the document":  `{"format_version":"1.0","tool_version":"","instance_id":""}`,
		"an unknown key":     change(`"purpose": "apply",`, `"purpose": "apply", "extra": 1,`),
		"a key twice":        change(`"purpose": "apply",`, `"purpose": "apply", "purpose": "apply",`),
		"another case":       change(`"purpose"`, `"Purpose"`),
		"another value":      change(`/get`, `/put`),
		"another id":         change(`"i1"`, `"i9"`),
		"a null":             change(`"ignore": []`, `"ignore": null`),
		"another digest":     change(`"digest": "`, `"digest": "0`),
		"a key that is none": change(`"key": "3`, `"key": "x`),
	} {
		if f, err := Decode([]byte(text)); err == nil {
			t.Errorf("%s: taken as %+v", name, f.Head)
		}
	}
	var other *Incompatible
	if _, err := Decode([]byte(change(`"format_version": "1.0"`, `"format_version": "2.0"`))); !errors.As(err, &other) {
		t.Errorf("another format: %v", err)
	}
	if _, err := Decode([]byte(change(`"1.2.3"`, `"1.2.4"`))); !errors.Is(err, errAltered) {
		t.Errorf("a plan that was edited: %v", err)
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, []byte(whole)); err != nil {
		t.Fatal(err)
	}
	if _, err := Decode(compact.Bytes()); err != nil {
		t.Errorf("without blanks: %v", err)
	}
}

// TestLastGuard checks that a plan is not written if a secret also appears outside of the known fields for secrets.
func TestLastGuard(t *testing.T) {
	f := sample(t)
	f.Changes[0].Note = "made for " + newSecret
	if _, err := f.Encode(); err == nil || strings.Contains(err.Error(), newSecret) {
		t.Errorf("error %v", err)
	}
}

// FuzzDecode checks that no input makes the decoder panic, and that it accepts only what Encode writes.
func FuzzDecode(f *testing.F) {
	whole := encoded(f)
	f.Add(whole)
	f.Add(bytes.Replace(whole, []byte("gold"), []byte("silver"), 1))
	f.Add(bytes.Replace(whole, []byte(`"links": [`), []byte(`"links": [null,`), 1))
	f.Add([]byte(`{"format_version":"1.0","saved":{}}`))
	f.Add([]byte(`{"format_version":"1.0","saved":null}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := Decode(data)
		if err != nil {
			return
		}
		raw, err := p.Encode()
		if err != nil {
			t.Fatalf("cannot be encoded again: %v", err)
		}
		var a, b bytes.Buffer
		if json.Compact(&a, data) != nil || json.Compact(&b, raw) != nil || !bytes.Equal(a.Bytes(), b.Bytes()) {
			t.Fatalf("accepted, although Encode would not write it")
		}
		exercise(t, p)
	})
}

// FuzzForged checks that forged files with a valid digest do not cause a panic either.
func FuzzForged(f *testing.F) {
	var tree map[string]json.RawMessage
	if err := json.Unmarshal(encoded(f), &tree); err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(tree["saved"]))
	f.Add(bytes.ReplaceAll(tree["saved"], []byte(`"throttle"`), []byte(`"acl"`)))
	f.Add(bytes.ReplaceAll(tree["saved"], []byte(`"app"`), []byte(`"app_code"`)))
	f.Fuzz(func(t *testing.T, saved []byte) {
		p := sample(t)
		p.Saved = Saved{}
		if json.Unmarshal(saved, &p.Saved) != nil {
			return
		}
		p.Saved.Key = "30313233343536373839616263646566"
		check, err := p.check()
		if err != nil {
			return
		}
		p.Saved.Check = check
		raw, err := marshal(p)
		if err != nil {
			return
		}
		if forged, err := Decode(raw); err == nil {
			exercise(t, forged)
		}
	})
}

// exercise uses a file as apply --plan does.
func exercise(t *testing.T, p *File) {
	t.Helper()
	p.NeededSecrets()
	e, err := p.Extract(func(NeededSecret) (string, error) { return newSecret, nil })
	if err != nil {
		return
	}
	have := e.Relevant(kind.Actual{})
	p.Stale(e, have)
	_ = p.Same(e.Between(have))
}
