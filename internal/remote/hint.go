package remote

import (
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/apigw-sync/apigw-sync/internal/api"
)

// suspiciousClock is the difference between the clocks from which a hint mentions it. From 15 minutes the gateway rejects
// signatures.
const suspiciousClock = 2 * time.Minute

// asked is the host to which a request was sent, and the settings that determine it.
type asked struct{ host, where string }

// withHint appends to an error what its reader can check, if that is known.
func (c *Client) withHint(err error, who asked) error {
	if err == nil {
		return nil
	}
	var e *api.Error
	hint := ""
	switch {
	case errors.As(err, &e):
		hint = c.hintForAnswer(e, who)
	case errors.Is(err, api.ErrNotSent):
		hint = who.hintForConnection(err)
	}
	if hint == "" {
		return err
	}
	return &api.Advised{Err: err, Advice: hint}
}

func (c *Client) hintForAnswer(e *api.Error, who asked) string {
	switch {
	case e.Status == 401:
		return c.hintForCredentials()
	case e.Code == "APIGW.0101":
		return "is " + who.host + " the endpoint of APIG? check " + who.where + "; not every cloud has every kind of resource"
	}
	return api.Advice(e)
}

func (c *Client) hintForCredentials() string {
	hint := "the credentials come from " + c.creds.From + ": check that they are valid and belong to the project"
	switch {
	case c.creds.From == "":
		hint = "check that the credentials are valid and belong to the project"
	case c.creds.Token.Reveal() != "":
		hint += "; a token is valid for 24 hours"
	case c.creds.SecurityToken.Reveal() != "":
		hint += "; temporary keys may have expired"
	}
	if offset, ok := c.ServerDate(); ok && offset.Abs() > suspiciousClock {
		direction := "behind"
		if offset < 0 {
			direction = "ahead of"
		}
		hint += fmt.Sprintf("; this machine's clock is %s %s the gateway's", offset.Abs(), direction)
	}
	return hint
}

func (a asked) hintForConnection(err error) string {
	var dns *net.DNSError
	var op *net.OpError
	switch {
	case errors.As(err, &dns):
		return "check " + a.where + ", and the name server"
	case certificateRefused(err):
		return "the TLS certificate of " + a.host + " is not trusted on this machine: check " + a.where + ", and proxies in between"
	case speaksNoTLS(err):
		return a.host + " does not speak HTTPS: check " + a.where
	case errors.As(err, &op):
		return "check " + a.where + ", and the network connection"
	}
	return ""
}
