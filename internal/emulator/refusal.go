package emulator

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

// refusal is an error answer of the API.
type refusal struct {
	status     int
	code       string
	message    string
	retryAfter time.Duration // 0 means that no Retry-After is sent
}

func (r *refusal) Error() string { return fmt.Sprintf("%d %s: %s", r.status, r.code, r.message) }

// json returns the JSON of the answer. Only errors of the front door have the request id.
func (r *refusal) json(requestID string) map[string]any {
	b := map[string]any{"error_code": r.code, "error_msg": r.message}
	if strings.HasPrefix(r.code, "APIGW.") {
		b["request_id"] = requestID
	}
	return b
}

func refuse(status int, code, format string, args ...any) *refusal {
	return &refusal{status: status, code: code, message: fmt.Sprintf(format, args...)}
}

// notFound returns a function that makes the 404 for a kind of object. text is the message, which is taken from the
// manual if that has an example. In most messages, %s stands for the id.
func notFound(code, text string) func(id string) *refusal {
	named := strings.Contains(text, "%s")
	return func(id string) *refusal {
		if !named {
			return &refusal{status: http.StatusNotFound, code: code, message: text}
		}
		return refuse(http.StatusNotFound, code, text, id)
	}
}

// invalid returns the error for an invalid parameter.
func invalid(parameter string) *refusal { return invalidAs("APIG.2011", parameter) }

// invalidAs is like invalid, with another error code.
func invalidAs(code, parameter string) *refusal {
	return refuse(http.StatusBadRequest, code,
		"Invalid parameter value,parameterName:%s. Please refer to the support documentation", parameter)
}

// nameTaken returns the 400 for a name that another object has.
func nameTaken(code, what, name string) *refusal {
	return refuse(http.StatusBadRequest, code, "The %s name already exists,name:%s", what, name)
}

// overQuota returns the 403 for an exceeded quota.
func overQuota(code, what string, limit int) *refusal {
	return refuse(http.StatusForbidden, code, "The number of %s has reached the quota,limit:%d", what, limit)
}

// unsupported returns the 412 for a kind that needs a feature which the instance does not have.
func unsupported(feature string) *refusal {
	return refuse(http.StatusPreconditionFailed, "APIG.3458", "The instance does not support this feature,feature:%s", feature)
}
