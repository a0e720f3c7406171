package remote

import (
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/apigw-sync/apigw-sync/internal/api"
)

// suspiciousClock is a clock difference worth a mention; from 15 minutes the gateway rejects
// signatures.
const suspiciousClock = 2 * time.Minute

// asked is who was asked: a host, and what says which one that is.
type asked struct{ host, where string }

// withHint ends an error with what its reader can check, where there is something.
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
		return "is " + who.host + " the endpoint of APIG? check " + who.where + "; some clouds lack some kinds"
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
		return "the TLS certificate of " + a.host + " is not trusted here: check " + a.where + ", and proxies on the way"
	case speaksNoTLS(err):
		return a.host + " does not speak HTTPS: check " + a.where
	case errors.As(err, &op):
		return "check " + a.where + ", and the way through the network"
	}
	return ""
}
