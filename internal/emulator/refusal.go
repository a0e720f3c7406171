package emulator

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

// refusal is an answer of the API that says no.
type refusal struct {
	status     int
	code       string
	message    string
	retryAfter time.Duration // 0 means that no Retry-After is sent
}

func (r *refusal) Error() string { return fmt.Sprintf("%d %s: %s", r.status, r.code, r.message) }

// body is the answer's JSON. Only the front door repeats the request id in it.
func (r *refusal) body(requestID string) map[string]any {
	b := map[string]any{"error_code": r.code, "error_msg": r.message}
	if strings.HasPrefix(r.code, "APIGW.") {
		b["request_id"] = requestID
	}
	return b
}

func refuse(status int, code, format string, args ...any) *refusal {
	return &refusal{status: status, code: code, message: fmt.Sprintf(format, args...)}
}

// missing makes the 404 of one kind of object.
func missing(code, what string) func(id string) *refusal {
	return func(id string) *refusal {
		return refuse(http.StatusNotFound, code, "%s does not exist,id:%s", what, id)
	}
}

var (
	noGroup       = missing("APIG.3001", "The API group")
	noAPI         = missing("APIG.3002", "The API")
	noEnv         = missing("APIG.3003", "The environment")
	noApp         = missing("APIG.3004", "The app")
	noThrottle    = missing("APIG.3005", "The request throttling policy")
	noACL         = missing("APIG.3006", "The access control policy")
	noAuth        = missing("APIG.3009", "The authorization")
	noACLBinding  = missing("APIG.3010", "The access control policy binding")
	noThrottled   = missing("APIG.3012", "The request throttling policy binding")
	noSpecial     = missing("APIG.3013", "The excluded request throttling configuration")
	noPublication = missing("APIG.3015", "The publication record")
	noDomain      = missing("APIG.3020", "The domain name")
	noVersion     = missing("APIG.3022", "The API version")
	noCert        = missing("APIG.3025", "The certificate")
	noInstance    = missing("APIG.3030", "The instance")
	noPlugin      = missing("APIG.3068", "The plugin")
	noAppCode     = missing("APIG.3082", "The app code")
	noAppQuota    = missing("APIG.3093", "The app quota")
	noGateway     = missing("APIC.7302", "The instance")
)

// invalid is the refusal of one parameter.
func invalid(parameter string) *refusal { return invalidAs("APIG.2011", parameter) }

// invalidAs is invalid with another code of the 2xxx range.
func invalidAs(code, parameter string) *refusal {
	return refuse(http.StatusBadRequest, code,
		"Invalid parameter value,parameterName:%s. Please refer to the support documentation", parameter)
}

// nameTaken is the 400 of a second object with the same name.
func nameTaken(code, what, name string) *refusal {
	return refuse(http.StatusBadRequest, code, "The %s name already exists,name:%s", what, name)
}

// overQuota is the 403 of one object too many.
func overQuota(code, what string, limit int) *refusal {
	return refuse(http.StatusForbidden, code, "The number of %s has reached the quota,limit:%d", what, limit)
}

// unsupported is the 412 of a kind whose feature the instance lacks.
func unsupported(feature string) *refusal {
	return refuse(http.StatusPreconditionFailed, "APIG.3458", "The instance does not support this feature,feature:%s", feature)
}
