package reconcile_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/kind/content"
	"github.com/apigw-sync/apigw-sync/internal/kind/jsonptr"
)

// bare removes what means the same as nothing: an access control without a type, a blank remark, members of contents with their
// default. It sorts values, since they are a set and some gateways sort them.
func bare(item map[string]any) {
	if remark, _ := item["remark"].(string); strings.TrimSpace(remark) == "" {
		delete(item, "remark")
	}
	if values, ok := item["values"].([]any); ok {
		sortByText(values)
	}
	if c, ok := item["access_control"].(map[string]any); ok && c["type"] == "" {
		delete(item, "access_control")
	}
	if c, ok := item["content"].(map[string]any); ok {
		item["content"] = content.Of(item["type"].(string)).Normalize(c)
	}
}

// byName sorts the objects of a section and their lists, so that the order in which they were created does not matter.
func byName(section any) []any {
	items, _ := section.([]any)
	for _, item := range items {
		m, _ := item.(map[string]any)
		bare(m)
		partsByText(m)
	}
	sortByText(items)
	return items
}

// partsByText sorts the lists of an object, which a gateway shows in order of creation.
func partsByText(item map[string]any) {
	if answers, ok := item["responses"].([]any); ok {
		if answers = tellingAnswers(answers); len(answers) > 0 {
			item["responses"] = answers
		} else {
			delete(item, "responses")
		}
	}
	for _, list := range []string{"apis", "apps", "specials", "app_codes", "variables", "domains", "responses"} {
		if l, ok := item[list].([]any); ok {
			sortByText(l)
		}
	}
}

// tellingAnswers are the gateway responses of a group without what has no effect: errors for which the gateway's own answer is
// written, and the response that every group has, if nothing is set in it.
func tellingAnswers(answers []any) (out []any) {
	k := kind.Of("gateway_response")
	for _, a := range answers {
		v, err := k.Unpack(a.(map[string]any))
		if err != nil {
			return answers
		}
		o := kind.Object{Kind: k.Name, Key: "group/" + k.Pack(v)["name"].(string), Owner: "group", Value: k.Normalize(v)}
		if !k.Untouched(&o) {
			out = append(out, k.Pack(k.Compared(o.Value)))
		}
	}
	return out
}

func sortByText(items []any) {
	sort.SliceStable(items, func(i, j int) bool { return textOf(items[i]) < textOf(items[j]) })
}

func textOf(v any) string {
	raw, _ := yaml.Marshal(v)
	return string(raw)
}

// changedLines lists the lines that are in only one of two texts.
func changedLines(a, b string) string {
	if a == b {
		return ""
	}
	var out []string
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	for _, pair := range []struct {
		mark         string
		lines, other []string
	}{{"- ", x, y}, {"+ ", y, x}} {
		has := map[string]int{}
		for _, l := range pair.other {
			has[l]++
		}
		for _, l := range pair.lines {
			if has[l]--; has[l] < 0 {
				out = append(out, pair.mark+l)
			}
		}
	}
	if len(out) == 0 {
		return "the same lines in another order:\n" + cmp.Diff(x, y)
	}
	return strings.Join(out, "\n")
}

// without removes from a state what is listed as lost.
func without(t *testing.T, state string, losses []diff.Loss) string {
	t.Helper()
	var doc map[string]any
	if err := yaml.Unmarshal([]byte(state), &doc); err != nil {
		t.Fatal(err)
	}
	for _, l := range losses {
		kindName, key, _ := strings.Cut(l.Address, "/")
		k := kind.Of(kindName)
		if k.Owner != "" {
			k = kind.Of(k.Owner)
		}
		gw, _ := doc["gateway"].(map[string]any)
		forget(gw, l)
		items, _ := doc[k.Section].([]any)
		for i, item := range items {
			m := item.(map[string]any)
			name, hash, _ := strings.Cut(key, "/#")
			switch {
			case m["name"] != name:
			case hash != "":
				codes, _ := m["app_codes"].([]any)
				codes = slices.DeleteFunc(codes, func(code any) bool {
					sum := sha256.Sum256([]byte(code.(string)))
					return hex.EncodeToString(sum[:4]) == hash
				})
				if m["app_codes"] = codes; len(codes) == 0 {
					delete(m, "app_codes")
				}
			case l.Path == "":
				items[i] = map[string]any{}
			default:
				items[i] = jsonptr.Put(m, l.Path, nil)
			}
		}
	}
	for _, k := range kind.All {
		items, _ := doc[k.Section].([]any)
		doc[k.Section] = byName(slices.DeleteFunc(items, func(item any) bool { return len(item.(map[string]any)) == 0 }))
		if items, _ := doc[k.Section].([]any); len(items) == 0 {
			delete(doc, k.Section)
		}
	}
	out, err := yaml.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// untoldRedirects is a setting that most gateways do not return, so that an undo cannot restore it.
var untoldRedirects = diff.Loss{Address: "domain", Path: "/http_redirect"}

// forget removes what is listed as lost from the part of a state that is not in sections of files: settings of features, and the
// certificates of domains with the setting whether callers must present one.
func forget(gw map[string]any, l diff.Loss) {
	forgetSetting(gw, l)
	groups, _ := gw["groups"].([]any)
	for _, g := range groups {
		domains, _ := g.(map[string]any)["domains"].([]any)
		for _, d := range domains {
			m := d.(map[string]any)
			if l == untoldRedirects {
				delete(m, "is_http_redirect_to_https")
			}
			if l.Address == fmt.Sprintf("domain/%s/%s", g.(map[string]any)["name"], m["domain"]) && l.Path == "/certificate" {
				delete(m, "certificate")
				delete(m, "verified_client_certificate_enabled")
			}
		}
		sortByText(domains)
	}
	sortByText(groups)
}

// forgetSetting removes what is listed as lost from the settings of features: the whole setting, one parameter, or, for a feature
// that was never set before and now has its default, the fact that it is set.
func forgetSetting(gw map[string]any, l diff.Loss) {
	name, ok := strings.CutPrefix(l.Address, "feature/")
	settings, _ := gw["settings"].([]any)
	if !ok || settings == nil {
		return
	}
	left := slices.DeleteFunc(settings, func(s any) bool {
		m := s.(map[string]any)
		switch parameter := strings.TrimPrefix(l.Path, "/config/"); {
		case m["name"] != name:
			return false
		case strings.Contains(l.Reason, "it is set to the default"):
			return m["enable"] == false || m["name"] == "request_body_size" && m["config"] == "12582912"
		case l.Path == "/config":
			return true
		default:
			var config map[string]any
			if err := json.Unmarshal([]byte(m["config"].(string)), &config); err == nil {
				delete(config, parameter)
				raw, _ := json.Marshal(config)
				m["config"] = string(raw)
			}
			return false
		}
	})
	if gw["settings"] = left; len(left) == 0 {
		delete(gw, "settings")
	}
}
