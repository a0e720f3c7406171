// Package doctor looks for what would make a run fail: the connection to the gateway, the credentials, the state and
// features of the gateway, and its quotas. It only reads.
package doctor

import (
	"cmp"
	"fmt"

	"github.com/apigw-sync/apigw-sync/internal/api"
)

// Status is the outcome of a check.
type Status string

// The outcomes. A skipped check could not be made, since an earlier one failed or there is nothing to look at.
const (
	OK      Status = "ok"
	Warning Status = "warning"
	Failed  Status = "failed"
	Skipped Status = "skipped"
)

// Check is the result of one check.
type Check struct {
	Name    string `json:"name"` // short stable word, such as clock
	Status  Status `json:"status"`
	Message string `json:"message"`
	Hint    string `json:"hint"` // what to do about it; may be empty
}

// Passed is a check that found what it should.
func Passed(name, format string, args ...any) Check {
	return Check{Name: name, Status: OK, Message: fmt.Sprintf(format, args...)}
}

// Skip is a check that was not made.
func Skip(name, why string) Check { return Check{Name: name, Status: Skipped, Message: why} }

// Fail is a check that ended with an error. If hint is "", the advice of the error is used.
func Fail(name string, err error, hint string) Check {
	message, advice := api.SplitAdvice(err)
	return Check{Name: name, Status: Failed, Message: message, Hint: cmp.Or(hint, advice)}
}

// Unread is a check of things that could not be read.
func Unread(name string, err error) Check {
	message, advice := api.SplitAdvice(err)
	return Check{Name: name, Status: Warning, Message: "they could not be read: " + message, Hint: advice}
}
