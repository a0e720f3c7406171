package emulator

import (
	"io"
	"time"
)

// What a Gateway answers to when Options say nothing else.
const (
	DefaultProjectID  = "0e5a1c0ffee00000000000000000e001"
	DefaultInstanceID = "0e5a1c0ffee00000000000000000a001"
	DefaultToken      = "emulator-token" //nolint:gosec // it opens nothing but emulators
)

// Options say how a Gateway behaves. The zero value is a gateway without latency, faults or rate
// limit that accepts DefaultToken.
type Options struct {
	ProjectID  string // 32 hexadecimal characters; "" means DefaultProjectID
	InstanceID string // 32 hexadecimal characters; "" means DefaultInstanceID
	Token      string // the X-Auth-Token that is accepted; "" means DefaultToken

	// AccessKey and SecretKey, when set, admit requests signed with them (SDK-HMAC-SHA256). The
	// signature is verified over the request as received; a date more than 15 minutes off is refused.
	AccessKey string
	SecretKey string

	Latency   time.Duration // added to every request; ends early with the request's context
	Behaviour Behaviour     // readings of what the vendor leaves open
	Faults    []Fault       // tried in order, the first one that strikes wins
	Limit     RateLimit     // the front door's pace
	Log       io.Writer     // one line for each unknown operation; nil means none
	Seed      uint64        // ids and probabilities follow from it

	// Invent lets Load make up the environments, groups and APIs that references name exactly and the
	// file does not describe, published where they are referred to.
	Invent bool

	// Now is the clock of every time stamp, of the rate limit and of the check of signatures; nil
	// means time.Now. It must be safe for concurrent use.
	Now func() time.Time
}

// RateLimit is the pace of the front door. A request beyond it is answered 429 APIGW.0308.
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
