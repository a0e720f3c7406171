package emulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"time"
)

// stateFile is the format of Load and Dump: a desired-state file plus what it only refers to, under
// gateway. The keys that only matter to the tool are accepted and ignored.
type stateFile struct {
	Version     string `json:"version"`
	Environment string `json:"environment,omitempty"`
	Owns        any    `json:"owns,omitempty"`
	Ignore      any    `json:"ignore,omitempty"`

	Throttles []fileThrottle `json:"throttles,omitempty"`
	Apps      []fileApp      `json:"apps,omitempty"`
	Plugins   []filePlugin   `json:"plugins,omitempty"`
	ACLs      []fileACL      `json:"acls,omitempty"`
	Gateway   fileGateway    `json:"gateway,omitzero"`
}

// fileVersion is the only version of the format.
const fileVersion = "apigw-sync/v1"

// fileObject is what every object may say to the tool alone.
type fileObject struct {
	Name      string `json:"name"`
	Protected bool   `json:"protected,omitempty"`
	MovedFrom string `json:"moved_from,omitempty"`
}

type fileThrottle struct {
	fileObject
	Type         string        `json:"type,omitempty"` // basic (default) or shared
	TimeInterval int64         `json:"time_interval"`
	TimeUnit     string        `json:"time_unit"`
	APILimits    int64         `json:"api_call_limits"`
	UserLimits   int64         `json:"user_call_limits,omitempty"`
	AppLimits    int64         `json:"app_call_limits,omitempty"`
	IPLimits     int64         `json:"ip_call_limits,omitempty"`
	Remark       string        `json:"remark,omitempty"`
	Specials     []fileSpecial `json:"specials,omitempty"`
	APIs         []apiRef      `json:"apis,omitempty"`
}

type fileSpecial struct {
	App    string `json:"app,omitempty"`
	User   string `json:"user,omitempty"`
	Limits int64  `json:"call_limits"`
}

type fileApp struct {
	fileObject
	Remark    string      `json:"remark,omitempty"`
	Key       string      `json:"app_key,omitempty"`
	Secret    string      `json:"app_secret,omitempty"`
	DomainID  string      `json:"related_domain_id,omitempty"`
	ProjectID string      `json:"related_project_id,omitempty"`
	Codes     fileCodes   `json:"app_codes,omitzero"`
	Access    *fileAccess `json:"access_control,omitempty"`
	APIs      []apiRef    `json:"apis,omitempty"`
}

type fileAccess struct {
	Type   string   `json:"type"`
	Values []string `json:"values"`
}

type filePlugin struct {
	fileObject
	Type    string   `json:"type"`
	Remark  string   `json:"remark,omitempty"`
	Content content  `json:"content"`
	APIs    []apiRef `json:"apis,omitempty"`
}

type fileACL struct {
	fileObject
	Type       string   `json:"type"`
	EntityType string   `json:"entity_type"`
	Values     []string `json:"values"`
	APIs       []apiRef `json:"apis,omitempty"`
}

type fileGateway struct {
	Instance     *instance          `json:"instance,omitempty"`
	Quotas       map[string]int     `json:"quotas,omitempty"`
	Settings     []fileSetting      `json:"settings,omitempty"`
	Environments []fileEnvironment  `json:"environments,omitempty"`
	Certificates []certificateFacts `json:"certificates,omitempty"`
	Groups       []fileGroup        `json:"groups,omitempty"`
	AppQuotas    []fileQuota        `json:"app_quotas,omitempty"`
	Traffic      []traffic          `json:"traffic,omitempty"`

	// What lets a gateway be saved and loaded as the same: the ids by address, the times of creation
	// and update (CREATED or CREATED/UPDATED) by address, and how many ids were made so far. Any of
	// it may be missing; the gateway then makes its own.
	IDs    map[string]string `json:"ids,omitempty"`
	Times  map[string]string `json:"times,omitempty"`
	Serial uint64            `json:"serial,omitempty"`
}

// fileSetting is the setting of one instance feature.
type fileSetting struct {
	Name   string `json:"name"`
	Enable bool   `json:"enable"`
	Config string `json:"config,omitempty"`
}

// fileEnvironment is a name, or an object where there is more to say.
type fileEnvironment struct {
	Name   string `json:"name"`
	Remark string `json:"remark,omitempty"`
}

type fileGroup struct {
	Name    string       `json:"name"`
	Remark  string       `json:"remark,omitempty"`
	Sealed  bool         `json:"sl_domain_disabled,omitempty"` // the debugging domain may not be called
	Domains []fileDomain `json:"domains,omitempty"`
	APIs    []fileAPI    `json:"apis,omitempty"`
}

type fileDomain struct {
	Domain      string          `json:"domain"`
	MinVersion  string          `json:"min_ssl_version,omitempty"`
	Redirect    bool            `json:"is_http_redirect_to_https,omitempty"`
	Verify      bool            `json:"verified_client_certificate_enabled,omitempty"`
	HTTPPort    int             `json:"ingress_http_port,omitempty"`
	HTTPSPort   int             `json:"ingress_https_port,omitempty"`
	Certificate fileCertificate `json:"certificate,omitzero"`
}

type fileAPI struct {
	Name        string          `json:"name"`
	Method      string          `json:"method"`
	Path        string          `json:"path"`
	MatchMode   string          `json:"match_mode,omitempty"`   // NORMAL (default) or SWA
	Protocol    string          `json:"req_protocol,omitempty"` // HTTPS by default
	Type        int             `json:"type,omitempty"`         // 1 (default) public, 2 private
	AuthType    string          `json:"auth_type,omitempty"`    // NONE by default
	BackendType string          `json:"backend_type,omitempty"` // MOCK by default
	Cors        bool            `json:"cors,omitempty"`
	Remark      string          `json:"remark,omitempty"`
	Tags        []string        `json:"tags,omitempty"`
	Published   []string        `json:"published,omitempty"`  // environments, first published first
	Definition  json.RawMessage `json:"definition,omitempty"` // further members of the API's own body
}

type fileQuota struct {
	quotaBody
	Apps []string `json:"apps,omitempty"`
}

// apiRef names APIs: GROUP/API, or what all of them have in common.
type apiRef struct {
	text string

	Group       string   `json:"group,omitempty"`
	Name        string   `json:"name,omitempty"`
	Method      string   `json:"method,omitempty"`
	Path        string   `json:"path,omitempty"`
	Tags        []string `json:"tags,omitempty"`
	Environment string   `json:"environment,omitempty"`
	Optional    bool     `json:"optional,omitempty"`
	Offline     bool     `json:"offline,omitempty"` // bound although it is not published there
}

// UnmarshalJSON implements [json.Unmarshaler].
func (r *apiRef) UnmarshalJSON(b []byte) error {
	type plain apiRef
	return textOr(b, &r.text, (*plain)(r))
}

// MarshalJSON implements [json.Marshaler].
func (r apiRef) MarshalJSON() ([]byte, error) {
	type plain apiRef
	if r.text != "" {
		return json.Marshal(r.text)
	}
	return json.Marshal(plain(r))
}

// UnmarshalJSON implements [json.Unmarshaler].
func (e *fileEnvironment) UnmarshalJSON(b []byte) error {
	type plain fileEnvironment
	return textOr(b, &e.Name, (*plain)(e))
}

// MarshalJSON implements [json.Marshaler].
func (e fileEnvironment) MarshalJSON() ([]byte, error) {
	type plain fileEnvironment
	if e.Remark == "" {
		return json.Marshal(e.Name)
	}
	return json.Marshal(plain(e))
}

// fileCertificate is the name of one of gateway.certificates, or a certificate of the domain's own.
type fileCertificate struct {
	ref string
	certificateFacts
}

// UnmarshalJSON implements [json.Unmarshaler].
func (k *fileCertificate) UnmarshalJSON(b []byte) error {
	return textOr(b, &k.ref, &k.certificateFacts)
}

// MarshalJSON implements [json.Marshaler].
func (k fileCertificate) MarshalJSON() ([]byte, error) { return json.Marshal(k.ref) }

// IsZero reports whether the domain has no certificate.
func (k fileCertificate) IsZero() bool { return k.ref == "" && k.Name == "" }

// fileCodes are the codes of an app, and how many to generate.
type fileCodes struct {
	Codes    []string
	Generate int
}

// UnmarshalJSON implements [json.Unmarshaler].
func (c *fileCodes) UnmarshalJSON(b []byte) error {
	entries := []json.RawMessage{b}
	if bytes.HasPrefix(b, []byte("[")) {
		entries = nil
		if err := json.Unmarshal(b, &entries); err != nil {
			return err
		}
	}
	for _, entry := range entries {
		var code string
		var many struct {
			Generate int `json:"generate"`
		}
		if err := textOr(entry, &code, &many); err != nil {
			return err
		}
		c.Generate += many.Generate
		if code != "" {
			c.Codes = append(c.Codes, code)
		}
	}
	return nil
}

// MarshalJSON implements [json.Marshaler].
func (c fileCodes) MarshalJSON() ([]byte, error) { return json.Marshal(c.Codes) }

// IsZero reports whether the app has no code.
func (c fileCodes) IsZero() bool { return len(c.Codes) == 0 && c.Generate == 0 }

// textOr reads a string into text, and anything else into object, whose members must be known.
func textOr(b []byte, text *string, object any) error {
	if bytes.HasPrefix(b, []byte(`"`)) {
		return json.Unmarshal(b, text)
	}
	return strict(b, object)
}

// strict is json.Unmarshal that refuses unknown members.
func strict(b []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return err
	}
	if d.More() {
		return errors.New("more than one value")
	}
	return nil
}

// span of time stamps in a file.
func timesText(created, updated time.Time) string {
	s := created.UTC().Format(time.RFC3339Nano)
	if !updated.IsZero() && !updated.Equal(created) {
		s += "/" + updated.UTC().Format(time.RFC3339Nano)
	}
	return s
}
