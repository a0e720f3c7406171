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

// missing makes the 404 of one kind of object; text is the message, and has a place for the id in most.
func missing(code, text string) func(id string) *refusal {
	named := strings.Contains(text, "%s")
	return func(id string) *refusal {
		if !named {
			return &refusal{status: http.StatusNotFound, code: code, message: text}
		}
		return refuse(http.StatusNotFound, code, text, id)
	}
}

// The texts are the manual's where it has an example of one. Of an app, two codes are used: see noAppItself.
var (
	noGroup       = missing("APIG.3001", "API group %s does not exist")
	noAPI         = missing("APIG.3002", "API %s does not exist")
	noAppItself   = missing("APIG.3002", "App %s does not exist") // by the operations on the app and its secret
	noEnv         = missing("APIG.3003", "Environment %s does not exist")
	noApp         = missing("APIG.3004", "App %s does not exist")
	noThrottle    = missing("APIG.3005", "Request throttling policy %s does not exist")
	noACL         = missing("APIG.3006", "Access control policy %s does not exist")
	noAuth        = missing("APIG.3009", "The authorization record does not exist")
	noACLBinding  = missing("APIG.3010", "The access control policy binding record does not exist")
	noThrottled   = missing("APIG.3012", "The request throttling policy binding record does not exist")
	noSpecial     = missing("APIG.3013", "Excluded request throttling configuration %s does not exist")
	noPublication = missing("APIG.3015", "Publication record %s does not exist")
	noDomain      = missing("APIG.3020", "The URL domain does not exist")
	noVersion     = missing("APIG.3022", "API version %s does not exist")
	noCert        = missing("APIG.3025", "Certificate %s does not exist")
	noInstance    = missing("APIG.3030", "The instance does not exist;id:%s")
	noPlugin      = missing("APIG.3068", "Plugin %s does not exist")
	noAppCode     = missing("APIG.3082", "App code %s does not exist")
	noAppQuota    = missing("APIG.3093", "App quota %s does not exist")
	noGateway     = missing("APIC.7302", "Instance not found")
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
