package kind

import (
	"cmp"
	"strconv"

	"github.com/apigw-sync/apigw-sync/internal/api"
)

// Instance is the gateway itself. API reference: "Viewing Dedicated Gateway Details".
type Instance struct {
	ID           string   `json:"id"`
	Name         string   `json:"instance_name"`
	Status       string   `json:"status"` // a word, such as Running; see State
	StatusNumber *int     `json:"instance_status"`
	Features     []string `json:"supported_features"`
	Locks        []Lock   `json:"cbc_operation_locks"`
}

// Running is the state of an instance that accepts configuration.
const Running = "Running"

// State describes the state of the instance to people. An unknown word is returned as reported. A state that is
// reported only as a number, or not at all, gets a phrase that says so.
func (i *Instance) State() string {
	const running = "6"
	number := ""
	if i.StatusNumber != nil {
		number = strconv.Itoa(*i.StatusNumber)
	}
	switch status := cmp.Or(i.Status, number); status {
	case running:
		return Running
	case "":
		return "in a state that it does not report"
	case number:
		return "in the state " + number
	default:
		return status
	}
}

// Lock forbids operations on an instance while an order for it is processed.
type Lock struct {
	Scene  string `json:"lock_scene"`
	Source string `json:"lock_source_id"`
}

// ShowInstance asks for the gateway itself.
func ShowInstance() api.Request {
	return api.Request{Operation: "ShowDetailsOfInstanceV2", Method: "GET"}
}

// Features lists names of instance features. API reference: "Querying Supported Features of a Gateway".
type Features struct {
	Names []string `json:"features"`
}

// ListFeatures asks for the list of features. Newer versions may leave them out of the details of the instance.
func ListFeatures() api.Request {
	return api.Request{Operation: "ListInstanceFeatures", Method: "GET", Path: []string{"instance-features"}, Query: pageQuery(0)}
}

// Setting is the setting of a feature of the instance.
type Setting struct {
	Name   string `json:"name"`
	Enable *bool  `json:"enable"` // nil if it is not reported
	Config string `json:"config"` // often JSON
}

// Settings are the settings of the features that somebody has set.
type Settings struct {
	List []Setting `json:"features"`
}

// ListSettings asks for the settings of features.
func ListSettings() api.Request {
	return api.Request{Operation: "ListFeaturesV2", Method: "GET", Path: []string{"features"}, Query: pageQuery(0)}
}

// Quota is an entry of the gateway's list of quotas, which also contains switches. API reference: "Querying Gateway
// Quotas".
type Quota struct {
	Name  string `json:"config_name"`
	Value string `json:"config_value"`
	Used  *int   `json:"used"` // newer versions only
}

// Quotas are the limits of a gateway.
type Quotas struct {
	List []Quota `json:"configs"`
}

// ListQuotas asks for the limits of the gateway.
func ListQuotas() api.Request {
	return api.Request{Operation: "ListProjectCofigsV2", Method: "GET", Path: []string{"project", "configs"}, Query: pageQuery(0)} // the typo in the name is the vendor's
}
