package estate

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// File is the desired state as YAML: all objects, or those of some names.
func (e *Estate) File(names ...string) []byte {
	var b bytes.Buffer
	b.WriteString("version: apigw-sync/v1\n")
	if len(names) == 0 {
		b.WriteString("owns: {throttles: [\"*\"], apps: [\"*\"], plugins: [\"*\"], acls: [\"*\"]}\n")
	}
	for _, section := range e.Sections() {
		fmt.Fprintf(&b, "%s:\n", section.Name)
		n := 0
		for i := range section.Objects {
			if o := &section.Objects[i]; len(names) == 0 || slices.Contains(names, o.Name) {
				e.item(&b, section.Name, o)
				n++
			}
		}
		if n == 0 {
			b.WriteString("  []\n")
		}
	}
	return b.Bytes()
}

// Files is the desired state in files of at most so many objects each.
func (e *Estate) Files(most int) (out [][]byte) {
	for _, section := range e.Sections() {
		for chunk := range slices.Chunk(section.Objects, most) {
			var b bytes.Buffer
			fmt.Fprintf(&b, "version: apigw-sync/v1\nowns: {%s: [\"*\"]}\n%s:\n", section.Name, section.Name)
			for i := range chunk {
				e.item(&b, section.Name, &chunk[i])
			}
			out = append(out, b.Bytes())
		}
	}
	return out
}

func (e *Estate) item(b *bytes.Buffer, section string, o *Object) {
	fmt.Fprintf(b, "  - name: %s\n", o.Name)
	for _, f := range o.Fields {
		fmt.Fprintf(b, "    %s: %s\n", f[0], f[1])
	}
	switch section {
	case "throttles":
		if len(o.Specials) > 0 || !e.Sparse {
			fmt.Fprintf(b, "    specials: %s\n", specials(o))
		}
	case "apps":
		if len(o.Codes) > 0 || !e.Sparse {
			fmt.Fprintf(b, "    app_codes: %s\n", texts(o.Codes))
		}
		if len(o.Access) > 0 || !e.Sparse {
			fmt.Fprintf(b, "    access_control: %s\n", access(o))
		}
	}
	if len(o.Links) == 0 {
		b.WriteString("    apis: []\n")
		return
	}
	b.WriteString("    apis:\n")
	for _, at := range o.Links {
		if at.Env == 0 {
			fmt.Fprintf(b, "      - %s/%s\n", e.Group(at.API), e.API(at.API))
		} else {
			fmt.Fprintf(b, "      - {group: %s, name: %s, environment: %s}\n", e.Group(at.API), e.API(at.API), Environments[at.Env])
		}
	}
}

func specials(o *Object) string {
	var out []string
	for _, s := range o.Specials {
		by, who, _ := strings.Cut(s[0], ":")
		out = append(out, fmt.Sprintf(`{%q: %q, "call_limits": %s}`, by, who, s[1]))
	}
	return "[" + strings.Join(out, ", ") + "]"
}

func texts(l []string) string {
	out := make([]string, len(l))
	for i, s := range l {
		out[i] = fmt.Sprintf("%q", s)
	}
	return "[" + strings.Join(out, ", ") + "]"
}

func access(o *Object) string {
	if len(o.Access) == 0 {
		return "{}"
	}
	return `{"type": "PERMIT", "values": ` + texts(o.Access) + "}"
}

// Bare is the state of an emulated gateway that has the APIs and nothing else, with room for all the rest.
func (e *Estate) Bare() []byte { return e.state(false) }

// Held is the state of an emulated gateway that matches the files.
func (e *Estate) Held() []byte { return e.state(true) }

// state is JSON, which an emulator reads faster than YAML.
func (e *Estate) state(held bool) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, `{"version": "apigw-sync/v1", "gateway": {"environments": %s, "quotas": {"APP_NUM_LIMIT": 1000000, "THROTTLE_NUM_LIMIT": 1000000, "ACL_NUM_LIMIT": 1000000, "PLUGIN_NUM_LIMIT": 1000000}, "groups": [`, texts(Environments))
	for g := range e.Groups {
		fmt.Fprintf(&b, "%s{\"name\": %q, \"apis\": [", comma(g), e.Group(g))
		for i := g; i < e.Size.APIs; i += e.Groups {
			fmt.Fprintf(&b, `%s{"name": %q, "method": "GET", "path": "/v1/%d", "auth_type": "APP", "published": %s}`, comma(i/e.Groups), e.API(i), i, texts(Environments))
		}
		b.WriteString("]}")
	}
	b.WriteString("]}")
	for _, section := range e.Sections() {
		if !held {
			break
		}
		fmt.Fprintf(&b, ", %q: [", section.Name)
		for i := range section.Objects {
			b.WriteString(comma(i))
			e.entry(&b, &section.Objects[i])
		}
		b.WriteString("]")
	}
	b.WriteString("}")
	return b.Bytes()
}

func comma(i int) string {
	if i == 0 {
		return ""
	}
	return ",\n"
}

func (e *Estate) entry(b *bytes.Buffer, o *Object) {
	fmt.Fprintf(b, `{"name": %q`, o.Name)
	for _, f := range o.Fields {
		fmt.Fprintf(b, ", %q: %s", f[0], f[1])
	}
	if len(o.Specials) > 0 {
		fmt.Fprintf(b, `, "specials": %s`, specials(o))
	}
	if len(o.Codes) > 0 {
		fmt.Fprintf(b, `, "app_codes": %s`, texts(o.Codes))
	}
	if len(o.Access) > 0 {
		fmt.Fprintf(b, `, "access_control": %s`, access(o))
	}
	b.WriteString(`, "apis": [`)
	for i, at := range o.Links {
		fmt.Fprintf(b, `%s{"group": %q, "name": %q, "environment": %q}`, comma(i), e.Group(at.API), e.API(at.API), Environments[at.Env])
	}
	b.WriteString("]}")
}
