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

// withHint ends an error with what its reader can check, where there is something.
func (c *Client) withHint(err error) error {
	if err == nil {
		return nil
	}
	var e *api.Error
	hint := ""
	switch {
	case errors.As(err, &e):
		hint = c.hintForAnswer(e)
	case errors.Is(err, api.ErrNotSent):
		hint = c.hintForConnection(err)
	}
	if hint == "" {
		return err
	}
	return &api.Advised{Err: err, Advice: hint}
}

func (c *Client) hintForAnswer(e *api.Error) string {
	switch {
	case e.Status == 401:
		return c.hintForCredentials()
	case e.Code == "APIGW.0101":
		return "is " + c.base.Host + " the endpoint of APIG? check " + c.where + "; some clouds lack some kinds"
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

func (c *Client) hintForConnection(err error) string {
	var dns *net.DNSError
	var op *net.OpError
	switch {
	case errors.As(err, &dns):
		return "check " + c.where + ", and the name server"
	case certificateRefused(err):
		return "the TLS certificate of " + c.base.Host + " is not trusted here: check " + c.where + ", and proxies on the way"
	case speaksNoTLS(err):
		return c.base.Host + " does not speak HTTPS: check " + c.where
	case errors.As(err, &op):
		return "check " + c.where + ", and the way through the network"
	}
	return ""
}
