// Package doctor looks for what would keep files and gateway apart: the way to the gateway, who asks,
// what it can do, and how much room it has. It only reads.
package doctor

import (
	"cmp"
	"errors"
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

// Check is what one look found.
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

// Fail is a check that met an error. The hint may be left to what the gateway answered.
func Fail(name string, err error, hint string) Check {
	return Check{Name: name, Status: Failed, Message: err.Error(), Hint: cmp.Or(hint, advice(err))}
}

// advice is what to do about an answer.
func advice(err error) string {
	var e *api.Error
	if !errors.As(err, &e) {
		return ""
	}
	switch {
	case e.Code == "APIG.3030" || e.Code == "APIC.7302":
		return "check --instance-id, --project-id and --region"
	case e.Status == 401:
		return "check that the credentials are valid and belong to the project"
	case e.Status == 403:
		return "give the account the permission to read API gateways, such as APIG ReadOnlyAccess"
	}
	return ""
}
