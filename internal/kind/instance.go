package kind

import "github.com/apigw-sync/apigw-sync/internal/api"

// Instance is the gateway itself. API reference: "Viewing Dedicated Gateway Details".
type Instance struct {
	ID       string   `json:"id"`
	Name     string   `json:"instance_name"`
	Status   string   `json:"status"` // only a Running instance takes configuration
	Features []string `json:"supported_features"`
	Locks    []Lock   `json:"cbc_operation_locks"`
}

// Lock forbids operations on an instance while an order is under way.
type Lock struct {
	Scene  string `json:"lock_scene"`
	Source string `json:"lock_source_id"`
}

// ShowInstance asks for the gateway itself.
func ShowInstance() api.Request {
	return api.Request{Operation: "ShowDetailsOfInstanceV2", Method: "GET"}
}
