package remote

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/apigw-sync/apigw-sync/internal/api/wire"
)

const (
	metadataHost    = "http://169.254.169.254" // link-local: it never leaves the machine's own network
	metadataTimeout = 3 * time.Second
	renewBefore     = 40 * time.Minute // before expiry, like the vendor's SDK
	renewPause      = time.Minute      // between two attempts to renew while the old keys still work
)

// metadata fetches the temporary keys of the machine's agency and renews them before they expire.
// It is safe for concurrent use.
type metadata struct {
	client *http.Client

	mu      sync.Mutex
	keys    Credentials
	expires time.Time
	next    time.Time // earliest time of the next attempt to renew
}

func newMetadata(hc *http.Client) *metadata {
	client := http.Client{Transport: &http.Transport{Proxy: nil, DisableKeepAlives: true}}
	if hc != nil {
		client = *hc
	}
	client.Timeout = metadataTimeout
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &metadata{client: &client}
}

// credentials returns keys that are valid for a while. Keys that cannot be renewed are used until they expire.
func (m *metadata) credentials(ctx context.Context) (Credentials, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := time.Now()
	valid := now.Before(m.expires)
	if valid && (m.expires.Sub(now) > renewBefore || now.Before(m.next)) {
		return m.keys, nil
	}
	m.next = now.Add(renewPause)
	keys, expires, err := m.fetch(ctx)
	if err != nil && valid {
		return m.keys, nil
	}
	if err != nil {
		return Credentials{}, err
	}
	m.keys, m.expires = keys, expires
	return keys, nil
}

func (m *metadata) fetch(ctx context.Context) (Credentials, time.Time, error) {
	token, err := m.ask(ctx, http.MethodPut, "/meta-data/latest/api/token",
		http.Header{"X-Metadata-Token-Ttl-Seconds": {"21600"}})
	if err != nil {
		return Credentials{}, time.Time{}, err
	}
	if !headerSafe(string(token)) {
		return Credentials{}, time.Time{}, errors.New("the answer is not a metadata token")
	}
	body, err := m.ask(ctx, http.MethodGet, "/openstack/latest/securitykey",
		http.Header{"X-Metadata-Token": {string(token)}})
	if err != nil {
		return Credentials{}, time.Time{}, err
	}
	var answer struct {
		Credential struct {
			Access        string     `json:"access"`
			Secret        string     `json:"secret"`
			SecurityToken string     `json:"securitytoken"`
			ExpiresAt     *time.Time `json:"expires_at"` // nil if it is absent or cannot be read
		} `json:"credential"`
	}
	if _, err := wire.Decode(body, &answer); err != nil || answer.Credential.Access == "" || answer.Credential.Secret == "" {
		return Credentials{}, time.Time{}, errors.New("the answer contains no keys; does the machine have an agency?")
	}
	got := answer.Credential
	keys := Credentials{
		AccessKey: got.Access, SecretKey: NewSecret(got.Secret), SecurityToken: NewSecret(got.SecurityToken),
		From: "instance metadata",
	}
	expires := time.Now().Add(time.Hour)
	if got.ExpiresAt != nil && !got.ExpiresAt.IsZero() {
		expires = *got.ExpiresAt
	}
	return keys, expires, keys.check()
}

func (m *metadata) ask(ctx context.Context, method, path string, header http.Header) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, metadataTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, metadataHost+path, nil)
	if err != nil {
		return nil, err
	}
	req.Header = header
	resp, err := m.client.Do(req)
	if err != nil {
		return nil, errors.New("no answer from 169.254.169.254")
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxErrorBody))
	if err != nil {
		return nil, errors.New("the answer is incomplete")
	}
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("answered with status %d", resp.StatusCode)
	}
	return body, nil
}
