package emulator

import (
	"io"
	"time"
)

// The defaults of Options.
const (
	DefaultProjectID  = "0e5a1c0ffee00000000000000000e001"
	DefaultInstanceID = "0e5a1c0ffee00000000000000000a001"
	DefaultToken      = "emulator-token" //nolint:gosec // it opens nothing but emulators
)

// Options configure a Gateway. The zero value is a gateway without latency, faults and rate limit that accepts DefaultToken.
type Options struct {
	ProjectID  string // 32 hexadecimal characters; "" means DefaultProjectID
	InstanceID string // 32 hexadecimal characters; "" means DefaultInstanceID
	Token      string // the X-Auth-Token that is accepted; "" means DefaultToken

	// AccessKey and SecretKey, if set, allow requests that are signed with them (SDK-HMAC-SHA256). The signature must
	// fit the request as it arrives. A date that differs by more than 15 minutes from the current time is refused.
	AccessKey string
	SecretKey string

	Latency   time.Duration // added to every request; ends early with the request's context
	Behaviour Behaviour     // behaviour that the vendor's documents leave open
	Faults    []Fault       // only the first one that strikes a request has an effect
	Limit     RateLimit     // of the front door
	Log       io.Writer     // gets a line for each unknown operation; nil means no log
	Seed      uint64        // decides about ids and random faults

	// Invent lets Load create environments, groups and APIs that exact references name and the file does not have. The APIs are
	// published where the references need it.
	Invent bool

	// Now is the clock for time stamps, the rate limit and the check of signatures; nil means time.Now. It must be safe for
	// concurrent use.
	Now func() time.Time
}

// RateLimit is the rate limit of the front door. Requests beyond it are answered with 429 APIGW.0308.
type RateLimit struct {
	Requests   int           // in each period; 0 means no limit
	Per        time.Duration // length of a period; 0 means a second
	RetryAfter time.Duration // sent as Retry-After in whole seconds; 0 sends no such header
}

func (o Options) withDefaults() Options {
	if o.ProjectID == "" {
		o.ProjectID = DefaultProjectID
	}
	if o.InstanceID == "" {
		o.InstanceID = DefaultInstanceID
	}
	if o.Token == "" {
		o.Token = DefaultToken
	}
	if o.Limit.Per <= 0 {
		o.Limit.Per = time.Second
	}
	if o.Log == nil {
		o.Log = io.Discard
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}
